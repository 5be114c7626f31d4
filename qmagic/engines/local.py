"""The local engine: warm worker processes, a pool for each environment, killed to cancel and replaced at once.

A pool holds up to `slots` busy workers and one spare. The spare checks input while the others simulate, and takes the
place of one that was killed. It is started where a job turns out not to be quick, or when all is calm: its imports are
not to take a core from a first cell. Workers are started from the service's main thread only: the signal that ends
them with their parent follows the *thread* that started them.
"""

from __future__ import annotations

import errno
import logging
import math
import signal
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from qmagic.engines.base import (
    Call,
    Checked,
    Chosen,
    Died,
    Done,
    FromWorker,
    Grant,
    Listener,
    Progress,
    Ready,
    Reserve,
    Run,
)  # fmt: skip
from qmagic.engines.process import State, WorkerProcess, environment_key, launch
from qmagic.home import start_time
from qmagic.jobs import Environment

__all__ = ["LocalEngine"]

log = logging.getLogger(__name__)

#: A worker whose line is closed and that is still there after this many seconds is killed.
_LEAVE_SECONDS = 0.5
#: A spare is started so many seconds after the last free worker was taken: where the job still runs, where it is over.
_LONG_SECONDS, _CALM_SECONDS = 0.2, 2.0
#: Seconds in which a worker has to come up; imports may lie on a slow network disk.
_START_SECONDS = 60.0
#: Reasons why a process cannot be started now that have nothing to do with its environment: tried again.
_PASSING = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


