"""Jobs at providers: submitted once, watched, fetched, found again when a reply was lost.

* The key is on disk before the submit leaves: a job's key is a function of its id, and SUBMITTING is committed first.
* A reply that was lost makes a job IN_DOUBT, and the provider is asked by the key. One hit: it goes on. Several: the
  oldest is kept, the others are cancelled and named in an event. None after the grace time: what costs nothing is
  submitted again, anything else stays IN_DOUBT until its user decides (`resubmit`).
* Where a budget is set nothing is submitted before the most that it can cost is reserved (`billing`).
* What goes wrong while asking (401, 404, 500, cut connections) changes no status; only a provider that says for
  a minute that it has no such job makes it LOST.
* A cancel is a request: the job is CANCELLED when the provider says so, and DONE where it was too late.
"""

from __future__ import annotations

import itertools
import logging
import math
import time
from collections.abc import Callable, Iterator

from qmagic.clouds import device_of, provider_of
from qmagic.engines.base import Done
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts, Then
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.billing import Billing
from qmagic.service.failover import Failover
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.remote_job import (
    FIRST_LOOK,
    FIRST_PAUSE,
    RemoteJob,
    is_adopted,
    is_remote,
    key_of,
    sent,
    why_held,
)
from qmagic.service.sessions import Sessions

__all__ = ["Remote", "is_remote", "key_of"]

#: How many of a device's next jobs are looked at when one has ended; every so many more in line are looked at later.
_NEXT, _PACK = 2, 8

log = logging.getLogger(__name__)

_S = JobStatus
#: How a job at a provider stands that runs no more.
_OVER = ("done", "failed", "cancelled")


