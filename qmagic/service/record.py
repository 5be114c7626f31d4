"""A job as the manager holds it in memory, from its submit to the commit of its end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec

from qmagic.clouds import provider_of
from qmagic.engines.base import Chosen
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobInfo, JobSpec, JobStatus
from qmagic.outcomes import PartialCounts
from qmagic.protocol import Ended
from qmagic.tapes import Circuits, LoopSpec

__all__ = ["Record", "Waiter", "is_harmless", "is_small", "simulates_here"]

#: Called once: with the job's end when it is on disk, or with None when there is to be no such job.
Waiter = Callable[[Ended | None], object]

# A job counts as small (well under 50 ms) by what can be seen without parsing it: a state of 2^10 amplitudes,
# and a text or QPY of a few hundred gates.
_SMALL_WIDTH = 10
_SMALL_BYTES = 16_384
_SMALL_SHOTS = 100_000
_SMALL_POINTS = 16

_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode


@dataclasses.dataclass(slots=True, eq=False)
class Record:
    """One job. Only the manager and its parts change it.

    Attributes:
        spec: What was asked.
        data: The spec as the client encoded it; handed on as it is.
        status: Where it stands.
        number: Order of arrival.
        admitted: Whether its row is on disk, or on its way there: before that it is only being checked.
        attempt: Number of the current or last attempt, from 1.
        deaths: Worker deaths that it is blamed for.
        alone: Whether it must run without company, since a batch with it in it crashed.
        small: Whether it may share a worker call with others.
        trial: Whether its input is only to be read: it never becomes a job.
        deadline: Monotonic time at which it is over its time-out.
        reserved: Bytes it was granted.
        wide: Whether it was granted every slot.
        backend: What runs it, once that was chosen.
        why: Why that was chosen; of a job for a provider what it will cost, or what it waits for.
        expected: Seconds that it is expected to run for; None where earlier jobs do not tell.
        began: Monotonic time at which the current attempt began.
        progress: How far the current attempt is, from 0 to 1; None where it does not tell.
        counts: Its counts so far, where its shots come in parts.
        reason: Why it is being stopped, when not by the user.
        remote: Its provider's id of it, once it has one.
        cost: What counts as its bill there, in US dollars; None before that is known, and for other currencies.
        accept: Called with None when it is on disk, or with why it was refused.
        waiters: Who waits for its end: one call for each who.
        plan: Called with the plan, where the job is only to be planned: it never exists.
        choice: What it runs on now, where there is something else to go to.
        since: Monotonic time at which it was chosen.
        late: Monotonic time from which on that choice counts as a bad one; None where it is not measured so.
        turned: Why its choice is being left, when it is.
        avoid: Backends that turned out badly.
        notes: How, for the result.
    """

    spec: JobSpec
    data: bytes
    number: int = 0
    status: JobStatus = JobStatus.CREATED
    admitted: bool = False
    attempt: int = 0
    deaths: int = 0
    alone: bool = False
    small: bool = False
    trial: bool = False
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    deadline: float | None = None
    reserved: int = 0
    wide: bool = False
    backend: str = ""
    headline: str = ""
    why: str = ""
    expected: float | None = None
    began: float = 0.0
    progress: float | None = None
    counts: PartialCounts | None = None
    error: ErrorInfo | None = None
    reason: str = ""
    remote: str = ""
    cost: float | None = None
    accept: list[Callable[[ErrorInfo | None], None]] = dataclasses.field(default_factory=list)
    waiters: dict[object, Waiter] = dataclasses.field(default_factory=dict)
    plan: Callable[[bytes], None] | None = None
    choice: Chosen | None = None
    since: float = 0.0
    late: float | None = None
    turned: str = ""
    avoid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The job's id."""
        return self.spec.id

    @property
    def place(self) -> str:
        """Where a job at a provider is now: it may have moved on from where it was sent first."""
        return self.backend or self.spec.backend

    def info(self, position: int | None = None) -> JobInfo:
        """Returns what can be said of the job now."""
        spec = self.spec
        shots = [pub.shots for pub in spec.pubs]
        return JobInfo(
            id=spec.id,
            status=self.status,
            kind=spec.kind,
            name=spec.name,
            backend=self.backend or spec.backend,
            shots=shots[0] if len(shots) == 1 else None,
            tags=spec.tags,
            notebook=spec.notebook,
            parent=spec.parent,
            seed=spec.seed,
            created=self.created,
            started=self.started,
            ended=self.ended,
            attempt=self.attempt,
            position=position,
            error=self.error.message if self.error else "",
            error_kind=self.error.kind if self.error else "",
            headline=self.headline,
            cell_id=spec.cell_id,
            notebook_path=spec.notebook_path,
            expected=self.expected,
            why=self.why or self.spec.why,
            remote=self.remote,
            cost=self.cost,
        )


def is_small(spec: JobSpec, size: int) -> bool:
    """Tells whether a job surely takes a few milliseconds, so that it may share a worker call."""
    return (
        spec.width is not None
        and spec.width <= _SMALL_WIDTH
        and size <= _SMALL_BYTES
        and spec.noise is None
        and spec.transpile is None
        and spec.timeout is None
        and spec.backend in ("auto", "statevector")
        and len(spec.pubs) <= _SMALL_POINTS
        and all((pub.shots or 0) <= _SMALL_SHOTS and pub.precision is None for pub in spec.pubs)
        and all(pub.parameters is None or pub.parameters.shape in ((), (1,)) for pub in spec.pubs)
    )


def is_harmless(record: Record) -> bool:
    """Tells whether a loop does nothing but small simulations here: no code of the user's runs in it."""
    return record.small and simulates_here(record) and not _LOOP(record.spec.source.data).callback


def simulates_here(record: Record) -> bool:
    """Tells whether a loop is one of circuits that are simulated here."""
    return not provider_of(record.spec.backend) and isinstance(_LOOP(record.spec.source.data).objective, Circuits)
