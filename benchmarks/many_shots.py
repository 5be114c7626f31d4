"""A million shots of a Bell, to counts and to Qiskit's BitArray, against Aer's ``run`` and ``get_counts``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.circuits import bell
from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, times_as_fast

TINY = {"rounds": 1, "shots": 10_000}


def measure(*, rounds: int = 15, shots: int = 1_000_000) -> list[Row]:
    """Times from the submit of a circuit to the counts, or the array, in the kernel.

    Args:
        rounds: Calls of each side.
        shots: Shots of each call.
    """
    with new_home() as home, Kernel(home) as kernel:
        kernel.run("%load_ext qmagic")
        times = kernel.call(in_kernel, rounds=rounds, shots=shots)
    return [
        times_as_fast(f"{shots:,} shots of a Bell, to counts", times["counts"], times["aer"], at_least=50.0),
        times_as_fast(f"{shots:,} shots of a Bell, to BitArray", times["array"], times["aer"], at_least=30.0),
    ]


def in_kernel(rounds: int, shots: int) -> dict[str, list[list[float]]]:
    """Runs in the kernel: seconds of each call, of each way."""
    from qiskit_aer import AerSimulator

    import qmagic

    simulator = AerSimulator()

    def aer(circuit: Any) -> int:
        return sum(simulator.run(circuit, shots=shots).result().get_counts().values())

    def counts(circuit: Any) -> int:
        return sum(qmagic.run(circuit, shots=shots).result().counts().values())

    def array(circuit: Any) -> int:
        return int(next(iter(qmagic.run(circuit, shots=shots).result()[0].data.values())).num_shots)

    ways: dict[str, Callable[[Any], int]] = {"aer": aer, "counts": counts, "array": array}
    times: dict[str, list[list[float]]] = {way: [] for way in ways}
    for number in range(-3, rounds):  # the first three warm everything
        for way, run in ways.items():
            circuit = bell(number + 3)
            start = time.perf_counter()
            made = run(circuit)
            taken = time.perf_counter() - start
            assert made == shots, way
            if number >= 0:
                times[way].append([taken])
    return times
