"""Sessions and batches at providers, as client and service speak of them.

A session is time on a device that is billed as a whole, from its first job to its end; a batch is jobs that belong
together. Both are opened by a person and closed by qmagic, whatever happens.
"""

from __future__ import annotations

import msgspec

from qmagic.jobs import Environment

__all__ = ["AskAccount", "AskRank", "AskSession", "OpenSession", "SessionInfo"]


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A wish for a session.

    Attributes:
        id: Ours; the client makes it, so that the request may be sent again.
        provider: Such as ``"ibm-stub"``.
        device: Such as ``"manila"``.
        mode: ``"session"`` or ``"batch"``.
        seconds: The provider ends it after so many seconds of wall time.
        pid: The process that holds it; when that is gone, it is closed.
        start: When that process was started, as the system tells.
        environment: Where the provider's client is installed.
    """

    id: str
    provider: str
    device: str
    mode: str
    seconds: int
    pid: int
    start: str
    environment: Environment


class AskSession(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question about a session; with `close` a wish that it end."""

    id: str
    close: bool = False


class AskAccount(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A question about the account's jobs at a provider: the newest, or the one with this id."""

    provider: str
    environment: Environment
    id: str = ""
    limit: int = 20


class AskRank(msgspec.Struct, frozen=True, kw_only=True):
    """A question about what a job would be on a provider's devices; all of them where none is named."""

    provider: str
    devices: tuple[str, ...]
    spec: bytes
    environment: Environment


class SessionInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is known of a session. Times are seconds since the epoch.

    Attributes:
        id: Ours.
        backend: Such as ``"ibm-stub:manila"``.
        mode: ``"session"`` or ``"batch"``.
        state: ``opening``, ``open``, ``closing``, ``closed`` or ``lost`` (nobody knows whether it was opened).
        remote: The provider's id.
        opened: When.
        closed: When it was closed; None before.
        limit: Seconds after which the provider ends it.
        seconds: Wall time that is billed, as far as the provider told.
        why: Why it was closed.
    """

    id: str
    backend: str
    mode: str
    state: str
    remote: str = ""
    opened: float = 0.0
    closed: float | None = None
    limit: int = 0
    seconds: float | None = None
    why: str = ""
