"""The plan of a fused step: how few sweeps it needs."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.circuit.library import efficient_su2, qaoa_ansatz
from qiskit.quantum_info import SparsePauliOp

from qmagic.backends.exact.lowering import lower
from qmagic.backends.exact.runs import Diagonal, Permutation, Turns, runs, split_product, without_idle
from qmagic.backends.exact.segments import segments
from qmagic.backends.exact.steps import Flip, Phase, Sum, Turn


def planned(circuit):
    """Returns the turns of the product state, and the runs of the rest."""
    product, rest = split_product(without_idle(lower(circuit).steps))
    return product, runs(rest)


def test_a_layer_is_three_sweeps():
    """efficient_su2: its first turns are a product state; then phases, a map of indices and turns for each layer."""
    product, found = planned(efficient_su2(5, reps=2))
    assert set(product.angles) == set(range(5))
    kinds = [type(run) for run in found]
    assert kinds == [Diagonal, Permutation, Turns, Diagonal, Permutation, Turns, Diagonal]
    assert all(len(run.angles) == 5 for run in found if not isinstance(run, Permutation))


def test_ladders_of_pauli_rotations_vanish():
    """CX, RZ, CX is one phase: no map of indices is left of a Trotter step or of QAOA."""
    circuit = QuantumCircuit(4)
    angles = ParameterVector("a", 2)
    circuit.h(range(4))
    for first, angle in zip((0, 1), angles, strict=True):
        circuit.cx([first, first + 1], [first + 1, first + 2])
        circuit.rz(angle, first + 2)
        circuit.cx([first + 1, first], [first + 2, first + 1])
    _, found = planned(circuit)
    assert [type(run) for run in found] == [Diagonal]
    assert set(found[0].angles) == {0b0111, 0b1110}
    cost = SparsePauliOp.from_sparse_list([("ZZ", [i, (i + 1) % 6], 1.0) for i in range(6)], 6)
    _, found = planned(qaoa_ansatz(cost, reps=3).decompose(reps=4))
    assert not any(isinstance(run, Permutation) for run in found)
    assert sum(isinstance(run, Turns) for run in found) == 3


def test_what_acts_on_zeros_is_left_out():
    """Phases and controls on untouched qubits do nothing; X turns one by pi."""
    steps = [Phase(3, Sum(0.1)), Flip(1, 1), Flip(0), Phase(3, Sum(0.2)), Turn(1, Sum()), Flip(1, 1)]
    assert without_idle(steps) == [Turn(0, Sum(np.pi)), Phase(1, Sum(0.2)), Flip(1, 1)]


@pytest.mark.parametrize(("width", "size", "sweeps"), [(13, 13, 1), (16, 13, 2), (20, 13, 2)])
def test_a_wide_ansatz_takes_few_sweeps(width, size, sweeps):
    """Segments follow the light cone of the entangling chain, not its layers, and leave no step out."""
    _, rest = split_product(without_idle(lower(efficient_su2(width, reps=2)).steps))
    parts = segments(rest, width, size)
    assert len(parts) == sweeps
    assert all(len(part.qubits) == size for part in parts)
    turns = sum(len(run.angles) for part in parts for run in part.runs if isinstance(run, Turns))
    assert turns == 2 * width
