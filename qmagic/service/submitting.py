"""How a job gets to its provider, once: submitted, found again by its key when a reply was lost.

* The key is on disk before the submit leaves: a job's key is a function of its id, and SUBMITTING is committed first.
* A reply that was lost makes a job IN_DOUBT, and the provider is asked by the key. One hit: it goes on. Several: the
  oldest is kept, the others are cancelled and named in an event. None after the grace time: what costs nothing is
  submitted again, anything else stays IN_DOUBT until its user decides (`resubmit`).
* Where a budget is set nothing is submitted before the most that it can cost is reserved (`billing`).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from qmagic.clouds import provider_of
from qmagic.engines.host_messages import Told
from qmagic.engines.hosts import Hosts, Then
from qmagic.jobs import JobStatus
from qmagic.service.asking import Asking
from qmagic.service.billing import Billing
from qmagic.service.ledger import Ledger
from qmagic.service.remote_job import FIRST_LOOK, FIRST_PAUSE, OVER, RemoteJob, is_adopted, key_of, why_held

__all__ = ["Submitting"]

#: Every so many more in line at a device are looked at later.
_PACK = 8

log = logging.getLogger(__name__)

_S = JobStatus


class Submitting:
    """Brings jobs to their providers.

    Args:
        asking: Asks the providers, and has the jobs.
        ledger: Keeps the jobs.
        hosts: Asks about what is there a second time.
        clock: Monotonic seconds.
        billing: Says what may be submitted.
    """

    def __init__(
        self, asking: Asking, ledger: Ledger, hosts: Hosts, clock: Callable[[], float], billing: Billing
    ) -> None:
        self._asking, self._ledger, self._hosts = asking, ledger, hosts
        self._clock, self._billing = clock, billing

    def begin(self, job: RemoteJob) -> None:
        """Submits a job that is READY or HELD, where its budget has room."""
        record = job.record
        if self._asking.session(record) is None:
            self._asking.fail(job, f"session {record.spec.session} takes no more jobs; it was closed")
            return
        if self._billing.holds_back(record):
            self._asking.quote(job)
            return
        if never := self._billing.forbidden(record):
            self._asking.fail(job, never)
            return
        if refused := self._billing.reserve(record):
            self._asking.hold(job, refused)
            job.due = math.inf  # until there is room
            return
        self._asking.say(job)
        if record.status is _S.HELD:
            self._ledger.change(record, _S.READY, "job.returned", reason="tried again")
        job.asking = True  # nothing leaves before this is on disk
        record.attempt += 1
        self._ledger.change(record, _S.SUBMITTING, "job.submitting", lambda: self._submit(job), key=key_of(record.id))

    def accepted(self, job: RemoteJob, remote: str, kind: str = "job.queued") -> None:
        """Notes the provider's id of a job: it is there."""
        job.record.remote, job.doubt_since = remote, None
        self._asking.say(job)
        job.look = FIRST_LOOK * (1 + sum(1 for _ in self._asking.line(job)) // _PACK)
        job.due = self._clock() + job.look
        if job.record.status is not _S.CANCELLING:
            self._ledger.change(job.record, _S.QUEUED, kind, remote=remote, **job.listed)
        if self._billing.lacks(job.record) and not is_adopted(job.record):
            self._asking.quote(job)

    def doubt(self, job: RemoteJob, reason: str) -> None:
        """Nobody knows whether a job has arrived."""
        now = self._clock()
        job.doubt_since = now if job.doubt_since is None else job.doubt_since
        job.doubted = True
        job.due = now + FIRST_PAUSE
        if job.record.status is _S.SUBMITTING:
            self._ledger.change(job.record, _S.IN_DOUBT, "job.in_doubt", reason=reason)

    def find(self, job: RemoteJob) -> None:
        """Asks by its key where a job is."""
        self._asking.ask(job, "find", self._found)

    def sweep(self, job: RemoteJob) -> None:
        """Looks once more, when a job that was submitted again is over: a first one may have arrived after all."""
        self._asking.ask(job, "find", self._swept)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _submit(self, job: RemoteJob) -> None:
        if self._asking.jobs.get(job.record.id) is job:
            again = job.record.attempt > 1  # then a first one may be there, whatever its reply was
            self._asking.ask(job, "find" if again else "submit", self._sought if again else self._submitted)

    def _sought(self, job: RemoteJob, told: Told) -> None:
        """The provider was asked by the key before a job is submitted again."""
        partial = told.trouble == "partial"  # safe to submit again: what is there stays, the rest follows
        if job.record.status is _S.CANCELLING or (told.remotes and not partial):
            self._found(job, told)
        elif told.trouble and not partial:
            self._hold(job, told)
        else:
            self._asking.ask(job, "submit", self._submitted)

    def _submitted(self, job: RemoteJob, told: Told) -> None:
        if told.remotes and not told.trouble:
            self.accepted(job, told.remotes[0])
        elif told.trouble in ("doubt", "lost"):
            self.doubt(job, told.reason)
        elif job.record.status is _S.CANCELLING:
            self._asking.end(job, _S.CANCELLED, "job.cancelled")
        elif told.trouble == "refused":
            self._asking.fail(job, told.reason)
        else:
            self._hold(job, told)

    def _hold(self, job: RemoteJob, told: Told) -> None:
        self._asking.hold(job, why_held(told))
        job.later(self._clock(), told)

    def _found(self, job: RemoteJob, told: Told) -> None:
        """The provider was asked by the key."""
        record, now = job.record, self._clock()
        if told.trouble == "partial" and record.status is not _S.CANCELLING:
            self._again(job, told.reason)
        elif told.trouble and told.trouble != "partial":
            job.later(now, told)
        elif told.remotes:
            first = told.remotes[0]
            if self._cancel_extra(job, told.remotes[1:]):
                job.due = now + FIRST_PAUSE  # it goes on when there is only one
            else:
                self.accepted(job, first)
        elif job.doubt_since is not None and now - job.doubt_since < job.grace:
            job.due = now + FIRST_PAUSE
        elif record.status is _S.CANCELLING:
            self._asking.end(job, _S.CANCELLED, "job.cancelled")
        elif self._billing.lacks(record):
            self._asking.quote(job)  # whether it costs money
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
                if told.status in OVER:
                    job.settled.add(remote)

            def stopped(told: Told, remote: str = remote, looked: Then = looked) -> None:
                if not told.trouble:  # it was heard; whether it has stopped is another matter
                    self._hosts.ask(provider, environment, "look", key_of(record.id), remote, b"", looked)

            self._hosts.ask(provider, environment, "cancel", key_of(record.id), remote, b"", stopped)
        return left
