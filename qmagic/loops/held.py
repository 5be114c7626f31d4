"""The session or batch that a loop's evaluations go into, where it was asked for one.

It is opened before the first evaluation, by this process: the service closes it when the process is gone. A session's
wall time is billed, the optimizer's thinking included, so it is closed while the loop is paused. Each one is on the
tape, so that a loop which comes back knows what those before have cost.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qmagic.errors import QmagicError
from qmagic.jobs import JobSpec
from qmagic.tapes import Entry, LoopSpec, Opened

if TYPE_CHECKING:
    from qmagic.client.sessions import Session

__all__ = ["Held"]

#: Seconds of wall time after which one is closed and another one opened.
_SECONDS = 600.0
#: Seconds before that in which nothing is submitted into it any more.
_MARGIN = 30.0
#: Seconds to wait for what an earlier one has cost.
_PATIENCE = 10.0


class Held:
    """What is open at the provider for one loop.

    Args:
        job: The loop's job.
        loop: What was asked of it.
        record: Puts an entry on the tape.
        earlier: Those that are on the tape.
    """

    def __init__(
        self, job: JobSpec, loop: LoopSpec, record: Callable[[Entry], None], earlier: Iterable[Opened]
    ) -> None:
        self._backend, self._mode, self._record = job.backend, loop.mode, record
        self._open: Session | None = None
        self._until = 0.0
        #: What those that are over have cost, in US dollars.
        self.cost = sum(_cost_of(one) for one in earlier)

    def ready(self, most: float | None) -> tuple[str, float | None]:
        """Returns the session that the next job goes into ("" for none), and what that job may cost.

        Args:
            most: What may be spent now, in US dollars; None for as much as it takes.

        Raises:
            QmagicError: None could be opened.
        """
        if self._mode == "job":
            return "", most
        if self._open is not None and time.monotonic() > self._until:
            self.close()
        if self._open is None:
            from qmagic.client.sessions import Session

            limit = most if self._mode == "session" else None
            session = Session(self._backend, _SECONDS, self._mode, max_cost=limit).open()
            self._open, self._until = session, time.monotonic() + session.info().limit - _MARGIN
            self._record(Opened(session.id, limit or 0.0))
        # a session is billed as a whole, and has its own limit
        return self._open.id, most if self._mode == "batch" else None

    def doubt(self) -> None:
        """A job in it failed, perhaps since it is over: the next one goes into another."""
        self._until = 0.0

    def close(self) -> None:
        """Closes it."""
        session, self._open = self._open, None
        if session is not None:
            with contextlib.suppress(QmagicError):  # the service goes on trying
                self.cost += session.close().cost or 0.0


def _cost_of(opened: Opened) -> float:
    """Returns what a session has cost; the most that it can have where that is not known (yet)."""
    from qmagic.client.connection import connection
    from qmagic.sessions import AskSession, SessionInfo

    wanted = AskSession(opened.session, close=True)  # its holder is gone: it is being closed anyway
    try:
        info: SessionInfo = connection().ask("session", wanted, SessionInfo, timeout=_PATIENCE)
    except (QmagicError, TimeoutError):
        return opened.most
    return opened.most if info.cost is None else info.cost
