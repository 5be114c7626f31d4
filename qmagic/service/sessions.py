"""Sessions and batches at providers: opened when asked for, and closed whatever happens.

* A session is on disk before it is opened, and its provider's id before anybody may use it.
* It is closed when its holder says so or is gone, when its time is up, and when the service stops or starts: a new
  service trusts nobody's word on a session that an earlier one opened.
* Who closes one has all jobs in it that were submitted before; one that is closed for another reason waits for none.
* A close is repeated until the provider has confirmed it. The provider's own limit stands behind all of this.
* An opening without an answer is `lost`: no provider lets us look for it, but an empty session bills nothing, and ends.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec

from qmagic import home as homes
from qmagic.clouds import SessionState
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.ledger import Ledger
from qmagic.service.store import Store
from qmagic.sessions import OpenSession, SessionInfo

__all__ = ["Sessions"]

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0
#: Seconds between two looks at whether holders are alive.
_LOOK = 1.0
_ENCODE = msgspec.msgpack.Encoder().encode
_WANTED = msgspec.msgpack.Decoder(OpenSession).decode
_INFO = msgspec.msgpack.Decoder(SessionInfo).decode
_STATE = msgspec.msgpack.Decoder(SessionState).decode

Answer = Callable[[Any, ErrorInfo | None], object]


@dataclasses.dataclass(slots=True)
class _Session:
    wanted: OpenSession
    info: SessionInfo
    due: float = 0.0
    pause: float = _FIRST_PAUSE
    asking: bool = False
    polite: bool = False
    waiting: list[Answer] = dataclasses.field(default_factory=list)


class Sessions:
    """The sessions of a home that are not over.

    Args:
        store: Where they are written down.
        hosts: Asks the providers.
        clock: Monotonic seconds.
        ledger: Has the jobs that are on their way into one.
    """

    def __init__(self, store: Store, hosts: Hosts, clock: Callable[[], float], ledger: Ledger) -> None:
        self._store, self._hosts, self._clock, self._ledger = store, hosts, clock, ledger
        self._sessions: dict[str, _Session] = {}
        self._looked = 0.0
        query = "SELECT wanted, info FROM sessions WHERE over = 0"
        for wanted, info in store.ask(lambda connection: connection.execute(query).fetchall()):
            session = self._sessions[_INFO(info).id] = _Session(_WANTED(wanted), _INFO(info))
            if session.info.remote:
                self._close(session, "the service was restarted")
            else:
                self._write(session, state="lost", why="the service ended while it was being opened")
                del self._sessions[session.info.id]

    @property
    def busy(self) -> bool:
        """Whether any is not over."""
        return bool(self._sessions)

    def remote_of(self, id: str) -> str:
        """Returns the provider's id of a session that takes jobs; "" where there is none (any more)."""
        session = self._sessions.get(id)
        takes = session is not None and (session.info.state == "open" or (session.polite and not session.asking))
        return session.info.remote if session is not None and takes else ""

    # -- what clients ask ---------------------------------------------------------------------------------------------

    def open(self, wanted: OpenSession, answer: Answer) -> None:
        """Opens a session; `answer` hears its `SessionInfo` when its id is on disk."""
        known = self._sessions.get(wanted.id)
        if known is not None:
            self._tell(known, answer)
            return
        backend = f"{wanted.provider}:{wanted.device}"
        info = SessionInfo(
            id=wanted.id, backend=backend, mode=wanted.mode, state="opening", opened=time.time(), limit=wanted.seconds
        )
        session = self._sessions[wanted.id] = _Session(wanted, info, waiting=[answer])
        session.asking = True
        self._write(session, then=lambda: self._ask(session, "open", self._opened))

    def ask(self, id: str, close: bool, answer: Answer) -> None:
        """Tells of a session, with what it has billed so far; with `close` ends it first."""
        session = self._sessions.get(id)
        if session is None:
            self._stored(id, answer)
        elif close or session.info.state != "open":
            session.waiting.append(answer)
            if session.info.state == "open":
                session.polite = True  # jobs that were submitted before this go in first
                self._close(session, "")
        else:

            def seen(told: Told) -> None:
                answer(self._seen(session, told), None)

            self._question(session, "session", seen)

    def _tell(self, session: _Session, answer: Answer) -> None:
        if session.info.state == "opening":
            session.waiting.append(answer)
        else:
            answer(session.info, None)

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
                if session.info.state == "open" or session.polite:
                    self._look(session)
        for session in [one for one in self._sessions.values() if one.info.state == "closing"]:
            waits = session.polite and self._awaits_jobs(session.info.id)
            if not (session.asking or waits) and session.due <= now:
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

    def _look(self, session: _Session) -> None:
        wanted, passed = session.wanted, time.time() - session.info.opened
        if passed > wanted.seconds:
            self._close(session, f"its {wanted.seconds} s were over")
        elif not homes.process_alive(wanted.pid, wanted.start):
            self._close(session, "the process that held it is gone")

    def _close(self, session: _Session, why: str) -> None:
        session.polite = session.polite and not why
        self._write(session, state="closing", why=why)
        session.due = self._clock()

    # -- what providers answer ----------------------------------------------------------------------------------------

    def _ask(self, session: _Session, verb: str, then: Callable[[_Session, Told], None]) -> None:
        session.asking = True

        def answered(told: Told) -> None:
            session.asking = False
            then(session, told)

        self._question(session, verb, answered)

    def _question(self, session: _Session, verb: str, then: Callable[[Told], None]) -> None:
        wanted, data = session.wanted, _ENCODE(session.wanted) if verb == "open" else b""
        self._hosts.ask(wanted.provider, wanted.environment, verb, wanted.device, session.info.remote, data, then)

    def _opened(self, session: _Session, told: Told) -> None:
        if told.trouble or not told.remotes:
            state = "lost" if told.trouble in ("doubt", "lost") else "closed"
            what = "may or may not have been opened; it bills nothing and ends by itself" if state == "lost" else ""
            message = f"the session {what or 'was not opened'}: {told.reason}"
            self._over(
                session,
                state,
                message,
                ErrorInfo("InputError" if told.trouble == "refused" else "ServiceError", message),
            )
            return
        session.info = msgspec.structs.replace(session.info, remote=told.remotes[0])
        self._write(session, state="open", then=lambda: self._answer(session, None))

    def _closed(self, session: _Session, told: Told) -> None:
        if told.trouble and told.trouble != "gone":
            log.warning("session %s is not closed yet: %s", session.info.id, told.reason)
            session.due = self._clock() + max(told.wait, session.pause)
            session.pause = min(_LAST_PAUSE, 2 * session.pause)
            return
        session.asking = True  # one last look: what it has billed

        def looked(last: Told) -> None:
            session.asking = False
            seen = self._seen(session, last)
            session.info = msgspec.structs.replace(session.info, seconds=seen.seconds)
            self._over(session, "closed", session.info.why, None)

        self._question(session, "session", looked)

    def _over(self, session: _Session, state: str, why: str, error: ErrorInfo | None) -> None:
        session.info = msgspec.structs.replace(session.info, closed=time.time())
        self._sessions.pop(session.info.id, None)
        self._write(session, state=state, why=why, then=lambda: self._answer(session, error))

    def _seen(self, session: _Session, told: Told) -> SessionInfo:
        if told.trouble or not told.outcome:
            return session.info
        return msgspec.structs.replace(session.info, seconds=_STATE(told.outcome).seconds)

    def _answer(self, session: _Session, error: ErrorInfo | None) -> None:
        waiting, session.waiting = session.waiting, []
        for answer in waiting:
            answer(None if error else session.info, error)

    def _write(self, session: _Session, then: Callable[[], None] = lambda: None, **changes: Any) -> None:
        info = session.info = msgspec.structs.replace(session.info, **changes)
        over = int(info.state in ("closed", "lost"))
        statement = "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)"
        row = (info.id, over, _ENCODE(session.wanted), _ENCODE(info))
        self._store.write([(statement, row)], lambda error: then(), must=True)
