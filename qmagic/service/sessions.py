"""Sessions and batches at providers: opened when asked for, and closed whatever happens.

* A session is on disk before it is opened, and what it may cost is reserved (`session_billing`); its provider's id is
  there before anybody may use it. One that an earlier service knew is never opened again.
* It is closed when its holder says so or is gone, when its time is up, and when the service stops or starts: a new
  service trusts nobody's word on a session that an earlier one opened.
* Who closes one has all jobs in it that were submitted before; one that is closed for another reason waits for none.
* A close is repeated until the provider has confirmed it. The provider's own limit stands behind all of this.
* One that is closed is over when its jobs are: then its provider says what it billed, and that is counted.
* An opening without an answer is asked for again, to be closed, where that opens no second one. Elsewhere it is `lost`:
  IBM lets nobody look for it, but an empty session bills nothing, and ends.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec

from qmagic import home as homes
from qmagic.clouds import KEYED_SESSIONS, SessionState
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.held_session import Answer, HeldSession
from qmagic.service.ledger import Ledger
from qmagic.service.session_billing import SessionBilling, is_timed
from qmagic.service.store import Store
from qmagic.sessions import OpenSession, SessionInfo, SessionPrice

__all__ = ["Sessions"]

log = logging.getLogger(__name__)

#: Seconds between two looks at whether holders are alive.
_LOOK = 1.0
_ENCODE = msgspec.msgpack.Encoder().encode
_WANTED = msgspec.msgpack.Decoder(OpenSession).decode
_INFO = msgspec.msgpack.Decoder(SessionInfo).decode
_PRICE = msgspec.msgpack.Decoder(SessionPrice).decode
_STATE = msgspec.msgpack.Decoder(SessionState).decode


class Sessions:
    """The sessions of a home that are not over.

    Args:
        store: Where they are written down.
        hosts: Asks the providers.
        clock: Monotonic seconds.
        ledger: Has the jobs that are on their way into one.
        billing: Counts what they cost.
    """

    def __init__(
        self, store: Store, hosts: Hosts, clock: Callable[[], float], ledger: Ledger, billing: SessionBilling
    ) -> None:
        self._store, self._hosts, self._clock, self._ledger, self._billing = store, hosts, clock, ledger, billing
        self._sessions: dict[str, HeldSession] = {}
        self._looked = 0.0
        query = "SELECT wanted, info, over FROM sessions"
        for wanted, data, over in store.ask(lambda connection: connection.execute(query).fetchall()):
            info = _INFO(data)
            billing.note(info)
            if not over:
                self._restore(HeldSession(_WANTED(wanted), info))

    def _restore(self, session: HeldSession) -> None:
        self._sessions[session.info.id] = session
        if session.info.remote and session.info.state != "closed":
            self._close(session, "the service was restarted")
        elif not session.info.remote:
            self._unanswered(session, "the service ended while it was being opened")

    @property
    def busy(self) -> bool:
        """Whether any is not over."""
        return bool(self._sessions)

    def remote_of(self, id: str) -> str:
        """Returns the provider's id of a session that takes jobs; "" where there is none (any more)."""
        session = self._sessions.get(id)
        return session.info.remote if session is not None and session.takes_jobs else ""

    @property
    def unclosed(self) -> list[SessionInfo]:
        """Those that are open, or not closed yet, oldest first."""
        return [one.info for one in self._sessions.values() if one.info.state in ("open", "closing")]

    # -- what clients ask ---------------------------------------------------------------------------------------------

    def open(self, wanted: OpenSession, answer: Answer) -> None:
        """Opens a session; `answer` hears its `SessionInfo` when its id is on disk."""
        known = self._sessions.get(wanted.id)
        if known is not None:
            self._tell(known, answer)
            return
        backend, now = f"{wanted.provider}:{wanted.device}", time.time()
        info = SessionInfo(
            id=wanted.id, backend=backend, mode=wanted.mode, state="opening", opened=now, limit=wanted.seconds,
            pid=wanted.pid, notebook=wanted.notebook,
        )  # fmt: skip
        session = self._sessions[wanted.id] = HeldSession(wanted, info, waiting=[answer], asking=True)

        def known_before(told: SessionInfo | None, error: ErrorInfo | None) -> None:
            if told is None:
                self._ask(session, "price", self._priced)
            else:  # the client asks again: an earlier service ended meanwhile
                session.info = told
                del self._sessions[wanted.id]
                session.answer(session.not_open)

        self._stored(wanted.id, known_before)

    def ask(self, id: str, close: bool, answer: Answer) -> None:
        """Tells of a session, with what it has billed so far; with `close` ends it first."""
        session = self._sessions.get(id)
        if session is None:
            self._stored(id, answer)
        elif session.info.state == "closed":
            answer(session.info, None)
        elif close or session.info.state != "open":
            session.waiting.append(answer)
            if session.info.state == "open":
                session.polite = True  # jobs that were submitted before this go in first
                self._close(session, "")
        else:

            def seen(told: Told) -> None:
                answer(self._seen(session, told), None)

            self._question(session, "session", seen)

    def _tell(self, session: HeldSession, answer: Answer) -> None:
        if session.info.state == "opening":
            session.waiting.append(answer)
        elif session.info.state == "open":
            answer(session.info, None)
        else:
            answer(None, session.not_open)

    def _stored(self, id: str, answer: Answer) -> None:
        query = "SELECT info FROM sessions WHERE id = ?"

        def found(row: tuple[bytes] | None, error: Exception | None) -> None:
            if row is None:
                answer(None, ErrorInfo("NotFoundError", f"there is no session {id!r}"))
            else:
                answer(_INFO(row[0]), None)

        self._store.read(lambda connection: connection.execute(query, (id,)).fetchone(), found)

    # -- the loop -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Closes what is to be closed; tries again what has failed."""
        now = self._clock()
        if now - self._looked >= _LOOK:
            self._looked = now
            for session in self._sessions.values():
                if session.takes_jobs:
                    self._look(session)
        for session in [one for one in self._sessions.values() if one.info.state in ("closing", "closed")]:
            if session.asking or session.due > now:
                continue
            if session.info.state == "closed":
                self._ask(session, "session", self._told_last)
            elif not session.info.remote:
                self._ask(session, "open", self._named)
            elif not (session.polite and self._awaits_jobs(session.info.id)):
                self._ask(session, "close", self._closed)

    def _awaits_jobs(self, id: str) -> bool:
        coming = (JobStatus.READY, JobStatus.SUBMITTING)
        return any(one.spec.session == id and one.status in coming for one in self._ledger.live.values())

    def close_all(self, seconds: float = 5.0) -> None:
        """Closes what is open before the service leaves; what does not answer in time is closed by the next one."""
        for session in list(self._sessions.values()):
            session.polite = False
            if session.info.state == "open":
                self._close(session, "the service was stopped")
        self.tick()
        self._hosts.serve(lambda: not any(one.asking for one in self._sessions.values()), seconds)

    def _look(self, session: HeldSession) -> None:
        wanted, passed = session.wanted, time.time() - session.info.opened
        if passed > wanted.seconds:
            self._close(session, f"its {wanted.seconds} s were over")
        elif not homes.process_alive(wanted.pid, wanted.start):
            self._close(session, "the process that held it is gone")

    def _close(self, session: HeldSession, why: str) -> None:
        session.polite = session.polite and not why
        self._write(session, state="closing", why=why)
        session.due = self._clock()

    # -- what providers answer ----------------------------------------------------------------------------------------

    def _ask(self, session: HeldSession, verb: str, then: Callable[[HeldSession, Told], None]) -> None:
        session.asking = True

        def answered(told: Told) -> None:
            session.asking = False
            then(session, told)

        self._question(session, verb, answered)

    def _question(self, session: HeldSession, verb: str, then: Callable[[Told], None]) -> None:
        wanted, data = session.wanted, _ENCODE(session.wanted) if verb in ("price", "open") else b""
        self._hosts.ask(wanted.provider, wanted.environment, verb, wanted.device, session.info.remote, data, then)

    def _priced(self, session: HeldSession, told: Told) -> None:
        """It is known how it is billed: it is granted its seconds, and what they may cost is reserved."""
        if told.trouble:
            self._fail(session, "closed", f"the {session.info.mode} was not opened: {told.reason}", told)
            return
        price = _PRICE(told.outcome)
        grant = self._billing.grant(session.wanted, price)
        if grant.refused:
            self._over(session, "closed", grant.refused, ErrorInfo("InputError", grant.refused))
            return
        session.asking = True
        session.wanted = msgspec.structs.replace(session.wanted, seconds=grant.seconds)
        self._write(session, limit=grant.seconds, granted=grant.why, price=price)  # else nobody knows whose it is
        self._billing.reserve(session.info, session.wanted.provider)
        self._write(session, then=lambda: self._ask(session, "open", self._opened))

    def _opened(self, session: HeldSession, told: Told) -> None:
        if told.trouble in ("doubt", "lost"):
            self._unanswered(session, f"its opening was not answered ({told.reason})")
        elif told.trouble or not told.remotes:
            self._fail(session, "closed", f"the {session.info.mode} was not opened: {told.reason}", told)
        else:
            session.change(remote=told.remotes[0], opened=time.time())
            self._write(session, state="open", then=session.answer)

    def _unanswered(self, session: HeldSession, why: str) -> None:
        """Nobody knows whether it was opened."""
        if session.wanted.provider.removesuffix("-stub") in KEYED_SESSIONS:
            self._close(session, why)
            session.answer(session.not_open)
            return
        session.change(state="lost", why=f"{why}; it bills nothing and ends by itself")
        self._over(session, "lost", session.info.why, session.not_open)

    def _named(self, session: HeldSession, told: Told) -> None:
        """It is known under which id it was opened, or is now: it can be closed."""
        if told.remotes:
            self._write(session, remote=told.remotes[0])
            session.soon(self._clock())
        elif told.trouble == "refused":
            self._over(session, "closed", session.info.why, None)
        else:
            session.later(self._clock(), told)

    def _closed(self, session: HeldSession, told: Told) -> None:
        if told.trouble and told.trouble != "gone":
            log.warning("session %s is not closed yet: %s", session.info.id, told.reason)
            session.later(self._clock(), told)
            return
        session.soon(self._clock())
        self._ask(session, "session", self._told_last)

    def _told_last(self, session: HeldSession, told: Told) -> None:
        """It takes no more jobs: once those in it have ended its provider knows what it billed."""
        info = self._seen(session, told)
        gone, over = told.trouble == "gone", not told.trouble and _STATE(told.outcome).over
        if gone or over or not is_timed(info):
            session.change(cost=self._billing.settle(info, None if gone else info.seconds))
            self._over(session, "closed", info.why, None)
            return
        if info.state != "closed":
            self._write(session, state="closed", closed=time.time(), then=session.answer)
        session.later(self._clock(), told)

    def _fail(self, session: HeldSession, state: str, message: str, told: Told) -> None:
        kind = "InputError" if told.trouble == "refused" else "ServiceError"
        self._over(session, state, message, ErrorInfo(kind, message))

    def _over(self, session: HeldSession, state: str, why: str, error: ErrorInfo | None) -> None:
        closed = session.info.closed or time.time()
        if not session.info.remote:
            self._billing.release(session.info.id)  # no job can go into it, and the first one starts the meter
        self._sessions.pop(session.info.id, None)
        session.over = True
        self._write(session, state=state, why=why, closed=closed, then=lambda: session.answer(error))

    def _seen(self, session: HeldSession, told: Told) -> SessionInfo:
        if not told.trouble and told.outcome:
            session.change(seconds=_STATE(told.outcome).seconds)
        return session.info

    def _write(self, session: HeldSession, then: Callable[[], None] = lambda: None, **changes: Any) -> None:
        session.change(**changes)
        self._store.write([session.row], lambda error: then(), must=True)
