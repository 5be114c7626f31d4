"""Jobs at providers: what is due, and who does it.

`Submitting` brings a job there, once; `Watching` follows it to its end; `Failover` moves it on; `Asking` has what all
of them need. A job acts when it is `due`, and never while a question about it is open.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from qmagic.engines.hosts import Hosts
from qmagic.jobs import JobStatus
from qmagic.service.asking import Asking
from qmagic.service.billing import Billing
from qmagic.service.failover import Failover
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.remote_job import FIRST_LOOK, RemoteJob, is_adopted, is_remote, key_of
from qmagic.service.sessions import Sessions
from qmagic.service.submitting import Submitting
from qmagic.service.watching import Watching

__all__ = ["Remote", "is_remote", "key_of"]

_S = JobStatus


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
        self._ledger, self._clock, self._billing, self._sessions = ledger, clock, billing, sessions
        self._asking = Asking(ledger, hosts, clock, billing, sessions)
        self._failover = Failover(ledger, clock)
        self._submitting = Submitting(self._asking, ledger, hosts, clock, billing)
        self._watching = Watching(self._asking, self._submitting, self._failover, ledger, clock, billing)

    @property
    def busy(self) -> bool:
        """Whether a session is not over."""
        return self._sessions is not None and self._sessions.busy

    def add(self, record: Record) -> None:
        """Takes up a job that is READY, or one that an earlier service left."""
        record.backend = record.place
        job = self._asking.jobs[record.id] = RemoteJob(record, due=self._clock())
        self._failover.restore(job)
        leaving = record.status is _S.CANCELLING and not record.remote
        if leaving or record.status in (_S.SUBMITTING, _S.IN_DOUBT):
            self._submitting.doubt(job, "the service ended while it was being submitted")

    def remove(self, job: str) -> None:
        """Forgets a job that was not written down."""
        self._asking.jobs.pop(job, None)

    def cancel(self, record: Record) -> None:
        """Asks for a job to be stopped."""
        job = self._asking.jobs[record.id]
        waits = record.status in (_S.READY, _S.HELD)
        if waits and not is_adopted(record) and not job.doubted:
            self._asking.end(job, _S.CANCELLED, "job.cancelled")
        elif record.status is not _S.CANCELLING:
            if waits and not is_adopted(record):
                job.doubt_since = self._clock()  # what was sent before may still arrive
            self._ledger.change(record, _S.CANCELLING, "job.cancelling")
            job.due, job.look = self._clock(), FIRST_LOOK

    def resubmit(self, record: Record) -> bool:
        """Has a job tried again at once: one that is HELD, or IN_DOUBT though it may then run twice."""
        job = self._asking.jobs.get(record.id)
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
        for job in [job for job in self._asking.jobs.values() if not job.asking and (job.due <= now or job.due == due)]:
            self._act(job)

    def _act(self, job: RemoteJob) -> None:
        record = job.record
        if is_adopted(record):
            record.remote = record.remote or record.spec.source.data.decode()
        if record.status is _S.READY and record.remote:
            self._submitting.accepted(job, record.remote, "job.adopted")
        elif record.status in (_S.READY, _S.HELD):
            self._submitting.begin(job)
        elif record.remote:
            self._watching.go_on(job)
        else:
            self._submitting.find(job)
