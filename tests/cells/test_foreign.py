"""Circuits of other libraries run as jobs, from Python and as a cell's value, with counts in Qiskit's order."""

from __future__ import annotations

import pytest

import qmagic
from qmagic.errors import InputError


def test_x_on_the_first_qubit_counts_as_001(home):
    """The same circuit in Qiskit, Cirq and Braket gives the same counts, in one job."""
    import cirq
    from braket.circuits import Circuit
    from qiskit import QuantumCircuit

    q = cirq.LineQubit.range(3)
    own = QuantumCircuit(3, 3)
    own.x(0)
    own.measure(range(3), range(3))
    circuits = [own, cirq.Circuit(cirq.X(q[0]), cirq.measure(*q, key="m")), Circuit().x(0).i(1).i(2)]
    result = qmagic.run(circuits, shots=50).result()
    assert [result.counts(i) for i in range(3)] == [{"001": 50}] * 3


def test_observables_count_from_the_same_qubit(home):
    """The rightmost letter of an observable is the first qubit; a Braket circuit is not measured for it."""
    import cirq
    from braket.circuits import Circuit

    q = cirq.LineQubit.range(2)
    for circuit in (cirq.Circuit(cirq.X(q[0]), cirq.I(q[1])), Circuit().x(0).i(1)):
        assert list(qmagic.run(circuit, observables="IZ; ZI").result().evs) == [-1, 1]


def test_a_cell_gives_one(cell):
    """The last value of a Python body may be a circuit of Cirq, and `execute` gives it."""
    import cirq

    q = cirq.LineQubit(0)
    circuit = cirq.Circuit(cirq.X(q), cirq.measure(q, key="m"))
    spec, [made] = cell("circuit\n", lang="python", execute=lambda text: circuit)
    assert spec.source.language == "qpy"
    assert made.count_ops() == {"x": 1, "measure": 1}
    with pytest.raises(InputError, match=r"no measurements, so there is nothing to count"):
        cell("circuit\n", lang="python", execute=lambda text: cirq.Circuit(cirq.X(q)))
