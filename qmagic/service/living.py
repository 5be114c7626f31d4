"""How the living jobs stand, for who asks: what is not stored, or not yet. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qmagic.jobs import JobInfo, JobStatus
from qmagic.protocol import Live
from qmagic.service.ledger import Ledger
from qmagic.service.loops import Loops
from qmagic.service.record import Record
from qmagic.service.scheduler import Scheduler

__all__ = ["Living"]

#: A job of these is, or may be, in a worker's hands.
_AT_WORK = frozenset((JobStatus.RUNNING, JobStatus.CANCELLING))


class Living:
    """The jobs that have not ended, as others see them.

    Args:
        ledger: Keeps them.
        scheduler: Knows who is next.
        loops: Knows how far hybrid loops are.
        clock: Monotonic seconds.
    """

    def __init__(self, ledger: Ledger, scheduler: Scheduler, loops: Loops | None, clock: Callable[[], float]) -> None:
        self._ledger, self._scheduler, self._loops, self._clock = ledger, scheduler, loops, clock

    def positions(self) -> dict[str, int]:
        """Returns each waiting job's place in line."""
        return self._scheduler.positions()

    def live(self, most: int) -> list[Live]:
        """Returns what changes without an event: of the jobs that run, and of the first in line; at most so many."""
        running = [record for record in self._ledger.live.values() if record.status in _AT_WORK and record.admitted]
        told = [self._live(record) for record in running[:most]]
        for job, position in self._scheduler.positions().items():
            if len(told) >= most:
                break
            told.append(Live(job, position, None, self._ledger.live[job].expected))
        return told

    def live_of(self, job: str) -> Live | None:
        """Returns the same of one job that runs; None where it does not."""
        record = self._ledger.live.get(job)
        return self._live(record) if record is not None and record.status in _AT_WORK else None

    def seen(self, info: JobInfo, position: int | None) -> JobInfo:
        """Returns a job's description with what is not stored: its place in line, its backend, and why that one."""
        record = self._ledger.live.get(info.id)
        if record is None or not record.why:
            return info if position is None else msgspec.structs.replace(info, position=position)
        return msgspec.structs.replace(info, position=position, backend=record.backend, why=record.why)

    def counts(self) -> dict[str, int]:
        """Returns how many living jobs have each status."""
        result: dict[str, int] = {}
        for record in self._ledger.live.values():
            if record.admitted:
                result[record.status] = result.get(record.status, 0) + 1
        return result

    def _live(self, r: Record) -> Live:
        passed = max(0.0, self._clock() - r.began)
        return Live(r.id, None, passed, r.expected, self._progress(r), r.backend, r.why, r.counts)

    def _progress(self, record: Record) -> float | None:
        if self._loops is not None and record.spec.kind == "loop":
            return self._loops.progress(record.id)
        return record.progress
