"""Sessions and batches at a provider, as a person holds them: ``with qmagic.session("ibm-stub:manila"):``.

Opt-in, since wall time is what is billed. All jobs that this process submits while one is open go into it: those for
its backend, and those whose backend was not named.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import warnings
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from qmagic import home as homes
from qmagic.client.connection import connection
from qmagic.client.environment import environment, notebook
from qmagic.client.origin import origin
from qmagic.clouds import device_of, provider_of
from qmagic.errors import InputError, QmagicError
from qmagic.jobs import JobSpec, new_job_id
from qmagic.protocol import ServiceStatus
from qmagic.sessions import AskSession, AskSessions, OpenSession, SessionInfo

__all__ = ["Session", "batch", "close_session", "in_session", "session", "sessions", "unclosed"]

#: Seconds of wall time after which a session ends, unless told otherwise.
_USUAL_SECONDS = 600
_MOST_SECONDS = 8 * 3600
#: Seconds to wait for a provider's answer.
_PATIENCE = 150.0

#: Seconds between two looks at whether the service is there.
_LOOK = 5.0

_open: list[Session] = []


class Session:
    """A session or a batch: a context manager, or `open` and `close` by hand.

    Args:
        backend: Such as ``"ibm:ibm_torino"``.
        max_seconds: Wall time after which it ends, whatever happens.
        mode: ``"session"`` or ``"batch"``.
        max_cost: The most that it may cost, in US dollars, whatever the budget says; None for no such limit.

    Raises:
        InputError: The backend is at no provider, or the time or the cost is out of range.
    """

    def __init__(self, backend: str, max_seconds: float, mode: str, *, max_cost: float | None = None) -> None:
        if not provider_of(backend):
            raise InputError(f"a {mode} is for a device at a provider, such as ibm-stub:manila; {backend!r} is none")
        if not 1 <= max_seconds <= _MOST_SECONDS:
            raise InputError(f"max_seconds is 1 to {_MOST_SECONDS:,} s of wall time, got {max_seconds!r}")
        if max_cost is not None and not 0 <= max_cost < math.inf:
            raise InputError(f"max_cost is an amount in US dollars, got {max_cost!r}")
        self._backend, self._seconds, self._mode, self._max_cost = backend, int(max_seconds), mode, max_cost
        self._id = ""
        self._over = threading.Event()

    @property
    def id(self) -> str:
        """Its id; "" before it is open."""
        return self._id

    @property
    def backend(self) -> str:
        """The device's name."""
        return self._backend

    def open(self) -> Session:
        """Opens it; jobs go into it from now on. Warns where it gets less time than was asked.

        Raises:
            InputError: The provider has no such thing, or refuses it; or neither budget nor `max_cost` pay for it.
            ServiceError: The provider's answer was lost: nobody knows whether one was opened.
        """
        if self._id:
            raise InputError(f"this {self._mode} was opened before; make another")
        wanted = OpenSession(
            id=new_job_id(),
            provider=provider_of(self._backend),
            device=device_of(self._backend),
            mode=self._mode,
            seconds=self._seconds,
            pid=os.getpid(),
            start=homes.start_time(os.getpid()),
            environment=environment(),
            max_cost=self._max_cost,
            notebook=origin()[1] or notebook(),
        )
        info: SessionInfo = connection().ask("open", wanted, SessionInfo, timeout=_PATIENCE)
        self._id = wanted.id
        _open.append(self)
        threading.Thread(target=self._watch, name=f"qmagic-session-{self._id}", daemon=True).start()
        if info.granted:
            try:
                warnings.warn(f"{self._mode} {self._id} on {self._backend}: {info.granted}", stacklevel=2)
            except Warning:  # where warnings are errors nobody will close it
                self.close()
                raise
        return self

    def close(self) -> SessionInfo:
        """Ends it: it takes no more jobs, those in it go on. Returns what it came to.

        Raises:
            ServiceError: The provider does not confirm it yet; the service goes on trying.
        """
        self._over.set()
        if self in _open:
            _open.remove(self)
        return close_session(self._id)

    def _watch(self) -> None:
        """Asks for the service now and then: where it was killed, a new one starts, and closes what is open."""
        while not self._over.wait(_LOOK):
            with contextlib.suppress(QmagicError, TimeoutError):
                connection().ask("status", None, ServiceStatus, timeout=_LOOK)

    def info(self) -> SessionInfo:
        """Returns how it stands, with the wall time billed so far, and its cost once all its jobs have ended."""
        return _asked(self._id)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if not self._id:
            return f"{self._mode} on {self._backend}, not open"
        info = self.info()
        billed = "" if info.seconds is None else f", {info.seconds:.1f} s of wall time billed"
        cost = f", {info.cost:.2f} USD" if info.cost else ""
        why = f" ({info.why})" if info.why else ""
        most = f", at most {info.limit:,} s" + (f" ({info.granted})" if info.granted else "")
        return f"{info.mode} {info.id} on {info.backend}: {info.state}{why}{billed}{cost}{most}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self)}


def session(backend: str, max_seconds: float = _USUAL_SECONDS, max_cost: float | None = None) -> Session:
    """Returns a session on a device, to be opened by ``with``. Its wall time is billed, from the first job to its end.

    Args:
        backend: Such as ``"ibm:ibm_torino"``.
        max_seconds: Wall time after which it ends, whatever happens.
        max_cost: The most that it may cost, in US dollars: it gets as many seconds as that pays for.

    Raises:
        InputError: The backend is at no provider, or the time or the cost is out of range.
    """
    return Session(backend, max_seconds, "session", max_cost=max_cost)


def batch(backend: str, max_seconds: float = _USUAL_SECONDS, max_cost: float | None = None) -> Session:
    """Returns a batch on a device: jobs that belong together, and may run beside each other; see `session`.

    Its jobs are billed one by one, so `max_cost` is refused where anything is billed.
    """
    return Session(backend, max_seconds, "batch", max_cost=max_cost)


def sessions() -> list[SessionInfo]:
    """Returns the sessions and batches that are open, of all processes, with the wall time that is billed so far."""
    return [_asked(one.id) for one in unclosed()]


def unclosed() -> list[SessionInfo]:
    """Returns the same without asking their providers."""
    found: list[SessionInfo] = connection().ask("sessions", AskSessions(), list[SessionInfo])
    return found


def close_session(id: str) -> SessionInfo:
    """Closes a session or batch, whoever holds it; see `Session.close`."""
    return _asked(id, close=True)


def _asked(id: str, *, close: bool = False) -> SessionInfo:
    info: SessionInfo = connection().ask("session", AskSession(id, close=close), SessionInfo, timeout=_PATIENCE)
    return info


def in_session(specs: Sequence[JobSpec]) -> Sequence[JobSpec]:
    """Puts jobs into the session that this process has open, where they fit it."""
    if not _open:
        return specs
    held = _open[-1]
    return [
        msgspec.structs.replace(spec, session=held.id, backend=held.backend, checked=False)
        if spec.backend in ("auto", held.backend) and spec.kind != "loop"
        else spec
        for spec in specs
    ]
