"""The worker process: runs the jobs that the service hands it, one after the other, until it is killed.

Started by the service as ``python -m qmagic.engines.worker FD PARENT RESULTS``, with one end of a socket pair as FD.
It is never asked to stop politely: a simulator in C++ cannot listen, so a cancel is SIGKILL. Its rules:

* It dies with its service: the kernel is asked for that first (Linux), and the end of the socket pair means the same.
* It ignores interrupts, which a terminal sends to whole groups.
* It writes nothing but results over `INLINE_LIMIT`, under a temporary name, synced, then renamed.
"""

from __future__ import annotations

import ctypes
import dataclasses
import gc
import hashlib
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

# before any import of a simulator: one thread for a small circuit (two fight when both cores are busy)
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["OMP_WAIT_POLICY"] = "passive"
os.environ["QISKIT_PARALLEL"] = "FALSE"

import msgspec

from qmagic.engines.base import Call, Checked, Chosen, Done, Failed, FromWorker, Grant, Ready, Reserve, Run, ToWorker
from qmagic.engines.progress import Reporter
from qmagic.engines.result_files import write_result
from qmagic.errors import ErrorInfo, QmagicError
from qmagic.jobs import JobSpec

if TYPE_CHECKING:
    from qmagic.execute import Prepared
    from qmagic.plans.patience import Notice

__all__ = ["INLINE_LIMIT", "main"]

#: Outcomes up to this size travel inline and are stored in the database; larger ones are files.
INLINE_LIMIT = 1 << 20

_PR_SET_PDEATHSIG = 1


class Worker:
    """The loop of a worker.

    Args:
        connection: To the service.
        results: Folder for outcomes that are too large to send.
    """

    def __init__(self, connection: Connection, results: Path) -> None:
        self._connection = connection
        self._results = results
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(ToWorker).decode
        self._spec = msgspec.msgpack.Decoder(JobSpec).decode

    def serve(self) -> None:
        """Says that it is ready, then runs what comes until the service hangs up."""
        from qmagic import execute

        execute.warm()
        gc.freeze()  # what is imported stays: walking through it takes 25 ms of a job each time
        gc.enable()
        self._send(Ready())
        while True:
            message = self._receive()
            if isinstance(message, Run):
                for call in message.calls:
                    self._run(call, message.memory, message.costs)

    def _run(self, call: Call, memory: int, costs: dict[str, float]) -> None:
        from qmagic import execute

        try:
            spec = self._spec(call.spec)
            if call.plan:
                self._send(Checked(call.job, plan=msgspec.msgpack.encode(execute.plan(spec, costs))))
                return
            prepared = execute.prepare(spec, avoid=call.avoid, corrections=costs, notes=call.notes)
        except Exception as error:
            self._explain(error)
            info = ErrorInfo.of(error)
            self._send(Checked(call.job, info) if call.check else Failed(call.job, call.attempt, info))
            return
        if call.check and not call.quiet:
            self._send(Checked(call.job))
        if call.only_check:
            return
        try:
            prepared.memory_limit = memory
            outcome = execute.run(
                prepared,
                reserve=lambda need, threads: self._reserve(call.job, need, threads),
                tell=lambda notice: self._tell(call, prepared, notice),
                report=Reporter(call.job, call.attempt, self._send),
            )
            message = self._done(call, outcome, prepared.spent)
        except Exception as error:
            self._explain(error)
            message = Failed(call.job, call.attempt, ErrorInfo.of(error))
        self._send(message)

    def _tell(self, call: Call, prepared: Prepared, notice: Notice) -> None:
        """Says what runs now; not of what ends at once, and has nothing else to go to."""
        from qmagic import execute

        if notice.patience or notice.reason or not (call.quiet and execute.is_quick(prepared)):
            self._send(Chosen(call.job, call.attempt, **dataclasses.asdict(notice)))

    def _done(self, call: Call, outcome: object, spent: dict[str, tuple[float, float]]) -> FromWorker:
        from qmagic import execute, outcomes

        assert isinstance(outcome, outcomes.Outcome)
        data = outcomes.pack(outcome)
        headline, why = execute.headline(outcome), execute.why(outcome)
        if len(data) <= INLINE_LIMIT:
            return Done(call.job, call.attempt, outcome.backend, headline, outcome=data, why=why, spent=spent)
        name = f"{call.job}.{call.attempt}"
        write_result(self._results, name, data)
        digest = hashlib.sha256(data).hexdigest()
        return Done(call.job, call.attempt, outcome.backend, headline, file=name, digest=digest, why=why, spent=spent)

    def _reserve(self, job: str, memory: int, threads: int) -> int:
        self._send(Reserve(job, memory, threads))
        while True:
            message = self._receive()
            if isinstance(message, Grant):
                return message.threads

    def _explain(self, error: Exception) -> None:
        """Leaves the traceback of an error that is not the user's in the log."""
        if not isinstance(error, QmagicError):
            sys.excepthook(type(error), error, error.__traceback__)

    def _send(self, message: FromWorker) -> None:
        self._connection.send_bytes(self._encode(message))

    def _receive(self) -> Run | Grant:
        message: Run | Grant = self._decode(self._connection.recv_bytes())
        return message


def die_with(parent: int) -> None:
    """Asks the kernel to kill this process when its parent dies; ends at once if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def offer_to_oom_killer() -> None:
    """Makes the kernel end a simulation first when memory runs out, not the user's notebook."""
    try:
        Path("/proc/self/oom_score_adj").write_text("800")
    except OSError:
        pass  # not Linux, or not allowed: the service's own watch remains


def main() -> None:
    """Runs a worker; the arguments are the connection's descriptor, the parent's pid and the folder for results."""
    descriptor, parent, results = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    die_with(parent)
    gc.disable()  # until all is imported: a sixth of that would be collections that find nothing
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offer_to_oom_killer()
    try:
        Worker(Connection(descriptor), results).serve()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the service is gone


if __name__ == "__main__":
    main()
