"""Final measurements are dropped; those whose value decides something are not."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.classical import expr

from qmagic.backends.measurements import without_final_measurements


def test_final_measurements_go():
    """Measurements after which nothing happens to qubit or bit are dropped, barriers do not count."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.x(0)
    circuit.barrier()
    circuit.measure([0, 1], [0, 1])
    circuit.barrier()
    assert [one.name for one in without_final_measurements(circuit).data] == ["h", "measure", "x", "barrier", "barrier"]


@pytest.mark.parametrize("kind", ["if", "if expression", "while", "switch", "store"])
def test_what_a_condition_reads_stays(kind):
    """A condition may look at a bit that its block does not have; what is measured into it stays."""
    body = QuantumCircuit(1)
    body.x(0)
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 1)
    if kind == "if":
        circuit.if_else((circuit.clbits[1], 1), body, None, [1], [])
    elif kind == "if expression":
        circuit.if_else(expr.logic_not(circuit.clbits[1]), body, None, [1], [])
    elif kind == "while":
        circuit.while_loop((circuit.clbits[1], 1), body, [1], [])
    elif kind == "switch":
        circuit.switch(circuit.cregs[0], [(2, body)], [1], [])
    else:
        circuit.store(circuit.clbits[0], expr.logic_not(circuit.clbits[1]))
    assert "measure" in [one.name for one in without_final_measurements(circuit).data]
