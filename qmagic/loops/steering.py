"""What a loop obeys: orders from outside, each before an evaluation, and the tape says before which; its own, when a
cloud fails or time is up; its callback. A replay obeys the same at the same place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from qmagic.errors import InputError
from qmagic.loops.children import Children
from qmagic.loops.door import Door, Ended, Switched
from qmagic.loops.objective import Objective
from qmagic.loops.replay import Replay
from qmagic.loops.settings import Settings
from qmagic.orders import Changes, Order
from qmagic.tapes import LoopSpec, Noted, Ordered, Stood

__all__ = ["Steered"]


class Steered:
    """A loop that can be steered; `session.Session` is one.

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
        callback: Callable[[int, Any, float], Any] | None,
    ) -> None:
        self.loop, self.objective, self.children = loop, objective, children
        self._replay, self._door, self._callback = replay, door, callback
        self.settings = Settings.of(loop)
        #: Called with a new learning rate; set by the optimizer that runs, where it has one.
        self.on_learning_rate: Callable[[float], None] | None = None
        self.phase = "starting"
        self.history: list[Stood] = []
        self.notes: list[Noted] = []
        self.orders: list[Ordered] = []
        self.obeyed = 0
        self._paused, self._steps, self._finishing = False, 0, False
        self._seconds = replay.stood[-1].seconds if replay.stood else 0.0
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds of the loop's own work."""
        return self._seconds + time.perf_counter() - self._began

    def _failures(self, index: int) -> int:
        """Returns how often an evaluation failed: the loop has paused itself each time."""
        pauses = [one for one in self.orders if one.index == index and one.order.kind == "pause"]
        return sum(not one.order.number for one in pauses)

    def _order(self, index: int, order: Order) -> None:
        """Obeys an order of the loop's own, which is on the tape: a replay must do the same."""
        ordered = Ordered(index, order)
        self._door.record(ordered)
        self._obey(ordered)

    def _attend(self, index: int) -> None:
        """Obeys the orders that wait, and waits for more where the loop is paused."""
        while (order := self._door.order()) is not None or self._paused:
            if self._finishing:
                return
            if order is None:
                paused_at, self.phase = time.perf_counter(), "paused"
                self.children.rest()
                self._door.await_order()
                self._began += time.perf_counter() - paused_at
                continue
            self._order(index, order)
        if not self._finishing:
            self.phase = "running"
            most = self.loop.rules.max_seconds
            if most is not None and self.seconds >= most:
                # a stop by the clock is an order on the tape: a replay must stop here, however fast it is
                self._order(index, Order("stop", reason=f"max_seconds = {most:g} were over"))

    def _obey(self, ordered: Ordered) -> None:
        order = ordered.order
        self.orders.append(ordered)
        self.obeyed = max(self.obeyed, order.number)
        if order.kind == "pause":
            self._paused, self._steps = True, 0
            if order.reason:
                self._note("paused", f"Paused: {order.reason}. Resume to try again, or stop and keep the best.")
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

    def _call_back(self, stood: Stood, index: int, x: Any) -> None:
        if self._callback is None:
            return
        try:
            stop = self._callback(stood.iteration, x.copy(), stood.value)
        except Exception as error:
            from qmagic.loops.pickling import user_error

            raise user_error(error) from None
        if stop:
            self._order(index, Order("stop", reason="the callback said so"))
