"""What is left of a circuit means what the circuit meant: distributions and expectation values stay."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from qmagic.backends.base import Executable, Grant
from qmagic.backends.program import read
from qmagic.plans.assemble import Asked, assemble
from qmagic.plans.simplify import simplify

_ONE = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx")
_TWO = ("cx", "cz", "cy", "ch", "swap", "iswap", "cs", "csdg", "csx", "ecr", "dcx")
_THREE = ("ccx", "cswap", "ccz")
_TURNS = ("rx", "ry", "rz", "p")
_TWO_TURNS = ("cp", "crx", "cry", "crz", "rzz", "rxx")


def random_circuit(seed: int, wide: bool = False) -> QuantumCircuit:
    """Returns a circuit with much that can be simplified: basis states, known controls, idle and loose qubits."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 7 if wide else 6))
    circuit = QuantumCircuit(n, n + 1)
    superposed = random.random() < 0.6
    for _ in range(int(random.integers(1, 25))):
        qubits = [int(q) for q in random.permutation(n)]
        kind = random.random()
        if kind < 0.3:
            name = str(random.choice(_ONE if superposed else ("x", "z", "s", "t")))
            getattr(circuit, name)(qubits[0])
        elif kind < 0.4:
            getattr(circuit, str(random.choice(_TURNS)))(random.choice([np.pi, np.pi / 2, 0.3]), qubits[0])
        elif kind < 0.7:
            getattr(circuit, str(random.choice(_TWO)))(*qubits[:2])
        elif kind < 0.85:
            getattr(circuit, str(random.choice(_TWO_TURNS)))(random.choice([np.pi, -np.pi / 2, 0.7]), *qubits[:2])
        elif n > 2:
            getattr(circuit, str(random.choice(_THREE)))(*qubits[:3])
    for bit, qubit in enumerate(random.permutation(n)[: int(random.integers(1, n + 1))]):
        circuit.measure(int(qubit), bit)
    if random.random() < 0.2:
        circuit.measure(int(random.integers(n)), n)
    return circuit


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    bare = QuantumCircuit(circuit.num_qubits)
    for instruction in circuit.data:
        if instruction.name != "measure":
            bare.append(instruction.operation, [circuit.find_bit(qubit).index for qubit in instruction.qubits])
    return bare


@pytest.mark.parametrize("seed", range(60))
def test_counts(seed):
    """Counts follow the exact distribution, and what has probability 0 never occurs (chi-square, 1e-6)."""
    full = 8000
    circuit = random_circuit(seed)
    program = read(circuit)
    bare = unmeasured(circuit)
    chances: dict[int, float] = {}
    for index, chance in enumerate(np.abs(Statevector(bare).data) ** 2):
        value = sum((index >> qubit & 1) << bit for bit, qubit in program.measured)
        chances[value] = chances.get(value, 0.0) + float(chance)
    made = assemble(Executable(circuit, program), Asked(every=True, shots=full))
    table, _ = made.backend.sample(Executable(circuit, program), full, (seed, 0, 0, 0), Grant())
    counts = dict(table.rows())
    assert sum(counts.values()) == full
    assert all(chances.get(value, 0.0) > 1e-15 for value in counts)
    likely = {value: chance for value, chance in chances.items() if chance * full >= 5}
    rest = 1 - sum(likely.values())
    pairs = [(counts.get(value, 0), chance) for value, chance in likely.items()]
    if rest * full >= 5:
        pairs.append((full - sum(count for count, _ in pairs), rest))
    if len(pairs) > 1:
        from scipy.stats import chi2

        statistic = sum((count - full * chance) ** 2 / (full * chance) for count, chance in pairs)
        assert chi2.sf(statistic, len(pairs) - 1) > 1e-6


