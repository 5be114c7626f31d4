"""Jobs that are at their provider: looked at, fetched, cancelled there.

* What goes wrong while asking (401, 404, 500, cut connections) changes no status; only a provider that says for
  a minute that it has no such job makes it LOST.
* A cancel is a request: the job is CANCELLED when the provider says so, and DONE where it was too late.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from qmagic.engines.base import Done
from qmagic.engines.host_messages import Told
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.service.asking import Asking
from qmagic.service.billing import Billing
from qmagic.service.failover import Failover
from qmagic.service.ledger import Ledger
from qmagic.service.remote_job import FIRST_LOOK, OVER, RemoteJob, is_adopted
from qmagic.service.submitting import Submitting

__all__ = ["Watching"]

#: How many of a device's next jobs are looked at when one has ended.
_NEXT = 2

_S = JobStatus


class Watching:
    """Follows jobs to their end.

    Args:
        asking: Asks the providers.
        submitting: Looks for a second job, when one that was submitted again is over.
        failover: Says when a job's device is asked about, and moves it.
        ledger: Keeps the jobs.
        clock: Monotonic seconds.
        billing: Counts what they cost.
    """

    def __init__(
        self,
        asking: Asking,
        submitting: Submitting,
        failover: Failover,
        ledger: Ledger,
        clock: Callable[[], float],
        billing: Billing,
    ) -> None:
        self._asking, self._submitting, self._failover = asking, submitting, failover
        self._ledger, self._clock, self._billing = ledger, clock, billing

    def go_on(self, job: RemoteJob) -> None:
        """Asks what is to be asked next of a job that is at its provider."""
        if job.record.status is _S.FETCHING:
            self._asking.ask(job, "fetch", self._fetched)
        elif (job.record.status is _S.CANCELLING or job.leaving) and not job.stop_sent:
            self._asking.ask(job, "cancel", self._stopped)
        elif self._failover.asks(job):
            self._asking.ask(job, "up", self._failover.heard)
        else:
            self._asking.ask(job, "look", self._looked)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _looked(self, job: RemoteJob, told: Told) -> None:
        record, now = job.record, self._clock()
        if told.trouble:
            self._missed(job, told)
            return
        gone_since, cancelling = job.gone_since, record.status is _S.CANCELLING
        job.seen(now, told)
        if job.leaving and told.status == "queued":
            job.stop_sent = False  # it was not heard
        over = told.status in OVER
        if over:
            for other in itertools.islice(self._asking.line(job), _NEXT):
                other.due, other.look = now, FIRST_LOOK
        if over and record.attempt > 1 and not job.swept:
            self._submitting.sweep(job)
        elif over and self._billing.lacks(record) and not is_adopted(record):
            self._asking.quote(job)
        elif told.status == "done" and cancelling:
            job.gone_since = gone_since  # its result may be
            self._asking.ask(job, "fetch", self._fetched)
        elif told.status == "done":
            self._ledger.change(record, _S.FETCHING, "job.fetching", **job.listed)
            job.due = now
        elif told.status == "failed":
            self._asking.fail(job, told.reason)
        elif told.status == "cancelled" and job.leaving and not cancelling:
            self._billing.moved(record)
            self._failover.move(job)
        elif told.status == "cancelled":
            self._asking.end(job, _S.CANCELLED, "job.cancelled")
        elif told.status == "running" and record.status is _S.QUEUED:
            record.started, record.began = time.time(), now
            self._ledger.change(record, _S.RUNNING, "job.started", attempt=record.attempt)
            job.look = FIRST_LOOK

    def _fetched(self, job: RemoteJob, told: Told) -> None:
        record = job.record
        if told.trouble == "refused" and is_adopted(record):  # its result is of a kind that no adapter reads
            self._asking.fail(job, told.reason)
            return
        if told.trouble:
            self._missed(job, told)
            return
        record.headline = told.headline
        done = Done(record.id, record.attempt, record.backend, told.headline, outcome=told.outcome)
        if record.started is None:
            record.started = record.created
        self._asking.end(job, _S.DONE, "job.done", done)

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
            self._asking.end(job, _S.LOST, "job.lost")
        else:
            job.later(self._clock(), told)
