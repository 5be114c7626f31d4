"""For tests of planning: circuits, some harder or easier than they look, and the time that a plan takes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from qiskit import QuantumCircuit

from tests.contracts.jobs import ghz

__all__ = ["deceptive", "dynamic", "quickest", "scrambled", "turned"]


def dynamic() -> QuantumCircuit:
    """Returns a circuit that decides at run time."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


def turned(n: int) -> QuantumCircuit:
    """Returns a GHZ state that is not Clifford."""
    circuit = QuantumCircuit(n, n)
    circuit.rx(0.3, 0)
    return circuit.compose(ghz(n))


def scrambled(n: int, layers: int) -> QuantumCircuit:
    """Returns a circuit that entangles everything with everything."""
    circuit = QuantumCircuit(n, n)
    for layer in range(layers):
        for qubit in range(n):
            circuit.u(0.3 + qubit, 0.2 * layer, 0.7, qubit)
        for qubit in range(n):
            circuit.cx(qubit, (qubit * 7 + layer + 1) % n if (qubit * 7 + layer + 1) % n != qubit else (qubit + 1) % n)
    circuit.measure(range(n), range(n))
    return circuit


def deceptive() -> QuantumCircuit:
    """Returns a circuit that looks like arithmetic, and spreads over 2^22 amplitudes; its entanglement is little.

    Four iSWAPs in a row are nothing, but count as eight bits in the bound.
    """
    circuit = QuantumCircuit(40, 40)
    for qubit in range(22):
        circuit.ry(0.3 + qubit / 10, qubit)
    for qubit in range(39):
        for _ in range(4):
            circuit.iswap(qubit, qubit + 1)
    circuit.measure(range(40), range(40))
    return circuit


def quickest(action: Callable[[], object]) -> float:
    """Returns the seconds of this thread in the best of ten tries, without the garbage collector.

    A worker's heap is frozen, and other tests may run on the same core.
    """
    gc.disable()
    try:
        times = []
        for _ in range(10):
            began = time.thread_time()
            action()
            times.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(times)
