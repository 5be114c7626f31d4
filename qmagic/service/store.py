"""The store: jobs, events and results in one SQLite database, written by one thread of one process.

Rules:

* A job's row and its event commit together, durably (WAL, ``synchronous=FULL``); who asked is told after the commit.
* Writes that wait at the same time share a commit; reads run between commits, after the writes that came before.
* A failed commit is told to those that can be refused (new jobs). Facts that must not be lost (a job's end) are kept
  and tried again, in order: a full disk delays them, it does not drop them.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import queue
import socket
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qmagic.service.database import damage_mark, is_damage, open_database
from qmagic.service.schema import SCHEMA_VERSION

__all__ = ["Statement", "Store", "Write"]

log = logging.getLogger(__name__)

Statement = tuple[str, tuple[Any, ...]]

_RETRY_SECONDS = 1.0


@dataclasses.dataclass(slots=True)
class Write:
    """Statements that commit together.

    Attributes:
        statements: SQL and its parameters.
        then: Called on the main thread with None after the commit, or with the error.
        must: Whether it is kept and tried again when the commit fails, in place of being told.
    """

    statements: list[Statement]
    then: Callable[[Exception | None], None]
    must: bool = False


@dataclasses.dataclass(slots=True)
class _Read:
    query: Callable[[sqlite3.Connection], Any]
    then: Callable[[Any, Exception | None], None]


def _is_of_one_write(error: Exception) -> bool:
    """Tells whether an error lies in what was written (a job id that exists), not in the disk or the database."""
    return not isinstance(error, sqlite3.OperationalError) and type(error) is not sqlite3.DatabaseError


class Store:
    """The database behind a thread that writes and reads it.

    Args:
        path: The database's file.
        limit: Bytes that it may reach; 0 means no limit.

    `wake` is a socket that becomes readable when completions wait; then `complete` runs them on the calling thread.
    """

    def __init__(self, path: Path, limit: int = 0) -> None:
        self._connection, self.notice = open_database(path)
        self.path = path
        if limit:
            page = self._connection.execute("PRAGMA page_size").fetchone()[0]
            self._connection.execute(f"PRAGMA max_page_count={max(limit // page, 16)}")
        self.wake, self._waker = socket.socketpair()
        self.wake.setblocking(False)
        self._waker.setblocking(False)
        self._inbox: queue.SimpleQueue[Write | _Read | None] = queue.SimpleQueue()
        self._finished: deque[Callable[[], None]] = deque()
        self._kept: deque[Write] = deque()
        #: Why the last commit failed; "" when it did not.
        self.trouble = ""
        #: Whether the database itself was found damaged; then the service ends, and its next start sets it aside.
        self.damaged = False
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._thread.start()

    # -- main thread ------------------------------------------------------------------------------------------------

    def write(
        self, statements: list[Statement], then: Callable[[Exception | None], None], *, must: bool = False
    ) -> None:
        """Commits statements together, durably, then calls `then` on the main thread."""
        self._inbox.put(Write(statements, then, must))

    def read(self, query: Callable[[sqlite3.Connection], Any], then: Callable[[Any, Exception | None], None]) -> None:
        """Runs a query after the writes that came before it, then calls `then` with its value on the main thread."""
        self._inbox.put(_Read(query, then))

    def ask(self, query: Callable[[sqlite3.Connection], Any]) -> Any:
        """Runs a query at once; only before the first `write` (the start) and for tests."""
        return query(self._connection)

    def complete(self) -> None:
        """Calls what has been completed since the last time."""
        try:
            while self.wake.recv(4096):
                pass
        except BlockingIOError:
            pass
        while self._finished:
            self._finished.popleft()()

    def close(self) -> None:
        """Ends the thread after what is in line, and closes the database."""
        self._inbox.put(None)
        self._thread.join()
        self._connection.close()
        self.wake.close()
        self._waker.close()

    # -- store thread -----------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        open_ = True
        while open_:
            items = self._next_items()
            open_ = None not in items
            self._work(items)

    def _work(self, items: list[Write | _Read | None]) -> None:
        """Commits what is to be written, then answers what is asked."""
        writes = [item for item in items if isinstance(item, Write)]
        if writes or self._kept:
            self._commit(writes)
        elif self.trouble:
            self._probe()
        for item in items:
            if isinstance(item, _Read):
                self._query(item)
        if self._finished:
            try:
                self._waker.send(b"x")
            except BlockingIOError:
                pass  # it has been woken often enough

    def _next_items(self) -> list[Write | _Read | None]:
        items: list[Write | _Read | None] = []
        try:
            items.append(self._inbox.get(timeout=_RETRY_SECONDS if self._kept or self.trouble else None))
            while True:
                items.append(self._inbox.get_nowait())
        except queue.Empty:
            return items

    def _commit(self, writes: list[Write]) -> None:
        batch = [*self._kept, *writes]
        self._kept.clear()
        error = self._attempt(batch)
        if error is not None and len(batch) > 1 and _is_of_one_write(error):
            # it must not take its neighbours along
            for write in batch:
                self._settle([write], self._attempt([write]))
        else:
            self._settle(batch, error)

    def _attempt(self, batch: list[Write]) -> Exception | None:
        """Commits writes together and returns what went wrong; then nothing of them was written."""
        execute = self._connection.execute
        try:
            execute("BEGIN")
            for write in batch:
                for sql, parameters in write.statements:
                    execute(sql, parameters)
            execute("COMMIT")
        except Exception as error:
            log.error("a commit of %d writes failed: %s", len(batch), error)
            if self._connection.in_transaction:
                execute("ROLLBACK")
            return error
        return None

    def _settle(self, batch: list[Write], error: Exception | None) -> None:
        """Tells how a commit went. When it failed, what must be written is kept, in order; the rest is refused."""
        kept: list[Write] = []
        if error is None:
            self.trouble = ""
        elif not _is_of_one_write(error):
            self.trouble = str(error)
            self._note_damage(error)
            kept = [write for write in batch if write.must]
            batch = [write for write in batch if not write.must]
        for write in batch:
            self._finish(functools.partial(write.then, error))
        # a new job must not hold up an old one's end: small updates may still fit
        if kept and batch and self._attempt(kept) is None:
            for write in kept:
                self._finish(functools.partial(write.then, None))
        else:
            self._kept.extend(kept)

    def _probe(self) -> None:
        """Finds out whether the store can be written again, where nothing waits that would show it."""
        query = self._connection.execute
        try:
            query(f"PRAGMA user_version = {SCHEMA_VERSION}")  # writes a page, and changes nothing
            used = query("PRAGMA page_count").fetchone()[0] - query("PRAGMA freelist_count").fetchone()[0]
            most = query("PRAGMA max_page_count").fetchone()[0]
        except sqlite3.Error as error:
            self.trouble = str(error)
        else:
            if used < most:
                self.trouble = ""

    def _query(self, read: _Read) -> None:
        value, problem = None, None
        try:
            value = read.query(self._connection)
        except Exception as error:
            problem = error
            log.error("a query failed: %s", error)
            self._note_damage(error)
        self._finish(lambda: read.then(value, problem))

    def _finish(self, call: Callable[[], None]) -> None:
        self._finished.append(call)

    def _note_damage(self, error: Exception) -> None:
        """Has the store set aside at the next start when an error says that it is damaged."""
        if is_damage(error) and not self.damaged:
            try:
                damage_mark(self.path).write_text(str(error))
            except OSError as problem:
                log.error("%s: %s", damage_mark(self.path), problem)
            self.damaged = True
