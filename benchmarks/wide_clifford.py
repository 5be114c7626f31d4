"""GHZ-1000, 1,000 shots, from OpenQASM text to counts, against Aer's stabilizer method and against bare stim.

Aer takes a tenth of a second for each shot: it is timed with a few, and the rest is reckoned (a constant and so much a
shot). Bare stim is the fastest that there can be: the fastest of Qiskit's readers for the text, and stim's own sampler.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

from benchmarks.circuits import ghz_text
from benchmarks.row import Row, times_as_fast, times_as_long

TINY = {"rounds": 1, "qubits": 20, "few": (1, 3)}


def measure(*, rounds: int = 15, qubits: int = 1000, shots: int = 1000, few: tuple[int, int] = (2, 12)) -> list[Row]:
    """Times the way of a job without the service: text read, planned, simulated, counted.

    Args:
        rounds: Calls of each side.
        qubits: Width.
        shots: Shots of each call.
        few: The two numbers of shots with which Aer is timed, once.
    """
    texts = {version: ghz_text(qubits, version) for version in (2, 3)}
    aer = _aer(texts[2], shots, few)
    rows = []
    for version, text in texts.items():
        ways: dict[str, Callable[[], Any]] = {
            "ours": lambda text=text, version=version: _ours(text, version, shots),
            **{f"read {i}": lambda text=text, read=read: read(text) for i, read in enumerate(_readers(version))},
            "stim": lambda: _stim(qubits, shots),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(-2, rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if number >= 0:
                    times[name].append(time.perf_counter() - start)
        reads = [taken for name, taken in times.items() if name.startswith("read")]
        bare = [min(each) + stim for *each, stim in zip(*reads, times["stim"], strict=True)]
        ours = [[one] for one in times["ours"]]
        what, fastest = f"GHZ-{qubits}, {shots:,} shots, OpenQASM {version} to counts", [[one] for one in bare]
        note = f"Aer timed with {few[0]} and {few[1]} shots"
        rows += [
            times_as_fast(f"{what}: against Aer's stabilizer", ours, [[aer]] * rounds, at_least=200.0, note=note),
            times_as_long(f"{what}: against the fastest reader and bare stim", ours, fastest, at_most=3.0),
        ]
    return rows


def _ours(text: str, version: int, shots: int) -> None:
    from qmagic import execute
    from qmagic.jobs import Environment, JobSpec, PubSpec, Source

    spec = JobSpec(
        id="", source=Source(f"openqasm{version}", text.encode()), pubs=(PubSpec(shots=shots),), seed=1,
        environment=Environment(""),
    )  # fmt: skip
    outcome = execute.run(execute.prepare(spec), reserve=lambda memory, threads: threads)
    assert sum(count for _, count in outcome.pubs[0].tables[0].rows()) == shots


def _readers(version: int) -> list[Callable[[str], Any]]:
    from qiskit import qasm2, qasm3

    if version == 2:
        return [lambda text: qasm2.loads(text)]

    def experimental(text: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it is experimental
            return qasm3.loads_experimental(text)

    return [experimental]


def _stim(qubits: int, shots: int) -> None:
    import stim

    lines = ["H 0", *[f"CX {i} {i + 1}" for i in range(qubits - 1)], f"M {' '.join(map(str, range(qubits)))}"]
    stim.Circuit("\n".join(lines)).compile_sampler(seed=1).sample(shots, bit_packed=True)


def _aer(text: str, shots: int, few: tuple[int, int]) -> float:
    """Returns the seconds that Aer takes for `shots`, from those for a few; a warm simulator, the text read before."""
    from qiskit import qasm2
    from qiskit_aer import AerSimulator

    circuit, simulator, taken = qasm2.loads(text), AerSimulator(method="stabilizer"), []
    for number in (1, *few):
        start = time.perf_counter()
        simulator.run(circuit, shots=number).result().get_counts()
        taken.append(time.perf_counter() - start)
    _, less, more = taken
    each = max(0.0, more - less) / (few[1] - few[0])
    return less + each * (shots - few[0])
