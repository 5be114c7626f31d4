"""Loops without processes: a door that keeps the tape, and jobs for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qmagic import client
from qmagic.jobs import JobSpec, Source
from qmagic.loops import runner
from qmagic.loops.asked import loop_job
from qmagic.loops.pickling import minor, pickled
from qmagic.orders import Order
from qmagic.outcomes import Outcome
from qmagic.tapes import Entry, Function, LoopOutcome, LoopSpec, Stood, Told, pack


class Stuck(Exception):
    """The loop waits for an order that will not come."""


class PlayedDoor:
    """A door whose tape a test reads, and whose orders come when a test says so.

    Args:
        orders: ``{evaluation: orders}``: what comes before which evaluation.
    """

    def __init__(self, orders: dict[int, list[Order]] | None = None) -> None:
        self.tape: list[Entry] = []
        self._due = dict(orders or {})
        self._orders: deque[Order] = deque()
        self.evaluations = 0

    def record(self, *entries: Entry) -> None:
        self.tape.extend(entries)
        self.evaluations += sum(isinstance(entry, Told) for entry in entries)

    def order(self) -> Order | None:
        for order in self._due.pop(self.evaluations, []):
            self._orders.append(order)
        return self._orders.popleft() if self._orders else None

    def stopping(self) -> bool:
        return any(order.kind == "stop" for order in self._orders)

    def await_order(self) -> None:
        raise Stuck


def bowl(x: np.ndarray) -> float:
    """Rosenbrock's valley, stretched over any number of parameters; 0 at (1, 1, ...)."""
    return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


def slopes(x: np.ndarray) -> np.ndarray:
    """The gradient of `bowl`."""
    found = np.zeros_like(x)
    found[:-1] = -400.0 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    found[1:] += 200.0 * (x[1:] - x[:-1] ** 2)
    return found


def noisy(x: np.ndarray) -> tuple[float, float]:
    """A valley seen through noise of 0.02."""
    return float(np.sum((x - 0.5) ** 2) + 0.02 * np.random.standard_normal()), 0.02  # noqa: NPY002


def job(function: Callable[..., Any], x0: Any, *, seed: int = 7, gradient: Any = None, **given: Any) -> JobSpec:
    """Returns the job of a loop over a function."""
    functions = {"cost": function} | ({"gradient": gradient} if gradient else {})
    start = np.asarray(x0, "<f8")
    usual = {"optimizer": "cobyla", "labels": tuple(f"x[{i}]" for i in range(start.size))}
    loop = LoopSpec(objective=Function(pickled(functions), minor(), "f"), x0=start.tobytes(), **{**usual, **given})
    bare = JobSpec(id="", source=Source("loop", b""), pubs=(), seed=seed, environment=client.environment())
    return loop_job(bare, loop)


def played(
    spec: JobSpec, tape: Sequence[Entry] = (), orders: dict[int, list[Order]] | None = None
) -> tuple[Outcome, list[Entry]]:
    """Runs a loop on from a tape; returns its outcome and the whole tape."""
    door = PlayedDoor(orders)
    door.record(*tape)
    outcome = runner.run(spec, runner.prepare(spec, [pack(list(tape))] if tape else [], door))
    return outcome, door.tape


def loop(outcome: Outcome) -> LoopOutcome:
    assert outcome.loop is not None
    return outcome.loop


def trajectory(tape: list[Entry]) -> list[tuple[Any, ...]]:
    """Returns all that a loop did, without its times."""
    told = [(e.index, e.want, e.x, e.value, e.std, e.gradient, e.shots) for e in tape if isinstance(e, Told)]
    stood = [(e.iteration, e.evaluations, e.x, e.value, e.std, e.step) for e in tape if isinstance(e, Stood)]
    return [*told, *stood]
