"""Amazon Braket's circuits mean here what they mean there: unitaries (Braket's own), bits, parameters; or are refused.

The converter is Braket's own package; these tests are what we rely on it for.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Gate, Instruction, Observable
from braket.devices import LocalSimulator
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator

from qmagic.cells.braket import to_qiskit
from qmagic.errors import InputError
from tests.conftest import SOAK

ANGLES = st.floats(-3, 3, allow_subnormal=False).map(lambda x: round(x, 6))
#: Every gate of Braket, and how many angles it has.
GATES = {
    name: sum("angle" in argument for argument in inspect.signature(getattr(Gate, name).__init__).parameters)
    for name in dir(Gate)
    if name[0].isupper() and name not in ("PulseGate", "Unitary")
}


@st.composite
def instructions(draw):
    """Draws a gate of Braket on some of four qubits; some are controlled by a fifth, some raised to a power."""
    name = draw(st.sampled_from(sorted(GATES)))
    gate = getattr(Gate, name)(*[draw(ANGLES) for _ in range(GATES[name])])
    target = draw(st.permutations(range(4)))[: gate.qubit_count]
    modifiers = draw(st.sampled_from([{}, {}, {"control": [4]}, {"control": [4], "control_state": [0]}, {"power": -1}]))
    return Instruction(gate, target, **modifiers)


@settings(max_examples=2000 if SOAK else 60, derandomize=True)
@given(st.lists(instructions(), min_size=1, max_size=8))
def test_the_unitary_is_brakets(gates):
    """The unitary is the one Braket computes, up to a global phase; Braket's first qubit is Qiskit's qubit 0."""
    circuit = Circuit()
    for qubit in range(5):
        circuit.ry(qubit, 0.1 + qubit)
    for instruction in gates:
        circuit.add_instruction(instruction)
    wanted = circuit.to_unitary()
    made = to_qiskit(circuit)
    made.remove_final_measurements()
    assert Operator(made.reverse_bits()).equiv(Operator(wanted), atol=1e-7)


@pytest.mark.parametrize("name", sorted(GATES))
def test_each_gate_alone(name):
    """Each gate of Braket's, on qubits in descending order, has Braket's unitary."""
    gate = getattr(Gate, name)(*np.linspace(0.3, 1.1, GATES[name]))
    circuit = Circuit()
    for qubit in range(3):
        circuit.ry(qubit, 0.1 + qubit)
    circuit.add_instruction(Instruction(gate, [2, 0, 1][: gate.qubit_count]))
    made = to_qiskit(circuit)
    made.remove_final_measurements()
    assert Operator(made.reverse_bits()).equiv(Operator(circuit.to_unitary()), atol=1e-7)


def test_x_on_the_first_of_three_is_001(cell):
    """What Braket counts as '100' is '001', and a circuit that measures nothing measures all of its qubits."""
    circuit = Circuit().x(0).i(1).i(2)
    assert LocalSimulator().run(circuit, shots=10).result().measurement_counts == {"100": 10}
    _, [made] = cell(circuit="c", namespace={"c": circuit})
    assert AerSimulator().run(made, shots=10).result().get_counts() == {"001": 10}


@settings(max_examples=100 if SOAK else 15, derandomize=True)
@given(st.permutations([1, 3, 4, 7]), st.integers(1, 4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_measured_bits_are_brakets_reversed(order, number, flips):
    """The bits are those that Braket's simulator reads, written right to left; gaps between qubits do not matter."""
    circuit = Circuit()
    for qubit, flip in zip((1, 3, 4, 7), flips, strict=True):
        circuit.x(qubit) if flip else circuit.i(qubit)
    circuit.measure(list(order[:number]))
    [wanted] = LocalSimulator().run(circuit, shots=5).result().measurement_counts
    [read] = AerSimulator().run(to_qiskit(circuit), shots=5).result().get_counts()
    assert read == wanted[::-1]


def test_free_parameters_become_parameters(cell):
    """Free parameters and their expressions are Qiskit's parameters of the same names."""
    a, b = FreeParameter("a"), FreeParameter("t")
    circuit = Circuit().rx(0, 2 * a + 1).cphaseshift(0, 1, a * b)
    made = to_qiskit(circuit).assign_parameters({"a": 0.3, "t": -0.7})
    made.remove_final_measurements()
    wanted = circuit.make_bound_circuit({"a": 0.3, "t": -0.7}).to_unitary()
    assert Operator(made.reverse_bits()).equiv(Operator(wanted), atol=1e-9)
    spec, _ = cell(circuit="c", bind="a=0.3,t=-0.7", observables="ZZ", namespace={"c": circuit})
    assert spec.kind == "estimate"


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit().x(0).expectation(Observable.Z(), 0), "asks for the result type Expectation"),
        (Circuit().x(0).depolarizing(0, 0.1), "Depolarizing in the Braket circuit is noise"),
        (Circuit().add_verbatim_box(Circuit().h(0)), "has a verbatim box"),
    ],
)
def test_what_is_refused_says_why(cell, circuit, message):
    """Result types, noise and verbatim boxes, which would get lost, are refused in one line that says what to do."""
    with pytest.raises(InputError, match=message) as raised:
        cell(circuit="c", namespace={"c": circuit})
    assert "\n" not in str(raised.value)
