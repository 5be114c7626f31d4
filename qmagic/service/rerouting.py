"""Simulators that were chosen and turn out badly, while another could take their place.

Such a job is stopped where it is, when it is over its time (`plans.patience`) or its memory, or when it crashed twice
(`deaths`), and goes on elsewhere: its next attempt is told what to avoid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qmagic.engines.base import Chosen, Engine
from qmagic.jobs import JobStatus
from qmagic.service.experience import Learner
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record

__all__ = ["Rerouting"]


class Rerouting:
    """What running jobs have chosen, and for how long that may take.

    Args:
        ledger: Keeps the jobs.
        engine: Runs them.
        clock: Monotonic seconds.
        learner: Hears what runs took.
    """

    def __init__(self, ledger: Ledger, engine: Engine, clock: Callable[[], float], learner: Learner | None) -> None:
        self._ledger, self._engine, self._clock, self._learner = ledger, engine, clock, learner

    def chosen(self, record: Record, message: Chosen) -> None:
        """Takes in what a running job was given to."""
        if message.reason:
            self._ledger.note(record, "job.rerouted", reason=message.reason, to=message.backend)
        record.choice, record.since = message, self._clock()
        record.late = record.since + message.patience if message.patience else None

    def tick(self, now: float) -> None:
        """Stops what is over the time of its choice."""
        for record in [r for r in self._ledger.live.values() if r.late is not None and r.late <= now]:
            record.late = None
            choice, taken = record.choice, now - record.since
            if choice is not None and self.turn(
                record.id, f"took more than {taken:.3g} s, and {choice.seconds:.2g} s were estimated"
            ):
                self.learn({choice.blame[-1]: (choice.model, taken)}, ended=False)

    def turn(self, job: str, reason: str) -> bool:
        """Stops a running job that does badly where it is, to go on elsewhere; False where there is nothing else."""
        record = self._ledger.live.get(job)
        if record is None or record.status is not JobStatus.RUNNING or record.choice is None or record.turned:
            return False
        if not record.choice.patience:
            return False
        record.turned = reason
        self._engine.kill(job)
        return True

    def leave(self, record: Record, choice: Chosen, reason: str) -> str:
        """Has a job's next attempt avoid what turned out badly; returns what is said of that."""
        record.avoid = tuple(dict.fromkeys((*record.avoid, *choice.blame)))
        record.notes = (*record.notes, f"{choice.blame[-1]} was left: it {reason}")
        return f"{choice.blame[-1]} {reason}"

    def learn(self, spent: Mapping[str, tuple[float, float]], *, ended: bool = True) -> None:
        """Takes in what runs took, by backend: estimated seconds, and real ones."""
        if self._learner is not None and spent:
            self._learner.learn(spent, ended=ended)
