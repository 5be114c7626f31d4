"""One loop: from its spec, its tape and its orders to its outcome."""

from __future__ import annotations

import functools
import platform
from collections.abc import Iterable
from importlib import metadata

import msgspec

from qmagic.errors import JobFailedError
from qmagic.jobs import JobSpec
from qmagic.loops.children import Children
from qmagic.loops.door import Door, Ended, Switched
from qmagic.loops.objective import objective_of
from qmagic.loops.optimizers import load, make
from qmagic.loops.pickling import loaded_callback
from qmagic.loops.replay import Replay, check_head
from qmagic.loops.session import Session
from qmagic.outcomes import Outcome
from qmagic.tapes import Head, LoopOutcome, LoopSpec, Told, rows_of
from qmagic.version import __version__

__all__ = ["prepare", "run", "run_here"]

_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode
#: Qubits from which a step is worth more than one core.
_WIDE = 16
#: What the last bits of a loop depend on.
_PACKAGES = ("numpy", "scipy", "qiskit", "qulacs", "qiskit-aer", "numba")


def prepare(job: JobSpec, tape: Iterable[bytes], door: Door) -> Session:
    """Returns a loop, ready to go on where its tape ends.

    Raises:
        TapeError: The tape was recorded under other conditions.
        InputError: The loop cannot run here.
    """
    loop = _LOOP(job.source.data)
    replay = Replay([*loop.start, *tape])
    threads = replay.head.threads if replay.head is not None else _threads(job)
    children = Children(job, loop, door, replay.opened)
    objective = objective_of(job, loop, threads, children)
    head = Head(objective.fingerprint, _versions(loop.optimizer), threads)
    if replay.head is None:
        door.record(head)
    else:
        check_head(replay.head, head)
    callback = loaded_callback(loop.callback) if loop.callback else None
    load(loop.optimizer)  # a loop's time begins with its session
    return Session(loop, objective, replay, door, children, callback)


def run(job: JobSpec, session: Session) -> Outcome:
    """Runs a loop to its end.

    Raises:
        UserError: The user's function failed.
        TapeError: The tape does not fit.
        JobFailedError: It was stopped before it had a value.
    """
    try:
        return _outcome(job, session)
    finally:
        session.children.rest()


def _outcome(job: JobSpec, session: Session) -> Outcome:
    reason, exact = _optimized(job, session), True
    lowest = session.lowest
    if lowest is None:
        raise JobFailedError(f"job {job.id}: {reason}, before the first value")
    told: Told = lowest
    if lowest.std > 0 or session.settings.shots is not None or session.settings.precision is not None:
        exact = False
        # the lowest of noisy values lies below the truth: it is measured again before it is called a result
        told = session.measure(lowest if session.best is None else session.best)
    session.children.rest()
    session.phase = "ended"
    last = session.history[-1].iteration if session.history else 0
    outcome = LoopOutcome(
        x=told.x, value=told.value, std=told.std, measured=0 if exact else told.shots,
        lowest=lowest.value if exact or session.best is None else session.best.value, iterations=last,
        evaluations=session.index, shots=session.spent, seconds=session.seconds, reason=reason,
        optimizer=session.settings.optimizer, gradient=session.gradient, labels=session.loop.labels,
        history=rows_of(session.history, points=True), orders=session.orders, notes=session.notes,
        exact=session.loop.exact, cost=session.cost,
    )  # fmt: skip
    return Outcome(
        pubs=(), backend=session.objective.name, method=session.settings.optimizer, seconds={"run": session.seconds},
        versions=_versions(session.settings.optimizer), loop=outcome,
    )  # fmt: skip


def _optimized(job: JobSpec, session: Session) -> str:
    """Runs one optimizer after the other, and returns why the last one ended."""
    while True:
        now = session.settings
        optimizer = make(now.optimizer, session.x, seed=job.seed, learning_rate=now.learning_rate, options=now.options)
        session.on_learning_rate = optimizer.change_learning_rate
        try:
            return optimizer.run(session)
        except Switched:
            continue
        except Ended as ended:
            return str(ended)


def run_here(job: JobSpec, door: Door) -> Outcome:
    """Runs a loop in this process, from its beginning: for tests and benchmarks."""
    return run(job, prepare(job, (), door))


def _threads(job: JobSpec) -> int:
    from qmagic.backends.threads import available

    return available() if (job.width or 0) >= _WIDE else 1


def _versions(optimizer: str) -> dict[str, str]:
    packages = (*_PACKAGES, *(("cma",) if optimizer == "cma" else ()))
    found = {package: version for package in packages if (version := _version(package))}
    return {"python": platform.python_version(), "qmagic": __version__, **found}


@functools.cache  # reading one takes a millisecond
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
