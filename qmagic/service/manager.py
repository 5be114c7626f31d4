"""The manager: decides what happens to jobs.

It has no process, no socket and no file of its own: the `Ledger` keeps the jobs, the `Scheduler` says who is next, the
`Slots` who holds what, an `Engine` runs. `Checks` has what is read before there is a job, `Attempts` what runs,
`Deaths` and `Rerouting` what went wrong, `Living` what is said of it. All happens on one thread. Its laws:

* A job exists when its row is committed. Text that no client has checked is first read by a worker; what is refused
  leaves no trace.
* Work may start before the row is committed (a simulation costs nothing), but nobody hears of it before.
* A job's end counts once: what comes from an attempt that is not the current one is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from qmagic.engines.base import Checked, Chosen, Died, Done, Engine, Failed, Progress, Reserve
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobSpec, JobStatus
from qmagic.service.attempts import Attempts
from qmagic.service.checks import Checks
from qmagic.service.deaths import Deaths
from qmagic.service.expected import Expected
from qmagic.service.experience import Learner
from qmagic.service.ledger import Ledger, disk_full
from qmagic.service.living import Living
from qmagic.service.loops import Loops
from qmagic.service.record import Record, Waiter, is_small
from qmagic.service.remote import Remote, is_remote
from qmagic.service.rerouting import Rerouting
from qmagic.service.scheduler import Scheduler
from qmagic.service.slots import Slots

__all__ = ["Manager"]

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode


class Manager:
    """Jobs, from submit to end. It is the engine's `Listener`.

    Args:
        ledger: Keeps the jobs.
        engine: Runs them.
        slots: How many run at once, and with how much memory.
        clock: Monotonic seconds.
        learner: Hears what runs took.
        loops: Decides about hybrid loops, which take no slot.
        remote: Has the jobs that run at providers.
    """

    def __init__(
        self,
        ledger: Ledger,
        engine: Engine,
        slots: Slots,
        clock: Callable[[], float] = time.monotonic,
        learner: Learner | None = None,
        loops: Loops | None = None,
        remote: Remote | None = None,
    ) -> None:
        self._ledger, self._engine, self._slots, self._clock = ledger, engine, slots, clock
        self._loops, self._remote = loops, remote
        self._scheduler = Scheduler()
        #: How long jobs will run for.
        self.expected = Expected()
        #: What is read before there is a job.
        self.checks = Checks(ledger, engine, slots, clock)
        #: How jobs stand.
        self.living = Living(ledger, self._scheduler, loops, clock)
        #: What simulators were chosen for them.
        self.rerouting = Rerouting(ledger, engine, clock, learner)
        self._deaths = Deaths(ledger, slots, self._scheduler, self.checks, self.rerouting)
        self._attempts = Attempts(ledger, engine, slots, self._scheduler, self._deaths, self._drop, clock)
        for record, running in ledger.unfinished():
            self._restore(record, running)
        if loops is not None:
            loops.children.cancel_by(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether any job has not ended on disk, or any session at a provider is not over."""
        return bool(self._ledger.live) or (self._remote is not None and self._remote.busy)

    # -- what clients ask ---------------------------------------------------------------------------------------------

    def submit(
        self,
        data: bytes,
        accept: Callable[[ErrorInfo | None], None],
        *,
        waiter: Waiter | None = None,
        checked: bool = False,
    ) -> None:
        """Makes a job; `accept` hears when it is on disk (None) or why it was refused.

        A job that is already known is accepted again, and made once. With `checked` its input was read already.
        """
        spec = _SPEC(data)
        record = self._ledger.live.get(spec.id)
        if record is None and (refused := self._refusal(spec)) is not None:
            accept(refused)
            return
        if record is None:
            record = Record(spec, data, small=is_small(spec, len(data)), created=time.time())
            if not record.small:
                record.expected = self.expected.of(spec)
            self._ledger.add(record)
            if spec.checked or checked:
                self._admit(record)
            else:
                self.checks.add(record)
        record.accept.append(accept)
        if waiter is not None:
            record.waiters[waiter] = waiter
        self._ledger.answer(record)

    def cancel(self, job: str) -> JobStatus | None:
        """Stops a job and returns where it stands now; None when it is not among the living."""
        record = self._ledger.live.get(job)
        if record is None:
            return None
        if record.status is JobStatus.CREATED:
            what = f"job {job} was cancelled while its input was being read"
            self.checks.forget(record, ErrorInfo("JobCancelledError", what))
            return JobStatus.CANCELLED
        if self._remote is not None and is_remote(record):
            self._remote.cancel(record)
        elif record.status in (JobStatus.READY, JobStatus.HELD):
            self._line(record).remove(job)
            self._ledger.end(record, JobStatus.CANCELLED, "job.cancelled")
        elif record.status is JobStatus.RUNNING:
            self._ledger.change(record, JobStatus.CANCELLING, "job.cancelling")
            if not (self._loops and self._loops.kill(job)):
                self._engine.kill(job)
        return record.status

    def retry(self, job: str) -> bool:
        """Has a job that waits for its provider, or for its user's decision, go there now; False where it does not."""
        record = self._ledger.live.get(job)
        return record is not None and self._remote is not None and self._remote.resubmit(record)

    def wait(self, job: str, who: object, waiter: Waiter) -> bool:
        """Lets `waiter` hear of a job's end, in place of an earlier one of `who`; False when the job is not living."""
        record = self._ledger.live.get(job)
        if record is not None:
            record.waiters[who] = waiter
        return record is not None

    def knows(self, job: str) -> bool:
        """Tells whether a job is among the living."""
        return job in self._ledger.live

    def dispatch(self) -> None:
        """Hands out what can start now. Called after every batch of news."""
        if self._remote is not None:
            self._remote.tick()
        for job, threads in self._slots.grants():
            self._engine.grant(job, threads)
        if self._loops is not None:
            self._loops.dispatch()
        self.checks.dispatch(self._goes_on)
        self._attempts.dispatch()

    def tick(self) -> None:
        """Stops what is over its time."""
        now = self._clock()
        self.rerouting.tick(now)
        for record in [r for r in self._ledger.live.values() if r.deadline is not None and r.deadline <= now]:
            record.deadline = None
            if record.status is JobStatus.CREATED:
                self.checks.expire(record)
            else:
                limit = f"its time-out of {record.spec.timeout:g} s"
                self.stop(record.id, f"ran longer than {limit}; raise it with --timeout")

    def stop(self, job: str, reason: str) -> None:
        """Ends a running job that is over a limit: it fails with this reason, without another attempt."""
        record = self._ledger.live.get(job)
        if record is not None and record.status is JobStatus.RUNNING:
            record.reason = reason
            self._engine.kill(job)

    # -- what the engine reports --------------------------------------------------------------------------------------

    def on_checked(self, message: Checked) -> None:
        """A worker has read a job's input."""
        record = self._ledger.live.get(message.job)
        if record is None or record.status is not JobStatus.CREATED:
            return
        record.deadline = None
        if record.plan is not None and message.error is None:
            del self._ledger.live[record.id]
            record.plan(message.plan)
        elif message.error is not None or record.trial:
            self._slots.release(record)
            self._ledger.refuse(record, message.error)
        elif record.id in self._slots:
            self._attempts.admit(record)
        else:
            self._admit(record)

    def on_chosen(self, message: Chosen) -> None:
        """A job's backend was chosen; others may be able to take its place."""
        record = self._ledger.live.get(message.job)
        if record is None or record.attempt != message.attempt:
            return
        record.backend, record.why = message.backend, message.why
        if record.status is JobStatus.CREATED and record.id in self._slots:
            self._attempts.admit(record)  # it was thought too quick to be announced, and is not
        if record.status is JobStatus.RUNNING:
            self.rerouting.chosen(record, message)

    def on_progress(self, message: Progress) -> None:
        """A job is so far."""
        record = self._ledger.live.get(message.job)
        if record is not None and record.attempt == message.attempt:
            record.progress, record.counts = message.done, message.counts

    def on_reserve(self, message: Reserve) -> None:
        """A job asks for memory and threads."""
        self._slots.ask(message)

    def on_done(self, message: Done) -> None:
        """A job has an outcome."""
        record = self._attempts.ended(message.job, message.attempt)
        if record is not None:
            record.backend, record.headline, record.why = message.backend, message.headline, message.why
            self.rerouting.learn(message.spent)
            if not record.small:
                self.expected.learn(record.spec, max(0.0, self._clock() - record.began))
            self._ledger.end(record, JobStatus.DONE, "job.done", message)

    def on_failed(self, message: Failed) -> None:
        """A job has an error."""
        record = self._attempts.ended(message.job, message.attempt)
        if record is not None:
            record.error = message.error
            self._ledger.end(record, JobStatus.FAILED, "job.failed")

    def on_died(self, message: Died) -> None:
        """A worker is gone, with jobs in hand or before it could take any."""
        self._deaths.died(message)

    def on_free(self) -> None:
        """A worker is free; `dispatch` follows."""

    # -- inside -------------------------------------------------------------------------------------------------------

    def _restore(self, record: Record, running: bool) -> None:
        """Takes up a job that an earlier service left: what ran then runs again, unblamed."""
        record.small = is_small(record.spec, len(record.data))
        if self._remote is not None and is_remote(record):
            self._remote.add(record)
        elif self._loops is not None and record.spec.kind == "loop":
            self._loops.restore(record, running)
        elif record.status is JobStatus.CANCELLING:
            self._ledger.end(record, JobStatus.CANCELLED, "job.cancelled")
        elif running:
            self._deaths.put_back(record, "the service ended")
        else:
            self._scheduler.add(record)

    def _refusal(self, spec: JobSpec) -> ErrorInfo | None:
        """Returns why no job is made now."""
        if self._ledger.trouble:
            return disk_full(self._ledger.trouble)
        return None if self._loops is None else self._loops.children.refusal(spec)

    def _line(self, record: Record) -> Scheduler | Loops | Remote:
        """Returns where a job waits: for a slot, a process of its own, or its provider."""
        if self._loops is not None and record.spec.kind == "loop":
            return self._loops
        if self._remote is not None and is_remote(record):
            return self._remote
        return self._scheduler

    def _goes_on(self, record: Record) -> bool:
        """Has a job's input read by a worker that goes on to run it, where nobody is before it; tells whether."""
        if is_remote(record) or not self._slots.free() or len(self._scheduler):
            return False
        self._attempts.start([record], check=True)
        return True

    def _admit(self, record: Record) -> None:
        """Makes a job of what was read, and puts it in line."""
        self._ledger.admit(record, self._drop)
        self._line(record).add(record)

    def _drop(self, record: Record) -> None:
        """Takes back a job whose row could not be written."""
        self._line(record).remove(record.id)
        if self._loops is not None:
            self._loops.kill(record.id)
        if record.id in self._slots:
            self._engine.drop(record.id)
            self._slots.release(record)
