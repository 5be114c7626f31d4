"""Circuits as layers: nothing overlaps, nothing is lost, and what is too much is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit

from qmagic.cells.drawing import MOST_OPERATIONS, drawing
from qmagic.errors import NotFoundError


@pytest.mark.parametrize("seed", range(20))
def test_no_two_operations_of_a_layer_overlap_and_the_order_is_kept(seed: int) -> None:
    """In a layer no wire is used or crossed twice; along each wire the operations come in the circuit's order."""
    circuit = random_circuit(6, 12, max_operands=4, measure=True, conditional=bool(seed % 2), seed=seed)
    found = drawing([circuit])
    assert sum(map(len, found["layers"])) == len(circuit.data) == found["operations"]
    for layer in found["layers"]:
        taken: set[int] = set()
        for one in layer:
            wires = {*one["qubits"], *(6 + place for place in one["clbits"])}
            span = wires if one["name"] == "measure" else set(range(min(wires), max(wires) + 1))
            assert not span & taken
            taken |= span
    for wire in range(6):
        drawn = [one["name"] for layer in found["layers"] for one in layer if wire in one["qubits"]]
        bit = circuit.qubits[wire]
        assert drawn == [step.operation.name for step in circuit.data if bit in step.qubits]


def test_operations_say_what_a_view_needs() -> None:
    """Labels, angles as people write them, controls and which act on 0, what a condition holds."""
    circuit = QuantumCircuit(3, 1)
    circuit.rz(math.pi / 2, 0)
    circuit.ccx(0, 1, 2, ctrl_state=1)
    circuit.unitary(np.eye(2), [0])
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
        circuit.y(1)
    steps = [one for layer in drawing([circuit])["layers"] for one in layer]
    by_name = {one["name"]: one for one in steps}
    assert by_name["rz"]["params"] == ["π/2"]
    controlled = next(one for one in steps if one["controls"])
    assert (controlled["controls"], controlled["open"], controlled["label"]) == (2, [1], "X")
    assert by_name["unitary"]["params"] == ["matrix"]
    assert by_name["if_else"]["inside"] == [2]
    assert by_name["if_else"]["label"].startswith("if")


def test_what_is_too_much_is_counted() -> None:
    """A long circuit is cut, and says how many operations are missing."""
    circuit = QuantumCircuit(1)
    for _ in range(MOST_OPERATIONS + 7):
        circuit.x(0)
    found = drawing([circuit])
    assert found["truncated"] == 7
    assert sum(map(len, found["layers"])) == MOST_OPERATIONS
    wide = drawing([QuantumCircuit(2000)])
    assert len(wide["qubits"]) < 2000


def test_a_circuit_that_is_not_there_is_refused() -> None:
    """Its number and how many there are."""
    with pytest.raises(NotFoundError, match="no circuit 1"):
        drawing([QuantumCircuit(1)], 1)
