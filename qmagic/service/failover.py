"""When a job moves on to another device: only when its device is down, and its cancel there is confirmed.

A job that waits in a queue, and has ``--failover``, asks now and then how its device stands. One that is down is left:
a cancel is sent, and sent again until a look says that the job is cancelled (or that it ran after all). Before that
nothing is submitted elsewhere: the job waits, and its `why` says for what. That sentence is on disk with the job, so
that the next service knows it too.
"""

from __future__ import annotations

from collections.abc import Callable

from qmagic.clouds import provider_of
from qmagic.engines.host_messages import Told
from qmagic.jobs import JobStatus
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.remote_job import MOVED, RemoteJob, is_on_stub

__all__ = ["LOOK_SECONDS", "Failover"]

#: Seconds between two questions about a job's device.
LOOK_SECONDS = 30.0
_STUB_LOOK_SECONDS = 0.5
_LEAVING = "leaves "


class Failover:
    """Decides when jobs move on.

    Args:
        ledger: Keeps the jobs.
        clock: Monotonic seconds.
    """

    def __init__(self, ledger: Ledger, clock: Callable[[], float]) -> None:
        self._ledger, self._clock = ledger, clock

    def restore(self, job: RemoteJob) -> None:
        """Takes up what an earlier service had decided."""
        job.leaving = job.record.why.startswith(_LEAVING)

    def asks(self, job: RemoteJob) -> bool:
        """Tells whether it is time to ask how a job's device stands."""
        record = job.record
        if record.status is not JobStatus.QUEUED or job.leaving or not _next(record):
            return False
        return self._clock() - job.checked >= (_STUB_LOOK_SECONDS if is_on_stub(record) else LOOK_SECONDS)

    def heard(self, job: RemoteJob, told: Told) -> None:
        """Takes in how a job's device stands; where it is down, the job begins to leave."""
        record = job.record
        job.checked = float("inf") if told.trouble == "refused" else self._clock()
        if told.trouble or told.status == "online" or record.status is not JobStatus.QUEUED:
            return
        job.leaving, job.stop_sent, record.backend = True, False, record.place
        record.why = (
            f"{_LEAVING}{record.place} ({told.status}); goes on at {_next(record)} when its cancel there is confirmed"
        )
        self._ledger.note(record, "job.leaving", reason=record.why, to=_next(record))

    def move(self, job: RemoteJob) -> None:
        """Puts a job, whose cancel is confirmed, in line for its next device."""
        record = job.record
        left, record.backend = record.place, _next(record)
        record.remote, record.started = "", None
        job.reason = record.why = f"{MOVED}{left}, which went down"
        job.leaving = job.stop_sent = job.swept = False
        job.due = job.checked = self._clock()
        self._ledger.change(record, JobStatus.READY, "job.moved", left=left, to=record.backend)


def _next(record: Record) -> str:
    """Returns the device that comes after a job's; "" where there is none, or the job stays where it is."""
    if not record.spec.failover:
        return ""
    order = [record.spec.backend, *record.spec.others, ""]
    return next(name for name in order[order.index(record.place) + 1 :] if not name or provider_of(name))
