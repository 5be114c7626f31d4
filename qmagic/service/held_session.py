"""A session at a provider, as `sessions` keeps it in mind: what is due, what is asked, who waits for an answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec

from qmagic.engines.host_messages import Told
from qmagic.errors import ErrorInfo
from qmagic.service.store import Statement
from qmagic.sessions import OpenSession, SessionInfo

__all__ = ["Answer", "HeldSession"]

#: Seconds before something is asked again: the first time, and at most.
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0
_ENCODE = msgspec.msgpack.Encoder().encode

Answer = Callable[[Any, ErrorInfo | None], object]


@dataclasses.dataclass(slots=True)
class HeldSession:
    """A session that is not over.

    `due` is when to act next (monotonic), `asking` whether its provider's answer is awaited, `polite` whether jobs that
    were submitted before its close still go in, `over` whether nothing is left to be done about it.
    """

    wanted: OpenSession
    info: SessionInfo
    due: float = 0.0
    pause: float = _FIRST_PAUSE
    asking: bool = False
    polite: bool = False
    over: bool = False
    waiting: list[Answer] = dataclasses.field(default_factory=list)

    @property
    def takes_jobs(self) -> bool:
        """Whether jobs may go into it."""
        leaving = self.info.state == "closing" and self.polite and not self.asking
        return self.info.state == "open" or leaving

    @property
    def not_open(self) -> ErrorInfo:
        """What is said to who asks for it to be opened, and it is not open any more."""
        return ErrorInfo("ServiceError", f"the {self.info.mode} is {self.info.state}: {self.info.why}; open another")

    @property
    def row(self) -> Statement:
        """What writes it down."""
        values = (self.info.id, int(self.over), _ENCODE(self.wanted), _ENCODE(self.info))
        return "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)", values

    def change(self, **changes: Any) -> None:
        """Changes what is told of it."""
        self.info = msgspec.structs.replace(self.info, **changes)

    def later(self, now: float, told: Told) -> None:
        """Puts off what is due, each time a little longer."""
        self.due = now + max(told.wait, self.pause)
        self.pause = min(_LAST_PAUSE, 2 * self.pause)

    def soon(self, now: float) -> None:
        """Makes something due that was not tried yet."""
        self.due, self.pause = now, _FIRST_PAUSE

    def answer(self, error: ErrorInfo | None = None) -> None:
        """Tells who waits how it stands, or what went wrong."""
        waiting, self.waiting = self.waiting, []
        for answer in waiting:
            answer(None if error else self.info, error)
