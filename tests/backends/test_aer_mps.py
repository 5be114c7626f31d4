"""Matrix product states: what may have been dropped is reported, and the qubits stand in a good line."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

from qmagic.backends.line import line, shorter
from qmagic.backends.program import read
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts_of, ghz, outcome_of


def far_apart(gates: int) -> QuantumCircuit:
    """Returns so many gates, an even number, between the ends of a line of 40 qubits; they do nothing together."""
    circuit = QuantumCircuit(40, 40)
    circuit.h(0)
    circuit.cx(range(39), range(1, 40))
    for _ in range(gates // 2):
        for _ in range(2):
            circuit.cx(0, 39)
        circuit.rx(0.0, 0)  # so that nothing merges
    circuit.measure(range(40), range(40))
    return circuit


def test_what_may_have_been_dropped_is_reported():
    """A thousandth of a billionth of weight and more is told with the method; less is not worth a word."""
    outcome = outcome_of(far_apart(200), PubSpec(shots=50), backend="aer.mps")
    assert outcome.method == "matrix_product_state, dropped weight at most 2e-12"
    assert outcome.pubs[0].metadata["method"] == outcome.method
    assert set(counts_of(outcome.pubs[0])) <= {"0" * 40, "1" * 40}
    assert outcome_of(ghz(40), PubSpec(shots=50), backend="aer.mps").method == "matrix_product_state"


def test_also_shot_by_shot():
    """So it is where each shot is a run of its own."""
    circuit = far_apart(200).remove_final_measurements(inplace=False)
    circuit = QuantumCircuit(40, 1).compose(circuit)
    circuit.measure(0, 0)
    circuit.reset(0)
    outcome = outcome_of(circuit, PubSpec(shots=2), backend="aer.mps")
    assert "dropped weight at most" in outcome.method


@pytest.mark.parametrize("width", [6, 20])
def test_partners_stand_side_by_side(width):
    """A ladder is written rung after rung: its bond does not grow with its length."""
    ladder = QuantumCircuit(2 * width)
    ladder.h(range(width))
    for i in range(width):
        ladder.cx(i, width + i)
    for i in range(width - 1):
        ladder.rzz(0.3, i, i + 1)
    program = read(ladder)
    wires, bond, _ = shorter(program.steps, program.active)
    assert sorted(wires) == list(program.active)
    assert bond <= 2
    assert sorted(line(program.steps, program.active)) == list(program.active)
