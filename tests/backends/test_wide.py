"""Circuits far wider than any state vector that are easy all the same: they just work by ``auto``, and are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from tests.contracts.jobs import counts

SHOTS = 4000


def test_w_380():
    """A W state of 380 qubits has exactly one 1, anywhere: chi-square within 5 standard deviations."""
    n = 380
    circuit = QuantumCircuit(n, n)
    circuit.x(n - 1)
    for i in range(n - 1, 0, -1):
        circuit.cry(2 * math.acos(math.sqrt(1 / (i + 1))), i, i - 1)
        circuit.cx(i - 1, i)
    circuit.measure(range(n), range(n))
    seen = counts(circuit, SHOTS)
    assert all(outcome.count("1") == 1 for outcome in seen)
    expected = SHOTS / n
    chi = sum((number - expected) ** 2 / expected for number in seen.values()) + (n - len(seen)) * expected
    assert abs(chi - (n - 1)) < 5 * math.sqrt(2 * (n - 1))


def ising(qubits):
    """Returns one Trotter step of an Ising chain on these places, whose angles differ from place to place."""
    circuit = QuantumCircuit(len(qubits))
    circuit.h(range(len(qubits)))
    for parity in (0, 1):
        for i, qubit in enumerate(qubits[:-1]):
            if qubit % 2 == parity:
                circuit.rzz(0.3 + 0.002 * qubit, i, i + 1)
    for i, qubit in enumerate(qubits):
        circuit.ry(0.4 + 0.001 * qubit, i)
    return circuit


def test_ising_420():
    """Neighbours in a chain of 420 are correlated as in their light cone alone: within 5 standard errors."""
    circuit = ising(range(420))
    circuit.measure_all()
    seen = counts(circuit, SHOTS)
    for left in (0, 200, 417):
        cone = range(max(0, left - 3), min(420, left + 5))
        at = left - cone[0]
        label = ["I"] * len(cone)
        label[-1 - at] = label[-2 - at] = "Z"
        wanted = Statevector(ising(cone)).expectation_value(SparsePauliOp("".join(label))).real
        value = sum((1 if one[-1 - left] == one[-2 - left] else -1) * number for one, number in seen.items()) / SHOTS
        assert abs(value - wanted) < 5 / math.sqrt(SHOTS)


def test_adder_of_a_hundred_bits():
    """A ripple-carry adder gives the sum of two numbers; both sums where one bit is in superposition."""
    n = 100
    random = np.random.default_rng(5)
    a, b = (int.from_bytes(random.bytes(12), "little") for _ in range(2))
    for superposed in (False, True):
        circuit = QuantumCircuit(2 * n + 1, n)
        for i in range(n):
            if a >> i & 1:
                circuit.x(1 + 2 * i)
            if b >> i & 1:
                circuit.x(2 + 2 * i)
        if superposed:
            circuit.h(1)  # the lowest bit of a
        carry = [0, *(1 + 2 * i for i in range(n))]
        for i in range(n):  # Cuccaro's majority gates, then back with the sums
            c, s, t = carry[i], 2 + 2 * i, 1 + 2 * i
            circuit.cx(t, s)
            circuit.cx(t, c)
            circuit.ccx(c, s, t)
        for i in reversed(range(n)):
            c, s, t = carry[i], 2 + 2 * i, 1 + 2 * i
            circuit.ccx(c, s, t)
            circuit.cx(t, c)
            circuit.cx(c, s)
        circuit.measure([2 + 2 * i for i in range(n)], range(n))
        wanted = {a - (a & 1) + bit + b for bit in (0, 1)} if superposed else {a + b}
        assert {int(outcome, 2) for outcome in counts(circuit, 200)} == {value % (1 << n) for value in wanted}


def test_bernstein_vazirani_300():
    """The secret of 300 bits comes out at every shot."""
    n = 300
    secret = int.from_bytes(np.random.default_rng(7).bytes(38), "little") % (1 << n)
    circuit = QuantumCircuit(n + 1, n)
    circuit.x(n)
    circuit.h(range(n + 1))
    for i in range(n):
        if secret >> i & 1:
            circuit.cx(i, n)
    circuit.h(range(n))
    circuit.measure(range(n), range(n))
    assert counts(circuit, 100) == {f"{secret:0{n}b}": 100}


@pytest.mark.parametrize("turn", [0.0, 0.1])
def test_swap_test_on_81_qubits(turn):
    """The ancilla of a swap test of two product states reads 0 with (1 + overlap^2) / 2: within 5 standard errors."""
    n = 40
    circuit = QuantumCircuit(2 * n + 1, 1)
    for i in range(n):
        circuit.ry(0.3 + 0.02 * i, 1 + i)
        circuit.ry(0.3 + 0.02 * i + turn, 1 + n + i)
    circuit.h(0)
    for i in range(n):
        circuit.cswap(0, 1 + i, 1 + n + i)
    circuit.h(0)
    circuit.measure(0, 0)
    wanted = (1 + math.cos(turn / 2) ** (2 * n)) / 2
    seen = counts(circuit, SHOTS)
    assert abs(seen["0"] / SHOTS - wanted) <= 5 * math.sqrt(wanted * (1 - wanted) / SHOTS) + 1e-12
