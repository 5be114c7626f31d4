"""The process of a loop. Started by the service as ``python -m qmagic.loops.process FD PARENT RESULTS [PART ...]``.

It imports what every loop needs, says so, and loads the parts that it is told to while it waits. A loop of circuits
leaves nothing behind, and the process takes another; with a function of the user's it ends. Like a worker it dies with
the service.
"""

from __future__ import annotations

import gc
import hashlib
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from qmagic.engines.worker import INLINE_LIMIT, die_with, offer_to_oom_killer  # first: one thread for what comes below

import msgspec  # isort: skip

from qmagic.engines.base import Done, Failed
from qmagic.engines.loop_messages import Begin, Ready
from qmagic.engines.result_files import write_result
from qmagic.errors import ErrorInfo, QmagicError
from qmagic.jobs import JobSpec
from qmagic.loops.inbox import Inbox, Orders
from qmagic.loops.line import Line
from qmagic.outcomes import Outcome, pack
from qmagic.tapes import Circuits, LoopSpec, Stood, Told, unpack

__all__ = ["main"]

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode


def main() -> None:
    """Runs loops. Arguments: our end of the line, the parent's pid, the folder for results, and what to load ahead."""
    descriptor, parent, results = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    die_with(parent)
    gc.disable()  # until all is imported
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offer_to_oom_killer()
    connection = Connection(descriptor)
    inbox = Inbox(connection)
    try:
        _import()
        connection.send_bytes(msgspec.msgpack.encode(Ready()))
        _load(sys.argv[4:], inbox)
        gc.freeze()  # no collection need look at what was imported
        gc.enable()
        while _serve(connection, *inbox.next(), results):
            pass
    except (BrokenPipeError, ConnectionResetError):
        pass  # the service is gone


def _import() -> None:
    """Imports what every loop needs."""
    from qmagic.loops import circuits, functions, in_place, runner  # noqa: F401 - for later

    in_place.install()


def _load(parts: list[str], inbox: Inbox) -> None:
    """Loads parts, as long as no loop waits, which may not need them."""
    from qmagic import execute
    from qmagic.backends import kernels

    steps = {"circuits": [execute.warm], "optimizers": [_import_scipy], "kernels": kernels.parts()}
    for step in (step for part in parts for step in steps[part]):
        if not inbox.empty:
            return
        step()


def _import_scipy() -> None:
    import scipy.optimize  # noqa: F401 - for later


def _serve(connection: Connection, begin: Begin, orders: Orders, results: Path) -> bool:
    """Runs a loop, and tells whether the process may take another."""
    from qmagic.loops import runner

    spec = _SPEC(begin.spec)
    line = _line(connection, begin, orders)
    message: Done | Failed
    lasts = _leaves_nothing(spec)
    try:
        session = runner.prepare(spec, begin.tape, line)
        line.state = session.state
        line.start()
        message = _done(begin, runner.run(spec, session), results)
    except QmagicError as error:
        message = Failed(begin.job, begin.attempt, _info(error))
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        message, lasts = Failed(begin.job, begin.attempt, ErrorInfo.of(error)), False
    line.end(message, lasts)
    return lasts


def _leaves_nothing(spec: JobSpec) -> bool:
    """Tells whether a loop runs no code of the user's, which may change what it likes in this process."""
    loop = _LOOP(spec.source.data)
    return isinstance(loop.objective, Circuits) and not loop.callback


def _line(connection: Connection, begin: Begin, orders: Orders) -> Line:
    """Returns the line of a loop, whose orders are those that its tape does not have."""
    evaluations = iterations = 0
    obeyed: set[int] = set()
    for chunk in begin.tape:
        for entry in unpack(chunk):
            if isinstance(entry, Told):
                evaluations = entry.index + 1
            elif isinstance(entry, Stood):
                iterations = entry.iteration
            elif hasattr(entry, "order"):
                obeyed.add(entry.order.number)
    orders.drop(obeyed)
    return Line(connection, begin.job, begin.attempt, orders, evaluations, iterations)


def _info(error: QmagicError) -> ErrorInfo:
    info = ErrorInfo.of(error)
    return info if info.error().__class__ is type(error) else ErrorInfo("JobFailedError", str(error))


def _done(begin: Begin, outcome: Outcome, results: Path) -> Done:
    assert outcome.loop is not None
    data, headline = pack(outcome), _headline(outcome)
    why = outcome.loop.gradient
    if len(data) <= INLINE_LIMIT:
        return Done(begin.job, begin.attempt, outcome.backend, headline, outcome=data, why=why)
    name = f"{begin.job}.{begin.attempt}"
    write_result(results, name, data)
    digest = hashlib.sha256(data).hexdigest()
    return Done(begin.job, begin.attempt, outcome.backend, headline, file=name, digest=digest, why=why)


def _headline(outcome: Outcome) -> str:
    from qmagic.results.loop import loop_headline

    assert outcome.loop is not None
    return loop_headline(outcome.loop)


if __name__ == "__main__":
    main()
