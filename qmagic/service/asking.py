"""What every move of a job at a provider needs: a question and its answer, a price, an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qmagic.clouds import device_of, provider_of
from qmagic.engines.base import Done
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.billing import Billing
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.remote_job import RemoteJob, is_adopted, key_of, sent, why_held
from qmagic.service.sessions import Sessions

__all__ = ["Asking"]

_S = JobStatus


class Asking:
    """The jobs at providers, and what is asked about them: one question a job at a time.

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
        sessions: Sessions | None,
    ) -> None:
        self._ledger, self._hosts, self._clock = ledger, hosts, clock
        self._billing, self._sessions = billing, sessions
        #: The jobs that are at a provider, or on their way there, by id.
        self.jobs: dict[str, RemoteJob] = {}

    def ask(self, job: RemoteJob, verb: str, then: Callable[[RemoteJob, Told], None]) -> None:
        """Asks a job's provider something; `then` hears the answer, unless the job has ended by then."""
        record = job.record
        job.asking = True

        def answered(told: Told) -> None:
            job.asking = False
            if self.jobs.get(record.id) is job:
                then(job, told)

        spec = sent(record) if verb in ("submit", "fetch", "quote") else b""
        key = device_of(record.place) if verb == "up" else key_of(record.id)
        limit = self._billing.limit(record) if verb == "submit" else None
        session = (self.session(record) or "") if verb == "submit" else ""
        provider, environment = provider_of(record.place), record.spec.environment
        self._hosts.ask(provider, environment, verb, key, record.remote, spec, answered, limit, session)

    def session(self, record: Record) -> str | None:
        """Returns the provider's id of the session that a job goes into; "" for none, None where it was closed.

        One that has moved to another device goes into none.
        """
        wanted = record.spec.session
        if not wanted or record.place != record.spec.backend:
            return ""
        return (self._sessions is not None and self._sessions.remote_of(wanted)) or None

    def line(self, job: RemoteJob) -> Iterator[RemoteJob]:
        """Yields the other jobs that are watched at a job's device, oldest first."""
        for other in self.jobs.values():
            watched = other is not job and other.record.status in (_S.QUEUED, _S.RUNNING)
            if watched and other.record.place == job.record.place:
                yield other

    def say(self, job: RemoteJob) -> None:
        """Says of a job why it is where it is, and what that costs."""
        if not job.leaving:
            job.record.why = "; ".join(filter(None, (job.reason, self._billing.brief(job.record))))

    def quote(self, job: RemoteJob) -> None:
        """Asks what a job will cost."""
        self.ask(job, "quote", self._quoted)

    def _quoted(self, job: RemoteJob, told: Told) -> None:
        """A job's price is known, or, of one that has gone already, will not be."""
        record, here = job.record, job.record.status in (_S.READY, _S.HELD)
        never = (not here and told.trouble == "refused") or (record.remote and told.trouble == "lost")
        if told.quote is not None or never:
            self._billing.quoted(record, told.quote)
            self.say(job)
            job.due = self._clock()
        elif told.trouble == "refused":
            self.fail(job, told.reason)
        else:
            if here:
                self.hold(job, why_held(told))
            job.later(self._clock(), told)

    def hold(self, job: RemoteJob, reason: str) -> None:
        """Holds a job back; one that is held stays so, without a further event."""
        self._billing.release(job.record)
        job.record.why = reason
        if job.record.status is not _S.HELD:
            self._ledger.change(job.record, _S.HELD, "job.held", reason=reason)

    def fail(self, job: RemoteJob, reason: str) -> None:
        """Ends a job for what its provider says of it."""
        job.record.error = ErrorInfo("JobFailedError", f"job {job.record.id}: {reason}")
        self.end(job, _S.FAILED, "job.failed")

    def end(self, job: RemoteJob, status: JobStatus, kind: str, done: Done | None = None) -> None:
        """Ends a job, and settles what it cost."""
        del self.jobs[job.record.id]
        if not is_adopted(job.record):
            self._billing.close(job.record, status, job.last)
        self._ledger.end(job.record, status, kind, done)
