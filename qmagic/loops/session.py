"""What an optimizer sees of its loop: it asks for values (`evaluate`) and says where it stands (`stand`).

Everything else happens in between: the tape is replayed and written, orders are obeyed, rules stop the loop. An order
is obeyed before an evaluation, and the tape says before which. `Ended` and `Switched` leave the optimizer from inside
an evaluation; they are no `Exception`, so that no optimizer takes them for a failure of the function.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError
from qmagic.loops.door import Door, Ended, Switched
from qmagic.loops.notices import Notices
from qmagic.loops.objective import Answer, Objective
from qmagic.loops.pickling import UserError
from qmagic.loops.replay import Replay
from qmagic.loops.settings import Settings
from qmagic.loops.stopping import Stopping
from qmagic.orders import LANDSCAPE, Changes, Order, facts
from qmagic.tapes import BOTH, VALUE, LoopSpec, LoopState, Noted, Ordered, Stood, Told

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Session"]

#: How many last evaluations are remembered by their points.
_REMEMBERED = 4096


class Session:
    """One loop from its first evaluation to its last.

    Args:
        loop: What was asked.
        objective: What is minimised.
        replay: The tape so far.
        door: Where the tape goes and orders come from.
        callback: Called after each new iteration; a true value ends the loop.
    """

    def __init__(
        self,
        loop: LoopSpec,
        objective: Objective,
        replay: Replay,
        door: Door,
        callback: Callable[[int, Any, float], Any] | None = None,
    ) -> None:
        self.loop, self.objective, self._replay, self._door, self._callback = loop, objective, replay, door, callback
        self.settings = Settings.of(loop)
        #: Called with a new learning rate; set by the optimizer that runs, where it has one.
        self.on_learning_rate: Callable[[float], None] | None = None
        self.phase = "starting"
        self.index = self.spent = 0
        self.history: list[Stood] = []
        self.notes: list[Noted] = []
        self.orders: list[Ordered] = []
        self.x = np.frombuffer(loop.x0, "<f8").copy()
        self.lowest: Told | None = None
        self.best: Stood | None = None
        self.obeyed = 0
        self._paused, self._steps, self._finishing = False, 0, False
        self._stopping, self._noticing = Stopping(loop.rules), Notices(loop.rules)
        self._known = len(replay.stood)
        self._seconds = replay.stood[-1].seconds if replay.stood else 0.0
        self._began = time.perf_counter()
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
            self._attend(index)
            self._check_shots(want)
            answer = self.objective.evaluate(x, want, index)
            gradient = b"" if answer.gradient is None else np.asarray(answer.gradient, "<f8").tobytes()
            told = Told(index, want, data, answer.value, answer.std, gradient, answer.shots)
            self._check(told, x, answer)
            self._door.record(told)
        else:
            self._check_shots(want)
            slopes = np.frombuffer(told.gradient, "<f8").copy() if told.gradient else None
            answer = Answer(told.value, told.std, slopes, told.shots)
        self.index = index + 1
        self.spent += told.shots
        self._costs[VALUE if want == VALUE else BOTH] = told.shots
        self._last[data] = told
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]
        if self.lowest is None or told.value < self.lowest.value:
            self.lowest = told
        return answer

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
            self._call_back(stood)
        if self._steps:
            self._steps -= 1
            self._paused = self._steps == 0
        reason = self._stopping.after(self.history)
        if reason:
            raise Ended(reason)
        if number >= self.settings.maxiter:
            raise Ended(f"maxiter = {self.settings.maxiter} was reached")

    # -- what the runner asks -----------------------------------------------------------------------------------------

    def measure(self, x: bytes) -> Told:
        """Returns the value at a point with fresh shots, whatever the rules say."""
        self._finishing, self.phase = True, "measuring"
        self.evaluate(np.frombuffer(x, "<f8").copy(), VALUE)
        return self._last[x]

    @property
    def gradient(self) -> str:
        """Where gradients come from, and why; "" where the optimizer asks for none."""
        return self.objective.gradient if facts(self.settings.optimizer).gradient else ""

    @property
    def seconds(self) -> float:
        """Seconds of the loop's own work."""
        return self._seconds + time.perf_counter() - self._began

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
            gradient=self.gradient, obeyed=self.obeyed, note=note,
        )  # fmt: skip

    # -- inside -------------------------------------------------------------------------------------------------------

    def _attend(self, index: int) -> None:
        """Obeys the orders that wait, and waits for more where the loop is paused."""
        while (order := self._door.order()) is not None or self._paused:
            if self._finishing:
                return
            if order is None:
                paused_at, self.phase = time.perf_counter(), "paused"
                self._door.await_order()
                self._began += time.perf_counter() - paused_at
                continue
            ordered = Ordered(index, order)
            self._door.record(ordered)
            self._obey(ordered)
        if not self._finishing:
            self.phase = "running"
            most = self.loop.rules.max_seconds
            if most is not None and self.seconds >= most:
                # a stop by the clock is an order on the tape: a replay must stop here, however fast it is
                ordered = Ordered(index, Order("stop", reason=f"max_seconds = {most:g} were over"))
                self._door.record(ordered)
                self._obey(ordered)

    def _obey(self, ordered: Ordered) -> None:
        order = ordered.order
        self.orders.append(ordered)
        self.obeyed = max(self.obeyed, order.number)
        if order.kind == "pause":
            self._paused, self._steps = True, 0
        elif order.kind == "step":
            self._paused, self._steps = False, max(1, order.steps)
        elif order.kind == "resume":
            self._paused, self._steps = False, 0
        elif order.kind == "stop":
            raise Ended(order.reason or "stopped by the user")
        elif order.kind == "set":
            self._change(order.changes)

    def _change(self, changes: Changes) -> None:
        old = self.settings
        try:
            new = old.changed(changes)
            if (new.shots, new.precision) != (old.shots, old.precision):
                self.objective.effort(new.shots, new.precision)
        except InputError as error:  # the loop goes on as it was, and says so
            self._note("refused", f"The settings were not taken: {error}.")
            return
        self.settings = new
        if new.optimizer != old.optimizer or new.options != old.options:
            raise Switched
        if new.learning_rate is not None and self.on_learning_rate is not None:
            self.on_learning_rate(new.learning_rate)
        if len(self.history) >= new.maxiter:
            raise Ended(f"maxiter = {new.maxiter} was reached")

    def _note(self, kind: str, text: str) -> None:
        noted = Noted(len(self.history), kind, text)
        self.notes.append(noted)
        if noted not in self._replay.notes:
            self._door.record(noted)

    def _check_shots(self, want: int) -> None:
        """Stops before shots are spent that were not granted; one value is kept back for the best point's."""
        most = self.loop.rules.max_shots
        if most is None or self._finishing:
            return
        following = self._costs[VALUE if want == VALUE else BOTH]
        if self.spent + following + self._costs[VALUE] > most:
            raise Ended(f"max_shots = {most:,} leave no room for another evaluation")

    def _check(self, told: Told, x: NDArray[np.float64], answer: Answer) -> None:
        if math.isfinite(told.value) and (answer.gradient is None or np.isfinite(answer.gradient).all()):
            return
        what = f"the value {told.value}" if not math.isfinite(told.value) else "a gradient that is not finite"
        shown = np.array2string(x, precision=6, threshold=12)
        raise UserError(
            f"iteration {len(self.history) + 1}, evaluation {told.index}: the objective gave {what} at x = {shown}; "
            "the tape up to there is kept"
        )

    def _call_back(self, stood: Stood) -> None:
        if self._callback is None:
            return
        try:
            stop = self._callback(stood.iteration, self.x.copy(), stood.value)
        except Exception as error:
            from qmagic.loops.pickling import user_error

            raise user_error(error) from None
        if stop:
            ordered = Ordered(self.index, Order("stop", reason="the callback said so"))
            self._door.record(ordered)
            self._obey(ordered)
