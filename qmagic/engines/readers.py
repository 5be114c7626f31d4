"""The reader processes of a service: one for each environment that asks, killed and replaced when it hangs.

A reader answers one question at a time; the others wait here. Who asks for a diagnosis again, before the last one was
begun, wants only the newer: somebody is typing.
"""

from __future__ import annotations

import dataclasses
import logging
import subprocess
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

import msgspec

from qmagic.engines.reader_messages import Answer, DiagnoseText, DrawSource, Question
from qmagic.engines.spawn import spawn
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment

__all__ = ["HANG_SECONDS", "Readers"]

log = logging.getLogger(__name__)

#: Seconds after which a reader that does not answer is killed: it hangs, or the text is one that takes forever.
HANG_SECONDS = {DiagnoseText: 2.0, DrawSource: 5.0}
_START_SECONDS = 60.0
_MOST_WAITING = 32

#: Called once, with the answer, or with None where there is none: it took too long, or a newer one was asked for.
Then = Callable[[Answer | None], None]


@dataclasses.dataclass(slots=True)
class _Asked:
    who: object
    what: DiagnoseText | DrawSource
    then: Then
    number: int = 0


@dataclasses.dataclass(slots=True)
class _Reader:
    """A reader process. `asked` is the question in its hands; `since` (monotonic) when that began."""

    process: subprocess.Popen[bytes]
    connection: Connection
    environment: Environment
    up: bool = False
    asked: _Asked | None = None
    since: float = dataclasses.field(default_factory=time.monotonic)
    waiting: deque[_Asked] = dataclasses.field(default_factory=deque)


class Readers:
    """Answers questions about texts and circuits. All calls come from the main thread."""

    def __init__(self) -> None:
        self._readers: dict[int, _Reader] = {}
        self._number = 0
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Answer).decode

    @property
    def descriptors(self) -> set[int]:
        """What becomes readable when there is something to `read`."""
        return set(self._readers)

    @property
    def pids(self) -> list[int]:
        """The processes."""
        return [reader.process.pid for reader in self._readers.values()]

    def ask(self, who: object, environment: Environment, what: DiagnoseText | DrawSource, then: Then) -> None:
        """Asks a question; `who` may have one diagnosis waiting."""
        reader = self._of(environment)
        if reader is None:
            problem = f"its Python cannot be started ({environment.executable})"
            then(Answer(0, error=ErrorInfo("ServiceError", f"the text cannot be read: {problem}")))
            return
        if isinstance(what, DiagnoseText):
            for older in [one for one in reader.waiting if one.who == who and isinstance(one.what, DiagnoseText)]:
                reader.waiting.remove(older)
                older.then(None)
        if len(reader.waiting) >= _MOST_WAITING:
            then(None)
            return
        reader.waiting.append(_Asked(who, what, then))
        self._next(reader)

    def read(self, descriptor: int) -> None:
        """Reads one answer of the reader behind a descriptor that is readable; its end means that it died."""
        reader = self._readers[descriptor]
        try:
            answer = self._decode(reader.connection.recv_bytes())
        except (EOFError, OSError, msgspec.MsgspecError):
            self._bury(descriptor)
            return
        reader.up = True
        reader.since = time.monotonic()
        asked = reader.asked
        if asked is not None and asked.number == answer.number:
            reader.asked = None
            asked.then(answer)
        self._next(reader)

    def look(self, idle: float) -> None:
        """Kills readers that hang, and those that nobody has asked for `idle` seconds."""
        now = time.monotonic()
        for descriptor, reader in list(self._readers.items()):
            spent = now - reader.since
            if reader.asked is not None:
                if spent > HANG_SECONDS[type(reader.asked.what)]:
                    log.info("reader %d hangs and is replaced", reader.process.pid)
                    self._bury(descriptor)
            elif spent > (idle if reader.up else _START_SECONDS):
                self._bury(descriptor)

    def close(self) -> None:
        """Ends every reader."""
        for reader in self._readers.values():
            reader.process.kill()
            reader.process.wait()
            reader.connection.close()
        self._readers.clear()

    def _of(self, environment: Environment) -> _Reader | None:
        key = environment.executable, environment.path
        for reader in self._readers.values():
            if (reader.environment.executable, reader.environment.path) == key:
                return reader
        try:
            process, connection = spawn(environment, "qmagic.engines.reader")
        except OSError as error:
            log.warning("no reader can be started with %s: %s", environment.executable, error)
            return None
        reader = self._readers[connection.fileno()] = _Reader(process, connection, environment)
        return reader

    def _next(self, reader: _Reader) -> None:
        """Hands the reader its next question, where it has none."""
        if not reader.up or reader.asked is not None or not reader.waiting:
            return
        self._number += 1
        asked = reader.asked = reader.waiting.popleft()
        asked.number = self._number
        reader.since = time.monotonic()
        try:
            reader.connection.send_bytes(self._encode(Question(asked.number, asked.what)))
        except OSError:
            pass  # it has died: reading its end says so

    def _bury(self, descriptor: int) -> None:
        """Ends a reader; what it had in hand has no answer, what waits is given to another."""
        reader = self._readers.pop(descriptor)
        reader.process.kill()
        reader.process.wait()
        reader.connection.close()
        if reader.asked is not None:
            reader.asked.then(None)
        for asked in reader.waiting:
            if reader.up:
                self.ask(asked.who, reader.environment, asked.what, asked.then)
            else:
                asked.then(None)  # it cannot even start; another would not either
