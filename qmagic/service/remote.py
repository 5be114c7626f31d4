"""Jobs at providers: submitted once, watched, fetched, found again when a reply was lost.

* The key is on disk before the submit leaves: a job's key is a function of its id, and SUBMITTING is committed first.
* A reply that was lost makes a job IN_DOUBT, and the provider is asked by the key. One hit: it goes on. Several: the
  oldest is kept, the others are cancelled and named in an event. None after the grace time: what costs nothing is
  submitted again, anything else stays IN_DOUBT until its user decides.
* What goes wrong while asking (401, 404, 500, cut connections) changes no status; only a provider that says for
  `GONE_SECONDS` that it has no such job makes it LOST.
* A cancel is a request: the job is CANCELLED when the provider says so, and DONE where it was too late.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from qmagic.clouds import provider_of
from qmagic.engines.base import Done
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record

__all__ = ["GONE_SECONDS", "GRACE_SECONDS", "Remote", "is_remote", "key_of"]

#: Seconds for which a provider may not know yet what it has accepted.
GRACE_SECONDS = 30.0
#: The same for the stub, which knows at once; a request may still be on its way.
_STUB_GRACE_SECONDS = 1.0
#: Seconds for which a provider has to say that a job is gone.
GONE_SECONDS = 60.0
#: Seconds between two looks at a job: the first, and the most.
_FIRST_LOOK, _LAST_LOOK = 0.2, 10.0
#: How many of a device's next jobs are looked at when one has ended; every so many more in line are looked at later.
_NEXT, _PACK = 2, 8
#: Seconds before something that failed is tried again: the first time, and at most.
_FIRST_PAUSE, _LAST_PAUSE = 0.5, 30.0

log = logging.getLogger(__name__)

_S = JobStatus


def is_remote(record: Record) -> bool:
    """Tells whether a job runs at a provider."""
    return bool(provider_of(record.spec.backend))


def _is_free(record: Record) -> bool:
    """Tells whether a job surely costs nothing."""
    return provider_of(record.spec.backend).endswith("-stub")


def _grace(record: Record) -> float:
    return _STUB_GRACE_SECONDS if _is_free(record) else GRACE_SECONDS


def key_of(job: str) -> str:
    """Returns what a job is found by at its provider."""
    return f"qmagic-{job}"


@dataclasses.dataclass(slots=True)
class _Job:
    """A job at a provider. `due` is when to act next (monotonic), `asking` whether an answer is awaited; `extra` were
    there a second time, and those in `settled` have been cancelled, or had ended before.
    """

    record: Record
    due: float = 0.0
    asking: bool = False
    look: float = _FIRST_LOOK
    pause: float = _FIRST_PAUSE
    doubt_since: float | None = None
    gone_since: float | None = None
    stop_sent: bool = False
    swept: bool = False
    extra: list[str] = dataclasses.field(default_factory=list)
    settled: set[str] = dataclasses.field(default_factory=set)


def _listed(job: _Job) -> dict[str, Any]:
    """Returns what an event says of jobs that were at the provider a second time."""
    return {"cancelled_extra": job.extra} if job.extra else {}


class Remote:
    """The jobs of a service that run at providers.

    Args:
        ledger: Keeps the jobs.
        hosts: Asks the providers.
        clock: Monotonic seconds.
    """

    def __init__(self, ledger: Ledger, hosts: Hosts, clock: Callable[[], float]) -> None:
        self._ledger, self._hosts, self._clock = ledger, hosts, clock
        self._jobs: dict[str, _Job] = {}

    def add(self, record: Record) -> None:
        """Takes up a job that is READY, or one that an earlier service left."""
        job = self._jobs[record.id] = _Job(record, due=self._clock())
        if record.status in (_S.SUBMITTING, _S.IN_DOUBT):
            self._doubt(job, "the service ended while it was being submitted")

    def remove(self, job: str) -> None:
        """Forgets a job that was not written down."""
        self._jobs.pop(job, None)

    def cancel(self, record: Record) -> None:
        """Asks for a job to be stopped."""
        job = self._jobs[record.id]
        if record.status in (_S.READY, _S.HELD):
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif record.status is not _S.CANCELLING:
            self._ledger.change(record, _S.CANCELLING, "job.cancelling")
            job.due, job.look = self._clock(), _FIRST_LOOK

    def tick(self) -> None:
        """Does what is due. Called after each batch of news, and a few times a second."""
        now = self._clock()
        for job in [job for job in self._jobs.values() if not job.asking and job.due <= now]:
            self._act(job)

    def _act(self, job: _Job) -> None:
        record = job.record
        if record.status in (_S.READY, _S.HELD):
            if record.status is _S.HELD:
                self._ledger.change(record, _S.READY, "job.returned", reason="tried again")
            job.asking = True  # nothing leaves before this is on disk
            record.attempt += 1
            self._ledger.change(
                record, _S.SUBMITTING, "job.submitting", lambda: self._submit(job), key=key_of(record.id)
            )
        elif not record.remote:
            self._ask(job, "find", self._found)
        elif record.status is _S.FETCHING:
            self._ask(job, "fetch", self._fetched)
        elif record.status is _S.CANCELLING and not job.stop_sent:
            self._ask(job, "cancel", self._stopped)
        else:
            self._ask(job, "look", self._looked)

    def _ask(self, job: _Job, verb: str, then: Callable[[_Job, Told], None]) -> None:
        record = job.record
        job.asking = True

        def answered(told: Told) -> None:
            job.asking = False
            if self._jobs.get(record.id) is job:
                then(job, told)

        spec = record.data if verb in ("submit", "fetch") else b""
        provider = provider_of(record.spec.backend)
        self._hosts.ask(provider, record.spec.environment, verb, key_of(record.id), record.remote, spec, answered)

    # -- submitting -----------------------------------------------------------------------------------------------

    def _submit(self, job: _Job) -> None:
        if self._jobs.get(job.record.id) is job:
            again = job.record.attempt > 1  # then a first one may be there, whatever its reply was
            self._ask(job, "find" if again else "submit", self._sought if again else self._submitted)

    def _sought(self, job: _Job, told: Told) -> None:
        """The provider was asked by the key before a job is submitted again."""
        partial = told.trouble == "partial"  # safe to submit again: what is there stays, the rest follows
        if job.record.status is _S.CANCELLING or (told.remotes and not partial):
            self._found(job, told)
        elif told.trouble and not partial:
            self._hold(job, told)
        else:
            self._ask(job, "submit", self._submitted)

    def _submitted(self, job: _Job, told: Told) -> None:
        record = job.record
        if told.remotes and not told.trouble:
            self._accepted(job, told.remotes[0])
        elif told.trouble in ("doubt", "lost"):
            self._doubt(job, told.reason)
        elif record.status is _S.CANCELLING:
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif told.trouble == "refused":
            self._fail(job, told.reason)
        else:
            self._hold(job, told)

    def _hold(self, job: _Job, told: Told) -> None:
        held = {"auth": "the provider does not let us in", "rate": "too many requests"}.get(told.trouble, "")
        reason = f"{held}: {told.reason}" if held else told.reason
        self._ledger.change(job.record, _S.HELD, "job.held", reason=reason)
        self._wait(job, told)

    def _accepted(self, job: _Job, remote: str) -> None:
        """Notes the provider's id of a job: it is there."""
        job.record.remote, job.doubt_since = remote, None
        job.look = _FIRST_LOOK * (1 + sum(1 for _ in self._line(job)) // _PACK)
        job.due = self._clock() + job.look
        if job.record.status is not _S.CANCELLING:
            self._ledger.change(job.record, _S.QUEUED, "job.queued", remote=remote, **_listed(job))

    def _doubt(self, job: _Job, reason: str) -> None:
        now = self._clock()
        job.doubt_since = now if job.doubt_since is None else job.doubt_since
        job.due = now + _FIRST_PAUSE
        if job.record.status is _S.SUBMITTING:
            self._ledger.change(job.record, _S.IN_DOUBT, "job.in_doubt", reason=reason)

    def _found(self, job: _Job, told: Told) -> None:
        """The provider was asked by the key."""
        record, now = job.record, self._clock()
        if told.trouble == "partial" and record.status is not _S.CANCELLING:
            self._again(job, told.reason)
        elif told.trouble and told.trouble != "partial":
            self._wait(job, told)
        elif told.remotes:
            first = told.remotes[0]
            extra = self._cancel_extra(job, told.remotes[1:])
            if extra:
                job.due = now + _FIRST_PAUSE  # it goes on when there is only one
            else:
                self._accepted(job, first)
        elif job.doubt_since is not None and now - job.doubt_since < _grace(record):
            job.due = now + _FIRST_PAUSE
        elif record.status is _S.CANCELLING:
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif _is_free(record):
            self._again(job, "it never reached the provider")
        else:
            job.due = now + _LAST_PAUSE  # it would cost money twice: its user decides

    def _again(self, job: _Job, reason: str) -> None:
        job.doubt_since, job.due = None, self._clock()
        self._ledger.change(job.record, _S.READY, "job.returned", reason=reason)

    def _swept(self, job: _Job, told: Told) -> None:
        """A job that was submitted again is over: a first submit may have arrived after all."""
        partial = told.trouble == "partial"  # it is over, and parts of it were cancelled
        others = [] if partial else [remote for remote in told.remotes if remote != job.record.remote]
        extra = self._cancel_extra(job, others)
        job.swept = not extra and (partial or not told.trouble)
        if job.swept:
            job.due = self._clock()
        else:
            self._wait(job, told)

    def _cancel_extra(self, job: _Job, remotes: list[str]) -> list[str]:
        """Cancels jobs that are there a second time; returns those that may still run."""
        record = job.record
        provider, environment = provider_of(record.spec.backend), record.spec.environment
        left = [remote for remote in remotes if remote not in job.settled]
        job.extra += [remote for remote in left if remote not in job.extra]
        for remote in left:
            log.warning("job %s is at its provider a second time, as %s, and is cancelled there", record.id, remote)

            def stopped(told: Told, remote: str = remote) -> None:
                if not told.trouble:
                    job.settled.add(remote)

            self._hosts.ask(provider, environment, "cancel", key_of(record.id), remote, b"", stopped)
        return left

    # -- watching -------------------------------------------------------------------------------------------------

    def _looked(self, job: _Job, told: Told) -> None:
        record, now = job.record, self._clock()
        if told.trouble:
            self._missed(job, told)
            return
        job.gone_since, job.pause = None, _FIRST_PAUSE
        job.due, job.look = now + job.look, min(_LAST_LOOK, job.look * 1.5)
        cancelling = record.status is _S.CANCELLING
        if told.status in ("done", "failed", "cancelled"):
            for other in itertools.islice(self._line(job), _NEXT):
                other.due, other.look = now, _FIRST_LOOK
        if told.status in ("done", "failed", "cancelled") and record.attempt > 1 and not job.swept:
            self._ask(job, "find", self._swept)
        elif told.status == "done" and cancelling:
            self._ask(job, "fetch", self._fetched)
        elif told.status == "done":
            self._ledger.change(record, _S.FETCHING, "job.fetching", **_listed(job))
            job.due = now
        elif told.status == "failed":
            self._fail(job, told.reason)
        elif told.status == "cancelled":
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif told.status == "running" and record.status is _S.QUEUED:
            record.started, record.began = time.time(), now
            self._ledger.change(record, _S.RUNNING, "job.started", attempt=record.attempt)
            job.look = _FIRST_LOOK

    def _line(self, job: _Job) -> Iterator[_Job]:
        """Yields the other jobs that are watched at a job's device, oldest first."""
        for other in self._jobs.values():
            watched = other is not job and other.record.status in (_S.QUEUED, _S.RUNNING)
            if watched and other.record.spec.backend == job.record.spec.backend:
                yield other

    def _fetched(self, job: _Job, told: Told) -> None:
        record = job.record
        if told.trouble:
            self._missed(job, told)
            return
        record.backend, record.headline = record.spec.backend, told.headline
        done = Done(record.id, record.attempt, record.backend, told.headline, outcome=told.outcome)
        if record.started is None:
            record.started = record.created
        self._end(job, _S.DONE, "job.done", done)

    def _stopped(self, job: _Job, told: Told) -> None:
        job.stop_sent = not told.trouble
        if told.trouble:
            self._missed(job, told)
        else:
            job.due = self._clock() + _FIRST_LOOK

    def _missed(self, job: _Job, told: Told) -> None:
        """A question about a job that is there had no good answer: nothing changes, unless the job is really gone."""
        now = self._clock()
        if told.trouble == "gone":
            job.gone_since = now if job.gone_since is None else job.gone_since
            if now - job.gone_since >= GONE_SECONDS:
                job.record.error = ErrorInfo("JobLostError", f"the provider no longer knows the job: {told.reason}")
                self._end(job, _S.LOST, "job.lost")
                return
        self._wait(job, told)

    def _wait(self, job: _Job, told: Told) -> None:
        """Tries again later, each time a little later."""
        job.due = self._clock() + max(told.wait, job.pause)
        job.pause = min(_LAST_PAUSE, 2 * job.pause)

    def _fail(self, job: _Job, reason: str) -> None:
        job.record.error = ErrorInfo("JobFailedError", f"job {job.record.id}: {reason}")
        self._end(job, _S.FAILED, "job.failed")

    def _end(self, job: _Job, status: JobStatus, kind: str, done: Done | None = None) -> None:
        del self._jobs[job.record.id]
        self._ledger.end(job.record, status, kind, done)
