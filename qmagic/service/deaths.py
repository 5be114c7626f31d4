"""What a worker's death means for the jobs that it had in hand, or was to have.

* An attempt that ended by the service's death, or by a neighbour's cancel or crash, is not blamed on the job; after
  `MAX_DEATHS` worker deaths of its own it fails.
* Where another simulator could take the place of the one that was chosen, it does so after the last death but one.
* An environment whose workers do not start, so many times in a row, ends the jobs that need it.
"""

from __future__ import annotations

from qmagic.engines.base import Died
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment, JobStatus
from qmagic.service.checks import Checks
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.rerouting import Rerouting
from qmagic.service.scheduler import Scheduler
from qmagic.service.slots import Slots

__all__ = ["MAX_DEATHS", "Deaths"]

#: Worker deaths after which a job fails.
MAX_DEATHS = 3


class Deaths:
    """Decides what becomes of jobs whose worker is gone.

    Args:
        ledger: Keeps the jobs.
        slots: Takes back what they held.
        scheduler: Where they wait for the next attempt.
        checks: Where they wait to be read once more.
        rerouting: Knows what was chosen badly.
    """

    def __init__(
        self, ledger: Ledger, slots: Slots, scheduler: Scheduler, checks: Checks, rerouting: Rerouting
    ) -> None:
        self._ledger, self._slots, self._scheduler = ledger, slots, scheduler
        self._checks, self._rerouting = checks, rerouting
        self._failed_starts: dict[Environment, int] = {}

    def died(self, message: Died) -> None:
        """Takes in that a worker is gone."""
        if not message.started:
            self._start_failed(message)
        for index, call in enumerate(message.calls):
            record = self._ledger.live.get(call.job)
            if record is not None and record.attempt == call.attempt:
                self._slots.release(record)
                self._after(record, message, blamed=index == 0 and not message.killed)

    def started(self, environment: Environment) -> None:
        """Forgets earlier failures: a worker of this environment has taken a job."""
        self._failed_starts.pop(environment, None)

    def put_back(self, record: Record, reason: str, kind: str = "job.returned") -> None:
        """Puts a job whose worker is gone back in line."""
        record.started = None
        self._ledger.change(record, JobStatus.READY, kind, reason=reason, deaths=record.deaths)
        self._scheduler.add(record)

    def _after(self, record: Record, message: Died, *, blamed: bool) -> None:
        record.deadline = None
        choice, turned, record.choice, record.late, record.turned = record.choice, record.turned, None, None, ""
        if record.status is JobStatus.CANCELLING:
            self._ledger.end(record, JobStatus.CANCELLED, "job.cancelled")
            return
        if record.reason:
            record.error = ErrorInfo("JobFailedError", f"job {record.id} {record.reason}")
            self._ledger.end(record, JobStatus.FAILED, "job.failed")
            return
        record.deaths += blamed
        record.alone = record.alone or not message.killed
        if not turned and record.deaths == MAX_DEATHS - 1 and choice is not None and choice.patience:
            turned = f"crashed {record.deaths} times ({message.reason})"  # once may be anybody's fault
        if turned and choice is not None:
            self.put_back(record, self._rerouting.leave(record, choice, turned), "job.rerouted")
        elif record.status is JobStatus.CREATED:
            if record.deaths < MAX_DEATHS:
                self._checks.add(record)
            else:
                what = f"reading the input crashed ({message.reason}); nothing was submitted"
                self._ledger.refuse(record, ErrorInfo("InputError", what))
        elif record.deaths < MAX_DEATHS:
            self.put_back(record, message.reason)
        else:
            what = f"its worker died {record.deaths} times, the last time {message.reason}"
            record.error = ErrorInfo("JobFailedError", f"job {record.id}: {what}")
            self._ledger.end(record, JobStatus.FAILED, "job.failed")

    def _start_failed(self, message: Died) -> None:
        """A worker could not even start; after `MAX_DEATHS` of these, its environment's jobs end."""
        failures = self._failed_starts.get(message.environment, 0) + 1
        self._failed_starts[message.environment] = failures
        if failures < MAX_DEATHS and not message.gone:
            return
        del self._failed_starts[message.environment]
        for record in [r for r in self._ledger.live.values() if r.spec.environment == message.environment]:
            if record.status is JobStatus.CREATED:
                self._checks.forget(record, ErrorInfo("ServiceError", f"the input cannot be read: {message.reason}"))
            elif record.status is JobStatus.READY:
                self._scheduler.remove(record.id)
                record.error = ErrorInfo("JobFailedError", f"job {record.id} cannot run: {message.reason}")
                self._ledger.end(record, JobStatus.FAILED, "job.failed")
