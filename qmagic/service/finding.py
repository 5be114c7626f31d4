"""Answers `result`, `find` and `list`: what the store holds of jobs, with what only the manager knows of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from qmagic.errors import ErrorInfo
from qmagic.jobs import JobInfo
from qmagic.protocol import Ended, Find, Found, Listing
from qmagic.service import rows
from qmagic.service.manager import Manager
from qmagic.service.store import Store

__all__ = ["Answer", "Finding"]

#: Called with the answer, or with why there is none.
Answer = Callable[[Any, ErrorInfo | None], None]


class Finding:
    """Finds jobs for who asks.

    Args:
        manager: Knows the living.
        store: Knows all.
    """

    def __init__(self, manager: Manager, store: Store) -> None:
        self._manager, self._store = manager, store

    def ended(self, who: bytes, job: str, answer: Answer) -> None:
        """Tells of a job's end, at once or when it comes."""

        def told(ended: Ended | None) -> None:
            if ended is not None:
                answer(ended, None)
            else:
                answer(None, ErrorInfo("NotFoundError", f"there is no job {job!r}"))

        def found(ended: Ended | None, error: Exception | None) -> None:
            if error is not None:
                answer(None, _unreadable(error))
            else:
                told(ended)

        if not self._manager.wait(job, who, told):
            self._store.read(lambda connection: rows.ended(connection, job), found)

    def jobs(self, wanted: Find, answer: Answer) -> None:
        """Tells of jobs in full."""

        def found(jobs: list[Found] | None, error: Exception | None) -> None:
            if jobs is None:
                answer(None, _unreadable(error))
                return
            infos = self._completed([job.info for job in jobs])
            answer([msgspec.structs.replace(job, info=info) for job, info in zip(jobs, infos, strict=True)], None)

        self._store.read(lambda connection: rows.find(connection, wanted), found)

    def listing(self, wanted: Find, answer: Answer) -> None:
        """Tells of jobs in short, and how many there are."""

        def found(listing: Listing | None, error: Exception | None) -> None:
            if listing is None:
                answer(None, _unreadable(error))
            else:
                answer(msgspec.structs.replace(listing, jobs=self._completed(listing.jobs)), None)

        self._store.read(lambda connection: rows.listing(connection, wanted), found)

    def _completed(self, jobs: list[JobInfo]) -> list[JobInfo]:
        """Adds what is not stored to jobs that have not ended: place in line, backend."""
        if all(job.status.final for job in jobs):
            return jobs
        positions = self._manager.living.positions()
        return [job if job.status.final else self._manager.living.seen(job, positions.get(job.id)) for job in jobs]


def _unreadable(error: Exception | None) -> ErrorInfo:
    return ErrorInfo("ServiceError", f"the store cannot be read: {error}")
