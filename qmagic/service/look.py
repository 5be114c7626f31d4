"""Reads a store that no service serves, for somebody who only looks: ``python -m qmagic.service.look HOME``.

Whoever holds the home's lock may touch the store. Those who look share it for the milliseconds that it takes, so that
none of them takes another for a service; they wait for a service that leaves, as one that starts waits for them. It
reads one `Request` (``list``, ``find`` or ``result``, each with a `Find`) from its standard input and writes one
`Reply`. A store that an older release left has to be brought up to date by a service first.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from qmagic import home as homes
from qmagic.errors import ErrorInfo, HomeError, QmagicError, ServiceError
from qmagic.orders import AskLoop
from qmagic.protocol import Find, Listing, Reply, Request
from qmagic.service import rows
from qmagic.service.schema import SCHEMA_VERSION
from qmagic.service.start import refuse_foreign
from qmagic.service.tape_rows import loop_view

__all__ = ["look"]

#: Seconds that a service may take to leave, or to say that it serves.
_LOCK_SECONDS = 5.0
_NOTHING = Listing(0, [])


def look(home: Path, verb: str, wanted: Find | AskLoop) -> Any:
    """Returns what a service would answer.

    Raises:
        ServiceError: One serves the home, or should.
        HomeError: The store cannot be read.
    """
    if not (home / "store.sqlite").exists():
        return _NOTHING if verb == "list" else [] if verb == "find" else None
    try:
        with _locked(home), contextlib.closing(sqlite3.connect(home / "store.sqlite", timeout=2.0)) as store:
            store.execute("PRAGMA query_only=ON")
            if store.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                raise ServiceError("the store has to be brought up to date by the job service")
            if isinstance(wanted, AskLoop):
                return loop_view(store, wanted, whole=True)
            read = {"list": rows.listing, "find": rows.find}.get(verb)
            return rows.ended(store, wanted.id) if read is None else read(store, wanted)
    except (sqlite3.Error, OSError) as error:
        raise HomeError(f"the store {home / 'store.sqlite'} cannot be read: {error}") from None


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    descriptor = os.open(home / "service.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if homes.find_service(home) is not None or time.monotonic() > deadline:
                    raise ServiceError("a job service serves this home") from None
                time.sleep(0.01)
        refuse_foreign(home)
        yield
    finally:
        os.close(descriptor)


def main() -> None:
    """Answers one request; the argument is the home."""
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    try:
        kind: type[AskLoop | Find] = AskLoop if request.verb == "loop" else Find
        wanted = msgspec.msgpack.decode(request.body, type=kind)
        found = look(Path(sys.argv[1]), request.verb, wanted)
        reply = Reply(request.number, msgspec.Raw(msgspec.msgpack.encode(found)))
    except QmagicError as error:
        reply = Reply(request.number, error=ErrorInfo.of(error))
    sys.stdout.buffer.write(msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()
