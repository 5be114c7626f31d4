"""The session or batch that a loop's evaluations go into, where it was asked for one.

It is opened before the first evaluation, by this process: the service closes it when the process is gone. A session's
wall time is billed, the optimizer's thinking included, so it is closed while the loop is paused, and its time fits what
is left of the loop's budget. Each is on the tape, so that a loop which comes back knows what those before have cost.
"""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from qmagic.clouds import BY_WALL_TIME, provider_of
from qmagic.errors import InputError, QmagicError
from qmagic.jobs import JobSpec
from qmagic.loops.door import TooDear
from qmagic.tapes import Entry, LoopSpec, Opened

if TYPE_CHECKING:
    from qmagic.client.sessions import Session

__all__ = ["Held"]

#: Seconds of wall time after which one is closed and another one opened.
_SECONDS = 600.0
#: Which part of its time is kept for what is under way, and for the last measurement.
_MARGIN = 0.2
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
        self._until = self._most = 0.0
        self._cut = ""
        #: Whether it is billed as a whole, and the jobs in it are not.
        self.pays = loop.mode == "session" and provider_of(job.backend).removesuffix("-stub") in BY_WALL_TIME
        #: What those that are over have cost, in US dollars.
        self.cost = sum(_cost_of(one) for one in earlier)

    def ready(self, left: Decimal | None, *, last: bool) -> str:
        """Returns the session that the next job goes into; "" for none.

        Args:
            left: What may be spent now, in US dollars; None for as much as it takes.
            last: The job is the last one: it goes into the one that is open, if one is.

        Raises:
            TooDear: What is left does not pay for another one.
            QmagicError: None could be opened.
        """
        if self._mode == "job":
            return ""
        if self._open is not None and time.monotonic() > self._until and not last:
            if self._cut and left is not None:
                raise TooDear(f"the session's time is nearly over: {self._cut}")
            self.close()
        if self._open is None:
            self._open = self._opened(left)
        return self._open.id

    def doubt(self) -> None:
        """A job in it failed, perhaps since it is over: the next one goes into another."""
        self._until = 0.0

    def close(self) -> None:
        """Closes it."""
        session, self._open = self._open, None
        if session is None:
            return
        cost = None
        with contextlib.suppress(QmagicError):  # the service goes on trying
            cost = session.close().cost
        self.cost += self._most if cost is None else cost

    def _opened(self, left: Decimal | None) -> Session:
        from qmagic.client.sessions import Session

        limit = float(max(left, Decimal(0))) if left is not None and self.pays else None
        session = Session(self._backend, _SECONDS, self._mode, max_cost=limit)
        try:
            with warnings.catch_warnings(action="ignore"):  # that its time was cut is said when it is over
                session.open()
        except InputError as error:
            if limit is None:
                raise
            raise TooDear(str(error)) from None
        info = session.info()
        second = info.price.second if info.price is not None else None
        self._most = 0.0 if second is None else float(info.limit * second.amount)
        self._cut, self._until = info.granted, time.monotonic() + (1 - _MARGIN) * info.limit
        self._record(Opened(session.id, self._most))
        return session


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
