"""A manager without processes: an engine whose workers do what a test says, and a store that commits when told to."""

from __future__ import annotations

import dataclasses
import queue
from pathlib import Path

import msgspec

from qmagic.engines.base import Call, Checked, Died, Done, Failed, Listener, Reserve
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment, JobSpec, PubSpec, Source, new_job_id
from qmagic.service.store import Store

HERE = Environment("/here/python")
THERE = Environment("/there/python")


def spec(**given) -> JobSpec:
    """Returns a job for workers that never read it. It is large, so that a full disk is full for it."""
    usual = {"id": new_job_id(), "seed": 1, "environment": HERE, "cell": "x" * 6000, "pubs": (PubSpec(shots=10),)}
    return JobSpec(source=Source("openqasm3", b""), **{**usual, **given})


def encoded(job: JobSpec) -> bytes:
    return msgspec.msgpack.encode(job)


class SteppedStore(Store):
    """The real store without its thread: it commits when `step` is called, on the calling thread."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._thread.join()

    def _serve(self) -> None:
        pass

    def step(self) -> None:
        """Commits what waits and tells."""
        items = []
        while True:
            try:
                items.append(self._inbox.get_nowait())
            except queue.Empty:
                break
        self._work(items)
        self.complete()

    def fill(self) -> None:
        """Lets the database grow no more: from now on a commit that needs a page is a real SQLITE_FULL."""
        self._connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the current size where that is more

    def empty(self) -> None:
        """Lets the database grow again."""
        self._connection.execute("PRAGMA max_page_count = 1000000")

    def die(self) -> None:
        """Ends as kill -9 does: what was not committed is lost."""
        self._connection.close()
        self.wake.close()
        self._waker.close()


@dataclasses.dataclass(eq=False)
class Worker:
    """A worker that does nothing by itself. `asked` is its wish for memory while it waits for it."""

    environment: Environment
    calls: list[Call] = dataclasses.field(default_factory=list)
    read: bool = False
    asked: Reserve | None = None
    killed: bool = False


class PlayedEngine:
    """An engine whose workers take a step when a test says so; it watches over slots and memory meanwhile."""

    def __init__(self, slots: int, memory: int) -> None:
        self.listener: Listener
        self.slots, self.memory = slots, memory
        self.workers = [Worker(environment) for environment in (HERE, THERE) for _ in range(slots + 1)]
        self.granted: dict[str, int] = {}
        self.wide: set[str] = set()
        self.runs: dict[str, list[int]] = {}
        self.order: list[str] = []

    # -- what the manager asks

    def ready(self, environment: Environment) -> bool:
        return any(w.environment == environment and not w.calls and not w.killed for w in self.workers)

    def run(self, environment: Environment, calls: list[Call]) -> None:
        worker = next(w for w in self.workers if w.environment == environment and not w.calls and not w.killed)
        worker.calls, worker.read = list(calls), False
        for call in calls:
            assert sum(call.job == c.job for w in self.workers for c in w.calls if not w.killed) == 1, "runs twice"
            if not call.only_check:
                self.runs.setdefault(call.job, []).append(call.attempt)
                self.order.append(call.job)
        busy = [w for w in self.workers if w.calls and not w.killed and not w.calls[0].only_check]
        assert len(busy) <= self.slots, "more calls than slots"

    def grant(self, job: str, threads: int) -> None:
        worker = next(w for w in self.workers if w.calls and w.calls[0].job == job)
        if worker.killed:
            return  # its end is on the way
        assert worker.asked is not None, "granted what was not asked"
        assert 1 <= threads <= worker.asked.threads
        running = [w for w in self.workers if w.calls and not w.killed and not w.calls[0].only_check and not w.asked]
        if threads > 1:
            assert not running, "all cores were granted while others run"
            self.wide.add(job)
        self.granted[job] = worker.asked.memory
        assert sum(self.granted.values()) <= self.memory, "more memory than there is"
        worker.asked = None

    def kill(self, job: str) -> None:
        worker = next((w for w in self.workers if any(call.job == job for call in w.calls)), None)
        if worker is not None and not worker.killed:
            worker.killed = True
            self._replace(worker)

    def drop(self, job: str) -> None:
        worker = next((w for w in self.workers if any(call.job == job for call in w.calls)), None)
        self.kill(job)
        if worker is not None:
            worker.calls = [call for call in worker.calls if call.job != job]

    # -- what a test does

    @property
    def busy(self) -> list[Worker]:
        """Workers that can take a step: they have work, and do not wait for memory."""
        return [w for w in self.workers if w.calls and not w.killed and w.asked is None]

    @property
    def doomed(self) -> list[Worker]:
        """Workers that were killed and whose end has not been noticed."""
        return [w for w in self.workers if w.killed]

    @property
    def waiting(self) -> list[Worker]:
        """Workers that wait for memory."""
        return [w for w in self.workers if w.asked is not None and not w.killed]

    def must_read(self, worker: Worker) -> bool:
        return worker.calls[0].check and not worker.read

    def reads(self, worker: Worker, error: ErrorInfo | None = None) -> None:
        """The worker has read its input, and says so unless it was told to be quiet."""
        call = worker.calls[0]
        worker.read = True
        if error is not None or call.only_check:
            self._next(worker)
        if error is not None or not call.quiet or call.only_check:
            self.listener.on_checked(Checked(call.job, error))

    def asks(self, worker: Worker, memory: int, threads: int) -> None:
        job = worker.calls[0].job
        self._returns(job)  # what it had for an earlier simulation
        worker.asked = Reserve(job, memory, threads)
        self.listener.on_reserve(worker.asked)

    def ends(self, worker: Worker, error: ErrorInfo | None = None) -> None:
        """The worker's first call ends."""
        call = worker.calls[0]
        self._next(worker)
        if error is None:
            self.listener.on_done(Done(call.job, call.attempt, "played", "0 10", outcome=b"outcome"))
        else:
            self.listener.on_failed(Failed(call.job, call.attempt, error))

    def late(self, worker: Worker) -> None:
        """An outcome that was on its way when the worker was killed."""
        call = worker.calls[0]
        self._next(worker)
        self.listener.on_done(Done(call.job, call.attempt, "played", "0 10", outcome=b"outcome"))

    def dies(self, worker: Worker) -> None:
        """The worker's end is noticed."""
        self.workers.remove(worker)
        for call in worker.calls:
            self._returns(call.job)
        if not worker.killed:
            self._replace(worker)
        if worker.calls:
            reason = "killed by SIGKILL"
            self.listener.on_died(Died(worker.environment, tuple(worker.calls), reason, worker.killed, started=True))

    def cannot_start(self, environment: Environment) -> None:
        """The environment's interpreter is not there any more."""
        self.listener.on_died(Died(environment, (), "it is gone", killed=False, started=False, gone=True))

    def _next(self, worker: Worker) -> None:
        self._returns(worker.calls.pop(0).job)
        worker.read = False

    def _returns(self, job: str) -> None:
        self.granted.pop(job, None)
        self.wide.discard(job)

    def _replace(self, worker: Worker) -> None:
        for call in worker.calls:
            self._returns(call.job)
        self.workers.append(Worker(worker.environment))
