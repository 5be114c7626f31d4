"""The simple route: where a circuit goes, and the sentence that says why."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

from qmagic.backends.base import Executable
from qmagic.backends.noise import noise_of
from qmagic.backends.program import read
from qmagic.errors import NotFoundError
from qmagic.plans.route import choose
from tests.contracts.jobs import counts_of, ghz, outcome_of


def route(circuit, wanted="auto", *, noise=None, exact=False):
    return choose(Executable(circuit, read(circuit), noise), wanted, exact=exact)


def dynamic() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


def test_final_state():
    """A narrow unitary circuit goes to the state vector."""
    assert route(ghz(3)).backend == "statevector"


def test_noise():
    """Noise goes to Aer and is named."""
    found = route(ghz(3), noise=noise_of("readout=0.1"))
    assert (found.backend, "readout=0.1" in found.why) == ("aer", True)


def test_dynamic():
    """What branches goes to Aer, and the sentence says what branches; counts agree with the circuit."""
    found = route(dynamic())
    assert found.backend == "aer"
    assert "if_else" in found.why
    assert set(counts_of(outcome_of(dynamic()).pubs[0])) == {"00", "11"}


def test_wide():
    """A wide Clifford circuit goes to the tableau, any other wide one to matrix product states; both run."""
    circuit = ghz(60)
    assert route(circuit).backend == "aer.stabilizer"
    assert set(counts_of(outcome_of(circuit).pubs[0])) == {"0" * 60, "1" * 60}
    other = QuantumCircuit(60, 60)
    other.rx(0.3, 0)
    other.compose(circuit, inplace=True)
    assert route(other).backend == "aer.matrix_product_state"
    assert set(counts_of(outcome_of(other).pubs[0])) == {"0" * 60, "1" * 60}


def test_idle_qubits_do_not_count():
    """Sixty qubits of which three are used need a state vector of three."""
    circuit = QuantumCircuit(60, 3)
    circuit.compose(ghz(3), [5, 40, 59], [0, 1, 2], inplace=True)
    assert route(circuit).backend == "statevector"
    assert set(counts_of(outcome_of(circuit).pubs[0])) == {"000", "111"}


def test_asked_for():
    """A backend that was asked for is taken; an unknown one is answered with the nearest name."""
    assert route(ghz(2), "aer.mps").backend == "aer.matrix_product_state"
    with pytest.raises(NotFoundError, match="did you mean 'statevector'"):
        route(ghz(2), "statevectors")
