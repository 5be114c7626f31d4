"""What keeps a home small and found: old jobs are deleted, the log is turned over, the discovery file is touched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from qmagic.home import ServiceOptions
from qmagic.service import rows
from qmagic.service.store import Store

__all__ = ["LOG_BYTES", "Housekeeping", "turn_over_log"]

#: Size at which the log is turned over; one older log is kept.
LOG_BYTES = 5 << 20
_TOUCH_SECONDS = 15.0
_PURGE_SECONDS = 3600.0


class Housekeeping:
    """Looks after a home while it is served.

    Args:
        home: The folder.
        store: Its store.
        options: Its options.
    """

    def __init__(self, home: Path, store: Store, options: ServiceOptions) -> None:
        self._home, self._store, self._options = home, store, options
        self._touched = self._purged = float("-inf")

    def look(self) -> None:
        """Does what is due."""
        now = time.monotonic()
        if now - self._touched > _TOUCH_SECONDS:
            self._touched = now
            turn_over_log(self._home)
            if (self._home / "service.json").exists():
                os.utime(self._home / "service.json")  # another host sees that this service lives
        if self._options.keep_days and now - self._purged > _PURGE_SECONDS:
            self._purged = now
            self.purge(time.time() - self._options.keep_days * 86_400, None, lambda jobs, error: None)

    def purge(self, before: float, ids: list[str] | None, then: Callable[[int | None, Exception | None], None]) -> None:
        """Deletes finished jobs that ended before a time, or those named; `then` hears how many."""

        def done(purged: rows.Purged | None, error: Exception | None) -> None:
            for file in purged.files if purged else ():
                (self._home / "results" / file).unlink(missing_ok=True)
            then(purged.jobs if purged else None, error)

        self._store.read(lambda connection: rows.purge(connection, before, ids), done)


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
