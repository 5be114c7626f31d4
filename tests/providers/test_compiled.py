"""A circuit is compiled once for each device, and no other circuit is ever taken for it."""

from __future__ import annotations

from qiskit import QuantumCircuit

from qmagic.providers.compiled import _MOST, Compiled


def test_a_circuit_is_compiled_once_for_a_device():
    """Asked for again, the same object comes back; another device, or an equal circuit of its own, is compiled anew; of
    many the oldest are forgotten."""
    kept, compiled = Compiled(), []

    def compile_(circuit):
        compiled.append(circuit)
        return circuit.copy()

    one, other = QuantumCircuit(1), QuantumCircuit(1)
    first = kept.of("a", one, compile_)
    assert kept.of("a", one, compile_) is first
    assert kept.of("b", one, compile_) is not first
    assert kept.of("a", other, compile_) is not first
    assert len(compiled) == 3
    for _ in range(_MOST):
        kept.of("a", QuantumCircuit(1), compile_)
    assert kept.of("a", one, compile_) is not first