@pytest.mark.parametrize("seed", range(60, 120))
def test_expectation_values(seed):
    """Expectation values of products stay to 1e-10, entangled or not."""
    circuit = unmeasured(random_circuit(seed, wide=True))
    n = circuit.num_qubits
    random = np.random.default_rng(seed)
    program = read(circuit)
    program.active = tuple(range(n))
    products = []
    for _ in range(8):
        qubits = sorted(random.permutation(n)[: int(random.integers(1, n + 1))].tolist())
        products.append(tuple((str(random.choice(list("XYZ01+-rl"))), qubit) for qubit in qubits))
    made = assemble(Executable(circuit, program), Asked(exact=True, counts=False, every=True))
    found, _ = made.backend.expectations(Executable(circuit, program), products, Grant())
    state = Statevector(circuit)
    for product, value in zip(products, found, strict=True):
        operators = {qubit: _OPERATORS[letter] for letter, qubit in product}
        vector = state.data.reshape((2,) * n)
        for qubit, operator in operators.items():
            axis = n - 1 - qubit
            vector = np.moveaxis(np.tensordot(operator, vector, (1, axis)), 0, axis)
        assert abs(np.vdot(state.data, vector.ravel()).real - value) < 1e-10


_OPERATORS = {
    "X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1]), "0": np.diag([1, 0]),
    "1": np.diag([0, 1]), "+": np.ones((2, 2)) / 2, "-": np.array([[1, -1], [-1, 1]]) / 2,
    "r": np.array([[1, -1j], [1j, 1]]) / 2, "l": np.array([[1, 1j], [-1j, 1]]) / 2,
}  # fmt: skip


def left(circuit: QuantumCircuit, counts: bool = True):
    return simplify(read(circuit), counts=counts)


def test_what_no_measurement_sees_is_dropped():
    """Diagonal gates before a measurement and gates on unmeasured qubits are gone; for expectation values they stay."""
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.t(0)
    circuit.cz(0, 1)
    circuit.measure(0, 0)
    assert left(circuit).steps == []
    assert len(left(unmeasured(circuit), counts=False).steps) == 5


def test_known_controls():
    """A Toffoli on known bits vanishes; on one known bit it is a CX."""
    circuit = QuantumCircuit(3, 3)
    circuit.x([0, 1])
    circuit.ccx(0, 1, 2)
    circuit.measure(range(3), range(3))
    found = left(circuit)
    assert (found.steps, len(found.alone)) == ([], 3)
    circuit = QuantumCircuit(3, 3)
    circuit.x(0)
    circuit.h(1)
    circuit.ccx(0, 1, 2)
    circuit.measure(range(3), range(3))
    assert [step[0].name for step in left(circuit).steps] == ["h", "cx"]


def test_a_phase_kicks_back():
    """Bernstein-Vazirani falls apart into single qubits."""
    circuit = QuantumCircuit(40, 39)
    circuit.x(39)
    circuit.h(range(40))
    for qubit in range(0, 39, 2):
        circuit.cx(qubit, 39)
    circuit.h(range(39))
    circuit.measure(range(39), range(39))
    found = left(circuit)
    assert found.steps == []
    assert len(found.alone) == 40


def test_clifford_stays_clifford():
    """Preparations of Clifford states are Clifford gates: nothing becomes harder."""
    circuit = QuantumCircuit(20, 20)
    circuit.h(0)
    circuit.s(0)
    for qubit in range(19):
        circuit.cx(qubit, qubit + 1)
    circuit.h(range(20))
    circuit.measure(range(20), range(20))
    assert {step[0].name for step in left(circuit).steps} <= {"h", "s", "cx"}


def test_parts():
    """Circuits that never meet are parts; names that a SWAP exchanged are followed."""
    circuit = QuantumCircuit(6, 6)
    for qubit in (0, 2, 4):
        circuit.h(qubit)
        circuit.cx(qubit, qubit + 1)
    circuit.swap(1, 2)
    circuit.measure(range(6), range(6))
    found = left(circuit)
    assert sorted(map(len, found.groups)) == [2, 2, 2]
    assert found.wire[1] == 2
