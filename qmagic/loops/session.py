"""What an optimizer sees of its loop: it asks for values (`evaluate`) and says where it stands (`stand`).

Everything else happens in between: the tape is replayed and written, orders are obeyed (`steering`), rules stop the
loop. `Ended` and `Switched` leave the optimizer from inside an evaluation; they are no `Exception`, so that no
optimizer takes them for a failure of the function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from qmagic.loops.children import Children
from qmagic.loops.door import ChildFailed, Door, Ended, TooDear, Withdrawn
from qmagic.loops.notices import Notices
from qmagic.loops.objective import Answer, Objective
from qmagic.loops.pickling import UserError
from qmagic.loops.replay import Replay
from qmagic.loops.steering import Steered
from qmagic.loops.stopping import Stopping
from qmagic.orders import LANDSCAPE, Order, facts
from qmagic.tapes import BOTH, VALUE, LoopSpec, LoopState, Stood, Told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.optimizers.asking import Ask

__all__ = ["Session"]

_Found = TypeVar("_Found")
#: How many last evaluations are remembered by their points.
_REMEMBERED = 4096


class Session(Steered):
    """One loop from its first evaluation to its last.

    Args:
        loop: What was asked.
        objective: What is minimised.
        replay: The tape so far.
        door: Where the tape goes and orders come from.
        children: What is evaluated at clouds.
        callback: Called after each new iteration; a true value ends the loop.
    """

    def __init__(
        self,
        loop: LoopSpec,
        objective: Objective,
        replay: Replay,
        door: Door,
        children: Children,
        callback: Callable[[int, Any, float], Any] | None = None,
    ) -> None:
        super().__init__(loop, objective, replay, door, children, callback)
        self.index = self.spent = 0
        self._cost = 0.0
        self.x = np.frombuffer(loop.x0, "<f8").copy()
        self.lowest: Told | None = None
        self.best: Stood | None = None
        self._stopping, self._noticing = Stopping(loop.rules), Notices(loop.rules)
        self._known = len(replay.stood)
        self._last: dict[bytes, Told] = {}
        self._costs = {VALUE: 0, BOTH: 0}

    # -- what an optimizer asks ---------------------------------------------------------------------------------------

    def evaluate(self, x: NDArray[np.float64], want: int = VALUE) -> Answer:
        """Returns the value at a point, and the gradient where `want` says so.

        Raises:
            Ended, Switched: The optimizer is to be left.
            UserError: The function failed, or gave no number.
            TapeError: The tape does not fit.
        """
        x = np.ascontiguousarray(x, dtype="<f8")
        data, index = x.tobytes(), self.index
        while (ordered := self._replay.before(index)) is not None:
            self._obey(ordered)
        told = self._replay.told(index, want, data)
        if told is None:
            answer = self._fresh(lambda: self.objective.evaluate(x, want, index), want, index)
            told = self._told(answer, x, want, index, self.children.billed())
            self._door.record(told)
        else:
            self._check_shots(want)
            slopes = np.frombuffer(told.gradient, "<f8").copy() if told.gradient else None
            answer = Answer(told.value, told.std, slopes, told.shots)
        self.index = index + 1
        self.spent += told.shots
        self._cost += told.cost
        self._costs[VALUE if want == VALUE else BOTH] = told.shots
        self._last[data] = told
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]
        if self.lowest is None or told.value < self.lowest.value:
            self.lowest = told
        return answer

    def evaluate_all(self, asked: Sequence[Ask]) -> list[Answer]:
        """Returns the same for several points; where their values come from a cloud, they are one job there."""
        index, number = self.index, len(asked)
        if number > 1 and self.objective.batches and all(want == VALUE for _, want in asked):
            while (ordered := self._replay.before(index)) is not None:
                self._obey(ordered)
            if not self._replay.ready:
                points = np.array([x for x, _ in asked], "<f8")
                answers = self._fresh(lambda: self.objective.evaluate_all(points, index), VALUE, index, number)
                billed = [self.children.billed()] + [0.0] * (number - 1)
                told = [self._told(answers[i], points[i], VALUE, index + i, billed[i]) for i in range(number)]
                self._door.record(*told)  # all, or none: they are one job
                self._replay.add(told)
        return [self.evaluate(x, want) for x, want in asked]

    def stand(self, x: NDArray[np.float64], *, value: float | None = None, step: float | None = None) -> None:
        """Ends an iteration at `x`, a point that was evaluated.

        Args:
            x: Where the optimizer stands.
            value: The value there, for points that were evaluated long ago.
            step: How far it went, where it can tell.

        Raises:
            Ended: The loop stops.
        """
        data = np.ascontiguousarray(x, dtype="<f8").tobytes()
        told = self._last.get(data)
        if told is None:  # SciPy may stand where it was long ago
            told = (
                self.lowest
                if self.lowest is not None and self.lowest.x == data
                else next(reversed(self._last.values()))
            )
        else:
            value = told.value
        number = len(self.history) + 1
        if number <= self._known:
            stood = self._replay.stood[number - 1]
        else:
            norm = None
            if told.gradient:
                slopes = np.frombuffer(told.gradient, "<f8")
                norm = math.hypot(*slopes.tolist())
            stood = Stood(
                number, self.index, self.spent, self.seconds, data, told.value if value is None else float(value),
                told.std, norm, step,
            )  # fmt: skip
        self.history.append(stood)
        if self.best is None or stood.value < self.best.value:
            self.best = stood
        self.x = np.frombuffer(data, "<f8").copy()
        notes = [] if self.settings.optimizer == LANDSCAPE else self._noticing.after(self.history)
        self.notes += notes
        if number > self._known:
            self._door.record(stood, *notes)
            self._call_back(stood, self.index, self.x)
        if self._steps:
            self._steps -= 1
            self._paused = self._steps == 0
        reason = self._stopping.after(self.history)
        if reason:
            raise Ended(reason)
        if number >= self.settings.maxiter:
            raise Ended(f"maxiter = {self.settings.maxiter} was reached")

    # -- what the runner asks -----------------------------------------------------------------------------------------

    def measure(self, best: Told | Stood) -> Told:
        """Returns the value at the best point with fresh shots, whatever the rules say.

        Where a cloud cannot give it, it is the value that was seen there, of no fresh shots, and a note says why.
        """
        self._finishing, self.phase = True, "measuring"
        try:
            self.evaluate(np.frombuffer(best.x, "<f8").copy(), VALUE)
        except (ChildFailed, TooDear) as error:
            self._note("unmeasured", f"The best point was not measured again: {error}.")
            return Told(self.index, VALUE, best.x, best.value, best.std)
        return self._last[best.x]

    @property
    def gradient(self) -> str:
        """Where gradients come from, and why; "" where the optimizer asks for none."""
        return self.objective.gradient if facts(self.settings.optimizer).gradient else ""

    @property
    def cost(self) -> float:
        """What clouds have billed for the loop, in US dollars, as far as it is known."""
        return self._cost + self.children.cost

    def state(self) -> LoopState:
        """Returns how the loop stands."""
        last, best, note = (
            (self.history[-1] if self.history else None),
            self.best,
            self.notes[-1].text if self.notes else "",
        )
        now = self.settings
        return LoopState(
            phase=self.phase, iteration=len(self.history), evaluations=self.index, spent_shots=self.spent,
            seconds=self.seconds, value=last.value if last else None, std=last.std if last else 0.0,
            best=best.value if best else None, best_std=best.std if best else 0.0,
            best_iteration=best.iteration if best else 0, biased=bool(best and best.std), optimizer=now.optimizer,
            learning_rate=now.learning_rate, maxiter=now.maxiter, shots=now.shots, precision=now.precision,
            gradient=self.gradient, obeyed=self.obeyed, note=note, waits=self.children.waits, cost=self.cost,
            budget=self.loop.rules.budget,
        )  # fmt: skip

    # -- inside -------------------------------------------------------------------------------------------------------

    def _fresh(self, evaluate: Callable[[], _Found], want: int, index: int, number: int = 1) -> _Found:
        """Evaluates; what fails at a cloud pauses the loop, and what is too dear there ends it."""
        while True:
            self._attend(index)
            self._check_shots(want, number)
            self.children.begin(index, number, self._failures(index), self._cost, last=self._finishing)
            try:
                return evaluate()
            except Withdrawn:
                continue
            except ChildFailed as error:
                if self._finishing:
                    raise
                self._order(index, Order("pause", reason=str(error)))
            except TooDear as error:
                if self._finishing:
                    raise
                self._order(index, Order("stop", reason=str(error)))

    def _check_shots(self, want: int, number: int = 1) -> None:
        """Stops before shots are spent that were not granted; one value is kept back for the best point's."""
        most = self.loop.rules.max_shots
        if most is None or self._finishing:
            return
        following = number * self._costs[VALUE if want == VALUE else BOTH]
        if self.spent + following + self._costs[VALUE] > most:
            raise Ended(f"max_shots = {most:,} leave no room for another evaluation")

    def _told(self, answer: Answer, x: NDArray[np.float64], want: int, index: int, billed: float) -> Told:
        """Returns an answer as it goes on the tape.

        Raises:
            UserError: It is no number.
        """
        slopes = answer.gradient
        if not math.isfinite(answer.value) or not (slopes is None or np.isfinite(slopes).all()):
            finite = math.isfinite(answer.value)
            what = "a gradient that is not finite" if finite else f"the value {answer.value}"
            shown = np.array2string(x, precision=6, threshold=12)
            raise UserError(
                f"iteration {len(self.history) + 1}, evaluation {index}: the objective gave {what} at x = {shown}; "
                "the tape up to there is kept"
            )
        gradient = b"" if slopes is None else np.asarray(slopes, "<f8").tobytes()
        return Told(index, want, x.tobytes(), answer.value, answer.std, gradient, answer.shots, billed)
