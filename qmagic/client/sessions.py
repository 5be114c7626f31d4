"""Sessions and batches at a provider, as a person holds them: ``with qmagic.session("ibm-stub:manila"):``.

Opt-in, since wall time is what is billed. All jobs that this process submits while one is open go into it: those for
its backend, and those whose backend was not named.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from qmagic import home as homes
from qmagic.client.connection import connection
from qmagic.client.environment import environment
from qmagic.clouds import device_of, provider_of
from qmagic.errors import InputError, QmagicError
from qmagic.jobs import JobSpec, new_job_id
from qmagic.protocol import ServiceStatus
from qmagic.sessions import AskSession, OpenSession, SessionInfo

__all__ = ["Session", "batch", "in_session", "session"]

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

    Raises:
        InputError: The backend is at no provider, or the time is out of range.
    """

    def __init__(self, backend: str, max_seconds: float, mode: str) -> None:
        if not provider_of(backend):
            raise InputError(f"{mode}es are for devices at providers, such as ibm-stub:manila; {backend!r} is none")
        if not 1 <= max_seconds <= _MOST_SECONDS:
            raise InputError(f"max_seconds is 1 to {_MOST_SECONDS:,} s of wall time, got {max_seconds!r}")
        self._backend, self._seconds, self._mode = backend, int(max_seconds), mode
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
        """Opens it; jobs go into it from now on.

        Raises:
            InputError: The provider has no such thing, or refuses it.
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
        )
        connection().ask("open", wanted, SessionInfo, timeout=_PATIENCE)
        self._id = wanted.id
        _open.append(self)
        threading.Thread(target=self._watch, name=f"qmagic-session-{self._id}", daemon=True).start()
        return self

    def close(self) -> SessionInfo:
        """Ends it: it takes no more jobs, those in it go on. Returns what it came to.

        Raises:
            ServiceError: The provider does not confirm it yet; the service goes on trying.
        """
        self._over.set()
        if self in _open:
            _open.remove(self)
        info: SessionInfo = connection().ask(
            "session", AskSession(self._id, close=True), SessionInfo, timeout=_PATIENCE
        )
        return info

    def _watch(self) -> None:
        """Asks for the service now and then: where it was killed, a new one starts, and closes what is open."""
        while not self._over.wait(_LOOK):
            with contextlib.suppress(QmagicError, TimeoutError):
                connection().ask("status", None, ServiceStatus, timeout=_LOOK)

    def info(self) -> SessionInfo:
        """Returns how it stands, with the wall time that is billed so far."""
        info: SessionInfo = connection().ask("session", AskSession(self._id), SessionInfo, timeout=_PATIENCE)
        return info

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
        why = f" ({info.why})" if info.why else ""
        return f"{info.mode} {info.id} on {info.backend}: {info.state}{why}{billed}, at most {info.limit:,} s"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self)}


def session(backend: str, max_seconds: float = _USUAL_SECONDS) -> Session:
    """Returns a session on a device, to be opened by ``with``. Its wall time is billed, from the first job to its end.

    Args:
        backend: Such as ``"ibm:ibm_torino"``.
        max_seconds: Wall time after which it ends, whatever happens.

    Raises:
        InputError: The backend is at no provider, or the time is out of range.
    """
    return Session(backend, max_seconds, "session")


def batch(backend: str, max_seconds: float = _USUAL_SECONDS) -> Session:
    """Returns a batch on a device: jobs that belong together, and may run beside each other; see `session`."""
    return Session(backend, max_seconds, "batch")


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