class LocalEngine:
    """Runs calls in warm worker processes. See `qmagic.engines.base.Engine`.

    Args:
        slots: Simulations that run at once.
        memory: Bytes that a single job may ever take.
        results: Folder for large outcomes.
        on_change: Called with the workers that live now, whenever that changes (they are kept on disk).
    """

    def __init__(
        self,
        slots: int,
        memory: int,
        results: Path,
        on_change: Callable[[list[tuple[int, str]]], None] = lambda workers: None,
    ) -> None:
        self.listener: Listener
        self._slots, self._memory = slots, memory
        self._results, self._on_change = results, on_change
        self._encode, self._decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(FromWorker).decode
        self._workers: dict[int, WorkerProcess] = {}
        self._holders: dict[str, WorkerProcess] = {}
        self._keys: dict[Environment, str] = {}
        self._taken: dict[Environment, float] = {}  # when their last free worker was; not looked at since
        #: How many times longer than estimated runs take, by backend; told to workers with each call.
        self.costs: dict[str, float] = {}

    # -- what the manager asks --------------------------------------------------------------------------------------

    def adopt(self, environment: Environment, process: subprocess.Popen[bytes], connection: Connection) -> None:
        """Takes a worker that was started before the engine was."""
        worker = WorkerProcess(process, connection, self._key(environment), environment, start_time(process.pid))
        self._workers[connection.fileno()] = worker
        self._report()

    def warm(self, environment: Environment) -> None:
        """Starts a worker for an environment that has none."""
        if not self._pool(environment):
            self._start(environment)

    def ready(self, environment: Environment) -> bool:
        """Tells whether a worker of this environment is free; starts one where the pool may grow."""
        pool = self._pool(environment)
        if any(worker.state is State.FREE for worker in pool):
            return True
        self._grow(environment, pool)
        return False

    def run(self, environment: Environment, calls: list[Call]) -> None:
        """Hands calls to a free worker."""
        free = [worker for worker in self._pool(environment) if worker.state is State.FREE]
        # the one used last has the warmest caches
        worker = max(free, key=lambda worker: worker.since)
        worker.state = State.CHECKING if calls[0].only_check else State.BUSY
        worker.calls = list(calls)
        worker.since = time.monotonic()
        for call in calls:
            self._holders[call.job] = worker
        self._send(worker, self._encode(Run(calls, self._memory, self.costs)))
        if len(free) == 1:
            self._taken[environment] = worker.since

    def grant(self, job: str, threads: int) -> None:
        """Lets the worker that runs this job go on."""
        worker = self._holders.get(job)
        if worker is not None:
            self._send(worker, self._encode(Grant(threads)))

    def kill(self, job: str) -> None:
        """Ends the worker that holds this job, and starts another in its place."""
        worker = self._holders.get(job)
        if worker is not None and worker.state is not State.KILLED:
            self._kill(worker)
            self._grow(worker.environment, self._pool(worker.environment))

    def drop(self, job: str) -> None:
        """Ends the worker that holds this job, and forgets the job."""
        worker = self._holders.get(job)
        if worker is not None:
            self.kill(job)
            self._ended(worker, job)

    # -- what the service asks --------------------------------------------------------------------------------------

    @property
    def workers(self) -> list[WorkerProcess]:
        """The worker processes that live now."""
        return list(self._workers.values())

    def read(self, descriptor: int) -> None:
        """Reads one message of the worker behind a descriptor that is readable; its end means that it died."""
        worker = self._workers.get(descriptor)
        if worker is None:
            return
        try:
            message = self._decode(worker.connection.recv_bytes())
        except (EOFError, OSError):
            self._bury(descriptor, worker)
            return
        except msgspec.MsgspecError as error:
            # another release of qmagic in that environment: it counts as a death, which its end will tell
            log.error("worker %d sent what cannot be read: %s", worker.process.pid, error)
            worker.process.kill()
            return
        self._handle(worker, message)

    def stand_by(self) -> float:
        """Starts the spares that are due; returns the seconds until the next may be."""
        least = math.inf
        for environment, since in list(self._taken.items()):
            pool = self._pool(environment)
            free = any(worker.state is State.FREE for worker in pool)
            if (left := since + (_CALM_SECONDS if free else _LONG_SECONDS) - time.monotonic()) > 0:
                least = min(least, left)
                continue
            del self._taken[environment]
            if len(pool) == 1 or not free:
                self._grow(environment, pool)
        return least

    def leave_idle(self, seconds: float) -> None:
        """Ends workers that have been free for longer than this, and those that do not come up."""
        now = time.monotonic()
        for worker in self.workers:
            if worker.state is State.FREE and now - worker.since > seconds:
                self._kill(worker)
            elif worker.state is State.STARTING and now - worker.since > _START_SECONDS:
                worker.process.kill()  # a death, not a wish of ours: its end is reported

    def close(self) -> None:
        """Ends every worker and waits until they are gone."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.wait()
            worker.connection.close()
        self._workers.clear()
        self._holders.clear()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _key(self, environment: Environment) -> str:
        if environment not in self._keys:
            self._keys[environment] = environment_key(environment)
        return self._keys[environment]

    def _pool(self, environment: Environment) -> list[WorkerProcess]:
        key = self._key(environment)
        return [w for w in self._workers.values() if w.key == key and w.state is not State.KILLED]

    def _grow(self, environment: Environment, pool: list[WorkerProcess]) -> None:
        """Starts one more worker, unless enough are on their way or the pool is full: one a slot, and a spare."""
        starting = sum(worker.state is State.STARTING for worker in pool)
        if len(pool) <= self._slots and starting < max(1, self._slots // 2):
            self._start(environment)

    def _start(self, environment: Environment) -> None:
        try:
            process, connection = launch(environment, self._results)
        except OSError as error:
            if error.errno in _PASSING:
                log.warning("no worker can be started now: %s", error)
                return
            reason = f"its Python cannot be started: {error.strerror or error} ({environment.executable})"
            log.warning("%s", reason)
            self.listener.on_died(Died(environment, (), reason, killed=False, started=False, gone=True))
            return
        self.adopt(environment, process, connection)

    def _send(self, worker: WorkerProcess, data: bytes) -> None:
        try:
            worker.connection.send_bytes(data)
        except OSError:
            pass  # it has died: reading its end says so, and its calls return

    def _handle(self, worker: WorkerProcess, message: FromWorker) -> None:
        if worker.state is State.KILLED:
            # an outcome that was already on its way when the kill came; the manager decides whether it still counts
            if isinstance(message, Done) and any(call.job == message.job for call in worker.calls):
                self._ended(worker, message.job)
                self.listener.on_done(message)
            return
        if isinstance(message, Ready):
            worker.started = True
            self._free(worker)
        elif isinstance(message, Reserve):
            self.listener.on_reserve(message)
        elif isinstance(message, Chosen):
            self.listener.on_chosen(message)
        elif isinstance(message, Progress):
            self.listener.on_progress(message)
        elif isinstance(message, Checked):
            call = next(call for call in worker.calls if call.job == message.job)
            if call.only_check or message.error is not None:
                self._ended(worker, message.job)
            self.listener.on_checked(message)
            if not worker.calls:
                self._free(worker)
        else:
            self._ended(worker, message.job)
            if isinstance(message, Done):
                self.listener.on_done(message)
            else:
                self.listener.on_failed(message)
            if not worker.calls:
                self._free(worker)

    def _ended(self, worker: WorkerProcess, job: str) -> None:
        worker.calls = [call for call in worker.calls if call.job != job]
        self._holders.pop(job, None)

    def _free(self, worker: WorkerProcess) -> None:
        worker.state = State.FREE
        worker.since = time.monotonic()
        self.listener.on_free()

    def _kill(self, worker: WorkerProcess) -> None:
        worker.state = State.KILLED
        worker.process.kill()

    def _bury(self, descriptor: int, worker: WorkerProcess) -> None:
        """The worker's end of the line closed: it is gone, or about to be."""
        killed = worker.state is State.KILLED
        try:
            code = worker.process.wait(_LEAVE_SECONDS)  # its line closes a moment before it is gone
        except subprocess.TimeoutExpired:
            worker.process.kill()
            code = worker.process.wait()
        worker.connection.close()
        del self._workers[descriptor]
        for call in worker.calls:
            self._holders.pop(call.job, None)
        self._report()
        reason = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if not (killed or worker.started):
            reason = f"its worker does not start ({reason}); the log in QMAGIC_HOME says why"
        if worker.calls or not (killed or worker.started):
            log.info("worker %d ended (%s) with %d calls in hand", worker.process.pid, reason, len(worker.calls))
            self.listener.on_died(Died(worker.environment, tuple(worker.calls), reason, killed, worker.started))
        if worker.calls and not killed:
            self._grow(worker.environment, self._pool(worker.environment))
        self.listener.on_free()

    def _report(self) -> None:
        self._on_change([(worker.process.pid, worker.start) for worker in self._workers.values()])
