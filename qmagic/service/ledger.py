"""The ledger: the jobs that have not ended on disk, and the only place where a job's status changes.

Every change is a legal move of `qmagic.service.status`, commits the job's row together with its event, and is told
(to listeners, to who submitted, to who waits) only after that commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

from qmagic.engines.base import Done
from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.jobs import JobStatus
from qmagic.protocol import Ended
from qmagic.service import rows
from qmagic.service.record import Record
from qmagic.service.status import move
from qmagic.service.store import Statement, Store

__all__ = ["Ledger", "disk_full"]


class Ledger:
    """The living jobs and their way to disk.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seq: int
        self._number: int
        self._seq, self._number = store.ask(rows.last_numbers)
        #: Jobs that have not ended on disk yet, by id.
        self.live: dict[str, Record] = {}
        #: Called with each event, after its commit.
        self.publish: Callable[[Event], None] = lambda event: None

    @property
    def trouble(self) -> str:
        """Why the store cannot be written now; "" when it can."""
        return self._store.trouble

    def unfinished(self) -> list[tuple[Record, bool]]:
        """Returns the jobs that an earlier service left, oldest first, each with whether it was running."""
        found: list[tuple[Record, bool]] = self._store.ask(rows.unfinished)
        for record, _ in found:
            record.admitted = True
            self.live[record.id] = record
        return found

    def add(self, record: Record) -> None:
        """Takes in a job that nobody else knows yet, and numbers it."""
        self._number += 1
        record.number = self._number
        self.live[record.id] = record

    def admit(self, record: Record, refused: Callable[[Record], None]) -> None:
        """Makes the job READY and commits its row; when that fails, calls `refused` and forgets it."""
        record.status = move(record.id, record.status, JobStatus.READY)
        statements, event = rows.insert_job(record, self._next_seq())

        def committed(error: Exception | None) -> None:
            if error is not None:
                refused(record)
                # an id that is on disk already: this was sent again, and the job is done or on its way
                self.refuse(record, None if isinstance(error, sqlite3.IntegrityError) else disk_full(str(error)))
                return
            record.admitted = True
            self.publish(event)
            if not record.status.final:  # else its end, which is about to be told, says all
                self.answer(record)

        self._store.write(statements, committed)

    def refuse(self, record: Record, error: ErrorInfo | None) -> None:
        """Forgets a job that is not to be made, and answers why; None where it is there already."""
        self.live.pop(record.id, None)
        accept, record.accept = record.accept, []
        waiters, record.waiters = record.waiters, {}
        for call in accept:
            call(error)
        for waiter in waiters.values():
            waiter(None)

    def answer(self, record: Record) -> None:
        """Tells who submitted the job that it is on disk, once it is."""
        if record.admitted:
            accept, record.accept = record.accept, []
            for call in accept:
                call(None)

    def change(
        self, record: Record, status: JobStatus, kind: str, then: Callable[[], None] | None = None, **detail: Any
    ) -> None:
        """Moves a job to a status that is not final; calls `then` once that is on disk."""
        record.status = move(record.id, record.status, status)
        statements, event = rows.update_job(record, self._next_seq(), kind, detail)

        def committed(error: Exception | None) -> None:
            if record.admitted:
                self.publish(event)
            if then is not None:
                then()

        self._store.write(statements, committed, must=True)

    def note(self, record: Record, kind: str, **detail: Any) -> None:
        """Writes down what happened to a job whose status stays."""
        statements, event = rows.update_job(record, self._next_seq(), kind, detail)

        def committed(error: Exception | None) -> None:
            if record.admitted:
                self.publish(event)

        self._store.write(statements, committed, must=True)

    def end(
        self, record: Record, status: JobStatus, kind: str, done: Done | None = None, also: Sequence[Statement] = ()
    ) -> None:
        """Moves a job to its end, with its result where there is one; then tells who waits.

        `also` is what else goes to disk with it.
        """
        record.deadline = None
        record.ended = time.time()
        record.status = move(record.id, record.status, status)
        detail = {"error": record.error.message} if record.error else {}
        if record.headline:
            detail["headline"] = record.headline
        statements, event = rows.update_job(record, self._next_seq(), kind, detail)
        statements += also
        answer = Ended(record.info())
        if done is not None:
            statements.append(rows.insert_result(record.number, done))
            answer = Ended(record.info(), done.outcome, done.file, done.digest)

        def committed(error: Exception | None) -> None:
            if self.live.get(record.id) is not record:
                return  # its row could not be written: it was refused
            del self.live[record.id]
            self.publish(event)
            waiters, record.waiters = record.waiters, {}
            for waiter in waiters.values():
                waiter(answer)
            self.answer(record)

        self._store.write(statements, committed, must=True)

    def delete(self, jobs: list[rows.Deletable], then: Callable[[Exception | None], None]) -> None:
        """Deletes finished jobs from the disk."""
        made = [rows.delete_job(job, self._next_seq()) for job in jobs]

        def committed(error: Exception | None) -> None:
            for _, event in made if error is None else ():
                self.publish(event)
            then(error)

        self._store.write([statement for statements, _ in made for statement in statements], committed)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq


def disk_full(trouble: str) -> ErrorInfo:
    """Returns why no new job is taken."""
    return ErrorInfo(
        "DiskFullError",
        f"the job was not taken: the store cannot be written ({trouble}); "
        "free some space, or delete old jobs with %qjobs --purge",
    )