class Remote:
    """The jobs of a service that run at providers.

    Args:
        ledger: Keeps the jobs.
        hosts: Asks the providers.
        clock: Monotonic seconds.
        billing: Quotes jobs, and counts what they cost.
        sessions: What is open at providers, for jobs to go into.
    """

    def __init__(
        self,
        ledger: Ledger,
        hosts: Hosts,
        clock: Callable[[], float],
        billing: Billing,
        sessions: Sessions | None = None,
    ) -> None:
        self._ledger, self._hosts, self._clock = ledger, hosts, clock
        self._billing, self._sessions = billing, sessions
        self._jobs: dict[str, RemoteJob] = {}
        self._failover = Failover(ledger, clock)

    @property
    def busy(self) -> bool:
        """Whether a session is not over."""
        return self._sessions is not None and self._sessions.busy

    def add(self, record: Record) -> None:
        """Takes up a job that is READY, or one that an earlier service left."""
        record.backend = record.place
        job = self._jobs[record.id] = RemoteJob(record, due=self._clock())
        self._failover.restore(job)
        leaving = record.status is _S.CANCELLING and not record.remote
        if leaving or record.status in (_S.SUBMITTING, _S.IN_DOUBT):
            self._doubt(job, "the service ended while it was being submitted")

    def remove(self, job: str) -> None:
        """Forgets a job that was not written down."""
        self._jobs.pop(job, None)

    def cancel(self, record: Record) -> None:
        """Asks for a job to be stopped."""
        job = self._jobs[record.id]
        waits = record.status in (_S.READY, _S.HELD)
        if waits and not is_adopted(record) and not job.doubted:
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif record.status is not _S.CANCELLING:
            if waits and not is_adopted(record):
                job.doubt_since = self._clock()  # what was sent before may still arrive
            self._ledger.change(record, _S.CANCELLING, "job.cancelling")
            job.due, job.look = self._clock(), FIRST_LOOK

    def resubmit(self, record: Record) -> bool:
        """Has a job tried again at once: one that is HELD, or IN_DOUBT though it may then run twice."""
        job = self._jobs.get(record.id)
        if job is None or record.status not in (_S.HELD, _S.IN_DOUBT):
            return False
        job.due, job.again = self._clock(), record.status is _S.IN_DOUBT
        return True

    def tick(self) -> None:
        """Does what is due. Called after each batch of news, and a few times a second."""
        if self._sessions is not None:
            self._sessions.tick()
        now, room = self._clock(), self._billing.has_room()
        due = now if not room else math.inf  # those that wait for the budget are due when it has room
        for job in [job for job in self._jobs.values() if not job.asking and (job.due <= now or job.due == due)]:
            self._act(job)

    def _act(self, job: RemoteJob) -> None:
        record = job.record
        if is_adopted(record):
            record.remote = record.remote or record.spec.source.data.decode()
        if record.status is _S.READY and record.remote:
            self._accepted(job, record.remote, "job.adopted")
        elif record.status in (_S.READY, _S.HELD) and self._session(record) is None:
            self._fail(job, f"session {record.spec.session} takes no more jobs; it was closed")
        elif record.status in (_S.READY, _S.HELD):
            if self._billing.holds_back(record):
                self._ask(job, "quote", self._quoted)
                return
            if never := self._billing.forbidden(record):
                self._fail(job, never)
                return
            if refused := self._billing.reserve(record):
                self._hold(job, refused)
                job.due = math.inf  # until there is room
                return
            self._say(job)
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
        elif (record.status is _S.CANCELLING or job.leaving) and not job.stop_sent:
            self._ask(job, "cancel", self._stopped)
        elif self._failover.asks(job):
            self._ask(job, "up", self._failover.heard)
        else:
            self._ask(job, "look", self._looked)

    def _ask(self, job: RemoteJob, verb: str, then: Callable[[RemoteJob, Told], None]) -> None:
        record = job.record
        job.asking = True

        def answered(told: Told) -> None:
            job.asking = False
            if self._jobs.get(record.id) is job:
                then(job, told)

        spec = sent(record) if verb in ("submit", "fetch", "quote") else b""
        key = device_of(record.place) if verb == "up" else key_of(record.id)
        limit = self._billing.limit(record) if verb == "submit" else None
        session = (self._session(record) or "") if verb == "submit" else ""
        provider, environment = provider_of(record.place), record.spec.environment
        self._hosts.ask(provider, environment, verb, key, record.remote, spec, answered, limit, session)

    def _session(self, record: Record) -> str | None:
        """Returns the provider's id of the session that a job goes into; "" for none, None where it was closed."""
        wanted = record.spec.session
        return "" if not wanted else (self._sessions is not None and self._sessions.remote_of(wanted)) or None

    def _say(self, job: RemoteJob) -> None:
        """Says of a job why it is where it is, and what that costs."""
        if not job.leaving:
            job.record.why = "; ".join(filter(None, (job.reason, self._billing.brief(job.record))))

    def _quoted(self, job: RemoteJob, told: Told) -> None:
        """A job's price is known, or, of one that has gone already, will not be."""
        record, here = job.record, job.record.status in (_S.READY, _S.HELD)
        never = (not here and told.trouble == "refused") or (record.remote and told.trouble == "lost")
        if told.quote is not None or never:
            self._billing.quoted(record, told.quote)
            self._say(job)
            job.due = self._clock()
        elif told.trouble == "refused":
            self._fail(job, told.reason)
        else:
            if here:
                self._hold(job, why_held(told))
            job.later(self._clock(), told)

    def _hold(self, job: RemoteJob, reason: str) -> None:
        """Holds a job back; one that is held stays so, without a further event."""
        self._billing.release(job.record)
        job.record.why = reason
        if job.record.status is not _S.HELD:
            self._ledger.change(job.record, _S.HELD, "job.held", reason=reason)

    # -- submitting -----------------------------------------------------------------------------------------------

    def _submit(self, job: RemoteJob) -> None:
        if self._jobs.get(job.record.id) is job:
            again = job.record.attempt > 1  # then a first one may be there, whatever its reply was
            self._ask(job, "find" if again else "submit", self._sought if again else self._submitted)

    def _sought(self, job: RemoteJob, told: Told) -> None:
        """The provider was asked by the key before a job is submitted again."""
        partial = told.trouble == "partial"  # safe to submit again: what is there stays, the rest follows
        if job.record.status is _S.CANCELLING or (told.remotes and not partial):
            self._found(job, told)
        elif told.trouble and not partial:
            self._hold(job, why_held(told))
            job.later(self._clock(), told)
        else:
            self._ask(job, "submit", self._submitted)

    def _submitted(self, job: RemoteJob, told: Told) -> None:
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
            self._hold(job, why_held(told))
            job.later(self._clock(), told)

    def _accepted(self, job: RemoteJob, remote: str, kind: str = "job.queued") -> None:
        """Notes the provider's id of a job: it is there."""
        job.record.remote, job.doubt_since = remote, None
        self._say(job)
        job.look = FIRST_LOOK * (1 + sum(1 for _ in self._line(job)) // _PACK)
        job.due = self._clock() + job.look
        if job.record.status is not _S.CANCELLING:
            self._ledger.change(job.record, _S.QUEUED, kind, remote=remote, **job.listed)
        if self._billing.lacks(job.record) and not is_adopted(job.record):
            self._ask(job, "quote", self._quoted)

    def _doubt(self, job: RemoteJob, reason: str) -> None:
        now = self._clock()
        job.doubt_since = now if job.doubt_since is None else job.doubt_since
        job.doubted = True
        job.due = now + FIRST_PAUSE
        if job.record.status is _S.SUBMITTING:
            self._ledger.change(job.record, _S.IN_DOUBT, "job.in_doubt", reason=reason)

    def _found(self, job: RemoteJob, told: Told) -> None:
        """The provider was asked by the key."""
        record, now = job.record, self._clock()
        if told.trouble == "partial" and record.status is not _S.CANCELLING:
            self._again(job, told.reason)
        elif told.trouble and told.trouble != "partial":
            job.later(self._clock(), told)
        elif told.remotes:
            first = told.remotes[0]
            extra = self._cancel_extra(job, told.remotes[1:])
            if extra:
                job.due = now + FIRST_PAUSE  # it goes on when there is only one
            else:
                self._accepted(job, first)
        elif job.doubt_since is not None and now - job.doubt_since < job.grace:
            job.due = now + FIRST_PAUSE
        elif record.status is _S.CANCELLING:
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif self._billing.lacks(record):
            self._ask(job, "quote", self._quoted)  # whether it costs money
        elif job.again or record.spec.resubmit or self._billing.is_free(record):
            self._billing.again(record)
            self._again(job, "it never reached the provider")
        else:
            job.later(now, told, slowly=True)  # it would cost money twice: its user decides
            if record.why != job.question:
                record.why = job.question
                self._ledger.note(record, "job.in_doubt", reason=record.why)

    def _again(self, job: RemoteJob, reason: str) -> None:
        job.doubt_since, job.again, job.due = None, False, self._clock()
        self._ledger.change(job.record, _S.READY, "job.returned", reason=reason)

    def _swept(self, job: RemoteJob, told: Told) -> None:
        """A job that was submitted again is over: a first submit may have arrived after all."""
        partial = told.trouble == "partial"  # it is over, and parts of it were cancelled
        others = [] if partial else [remote for remote in told.remotes if remote != job.record.remote]
        extra = self._cancel_extra(job, others)
        job.swept = not extra and (partial or not told.trouble)
        if job.swept:
            job.due = self._clock()
        else:
            job.later(self._clock(), told)

    def _cancel_extra(self, job: RemoteJob, remotes: list[str]) -> list[str]:
        """Cancels jobs that are there a second time; returns those that may still run."""
        record = job.record
        provider, environment = provider_of(record.place), record.spec.environment
        left = [remote for remote in remotes if remote not in job.settled]
        job.extra += [remote for remote in left if remote not in job.extra]
        for remote in left:
            log.warning("job %s is at its provider a second time, as %s, and is cancelled there", record.id, remote)

            def looked(told: Told, remote: str = remote) -> None:
                if told.status in _OVER:
                    job.settled.add(remote)

            def stopped(told: Told, remote: str = remote, looked: Then = looked) -> None:
                if not told.trouble:  # it was heard; whether it has stopped is another matter
                    self._hosts.ask(provider, environment, "look", key_of(record.id), remote, b"", looked)

            self._hosts.ask(provider, environment, "cancel", key_of(record.id), remote, b"", stopped)
        return left

    # -- watching -------------------------------------------------------------------------------------------------

    def _looked(self, job: RemoteJob, told: Told) -> None:
        record, now = job.record, self._clock()
        if told.trouble:
            self._missed(job, told)
            return
        job.seen(now, told)
        cancelling = record.status is _S.CANCELLING
        if job.leaving and told.status == "queued":
            job.stop_sent = False  # it was not heard
        over = told.status in _OVER
        if over:
            for other in itertools.islice(self._line(job), _NEXT):
                other.due, other.look = now, FIRST_LOOK
        if over and record.attempt > 1 and not job.swept:
            self._ask(job, "find", self._swept)
        elif over and self._billing.lacks(record) and not is_adopted(record):
            self._ask(job, "quote", self._quoted)
        elif told.status == "done" and cancelling:
            self._ask(job, "fetch", self._fetched)
        elif told.status == "done":
            self._ledger.change(record, _S.FETCHING, "job.fetching", **job.listed)
            job.due = now
        elif told.status == "failed":
            self._fail(job, told.reason)
        elif told.status == "cancelled" and job.leaving and not cancelling:
            self._billing.moved(record)
            self._failover.move(job)
        elif told.status == "cancelled":
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif told.status == "running" and record.status is _S.QUEUED:
            record.started, record.began = time.time(), now
            self._ledger.change(record, _S.RUNNING, "job.started", attempt=record.attempt)
            job.look = FIRST_LOOK

    def _line(self, job: RemoteJob) -> Iterator[RemoteJob]:
        """Yields the other jobs that are watched at a job's device, oldest first."""
        for other in self._jobs.values():
            watched = other is not job and other.record.status in (_S.QUEUED, _S.RUNNING)
            if watched and other.record.place == job.record.place:
                yield other

    def _fetched(self, job: RemoteJob, told: Told) -> None:
        record = job.record
        if told.trouble == "refused" and is_adopted(record):  # its result is of a kind that no adapter reads
            self._fail(job, told.reason)
            return
        if told.trouble:
            self._missed(job, told)
            return
        record.headline = told.headline
        done = Done(record.id, record.attempt, record.backend, told.headline, outcome=told.outcome)
        if record.started is None:
            record.started = record.created
        self._end(job, _S.DONE, "job.done", done)

    def _stopped(self, job: RemoteJob, told: Told) -> None:
        job.stop_sent = not told.trouble
        if told.trouble:
            self._missed(job, told)
        else:
            job.due = self._clock() + FIRST_LOOK

    def _missed(self, job: RemoteJob, told: Told) -> None:
        """A question about a job that is there had no good answer: nothing changes, unless the job is really gone."""
        if told.trouble == "gone" and job.is_gone(self._clock()):
            job.record.error = ErrorInfo("JobLostError", f"the provider no longer knows the job: {told.reason}")
            self._end(job, _S.LOST, "job.lost")
        else:
            job.later(self._clock(), told)

    def _fail(self, job: RemoteJob, reason: str) -> None:
        job.record.error = ErrorInfo("JobFailedError", f"job {job.record.id}: {reason}")
        self._end(job, _S.FAILED, "job.failed")

    def _end(self, job: RemoteJob, status: JobStatus, kind: str, done: Done | None = None) -> None:
        del self._jobs[job.record.id]
        if not is_adopted(job.record):
            self._billing.close(job.record, status, job.last)
        self._ledger.end(job.record, status, kind, done)
