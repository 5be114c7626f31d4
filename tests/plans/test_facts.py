"""Facts of a circuit: what is Clifford, and bounds that are never below the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate, efficient_su2
from qiskit.quantum_info import Operator, Statevector, random_unitary

from qmagic.backends.program import read
from qmagic.plans.facts import all_clifford, facts_of
from tests.contracts.jobs import ghz
from tests.plans.circuits import quickest
from tests.plans.test_simplify import reducible, unmeasured
from tests.reference.circuits import KINDS, STANDARD, random_circuit


def facts(circuit):
    return facts_of(read(circuit))


def test_counting():
    """Gates, those on several qubits, depth, measured bits, and idle qubits that do not count."""
    circuit = QuantumCircuit(10, 3)
    circuit.h(2)
    circuit.cx(2, 5)
    circuit.t(5)
    circuit.ccx(2, 5, 7)
    circuit.measure([2, 5, 7], range(3))
    found = facts(circuit)
    assert (found.qubits, found.gates, found.two_qubit, found.depth, found.measured) == (3, 4, 2, 4, 3)
    assert (found.not_clifford, found.first_not_clifford) == (2, "t on qubit 5")
    assert found.mixing == 1


def is_clifford(gate) -> bool:
    """Returns whether a gate maps each Pauli on one qubit to a Pauli, by its matrix."""
    n = gate.num_qubits
    matrix = Operator(gate).data
    paulis = {"X": [[0, 1], [1, 0]], "Z": [[1, 0], [0, -1]], "I": [[1, 0], [0, 1]], "Y": [[0, -1j], [1j, 0]]}
    every = [np.eye(1)]
    for _ in range(n):
        every = [np.kron(one, paulis[letter]) for one in every for letter in "IXYZ"]
    for qubit in range(n):
        for letter in "XZ":
            one = np.kron(np.eye(2 ** (n - 1 - qubit)), np.kron(paulis[letter], np.eye(2**qubit)))
            image = matrix @ one @ matrix.conj().T
            if max(abs(np.vdot(pauli, image)) for pauli in every) < 2**n - 1e-6:
                return False
    return True


@pytest.mark.parametrize("name", sorted(name for name, gate in STANDARD.items() if gate.num_qubits <= 3))
def test_clifford(name):
    """What is called Clifford maps Paulis to Paulis: every standard gate, at multiples of pi/4 and just beside them."""
    random = np.random.default_rng(len(name))
    gate = STANDARD[name]
    angles = [random.integers(0, 8, len(gate.params)) * math.pi / 4 for _ in range(8 if gate.params else 1)]
    angles += [angles[0] + 1e-3, np.zeros(len(gate.params))] if gate.params else []
    for values in angles:
        made = type(gate)(*values.tolist()) if gate.params else gate
        circuit = QuantumCircuit(gate.num_qubits)
        circuit.append(made, range(gate.num_qubits))
        if facts(circuit).clifford:
            assert is_clifford(made), values


def test_the_quick_look_agrees(full):
    """Whether all gates are Clifford is the same in the look that stops at the first that is not."""
    for kind in ("clifford", "unitary", "sparse"):
        for seed in range(full(20, 300)):
            program = read(random_circuit(KINDS[kind], seed, 5))
            assert all_clifford(program.steps) is facts_of(program).clifford


def test_own_gates_are_not_clifford():
    """A matrix is not looked into, whatever it calls itself, also beside a gate of that name; a parameter is free."""
    own = UnitaryGate(random_unitary(2, seed=1))
    own.name = "h"
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.append(own, [0])
    assert facts(circuit).not_clifford == 1
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("t"), 0)
    assert not facts(circuit).clifford


def test_bounds_are_bounds(full):
    """No cut has a Schmidt rank above 2^bond, at no time more amplitudes than 2^spread differ from 0."""
    number = full(40, 1000)
    circuits = [reducible(seed) for seed in range(number)]
    circuits += [random_circuit(KINDS[kind], seed, 6) for kind in ("unitary", "sparse") for seed in range(number)]
    for circuit in circuits:
        bare = unmeasured(circuit)
        program = read(bare)
        program.active = tuple(range(bare.num_qubits))
        found = facts_of(program)
        n = bare.num_qubits
        state = Statevector.from_int(0, 2**n)
        for instruction in bare.data:
            state = state.evolve(instruction.operation, [bare.find_bit(qubit).index for qubit in instruction.qubits])
            assert np.count_nonzero(abs(state.data) > 1e-12) <= 2**found.spread
            for cut in range(1, n):
                rank = np.linalg.matrix_rank(state.data.reshape(2 ** (n - cut), -1), tol=1e-9)
                assert rank <= 2**found.bond


def test_a_ghz_state_is_easy():
    """A chain of CX has one bit across each cut and two amplitudes, however long it is."""
    found = facts(ghz(300))
    assert (found.bond, found.spread, found.clifford, found.mixing) == (1, 1, True, 1)


def test_fast():
    """Facts of 1,000 gates take at most 5 ms."""
    circuit = efficient_su2(40, reps=5).decompose()
    circuit = circuit.assign_parameters(np.linspace(0, 3, circuit.num_parameters))
    program = read(circuit)
    steps = (program.steps * 3)[:1000]
    program.steps = steps
    assert len(steps) == 1000
    assert quickest(lambda: facts_of(program)) <= 5e-3
