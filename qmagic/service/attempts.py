"""The attempts of jobs that run here: when one begins, in whose company, and which one counts."""

from __future__ import annotations

import time
from collections.abc import Callable

from qmagic.engines.base import Call, Engine
from qmagic.jobs import JobStatus
from qmagic.service.deaths import Deaths
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.scheduler import Scheduler
from qmagic.service.slots import Slots

__all__ = ["BATCH", "Attempts"]

#: Small jobs that share one worker call, at most.
BATCH = 16


class Attempts:
    """Hands jobs to workers.

    Args:
        ledger: Keeps the jobs.
        engine: Runs them.
        slots: How many run at once.
        scheduler: Who is next.
        deaths: Hears that a worker takes jobs.
        drop: Takes back a job whose row could not be written.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        engine: Engine,
        slots: Slots,
        scheduler: Scheduler,
        deaths: Deaths,
        drop: Callable[[Record], None],
        clock: Callable[[], float],
    ) -> None:
        self._ledger, self._engine, self._slots, self._scheduler = ledger, engine, slots, scheduler
        self._deaths, self._drop, self._clock = deaths, drop, clock

    def dispatch(self) -> None:
        """Begins what waits, while slots are free."""
        while len(self._scheduler) and self._slots.free():
            first = self._scheduler.next(lambda record: self._engine.ready(record.spec.environment))
            if first is None:
                return
            self.start([first, *self._company(first)])

    def start(self, records: list[Record], *, check: bool = False) -> None:
        """Begins an attempt of each of these jobs, in one call; with `check` their input is read first."""
        self._slots.take(records)
        for record in records:
            record.attempt += 1
            record.started, record.began = time.time(), self._clock()
            record.progress = record.counts = None
            if not check:
                self._mark_started(record)
        calls = [
            Call(
                record.id,
                record.attempt,
                record.data,
                check,
                quiet=record.small and not record.deaths,
                avoid=record.avoid,
                notes=record.notes,
            )
            for record in records
        ]
        self._deaths.started(records[0].spec.environment)
        self._engine.run(records[0].spec.environment, calls)

    def admit(self, record: Record) -> None:
        """Admits a job that runs already, since its input has turned out to be sound."""
        record.deadline = None
        self._ledger.admit(record, self._drop)
        self._mark_started(record)

    def ended(self, job: str, attempt: int) -> Record | None:
        """Returns the job if this attempt is the one that counts, and takes it off its slot."""
        record = self._ledger.live.get(job)
        if record is None or record.attempt != attempt:
            return None
        if record.status is JobStatus.CREATED and job in self._slots:
            self.admit(record)  # it was too quick to be announced
        if record.status not in (JobStatus.RUNNING, JobStatus.CANCELLING):
            return None
        self._slots.release(record)
        return record

    def _company(self, first: Record) -> list[Record]:
        """Takes out small jobs that may share the worker call of `first`."""
        if not first.small or first.alone:
            return []
        environment = first.spec.environment

        def fits(record: Record) -> bool:
            return record.small and not record.alone and record.spec.environment == environment

        # the other slots get their share of what waits
        share = min(BATCH - 1, len(self._scheduler) // self._slots.number)
        company: list[Record] = []
        while len(company) < share and (record := self._scheduler.next(fits)) is not None:
            company.append(record)
        return company

    def _mark_started(self, record: Record) -> None:
        if record.spec.timeout is not None:
            record.deadline = self._clock() + record.spec.timeout
        self._ledger.change(record, JobStatus.RUNNING, "job.started", attempt=record.attempt)
