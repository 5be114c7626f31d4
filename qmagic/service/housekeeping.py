"""What keeps a home small and found: old jobs are deleted, the log is turned over, the discovery file is touched."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from qmagic.home import Discovery, ServiceOptions, write_discovery
from qmagic.service import rows
from qmagic.service.ledger import Ledger
from qmagic.service.store import Store

__all__ = ["LOG_BYTES", "Housekeeping", "clear_results", "turn_over_log"]

#: Size at which the log is turned over; one older log is kept.
LOG_BYTES = 5 << 20
_TOUCH_SECONDS = 15.0
_PURGE_SECONDS = 3600.0
_DELETED_TOGETHER = 200


class Housekeeping:
    """Looks after a home while it is served.

    Args:
        home: The folder.
        discovery: Who serves it; published again where somebody deleted the file.
        store: Its store.
        ledger: Deletes jobs.
        options: Its options.
    """

    def __init__(self, home: Path, discovery: Discovery, store: Store, ledger: Ledger, options: ServiceOptions) -> None:
        self._home, self._discovery, self._store, self._ledger, self._options = home, discovery, store, ledger, options
        self._touched = self._purged = float("-inf")

    def look(self) -> None:
        """Does what is due."""
        now = time.monotonic()
        if not (self._home / "service.json").exists():
            with contextlib.suppress(OSError):
                write_discovery(self._home, self._discovery)
        if now - self._touched > _TOUCH_SECONDS:
            self._touched = now
            turn_over_log(self._home)
            # another host sees that this service lives; what clears old files from temp folders spares the socket
            for path in (self._home / "service.json", Path(self._discovery.address.removeprefix("ipc://"))):
                with contextlib.suppress(OSError):
                    os.utime(path)
        if self._options.keep_days and now - self._purged > _PURGE_SECONDS:
            self._purged = now
            self.purge(time.time() - self._options.keep_days * 86_400, None, lambda jobs, error: None)

    def purge(self, before: float, ids: list[str] | None, then: Callable[[int | None, Exception | None], None]) -> None:
        """Deletes finished jobs that ended before a time, or those named; `then` hears how many."""

        def found(jobs: list[rows.Deletable] | None, error: Exception | None) -> None:
            if jobs is None:
                then(None, error)
            else:
                self._delete(jobs, 0, then)

        self._store.read(lambda connection: rows.deletable(connection, before, ids), found)

    def _delete(
        self, jobs: list[rows.Deletable], start: int, then: Callable[[int | None, Exception | None], None]
    ) -> None:
        """Deletes the jobs from the `start`-th on: some at a time, so that others' commits come in between."""
        some = jobs[start : start + _DELETED_TOGETHER]
        if not some:
            self._store.read(rows.shrink, lambda _, error: then(len(jobs), None))
            return

        def deleted(error: Exception | None) -> None:
            if error is not None:
                then(None, error)
                return
            for job in some:
                if job.file:
                    (self._home / "results" / job.file).unlink(missing_ok=True)
            self._delete(jobs, start + len(some), then)

        self._ledger.delete(some, deleted)


def clear_results(home: Path, store: Store) -> None:
    """Deletes what attempts that do not count have left in the results folder; at the start, before any runs."""
    folder = home / "results"
    files = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    abandoned: list[str] = store.ask(lambda connection: rows.abandoned(connection, files))
    for file in abandoned:
        (folder / file).unlink(missing_ok=True)


def turn_over_log(home: Path) -> None:
    """Renames a log that has grown too long and goes on with an empty one."""
    path = home / "log" / "service.log"
    try:
        if path.stat().st_size < LOG_BYTES:
            return
        path.replace(path.with_suffix(".log.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return
    for stream in (1, 2):
        os.dup2(descriptor, stream, inheritable=True)
    os.close(descriptor)
