"""Sessions and batches at providers, as client and service speak of them.

A session is time on a device that is billed as a whole, from its first job to its end; a batch is jobs that belong
together. Both are opened by a person and closed by qmagic, whatever happens.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from qmagic.jobs import Environment
from qmagic.money import Money

__all__ = ["AskAccount", "AskRank", "AskSession", "AskSessions", "OpenSession", "SessionInfo", "SessionPrice"]


class SessionPrice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a session is billed.

    Attributes:
        by: ``time`` (its wall time, and not its jobs), ``jobs`` (its jobs one by one, itself not) or ``nothing``.
        second: What a second of wall time costs, where that is billed.
        how: The same in words.
    """

    by: Literal["time", "jobs", "nothing"]
    second: Money | None = None
    how: str = ""


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
        max_cost: The most that it may cost, in US dollars; None for no such limit.
        notebook: Where it was opened, for the budget's report and for who looks for an open one.
    """

    id: str
    provider: str
    device: str
    mode: str
    seconds: int
    pid: int
    start: str
    environment: Environment
    max_cost: float | None = None
    notebook: str = ""


class AskSession(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question about a session; with `close` a wish that it end."""

    id: str
    close: bool = False


class AskSessions(msgspec.Struct, frozen=True):
    """A question for the sessions that are opening, open or closing: a list of `SessionInfo`."""


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
        limit: Seconds that were granted: the provider ends it after them.
        seconds: Wall time that is billed, as far as the provider told.
        why: Why it was closed.
        granted: Why `limit` is less than what was asked; "" where it is not.
        price: How it is billed; None before that is known.
        cost: What it was billed, in US dollars; None before that is known. Its jobs go on after it was closed.
        pid: The process that holds it.
        notebook: Where it was opened.
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
    granted: str = ""
    price: SessionPrice | None = None
    cost: float | None = None
    pid: int = 0
    notebook: str = ""
