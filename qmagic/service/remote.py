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

import logging
import time
from collections.abc import Callable

from qmagic.clouds import device_of, provider_of
from qmagic.engines.base import Done
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.failover import Failover
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.remote_job import (
    FIRST_LOOK,
    FIRST_PAUSE,
    GONE_SECONDS,
    GRACE_SECONDS,
    LAST_LOOK,
    LAST_PAUSE,
    RemoteJob,
    grace,
    is_adopted,
    is_free,
    is_remote,
    key_of,
    listed,
    sent,
)
from qmagic.service.sessions import Sessions

__all__ = ["GONE_SECONDS", "GRACE_SECONDS", "Remote", "is_remote", "key_of"]

log = logging.getLogger(__name__)

_S = JobStatus


class Remote:
    """The jobs of a service that run at providers.

    Args:
        ledger: Keeps the jobs.
        hosts: Asks the providers.
        clock: Monotonic seconds.
        sessions: What is open at providers, for jobs to go into.
    """

    def __init__(
        self, ledger: Ledger, hosts: Hosts, clock: Callable[[], float], sessions: Sessions | None = None
    ) -> None:
        self._ledger, self._hosts, self._clock, self._sessions = ledger, hosts, clock, sessions
        self._jobs: dict[str, RemoteJob] = {}
        self._failover = Failover(ledger, clock)

    @property
    def busy(self) -> bool:
        """Whether a session is not over."""
        return self._sessions is not None and self._sessions.busy

    def add(self, record: Record) -> None:
        """Takes up a job that is READY, or one that an earlier service left."""
        job = self._jobs[record.id] = RemoteJob(record, due=self._clock())
        self._failover.restore(job)
        if record.status in (_S.SUBMITTING, _S.IN_DOUBT):
            self._doubt(job, "the service ended while it was being submitted")

    def remove(self, job: str) -> None:
        """Forgets a job that was not written down."""
        self._jobs.pop(job, None)

    def cancel(self, record: Record) -> None:
        """Asks for a job to be stopped."""
        job = self._jobs[record.id]
        if record.status in (_S.READY, _S.HELD) and not is_adopted(record):
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif record.status is not _S.CANCELLING:
            self._ledger.change(record, _S.CANCELLING, "job.cancelling")
            job.due, job.look = self._clock(), FIRST_LOOK

    def tick(self) -> None:
        """Does what is due. Called after each batch of news, and a few times a second."""
        if self._sessions is not None:
            self._sessions.tick()
        now = self._clock()
        for job in [job for job in self._jobs.values() if not job.asking and job.due <= now]:
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

        spec = sent(record) if verb in ("submit", "fetch") else b""
        key = device_of(record.place) if verb == "up" else key_of(record.id)
        provider = provider_of(record.place)
        session = (self._session(record) or "") if verb == "submit" else ""
        self._hosts.ask(provider, record.spec.environment, verb, key, record.remote, spec, answered, session)

    def _session(self, record: Record) -> str | None:
        """Returns the provider's id of the session that a job goes into; "" for none, None where it was closed."""
        wanted = record.spec.session
        return "" if not wanted else (self._sessions is not None and self._sessions.remote_of(wanted)) or None

    # -- submitting -----------------------------------------------------------------------------------------------

    def _submit(self, job: RemoteJob) -> None:
        if self._jobs.get(job.record.id) is job:
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
            held = {"auth": "the provider does not let us in", "rate": "too many requests"}.get(told.trouble, "")
            reason = f"{held}: {told.reason}" if held else told.reason
            self._ledger.change(record, _S.HELD, "job.held", reason=reason)
            self._wait(job, told)

    def _accepted(self, job: RemoteJob, remote: str, kind: str = "job.queued") -> None:
        """Notes the provider's id of a job: it is there."""
        job.record.remote, job.doubt_since = remote, None
        job.due, job.look = self._clock() + FIRST_LOOK, FIRST_LOOK
        if job.record.status is not _S.CANCELLING:
            self._ledger.change(job.record, _S.QUEUED, kind, remote=remote, **listed(job))

    def _doubt(self, job: RemoteJob, reason: str) -> None:
        now = self._clock()
        job.doubt_since = now if job.doubt_since is None else job.doubt_since
        job.due = now + FIRST_PAUSE
        if job.record.status is _S.SUBMITTING:
            self._ledger.change(job.record, _S.IN_DOUBT, "job.in_doubt", reason=reason)

    def _found(self, job: RemoteJob, told: Told) -> None:
        """The provider was asked by the key."""
        record, now = job.record, self._clock()
        if told.trouble:
            self._wait(job, told)
        elif told.remotes:
            first, *extra = told.remotes
            self._cancel_extra(job, extra)
            if extra:
                job.due = now + FIRST_PAUSE  # it goes on when there is only one
            else:
                self._accepted(job, first)
        elif job.doubt_since is not None and now - job.doubt_since < grace(record):
            job.due = now + FIRST_PAUSE
        elif record.status is _S.CANCELLING:
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif is_free(record):
            job.doubt_since = None
            self._ledger.change(record, _S.READY, "job.returned", reason="it never reached the provider")
            job.due = now
        else:
            job.due = now + LAST_PAUSE  # it would cost money twice: its user decides

    def _swept(self, job: RemoteJob, told: Told) -> None:
        """A job that was submitted again is over: a first submit may have arrived after all."""
        extra = [remote for remote in told.remotes if remote != job.record.remote]
        self._cancel_extra(job, extra)
        job.swept = not extra and not told.trouble
        if job.swept:
            job.due = self._clock()
        else:
            self._wait(job, told)

    def _cancel_extra(self, job: RemoteJob, remotes: list[str]) -> None:
        record = job.record
        provider, environment = provider_of(record.place), record.spec.environment
        job.extra += [remote for remote in remotes if remote not in job.extra]
        for remote in remotes:
            log.warning("job %s is at its provider a second time, as %s, and is cancelled there", record.id, remote)
            self._hosts.ask(provider, environment, "cancel", key_of(record.id), remote, b"", lambda told: None)

    # -- watching -------------------------------------------------------------------------------------------------

    def _looked(self, job: RemoteJob, told: Told) -> None:
        record, now = job.record, self._clock()
        if told.trouble:
            self._missed(job, told)
            return
        job.gone_since, job.pause = None, FIRST_PAUSE
        job.due, job.look = now + job.look, min(LAST_LOOK, job.look * 1.5)
        cancelling = record.status is _S.CANCELLING
        if job.leaving and told.status == "queued":
            job.stop_sent = False  # it was not heard
        if told.status in ("done", "failed", "cancelled") and record.attempt > 1 and not job.swept:
            self._ask(job, "find", self._swept)
        elif told.status == "done" and cancelling:
            self._ask(job, "fetch", self._fetched)
        elif told.status == "done":
            self._ledger.change(record, _S.FETCHING, "job.fetching", **listed(job))
            job.due = now
        elif told.status == "failed":
            self._fail(job, told.reason)
        elif told.status == "cancelled" and job.leaving and not cancelling:
            self._failover.move(job)
        elif told.status == "cancelled":
            self._end(job, _S.CANCELLED, "job.cancelled")
        elif told.status == "running" and record.status is _S.QUEUED:
            record.started, record.began = time.time(), now
            self._ledger.change(record, _S.RUNNING, "job.started", attempt=record.attempt)
            job.look = FIRST_LOOK

    def _fetched(self, job: RemoteJob, told: Told) -> None:
        record = job.record
        if told.trouble:
            self._missed(job, told)
            return
        record.backend, record.headline = record.place, told.headline
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
        now = self._clock()
        if told.trouble == "gone":
            job.gone_since = now if job.gone_since is None else job.gone_since
            if now - job.gone_since >= GONE_SECONDS:
                job.record.error = ErrorInfo("JobLostError", f"the provider no longer knows the job: {told.reason}")
                self._end(job, _S.LOST, "job.lost")
                return
        self._wait(job, told)

    def _wait(self, job: RemoteJob, told: Told) -> None:
        """Tries again later, each time a little later."""
        job.due = self._clock() + max(told.wait, job.pause)
        job.pause = min(LAST_PAUSE, 2 * job.pause)

    def _fail(self, job: RemoteJob, reason: str) -> None:
        job.record.error = ErrorInfo("JobFailedError", f"job {job.record.id}: {reason}")
        self._end(job, _S.FAILED, "job.failed")

    def _end(self, job: RemoteJob, status: JobStatus, kind: str, done: Done | None = None) -> None:
        del self._jobs[job.record.id]
        self._ledger.end(job.record, status, kind, done)
