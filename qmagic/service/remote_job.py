"""A job at a provider, as `asking` keeps it in mind: what is due, what is asked, since when something is amiss."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from qmagic.clouds import REMOTE, provider_of
from qmagic.engines.host_messages import Told
from qmagic.jobs import JobStatus
from qmagic.service.record import Record

__all__ = [
    "FIRST_LOOK", "FIRST_PAUSE", "MOVED", "OVER", "RemoteJob", "is_adopted", "is_on_stub", "is_remote", "key_of",
    "sent", "why_held",
]  # fmt: skip

#: Seconds for which a provider may not know yet what it has accepted.
_GRACE_SECONDS = 30.0
#: The same for the stub, which knows at once; a request may still be on its way.
_STUB_GRACE_SECONDS, _STUB_LAST_SECONDS = 1.0, 6.0
#: Seconds for which a provider has to say that a job is gone.
_GONE_SECONDS = 60.0
#: Seconds between two looks at a job: the first, and the most.
FIRST_LOOK, _LAST_LOOK = 0.2, 10.0
#: Seconds before something that failed is tried again: the first time, and at most.
FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0

#: How a job at a provider stands that runs no more.
OVER = ("done", "failed", "cancelled")
#: How the reason of a job begins that has moved on.
MOVED = "moved here from "


def is_remote(record: Record) -> bool:
    """Tells whether a job runs at a provider. A loop does not, wherever its evaluations go."""
    return record.spec.kind != "loop" and bool(provider_of(record.spec.backend))


def is_on_stub(record: Record) -> bool:
    """Tells whether a job's provider is the stub, which knows and answers at once."""
    return provider_of(record.place).endswith("-stub")


def is_adopted(record: Record) -> bool:
    """Tells whether a job was at its provider before qmagic knew it."""
    return record.spec.source.language == REMOTE


def key_of(job: str) -> str:
    """Returns what a job is found by at its provider."""
    return f"qmagic-{job}"


def sent(record: Record) -> bytes:
    """Returns a job's spec as its provider gets it: for the device where it is now."""
    if record.place == record.spec.backend:
        return record.data
    return msgspec.msgpack.encode(msgspec.structs.replace(record.spec, backend=record.place))


@dataclasses.dataclass(slots=True)
class RemoteJob:
    """A job at a provider.

    `due` is when to act next (monotonic; infinite until the budget has room), `asking` whether an answer is awaited,
    `again` whether its user wants it submitted again in spite of a doubt, `doubted` whether a submit of it may be under
    way that nobody has found, `last` how it stood at the last look; `extra` were there a second time, and those in
    `settled` run no more. `leaving` says that it is to move on from a device that is down, `checked` when that device
    was asked about last, `reason` why it is there.
    """

    record: Record
    due: float = 0.0
    asking: bool = False
    look: float = FIRST_LOOK
    pause: float = FIRST_PAUSE
    doubt_since: float | None = None
    doubted: bool = False
    gone_since: float | None = None
    stop_sent: bool = False
    swept: bool = False
    again: bool = False
    last: Told | None = None
    leaving: bool = False
    checked: float = 0.0
    reason: str = ""
    extra: list[str] = dataclasses.field(default_factory=list)
    settled: set[str] = dataclasses.field(default_factory=set)

    def __post_init__(self) -> None:
        self.doubted = self.record.attempt > 0  # by an earlier service, for all that is known
        moved = self.record.why.startswith(MOVED)  # by an earlier service
        self.reason = self.record.why.partition("; ")[0] if moved else self.record.spec.why

    @property
    def grace(self) -> float:
        """Seconds for which its provider may not know yet what it has accepted."""
        if not is_on_stub(self.record):
            return _GRACE_SECONDS
        # what comes after a cancel nobody looks for any more
        return _STUB_LAST_SECONDS if self.record.status is JobStatus.CANCELLING else _STUB_GRACE_SECONDS

    @property
    def listed(self) -> dict[str, Any]:
        """What an event says of jobs that were at the provider a second time."""
        return {"cancelled_extra": self.extra} if self.extra else {}

    @property
    def question(self) -> str:
        """What it says when it stays in doubt until its user decides."""
        return (
            "nobody knows whether it has arrived, and it would cost money twice; "
            f"%qjobs --resubmit-in-doubt {self.record.id} submits it again, %qcancel {self.record.id} gives it up"
        )

    def seen(self, now: float, told: Told) -> None:
        """Its provider has said how it stands."""
        self.gone_since, self.pause, self.last = None, FIRST_PAUSE, told
        self.due, self.look = now + self.look, min(_LAST_LOOK, self.look * 1.5)

    def later(self, now: float, told: Told, *, slowly: bool = False) -> None:
        """Puts off what is due, each time a little longer."""
        self.pause = _LAST_PAUSE if slowly else self.pause
        self.due = now + max(told.wait, self.pause)
        self.pause = min(_LAST_PAUSE, 2 * self.pause)

    def is_gone(self, now: float) -> bool:
        """Tells whether its provider has said for long enough that it has no such job."""
        self.gone_since = now if self.gone_since is None else self.gone_since
        return now - self.gone_since >= _GONE_SECONDS


def why_held(told: Told) -> str:
    """Returns why a job cannot go to its provider now."""
    what = {"auth": "the provider does not let us in", "rate": "too many requests"}.get(told.trouble, "")
    return f"{what}: {told.reason}" if what else told.reason
