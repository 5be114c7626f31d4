"""A thousand distinct random circuits, queued as durable jobs, against the same Aer calls in a loop."""

from __future__ import annotations

import time

from benchmarks.circuits import random_circuit
from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, times_as_fast

TINY = {"rounds": 1, "circuits": 12}

_SHOTS = 1024


def measure(*, rounds: int = 5, circuits: int = 1000) -> list[Row]:
    """Times from the first submit to the last result in the kernel, two workers; new circuits in every round.

    Args:
        rounds: Times that each side runs all circuits.
        circuits: How many there are.
    """
    with new_home("workers = 2\n") as home, Kernel(home) as kernel:
        kernel.run("%load_ext qmagic")
        times = kernel.call(in_kernel, rounds=rounds, circuits=circuits)
    what = f"{circuits:,} random 5-qubit circuits"
    return [
        times_as_fast(f"{what}, queued (run_each), two workers", times["each"], times["aer"], at_least=3.0),
        times_as_fast(f"{what}, submitted one by one (run), two workers", times["run"], times["aer"],
              note="each submit waits for its commit"),
        times_as_fast(f"{what}, as OpenQASM text, queued (run_each)", times["text"], times["aer"],
              note="read twice, by a spare worker before the job exists and by the one that runs it"),
    ]  # fmt: skip


def in_kernel(rounds: int, circuits: int) -> dict[str, list[list[float]]]:
    """Runs in the kernel: seconds for all circuits, of each way, for each round."""
    from qiskit import qasm3
    from qiskit_aer import AerSimulator

    import qmagic

    simulator = AerSimulator()
    for seed in range(-40, 0):  # all are warm before the first round: two workers, and Aer
        simulator.run(random_circuit(seed), shots=_SHOTS).result()
    for job in qmagic.run_each([random_circuit(seed) for seed in range(-200, -100)], shots=_SHOTS):
        job.result()

    times: dict[str, list[list[float]]] = {"aer": [], "each": [], "run": [], "text": []}
    for number in range(rounds):
        made = [random_circuit(1_000_000 * number + seed) for seed in range(circuits)]
        texts = [qasm3.dumps(circuit) for circuit in made]
        for way, into in times.items():
            start = time.perf_counter()
            if way == "aer":
                done = [simulator.run(circuit, shots=_SHOTS).result() for circuit in made]
            elif way == "run":
                done = [job.result() for job in [qmagic.run(circuit, shots=_SHOTS) for circuit in made]]
            else:
                jobs = qmagic.run_each(made if way == "each" else texts, shots=_SHOTS)
                done = [job.result() for job in jobs]
            into.append([time.perf_counter() - start])
            if way != "aer":
                assert all(sum(result.counts().values()) == _SHOTS for result in done)
    return times
