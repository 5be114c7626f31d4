"""Decides about hybrid loops: when one begins, what is kept of it, who hears of it. The manager's part for what takes
no simulation slot.

Laws, besides the manager's own:

* A chunk of a tape is on disk before anything that came after it is told.
* An order is on disk before the loop hears of it, and is obeyed once: the tape says which were.
* A loop whose process died goes on from its tape. Deaths are blamed on it only while its tape does not grow.
* A loop that was paused for long is HELD, without a process; an order to go on makes it READY.
* A small loop of circuits may begin before its row is on disk, as a simulation may; one with code of the user's waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from qmagic.engines.base import Done, Failed
from qmagic.engines.loop_messages import Begin, Pulsed, Recorded, Rested
from qmagic.engines.loops import LoopEngine
from qmagic.errors import ErrorInfo
from qmagic.jobs import JobStatus
from qmagic.orders import AskLoop, Order
from qmagic.service import tape_rows
from qmagic.service.children import Children
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record, is_harmless, simulates_here
from qmagic.service.scheduler import Scheduler
from qmagic.service.store import Statement, Store
from qmagic.service.tape_rows import Kept, loop_view
from qmagic.tapes import LoopView, Pulse

__all__ = ["MAX_DEATHS", "Loops"]

#: Deaths of a loop's process, without a word on the tape in between, after which it fails.
MAX_DEATHS = 3
#: Orders that one loop may get; more is a mistake.
_MOST_ORDERS = 10_000
#: Orders that wake a loop which has given its process back.
_WAKING = ("step", "resume", "stop")


class Loops:
    """The living loops. It is the loop engine's `LoopListener`.

    Args:
        ledger: Keeps the jobs.
        store: Keeps tapes and orders.
        engine: Runs loops.
        most: Loops that run at once; paused ones do not count.
    """

    def __init__(self, ledger: Ledger, store: Store, engine: LoopEngine, most: int) -> None:
        self._ledger, self._store, self._engine, self._most = ledger, store, engine, most
        self._waiting = Scheduler()
        self._pulses: dict[str, Pulse] = {}
        self._orders: dict[str, list[Order]] = {}
        self._parts: dict[str, int] = {}
        #: Called with what is new of a loop.
        self.publish: Callable[[Pulse], None] = lambda pulse: None
        #: Their evaluations at clouds.
        self.children = Children(ledger)

    # -- what the manager and clients ask ----------------------------------------------------------------------------

    def add(self, record: Record) -> None:
        """Puts a READY loop in line, of which nothing is kept yet, and begins it where there is room."""
        self._parts[record.id], self._orders[record.id] = 0, []
        alone = not len(self._waiting)
        self._waiting.add(record)
        if alone:
            self.dispatch()  # at once: its row and its start share a commit

    def remove(self, job: str) -> None:
        """Takes a loop out of the line that is not to be."""
        self._waiting.remove(job)
        self._forget(job)

    def restore(self, record: Record, running: bool) -> None:
        """Takes up a loop that an earlier service left.

        Its deaths are counted anew: how far it got after them is on the tape, and not in its row.
        """
        record.deaths = 0
        if record.status is JobStatus.CANCELLING:
            self._end(record, JobStatus.CANCELLED)
        elif running:
            self._return(record, "the service ended")
        elif record.status is JobStatus.READY:
            self._waiting.add(record)

    def dispatch(self) -> None:
        """Begins loops that wait, while there is room."""
        while len(self._waiting) and self._at_work() < self._most:
            record = self._waiting.next()
            if record is None:
                return
            self._start(record)

    def kill(self, job: str) -> bool:
        """Ends the process of a loop that is to be cancelled; tells whether there is one."""
        return self._engine.kill(job)

    def fail(self, job: str, what: str) -> None:
        """Ends a loop that did what it may not, and its process; its tape is kept."""
        record = self._ledger.live.get(job)
        if record is not None and record.status is JobStatus.RUNNING:
            record.error = ErrorInfo("JobFailedError", f"job {job} {what}")
            self._end(record, JobStatus.FAILED)
            self._engine.kill(job)

    def progress(self, job: str) -> float | None:
        """Returns how far a loop is, from 0 to 1, by its limit of iterations."""
        pulse = self._pulses.get(job)
        most = 0 if pulse is None else pulse.state.maxiter
        return min(1.0, pulse.state.iteration / most) if pulse and most else None

    def order(self, job: str, order: Order, answer: Callable[[int, ErrorInfo | None], object]) -> None:
        """Takes an order; `answer` hears its number when it is on disk, or why it was refused."""
        record = self._ledger.live.get(job)
        if record is None or record.spec.kind != "loop" or record.status is JobStatus.CANCELLING:
            ended = "is no loop that runs: it has ended, or there is none" if record is None else "is no loop"
            answer(0, ErrorInfo("NotFoundError", f"job {job} {ended}"))
            return

        def take(kept: Kept | None, error: Exception | None = None) -> None:
            self._orders.setdefault(job, list(kept.orders) if kept else [])
            self._take(record, order, answer)

        if job in self._orders:
            take(None)
        else:
            self._store.read(lambda connection: tape_rows.kept(connection, job), take)

    def _take(self, record: Record, order: Order, answer: Callable[[int, ErrorInfo | None], object]) -> None:
        orders = self._orders[record.id]
        again = next((one for one in orders if order.key and one.key == order.key), None)
        if again is not None:
            answer(again.number, None)
            return
        if len(orders) >= _MOST_ORDERS:
            answer(0, ErrorInfo("InputError", f"loop {record.id} has had {_MOST_ORDERS:,} orders; it takes no more"))
            return
        numbered = msgspec.structs.replace(order, number=len(orders) + 1)
        orders.append(numbered)

        def committed(error: Exception | None) -> None:
            if error is not None:
                orders.remove(numbered)
                answer(0, ErrorInfo("DiskFullError", f"the order was not taken: the store cannot be written ({error})"))
                return
            answer(numbered.number, None)
            if record.status is JobStatus.HELD:
                if order.kind in _WAKING:
                    self._ledger.change(record, JobStatus.READY, "job.returned", reason=order.kind)
                    self._waiting.add(record)
            else:
                self._engine.order(record.id, numbered)

        self._store.write([tape_rows.insert_order(record.number, numbered)], committed)

    def view(self, wanted: AskLoop, answer: Callable[[LoopView | None, Exception | None], None]) -> None:
        """Says how a loop stands, and which iterations came after a number; None where there is no such loop."""

        def found(view: LoopView | None, error: Exception | None) -> None:
            pulse = self._pulses.get(wanted.id)
            if view is not None and pulse is not None:
                view = msgspec.structs.replace(view, state=pulse.state)
            answer(view, error)

        whole = wanted.id not in self._pulses  # then only the tape tells how it stands
        self._store.read(lambda connection: loop_view(connection, wanted, whole=whole), found)

    def processes(self) -> list[tuple[str, int, str]]:
        """Returns the job, the process and the interpreter of each loop; "" as the job of a spare."""
        return self._engine.processes

    def on_recorded(self, message: Recorded) -> None:
        """A loop's tape has grown."""
        record = self._current(message.job, message.attempt)
        if record is None:
            return
        record.deaths = 0
        self._store.write([self._chunk(record, message)], lambda error: None, must=True)

    def on_pulsed(self, message: Pulsed) -> None:
        """A loop stands somewhere else."""
        pulse, record = message.pulse, self._ledger.live.get(message.pulse.job)
        if record is not None and record.admitted:
            self._pulses[pulse.job] = pulse
            self.publish(pulse)

    def on_rested(self, message: Rested) -> None:
        """A paused loop has given its process back."""
        record = self._current(message.job, message.attempt)
        if record is not None and record.status is JobStatus.CANCELLING:
            self._end(record, JobStatus.CANCELLED)
        elif record is not None:
            self._ledger.change(record, JobStatus.HELD, "job.held", reason="paused")
            obeyed = self._pulses[record.id].state.obeyed if record.id in self._pulses else 0
            if any(order.kind in _WAKING for order in self._orders.get(record.id, []) if order.number > obeyed):
                self._return(record, "resumed")  # it came while the process was leaving

    def on_loop_done(self, message: Done, last: Recorded | None = None) -> None:
        """A loop has an outcome; `last` is the end of its tape, which is on disk with it."""
        record = self._current(message.job, message.attempt)
        if record is not None:
            record.backend, record.headline, record.why = message.backend, message.headline, message.why
            also = [self._chunk(record, last)] if last else []
            self._end(record, JobStatus.DONE, message, also)

    def on_loop_failed(self, message: Failed, last: Recorded | None = None) -> None:
        """A loop has an error; see `on_loop_done`."""
        record = self._current(message.job, message.attempt)
        if record is not None:
            record.error = message.error
            also = [self._chunk(record, last)] if last else []
            self._end(record, JobStatus.FAILED, also=also)

    def on_loop_died(self, job: str, attempt: int, reason: str, *, killed: bool) -> None:
        """A process ended with a loop in hand, or could not start for it."""
        record = self._current(job, attempt)
        if record is None:
            return
        if record.status is JobStatus.CANCELLING:
            self._end(record, JobStatus.CANCELLED)
            return
        record.deaths += not killed
        if record.deaths < MAX_DEATHS:
            self._return(record, reason)
            return
        what = f"its process died {record.deaths} times before it got any further, the last time {reason}"
        record.error = ErrorInfo("JobFailedError", f"job {job}: {what}")
        self._end(record, JobStatus.FAILED)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _at_work(self) -> int:
        return sum(
            job not in self._pulses or self._pulses[job].state.phase != "paused"
            for job, record in self._ledger.live.items()
            if record.spec.kind == "loop" and record.status is JobStatus.RUNNING
        )

    def _current(self, job: str, attempt: int) -> Record | None:
        record = self._ledger.live.get(job)
        if record is None or record.attempt != attempt:
            return None
        return record if record.status in (JobStatus.RUNNING, JobStatus.CANCELLING) else None

    def _start(self, record: Record) -> None:
        record.attempt += 1
        record.started, record.began = record.started or time.time(), time.monotonic()
        attempt = record.attempt

        def read(kept: Kept | None, error: Exception | None) -> None:
            if self._current(record.id, attempt) is not record:
                return
            if record.status is JobStatus.CANCELLING:
                self._end(record, JobStatus.CANCELLED)
                return
            if kept is None:
                record.error = ErrorInfo("ServiceError", f"the tape of job {record.id} cannot be read: {error}")
                self._end(record, JobStatus.FAILED)
                return
            self._orders.setdefault(record.id, list(kept.orders))
            self._parts[record.id] = len(kept.tape)
            # orders that are not on disk yet are passed on when they are
            begin = Begin(record.id, attempt, record.data, kept.tape, kept.orders)
            self._engine.begin(record.spec.environment, begin, kernels=simulates_here(record))

        fresh = self._parts.get(record.id) == 0 and self._orders.get(record.id) == []  # there is nothing to read
        early, nothing = fresh and is_harmless(record), Kept([], [])
        then = (lambda: read(nothing, None)) if fresh and not early else None
        self._ledger.change(record, JobStatus.RUNNING, "job.started", then, attempt=attempt)
        if early:
            read(nothing, None)
        elif not fresh:
            self._store.read(lambda connection: tape_rows.kept(connection, record.id), read)

    def _return(self, record: Record, reason: str) -> None:
        self._ledger.change(record, JobStatus.READY, "job.returned", reason=reason, deaths=record.deaths)
        self._waiting.add(record)

    def _chunk(self, record: Record, message: Recorded) -> Statement:
        part = self._parts[record.id] = self._parts.get(record.id, 0) + 1
        return tape_rows.insert_chunk(record.number, part, message.evaluations, message.iterations, message.chunk)

    def _end(self, record: Record, status: JobStatus, done: Done | None = None, also: Sequence[Statement] = ()) -> None:
        self._ledger.end(record, status, f"job.{status.lower()}", done, also)
        self._forget(record.id)

    def _forget(self, job: str) -> None:
        for known in (self._pulses, self._orders, self._parts):
            known.pop(job, None)
        self.children.end(job)
