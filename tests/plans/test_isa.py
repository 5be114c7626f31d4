"""The first gate that a device does not have is found and named: name, qubits, angle, inside of blocks."""

from __future__ import annotations

import math

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import CXGate, RXGate, RZZGate
from qiskit.circuit.random import random_circuit
from qiskit.transpiler import InstructionProperties, Target, generate_preset_pass_manager
from qiskit.transpiler.passes import GatesInBasis

from qmagic.backends.devices.snapshots import device, names
from qmagic.plans.isa import instructions_of, misfit
from qmagic.plans.transpile import first_misfit


def found(circuit, target):
    made = misfit(circuit, instructions_of(target))
    return None if made is None else (made.index, made.reason)


@pytest.mark.parametrize("name", names())
def test_what_the_transpiler_makes_fits(name):
    """Whatever Qiskit brings onto a device fits it; one more gate that is not its own is found where it stands."""
    target = device(name).target
    made = generate_preset_pass_manager(1, target=target, seed_transpiler=3).run(
        random_circuit(4, 4, max_operands=2, measure=True, seed=5)
    )
    assert found(made, target) is None
    assert first_misfit(made, device(name)) is None
    made.h(1)
    index, reason = found(made, target)
    assert index == len(made.data) - 1
    assert reason.startswith("h on qubit 1 is not one of its gates (")
    assert first_misfit(made, device(name)).reason.startswith("h on qubit 1 is not one of its gates (")


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_qiskit(seed):
    """A gate is found exactly where Qiskit's own pass says that not all gates are in the basis."""
    target = device("fake_manila").target
    circuit = QuantumCircuit(5)
    made = random_circuit(5, 1, max_operands=2, seed=seed)
    circuit.compose(made, inplace=True)
    circuit.cx(seed % 5, (seed + 1) % 5)
    gates = GatesInBasis(target=target)
    gates(circuit)
    placed = all(
        one.operation.num_qubits != 2
        or tuple(circuit.find_bit(q).index for q in one.qubits) in target.build_coupling_map().get_edges()
        for one in circuit.data
    )
    assert (found(circuit, target) is None) == (gates.property_set["all_gates_in_basis"] and placed)


def test_unconnected_qubits_are_named():
    """A gate that exists, on qubits that it does not connect, is refused with these qubits."""
    circuit = QuantumCircuit(5)
    circuit.x(0)
    circuit.cx(0, 4)
    assert found(circuit, device("fake_manila").target) == (
        1, "cx on qubits 0, 4 is not possible there, these qubits are not connected so",
    )  # fmt: skip


def test_angles_are_looked_at():
    """Fixed angles and bounds on angles, as targets have them, are kept to."""
    target = Target(num_qubits=2)
    target.add_instruction(RXGate(math.pi / 2), {(0,): InstructionProperties()}, name="rx")
    target.add_instruction(
        RZZGate(Parameter("t")), {(0, 1): InstructionProperties()}, name="rzz", angle_bounds=[(0, math.pi / 2)]
    )
    target.add_instruction(CXGate(), {(0, 1): InstructionProperties()})
    circuit = QuantumCircuit(2)
    circuit.rx(math.pi / 2, 0)
    circuit.rzz(1.0, 0, 1)
    assert found(circuit, target) is None
    circuit.rzz(-0.3, 0, 1)
    assert found(circuit, target) == (2, "rzz on qubits 0, 1 does not take the angle -0.3 there")
    other = QuantumCircuit(2)
    other.rx(0.25, 0)
    assert found(other, target) == (0, "rx on qubit 0 does not take the angle 0.25 there")


def test_blocks_are_looked_into():
    """A gate inside of a branch is found, on the device's qubits, and the branch itself must be possible."""
    circuit = QuantumCircuit(3, 1)
    circuit.measure(2, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
        circuit.h(2)
    target = device("fake_torino").target
    index, reason = found(circuit, target)
    assert index == 1
    assert reason.startswith("h on qubit 2 is not one of its gates")
    assert reason.endswith("(inside of if_else)")
    straight = Target(num_qubits=3)
    straight.add_instruction(Measure(), {(q,): InstructionProperties() for q in range(3)})
    assert found(circuit, straight) == (1, "if_else on qubits 1, 2 is not one of its gates (measure)")
