"""The state after each gate, against Qiskit's own simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import QFT
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector

from qmagic.backends import trace
from qmagic.errors import InputError
from qmagic.jobs import ParameterValues, PubSpec

ONE = PubSpec()


def states(circuit: QuantumCircuit, pub: PubSpec = ONE) -> tuple[tuple[str, ...], np.ndarray, tuple[str, ...]]:
    outcome = trace.outcome(trace.unitary_part(pub, [circuit]), {})
    (found,) = outcome.states
    return found.steps, np.frombuffer(found.amplitudes, "<c16").reshape(len(found.steps), -1), outcome.notes


@pytest.mark.parametrize("seed", range(24))
def test_every_step_is_qiskits_state_with_its_phase(seed):
    """After each gate the amplitudes are those of Statevector on the circuit so far, global phase included."""
    circuit = random_circuit(seed % 5 + 1, 5, max_operands=min(seed % 5 + 1, 4), seed=seed)
    circuit.global_phase = 0.3 * seed
    steps, found, _ = states(circuit)
    so_far = circuit.copy_empty_like()
    assert np.allclose(found[0], Statevector(so_far).data)
    assert len(steps) == len(circuit.data) + 1
    for place, instruction in enumerate(circuit.data):
        so_far.append(instruction)
        assert np.allclose(found[place + 1], Statevector(so_far).data), steps[place + 1]


def test_gates_that_are_made_of_others_are_one_step():
    """A composite, a controlled composite and a prepared state each count once, and are right."""
    circuit = QuantumCircuit(4)
    circuit.initialize([1, 0, 0, 1j], [0, 1], normalize=True)
    circuit.append(QFT(3).to_gate().control(1), range(4))
    circuit.append(QFT(2).to_gate(), [1, 3])
    steps, found, _ = states(circuit)
    assert steps == ("start", "initialize q0, q1", "cQFT q0, q1, q2, q3", "QFT q1, q3")
    assert np.allclose(found[-1], Statevector(circuit).data)


def test_barriers_and_final_measurements_are_no_steps():
    """They change no state that can be shown."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.barrier()
    circuit.measure_all()
    assert states(circuit)[0] == ("start", "h q0")


def test_parameters_are_bound():
    """The point's values are in the gates."""
    theta = Parameter("theta")
    circuit = QuantumCircuit(1)
    circuit.ry(theta, 0)
    steps, found, _ = states(
        circuit, PubSpec(parameters=ParameterValues(("theta",), np.array([math.pi / 2]).tobytes()))
    )
    assert steps[1] == "ry(π/2) q0"
    assert np.allclose(found[-1], [math.sqrt(0.5)] * 2)


@pytest.mark.parametrize("name", ["measure", "reset", "if_else"])
def test_what_is_not_unitary_before_the_end_is_refused(name):
    """Then there is no single state, and one sentence says what stands in the way."""
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    if name == "measure":
        circuit.measure(0, 0)
        circuit.h(0)
    elif name == "reset":
        circuit.reset(0)
    else:
        circuit.measure(0, 0)
        with circuit.if_test((0, 1)):
            circuit.x(0)
    with pytest.raises(InputError, match="unitary up to final measurements"):
        states(circuit)


def test_a_long_circuit_keeps_some_steps_and_says_so():
    """At most 16,384 amplitudes are kept: the first and last state, and some between."""
    circuit = QuantumCircuit(8)
    for i in range(300):
        circuit.rx(0.1 * i, i % 8)
    steps, found, notes = states(circuit)
    assert found.size <= 16_384
    assert np.allclose(found[-1], Statevector(circuit).data)
    assert steps[0] == "start"
    assert notes == (f"{len(steps)} of 301 steps are kept, one in 5",)


def test_the_headline_names_the_most_probable_states():
    """In a list of jobs: three at most, ties by value."""
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    assert trace.headline(trace.outcome(circuit, {})) == "|00⟩ 0.250, |01⟩ 0.250, |10⟩ 0.250, …"
