"""A job at a provider as the service holds it in memory, and what follows from its spec alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from qmagic.clouds import REMOTE, provider_of
from qmagic.service.record import Record

__all__ = [
    "FIRST_LOOK", "FIRST_PAUSE", "GONE_SECONDS", "GRACE_SECONDS", "LAST_LOOK", "LAST_PAUSE", "RemoteJob", "grace",
    "is_adopted", "is_free", "is_remote", "key_of", "listed", "sent",
]  # fmt: skip

#: Seconds for which a provider may not know yet what it has accepted.
GRACE_SECONDS = 30.0
#: The same for the stub, which knows at once; a request may still be on its way.
_STUB_GRACE_SECONDS = 1.0
#: Seconds for which a provider has to say that a job is gone.
GONE_SECONDS = 60.0
#: Seconds between two looks at a job, and before something that failed is tried again, at most.
LAST_LOOK, LAST_PAUSE = 10.0, 30.0
#: Seconds until the first look at a job, and before something that failed is tried again the first time.
FIRST_LOOK, FIRST_PAUSE = 0.2, 0.5


def is_remote(record: Record) -> bool:
    """Tells whether a job runs at a provider."""
    return bool(provider_of(record.spec.backend))


def is_free(record: Record) -> bool:
    """Tells whether a job surely costs nothing."""
    return provider_of(record.place).endswith("-stub")


def is_adopted(record: Record) -> bool:
    """Tells whether a job was at its provider before qmagic knew it."""
    return record.spec.source.language == REMOTE


def grace(record: Record) -> float:
    """Returns for how many seconds a provider may not know yet what it has accepted."""
    return _STUB_GRACE_SECONDS if is_free(record) else GRACE_SECONDS


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
    """A job at a provider. `due` is when to act next (monotonic), `asking` whether an answer is awaited.

    `leaving` says that it is to move on from a device that is down, `checked` when that device was asked about last.
    """

    record: Record
    due: float = 0.0
    asking: bool = False
    look: float = FIRST_LOOK
    pause: float = FIRST_PAUSE
    doubt_since: float | None = None
    gone_since: float | None = None
    stop_sent: bool = False
    swept: bool = False
    leaving: bool = False
    checked: float = 0.0
    extra: list[str] = dataclasses.field(default_factory=list)


def listed(job: RemoteJob) -> dict[str, Any]:
    """Returns what an event says of jobs that were at the provider a second time."""
    return {"cancelled_extra": job.extra} if job.extra else {}
