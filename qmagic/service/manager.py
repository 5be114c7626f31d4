"""The manager: decides what happens to jobs.

It has no process, no socket and no file of its own: the `Ledger` keeps the jobs, the `Scheduler` says who is next, the
`Slots` who holds what, an `Engine` runs. It hears from clients and from the engine, all on one thread. Its laws:

* A job exists when its row is committed. Text that no client has checked is first read by a worker; what is refused
  leaves no trace.
* Work may start before the row is committed (a simulation costs nothing), but nobody hears of it before.
* A job's end counts once: what comes from an attempt that is not the current one is dropped.
* An attempt that ended by the service's death, or by a neighbour's cancel or crash, is not blamed on the job; after
  `MAX_DEATHS` worker deaths of its own it fails.
* A simulator that was chosen, and turns out badly while another could take its place, is stopped, and the job goes on
  there: when it is over its time (`plans.patience`) or its memory, or when it crashed twice.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from qmagic.engines.base import Call, Checked, Chosen, Died, Done, Engine, Failed, Progress, Reserve
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment, JobInfo, JobSpec, JobStatus
from qmagic.protocol import Live
from qmagic.service.expected import Expected
from qmagic.service.experience import Learner
from qmagic.service.ledger import Ledger, disk_full
from qmagic.service.loops import Loops
from qmagic.service.record import Record, Waiter, is_small
from qmagic.service.remote import Remote, is_remote
from qmagic.service.scheduler import Scheduler
from qmagic.service.slots import Slots

__all__ = ["BATCH", "CHECK_SECONDS", "MAX_DEATHS", "Manager"]

#: Small jobs that share one worker call, at most.
BATCH = 16
#: Worker deaths after which a job fails.
MAX_DEATHS = 3
#: Seconds that reading a job's input may take.
CHECK_SECONDS = 20.0

#: Loops that have ended which are remembered, since an evaluation of theirs may still be on its way here.
_REMEMBERED = 256

#: A job of these is, or may be, in a worker's hands.
_AT_WORK = frozenset((JobStatus.RUNNING, JobStatus.CANCELLING))

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
        self._learner, self._loops, self._remote = learner, loops, remote
        self._ledger, self._engine, self._slots, self._clock = ledger, engine, slots, clock
        self._scheduler = Scheduler()
        self._expected = Expected()
        self._checks: dict[Environment, deque[Record]] = {}
        self._failed_starts: dict[Environment, int] = {}
        self._over: deque[str] = deque(maxlen=_REMEMBERED)
        if loops is not None:
            loops.orphan = self._cancel_children
        for record, running in ledger.unfinished():
            self._restore(record, running)
        for loop in list(self._over):
            self._cancel_children(loop)

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
        if record is None and self._ledger.trouble:
            accept(disk_full(self._ledger.trouble))
            return
        if record is None and spec.parent in self._over and spec.kind != "loop":
            accept(ErrorInfo("InputError", f"loop {spec.parent} has ended and takes no more evaluations"))
            return
        if record is None:
            record = Record(spec, data, small=is_small(spec, len(data)), created=time.time())
            if not record.small:
                record.expected = self._expected.of(spec)
            self._ledger.add(record)
            if spec.checked or checked:
                self._ledger.admit(record, self._drop)
                self._line(record).add(record)
            else:
                self._await_check(record)
        record.accept.append(accept)
        if waiter is not None:
            record.waiters[waiter] = waiter
        self._ledger.answer(record)

    def check(self, data: bytes, answer: Callable[[ErrorInfo | None], None]) -> None:
        """Has a worker read a job's input, and makes no job; `answer` hears that it is sound (None), or why not."""
        spec = _SPEC(data)
        record = Record(msgspec.structs.replace(spec, id=f"check of {spec.id}"), data, trial=True, accept=[answer])
        self._ledger.add(record)
        self._await_check(record)

    def plan(self, data: bytes, answer: Callable[[bytes | None, ErrorInfo | None], None]) -> None:
        """Has a worker say what a job would do, encoded, or why its input cannot be read; no job is made."""
        spec = _SPEC(data)
        record = Record(
            spec,
            data,
            created=time.time(),
            plan=lambda plan: answer(plan, None),
            accept=[lambda error: answer(None, error)],
        )
        self._ledger.add(record)
        self._await_check(record)

    def cancel(self, job: str) -> JobStatus | None:
        """Stops a job and returns where it stands now; None when it is not among the living."""
        record = self._ledger.live.get(job)
        if record is None:
            return None
        if record.status is JobStatus.CREATED:
            self._forget(
                record, ErrorInfo("JobCancelledError", f"job {job} was cancelled while its input was being read")
            )
            return JobStatus.CANCELLED
        if self._remote is not None and is_remote(record):
            self._remote.cancel(record)
        elif record.status in (JobStatus.READY, JobStatus.HELD):
            self._line(record).remove(job)
            self._ledger.end(record, JobStatus.CANCELLED, "job.cancelled")
            self._cancel_children(job)
        elif record.status is JobStatus.RUNNING:
            self._ledger.change(record, JobStatus.CANCELLING, "job.cancelling")
            if not (self._loops and self._loops.kill(job)):
                self._engine.kill(job)
        return record.status

    def _cancel_children(self, job: str) -> None:
        """Stops the evaluations at clouds of a loop that has ended."""
        self._over.append(job)
        for child in [one for one in self._ledger.live.values() if one.spec.parent == job]:
            if child.spec.kind != "loop":  # a landscape is a loop of its own
                self.cancel(child.id)

    def retry(self, job: str) -> bool:
        """Has a job that waits for its provider, or for its user's decision, go there now; False where it does not."""
        record = self._ledger.live.get(job)
        return record is not None and self._remote is not None and self._remote.resubmit(record)

    def wait(self, job: str, who: object, waiter: Waiter) -> bool:
        """Lets `waiter` hear of a job's end, in place of an earlier one of `who`; False when the job is not living."""
        record = self._ledger.live.get(job)
        if record is None:
            return False
        record.waiters[who] = waiter
        return True

    def knows(self, job: str) -> bool:
        """Tells whether a job is among the living."""
        return job in self._ledger.live

    def positions(self) -> dict[str, int]:
        """Returns each waiting job's place in line."""
        return self._scheduler.positions()

    def live(self, most: int) -> list[Live]:
        """Returns what changes without an event: of the jobs that run, and of the first in line; at most so many."""
        running = [record for record in self._ledger.live.values() if record.status in _AT_WORK and record.admitted]
        told = [self._live(record) for record in running[:most]]
        for job, position in self._scheduler.positions().items():
            if len(told) >= most:
                break
            told.append(Live(job, position, None, self._ledger.live[job].expected))
        return told

    def live_of(self, job: str) -> Live | None:
        """Returns the same of one job that runs; None where it does not."""
        record = self._ledger.live.get(job)
        return self._live(record) if record is not None and record.status in _AT_WORK else None

    def _live(self, r: Record) -> Live:
        passed = max(0.0, self._clock() - r.began)
        return Live(r.id, None, passed, r.expected, self._progress(r), r.backend, r.why, r.counts)

    def learn(self, ended: list[tuple[bytes, JobInfo]]) -> None:
        """Takes in how long earlier jobs ran, from their specs and what was said of them."""
        for data, info in ended:
            spec = _SPEC(data)
            if info.started is not None and info.ended is not None and not is_small(spec, len(data)):
                self._expected.learn(spec, max(0.0, info.ended - info.started))

    def seen(self, info: JobInfo, position: int | None) -> JobInfo:
        """Returns a job's description with what is not stored: its place in line, its backend, and why that one."""
        record = self._ledger.live.get(info.id)
        if record is None or not record.why:
            return info if position is None else msgspec.structs.replace(info, position=position)
        return msgspec.structs.replace(info, position=position, backend=record.backend, why=record.why)

    def counts(self) -> dict[str, int]:
        """Returns how many living jobs have each status."""
        result: dict[str, int] = {}
        for record in self._ledger.live.values():
            if record.admitted:
                result[record.status] = result.get(record.status, 0) + 1
        return result

    # -- the loop -----------------------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Hands out what can start now. Called after every batch of news."""
        if self._remote is not None:
            self._remote.tick()
        for job, threads in self._slots.grants():
            self._engine.grant(job, threads)
        if self._loops is not None:
            self._loops.dispatch()
        for environment, line in list(self._checks.items()):
            while line and self._engine.ready(environment):
                self._check(line.popleft())
            if not line:
                self._checks.pop(environment, None)
        while len(self._scheduler) and self._slots.free():
            first = self._scheduler.next(lambda record: self._engine.ready(record.spec.environment))
            if first is None:
                return
            self._start([first, *self._company(first)])

    def tick(self) -> None:
        """Stops what is over its time."""
        now = self._clock()
        for record in [r for r in self._ledger.live.values() if r.late is not None and r.late <= now]:
            record.late = None
            choice, taken = record.choice, now - record.since
            if choice is not None and self.turn(
                record.id, f"took more than {taken:.3g} s, and {choice.seconds:.2g} s were estimated"
            ):
                self._learn({choice.blame[-1]: (choice.model, taken)}, ended=False)
        late = [r for r in self._ledger.live.values() if r.deadline is not None and r.deadline <= now]
        for record in late:
            record.deadline = None
            if record.status is JobStatus.CREATED:
                message = f"the input could not be read within {CHECK_SECONDS:.0f} s; nothing was submitted"
                self._forget(record, ErrorInfo("InputError", message))
            else:
                limit = f"{record.spec.timeout:g} s"
                self.stop(record.id, f"ran longer than its time-out of {limit}; raise it with --timeout")

    def stop(self, job: str, reason: str) -> None:
        """Ends a running job that is over a limit: it fails with this reason, without another attempt."""
        record = self._ledger.live.get(job)
        if record is not None and record.status is JobStatus.RUNNING:
            record.reason = reason
            self._engine.kill(job)

    def turn(self, job: str, reason: str) -> bool:
        """Stops a running job that does badly where it is, to go on elsewhere; False where there is nothing else."""
        record = self._ledger.live.get(job)
        if record is None or record.status is not JobStatus.RUNNING or record.choice is None or record.turned:
            return False
        if not record.choice.patience:
            return False
        record.turned = reason
        self._engine.kill(job)
        return True

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
            return
        if message.error is not None or record.trial:
            self._slots.release(record)
            self._ledger.refuse(record, message.error)
            return
        if record.id in self._slots:
            self._admit_running(record)
        else:
            self._ledger.admit(record, self._drop)
            self._line(record).add(record)

    def on_chosen(self, message: Chosen) -> None:
        """A job's backend was chosen; others may be able to take its place."""
        record = self._ledger.live.get(message.job)
        if record is None or record.attempt != message.attempt:
            return
        record.backend, record.why = message.backend, message.why
        if record.status is JobStatus.CREATED and record.id in self._slots:
            self._admit_running(record)  # it was thought too quick to be announced, and is not
        if record.status is JobStatus.RUNNING:
            if message.reason:
                self._ledger.note(record, "job.rerouted", reason=message.reason, to=message.backend)
            record.choice, record.since = message, self._clock()
            record.late = record.since + message.patience if message.patience else None

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
        record = self._current(message.job, message.attempt)
        if record is not None:
            record.backend, record.headline, record.why = message.backend, message.headline, message.why
            self._learn(message.spent)
            if not record.small:
                self._expected.learn(record.spec, max(0.0, self._clock() - record.began))
            self._ledger.end(record, JobStatus.DONE, "job.done", message)

    def on_failed(self, message: Failed) -> None:
        """A job has an error."""
        record = self._current(message.job, message.attempt)
        if record is not None:
            record.error = message.error
            self._ledger.end(record, JobStatus.FAILED, "job.failed")

    def on_died(self, message: Died) -> None:
        """A worker is gone, with jobs in hand or before it could take any."""
        if not message.started:
            self._start_failed(message)
        for index, call in enumerate(message.calls):
            record = self._ledger.live.get(call.job)
            if record is not None and record.attempt == call.attempt:
                self._slots.release(record)
                self._after_death(record, message, blamed=index == 0 and not message.killed)

    def on_free(self) -> None:
        """A worker is free; `dispatch` follows."""

    # -- inside -------------------------------------------------------------------------------------------------------

    def _restore(self, record: Record, running: bool) -> None:
        """Takes up a job that an earlier service left: what ran then runs again, unblamed."""
        record.small = is_small(record.spec, len(record.data))
        if self._remote is not None and is_remote(record):
            self._remote.add(record)
            return
        if record.status is JobStatus.CANCELLING:
            self._ledger.end(record, JobStatus.CANCELLED, "job.cancelled")
            self._over.append(record.id)
            return
        if self._loops is not None and record.spec.kind == "loop":
            self._loops.restore(record, running)
        elif running:
            self._return(record, "the service ended")
        else:
            self._scheduler.add(record)

    def _line(self, record: Record) -> Scheduler | Loops | Remote:
        """Returns where a job waits: for a slot, a process of its own, or its provider."""
        if self._loops is not None and record.spec.kind == "loop":
            return self._loops
        if self._remote is not None and is_remote(record):
            return self._remote
        return self._scheduler

    def _progress(self, record: Record) -> float | None:
        if self._loops is not None and record.spec.kind == "loop":
            return self._loops.progress(record.id)
        return record.progress

    def _company(self, first: Record) -> list[Record]:
        """Takes out small jobs that may share the worker call of `first`."""
        if not first.small or first.alone:
            return []
        environment = first.spec.environment

        def fits(record: Record) -> bool:
            return record.small and not record.alone and record.spec.environment == environment

        # the other slots get their share of what waits
        share = min(BATCH - 1, len(self._scheduler) // self._slots.number)
        company: list[Record] = []
        while len(company) < share and (record := self._scheduler.next(fits)) is not None:
            company.append(record)
        return company

    def _await_check(self, record: Record) -> None:
        """Puts a job in line to have its input read."""
        self._checks.setdefault(record.spec.environment, deque()).append(record)

    def _check(self, record: Record) -> None:
        """Has a worker read a job's input, and go on to run it where nobody is before it."""
        record.deadline = self._clock() + CHECK_SECONDS
        if (
            record.plan is None
            and not record.trial
            and not is_remote(record)
            and self._slots.free()
            and not len(self._scheduler)
        ):
            self._start([record], check=True)
        else:
            planned = record.plan is not None
            call = Call(record.id, record.attempt, record.data, check=True, only_check=True, plan=planned)
            self._engine.run(record.spec.environment, [call])

    def _start(self, records: list[Record], *, check: bool = False) -> None:
        self._slots.take(records)
        for record in records:
            record.attempt += 1
            record.started, record.began = time.time(), self._clock()
            record.progress = record.counts = None
            if not check:
                self._mark_started(record)
        calls = [
            Call(
                record.id,
                record.attempt,
                record.data,
                check,
                quiet=record.small and not record.deaths,
                avoid=record.avoid,
                notes=record.notes,
            )
            for record in records
        ]
        self._failed_starts.pop(records[0].spec.environment, None)
        self._engine.run(records[0].spec.environment, calls)

    def _admit_running(self, record: Record) -> None:
        """Admits a job that runs already, since its input has turned out to be sound."""
        record.deadline = None
        self._ledger.admit(record, self._drop)
        self._mark_started(record)

    def _learn(self, spent: Mapping[str, tuple[float, float]], *, ended: bool = True) -> None:
        if self._learner is not None and spent:
            self._learner.learn(spent, ended=ended)

    def _mark_started(self, record: Record) -> None:
        if record.spec.timeout is not None:
            record.deadline = self._clock() + record.spec.timeout
        self._ledger.change(record, JobStatus.RUNNING, "job.started", attempt=record.attempt)

    def _current(self, job: str, attempt: int) -> Record | None:
        """Returns the record if this attempt is the one that counts, and takes it off its slot."""
        record = self._ledger.live.get(job)
        if record is None or record.attempt != attempt:
            return None
        if record.status is JobStatus.CREATED and job in self._slots:
            self._admit_running(record)  # it was too quick to be announced
        if record.status not in (JobStatus.RUNNING, JobStatus.CANCELLING):
            return None
        self._slots.release(record)
        return record

    def _after_death(self, record: Record, message: Died, *, blamed: bool) -> None:
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
            self._reroute(record, choice, turned)
            return
        if record.status is JobStatus.CREATED:
            if record.deaths < MAX_DEATHS:
                self._await_check(record)
            else:
                what = f"reading the input crashed ({message.reason}); nothing was submitted"
                self._ledger.refuse(record, ErrorInfo("InputError", what))
        elif record.deaths < MAX_DEATHS:
            self._return(record, message.reason)
        else:
            what = f"its worker died {record.deaths} times, the last time {message.reason}"
            record.error = ErrorInfo("JobFailedError", f"job {record.id}: {what}")
            self._ledger.end(record, JobStatus.FAILED, "job.failed")

    def _reroute(self, record: Record, choice: Chosen, reason: str) -> None:
        """Puts a job whose choice turned out badly back in line, to run elsewhere."""
        record.avoid = tuple(dict.fromkeys((*record.avoid, *choice.blame)))
        record.notes = (*record.notes, f"{choice.blame[-1]} was left: it {reason}")
        self._return(record, f"{choice.blame[-1]} {reason}", kind="job.rerouted")

    def _return(self, record: Record, reason: str, kind: str = "job.returned") -> None:
        """Puts a job whose worker is gone back in line."""
        record.started = None
        self._ledger.change(record, JobStatus.READY, kind, reason=reason, deaths=record.deaths)
        self._scheduler.add(record)

    def _start_failed(self, message: Died) -> None:
        """A worker could not even start; after `MAX_DEATHS` of these, its environment's jobs end."""
        failures = self._failed_starts.get(message.environment, 0) + 1
        self._failed_starts[message.environment] = failures
        if failures < MAX_DEATHS and not message.gone:
            return
        del self._failed_starts[message.environment]
        for record in [r for r in self._ledger.live.values() if r.spec.environment == message.environment]:
            if record.status is JobStatus.CREATED:
                self._forget(record, ErrorInfo("ServiceError", f"the input cannot be read: {message.reason}"))
            elif record.status is JobStatus.READY:
                self._scheduler.remove(record.id)
                record.error = ErrorInfo("JobFailedError", f"job {record.id} cannot run: {message.reason}")
                self._ledger.end(record, JobStatus.FAILED, "job.failed")

    def _forget(self, record: Record, error: ErrorInfo) -> None:
        """Refuses a job whose input is being read, or waits for that."""
        line = self._checks.get(record.spec.environment, deque())
        if record in line:
            line.remove(record)
        else:
            self._engine.drop(record.id)
        self._slots.release(record)
        self._ledger.refuse(record, error)

    def _drop(self, record: Record) -> None:
        """Takes back a job whose row could not be written."""
        self._line(record).remove(record.id)
        if self._loops is not None:
            self._loops.kill(record.id)
        if record.id in self._slots:
            self._engine.drop(record.id)
            self._slots.release(record)
