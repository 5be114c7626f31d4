"""What is left of a circuit means what the circuit meant, exactly: distributions and expectation values stay."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate
from qiskit.circuit.library import HGate, UnitaryGate
from qiskit.quantum_info import SparsePauliOp

from qmagic.backends.program import read
from qmagic.plans.simplify import simplify
from tests.reference.circuits import KINDS, random_circuit
from tests.reference.exact import distribution, expectation

_ONE = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx")
_TWO = ("cx", "cz", "cy", "ch", "swap", "iswap", "cs", "csdg", "csx", "ecr", "dcx")
_THREE = ("ccx", "cswap", "ccz")
_TURNS = ("rx", "ry", "rz", "p")
_TWO_TURNS = ("cp", "crx", "cry", "crz", "rzz", "rxx")


def reducible(seed: int) -> QuantumCircuit:
    """Returns a circuit with much that can be simplified: basis states, known controls, idle and loose qubits."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 7))
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


def some_circuits(number: int) -> list[QuantumCircuit]:
    """Returns circuits of many kinds whose measurements come last."""
    general = [random_circuit(KINDS[kind], seed, 6) for kind in ("unitary", "sparse") for seed in range(number // 4)]
    return [reducible(seed) for seed in range(number // 2)] + general


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    bare = QuantumCircuit(circuit.num_qubits)
    for instruction in circuit.data:
        if instruction.name not in ("measure", "barrier"):
            bare.append(instruction.operation, [circuit.find_bit(qubit).index for qubit in instruction.qubits])
    return bare


def seen(circuit: QuantumCircuit):
    """Returns what the program's measurements look at."""
    return {qubit: True for _, qubit in read(circuit).measured}


def left(circuit: QuantumCircuit, looked_at=None):
    return simplify(read(circuit), seen(circuit) if looked_at is None else looked_at)


def rebuilt(circuit: QuantumCircuit, found) -> QuantumCircuit:
    """Returns what is left as a circuit over the same bits: lonely qubits prepared, then the steps."""
    made = QuantumCircuit(circuit.num_qubits, circuit.num_clbits)
    for wire, (zero, one) in found.alone.items():
        made.append(UnitaryGate([[zero, -np.conj(one)], [one, np.conj(zero)]]), [wire])
    for instruction, wires in found.steps:
        made.append(instruction.operation, wires)
    for bit, qubit in read(circuit).measured:
        made.measure(found.wire[qubit], bit)
    return made


def test_distributions_stay(full):
    """The distribution of what is left is that of the circuit, to 1e-10."""
    for i, circuit in enumerate(some_circuits(full(120, 2000))):
        wanted, got = distribution(circuit), distribution(rebuilt(circuit, left(circuit)))
        for outcome in wanted.keys() | got.keys():
            assert wanted.get(outcome, 0.0) == pytest.approx(got.get(outcome, 0.0), abs=1e-10), i


def test_expectation_values_stay(full):
    """So do expectation values, when what the observables do not see is dropped."""
    for i, measured in enumerate(some_circuits(full(120, 2000))):
        circuit = unmeasured(measured)
        n = circuit.num_qubits
        random = np.random.default_rng(i)
        letters = "IZ" if i % 2 else "IIXYZ"
        label = "".join(random.choice(list(letters), n))
        looked_at = {qubit: letter == "Z" for qubit, letter in enumerate(reversed(label)) if letter != "I"}
        program = read(circuit)
        program.active = tuple(range(n))
        found = simplify(program, looked_at)
        moved = ["I"] * n
        for qubit, letter in enumerate(reversed(label)):
            moved[n - 1 - found.wire[qubit]] = letter
        there = expectation(rebuilt(circuit, found), SparsePauliOp("".join(moved)))
        assert there == pytest.approx(expectation(circuit, SparsePauliOp(label)), abs=1e-10), (i, label)


def test_parts_never_meet(full):
    """Each wire is alone or in one group, and no step touches two groups."""
    for circuit in some_circuits(full(60, 1000)):
        found = left(circuit)
        group_of = {wire: i for i, group in enumerate(found.groups) for wire in group}
        assert found.alone.keys().isdisjoint(group_of)
        assert set(found.wire.values()) == found.alone.keys() | group_of.keys() == set(found.wire)
        assert all(len({group_of[wire] for wire in wires}) == 1 for _, wires in found.steps)


def test_what_no_measurement_sees_is_dropped():
    """Diagonal gates before a measurement and gates outside the light cone are gone; for X they are seen."""
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.t(0)
    circuit.cz(0, 1)
    circuit.measure(0, 0)
    found = left(circuit)
    assert (found.steps, found.unseen) == ([], 4)
    assert left(unmeasured(circuit), {0: False}).unseen == 1  # the CX between the two others, for CZ spreads no X
    assert left(unmeasured(circuit), {0: False, 1: False, 2: False}).unseen == 0


def test_known_controls():
    """A Toffoli on known bits vanishes; on one known bit it is a CX."""
    circuit = QuantumCircuit(3, 3)
    circuit.x([0, 1])
    circuit.ccx(0, 1, 2)
    circuit.measure(range(3), range(3))
    found = left(circuit)
    assert (found.steps, len(found.alone), found.folded) == ([], 3, 3)
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


def test_a_gate_is_not_what_it_calls_itself():
    """A gate of the user's own called ``cz`` or ``x`` is applied as what it is."""
    own = UnitaryGate(np.array([[1, 1], [1, -1]]) / 2**0.5)
    own.name = "x"
    controlled = ControlledGate("cz", 2, [], num_ctrl_qubits=1, base_gate=HGate())
    controlled.definition = QuantumCircuit(2)
    controlled.definition.ch(0, 1)
    circuit = QuantumCircuit(2, 2)
    circuit.append(own, [0])
    circuit.append(controlled, [0, 1])
    circuit.measure(range(2), range(2))
    assert distribution(rebuilt(circuit, left(circuit))) == pytest.approx(distribution(circuit), abs=1e-10)
