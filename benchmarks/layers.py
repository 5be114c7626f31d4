"""Ten layers of RY, RZ and CX, 8,192 shots: ``auto`` against other simulators, from the same ``QuantumCircuit``.

Ours goes the way of a job without the service: circuit to QPY, read, planned, simulated, counted, in a process with the
threads of a worker. The peers (`benchmarks.peers`) run in another, with theirs. The fastest peer of a round counts;
one that took more than five times as long as another is not asked again.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from typing import Any

from benchmarks.circuits import layered_circuit
from benchmarks.row import Row, seconds_more, times_as_long
from benchmarks.served import Served, serve

TINY = {"rounds": {4: 1, 13: 1}}

SHOTS = 8192
#: Up to this many qubits a millisecond more than the fastest is allowed.
_NARROW = 12
_HOPELESS = 5.0
#: From this many qubits on a call takes long enough to be measured once.
_WIDE = 20
_PATIENCE = 120.0
OURS = "qmagic"


def measure(*, rounds: dict[int, int] | None = None) -> list[Row]:
    """Times each width.

    Args:
        rounds: How often each width is measured, in turns, after one round that warms.
    """
    ours, peers = (Served("benchmarks.layers", worker=worker) for worker in (True, False))
    try:
        return [
            _row(qubits, *_times(ours, peers, qubits, number))
            for qubits, number in (rounds or {10: 21, 14: 15, 18: 9, 22: 3, 24: 2}).items()
        ]
    finally:
        ours.end()
        peers.end()


def _times(ours: Served, peers: Served, qubits: int, rounds: int) -> tuple[list[float], dict[str, list[float]]]:
    names = peers.ask(None, _PATIENCE)
    # both sides' faster of two calls, where they are quick: neither pays for the cold cache that the other leaves
    times = 2 if qubits < _WIDE else 1
    mine: list[float] = []
    theirs: dict[str, list[float]] = {}
    for number in range(-1, rounds):  # the first round warms
        taken = {name: _asked(peers, name, qubits, number + 1, times) for name in names}
        best = _asked(ours, OURS, qubits, number + 1, times)
        if number >= 0:
            mine.append(best)
            for name in names:
                theirs.setdefault(name, []).append(taken[name])
        if number >= 0 or qubits >= _WIDE:
            names = [name for name in names if taken[name] < _HOPELESS * min(taken.values())]
    return mine, theirs


def _asked(served: Served, name: str, qubits: int, seed: int, times: int) -> float:
    """Returns the fewest seconds of some calls; infinite where one takes too long."""
    try:
        return min(served.ask([name, qubits, seed], _PATIENCE) for _ in range(times))
    except TimeoutError:
        return math.inf


def _row(qubits: int, mine: list[float], theirs: dict[str, list[float]]) -> Row:
    middle = {name: statistics.median(times) for name, times in theirs.items()}
    order = sorted(middle, key=lambda name: middle[name])
    best = theirs[order[0]]
    note = ", ".join(f"{name} {middle[name] * 1000:.3g} ms" for name in order)
    if qubits <= _NARROW:
        what = f"{qubits} qubits, 10 layers, 8,192 shots: time above the fastest peer"
        return seconds_more(what, mine, best, at_most=0.001, note=note)
    return times_as_long(
        f"{qubits} qubits, 10 layers, 8,192 shots: against the fastest peer",
        [[one] for one in mine], [[one] for one in best], at_most=1.1, note=note,
    )  # fmt: skip


def _answer(question: Any) -> Any:
    from benchmarks.peers import PEERS, installed

    if question is None:
        return installed()
    name, qubits, seed = question
    circuit = layered_circuit(seed, qubits)
    start = time.perf_counter()
    made = _ours(circuit) if name == OURS else PEERS[name](circuit, SHOTS)
    taken = time.perf_counter() - start
    assert made == SHOTS, (name, made)
    return taken


def _ours(circuit: Any) -> int:
    from qmagic import execute
    from qmagic.backends.threads import available
    from qmagic.cells.pubs import to_qpy
    from qmagic.jobs import Environment, JobSpec, PubSpec, Source

    spec = JobSpec(
        id="", source=Source("qpy", to_qpy([circuit])), pubs=(PubSpec(shots=SHOTS),), seed=1,
        environment=Environment(""),
    )  # fmt: skip
    outcome = execute.run(execute.prepare(spec), reserve=lambda memory, threads: min(threads, available()))
    return sum(count for _, count in outcome.pubs[0].tables[0].rows())


if __name__ == "__main__":
    assert sys.argv[1:] == ["--serve"]
    serve(_answer)
