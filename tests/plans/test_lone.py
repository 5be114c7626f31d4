"""One qubit alone: its gates are Qiskit's, and what prepares a state does."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from qiskit.circuit import CircuitInstruction, Qubit
from qiskit.circuit.library import get_standard_gate_name_mapping

from qmagic.plans.lone import START, phase_gate, preparation, turned

ONE = {name: gate for name, gate in get_standard_gate_name_mapping().items() if gate.num_qubits == 1}
SKIPPED = ("measure", "reset", "delay")


def instruction(name: str, *angles: float) -> CircuitInstruction:
    gate = ONE[name].copy()
    gate = type(gate)(*angles) if angles else gate
    return CircuitInstruction(gate, (Qubit(),), ())


@pytest.mark.parametrize("name", sorted(ONE.keys() - set(SKIPPED)))
def test_gates(name):
    """Each standard gate does to a qubit what Qiskit's matrix does, whatever its angles."""
    random = np.random.default_rng(5)
    angles = random.uniform(-7, 7, len(ONE[name].params)).tolist()
    made = instruction(name, *angles)
    vector = random.normal(size=2) + 1j * random.normal(size=2)
    wanted = made.operation.to_matrix() @ vector
    assert turned(made, name, tuple(vector.tolist())) == pytest.approx(tuple(wanted.tolist()), abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_preparation(seed):
    """Gates that prepare a state make it from 0, up to a phase of the whole."""
    random = np.random.default_rng(seed)
    theta, phi = random.choice([0, math.pi / 2, math.pi, 0.3]), random.choice([0, math.pi / 2, -math.pi / 2, 2.1])
    state = (math.cos(theta / 2), cmath.exp(1j * phi) * math.sin(theta / 2))
    made = START
    for one in preparation(state):
        made = turned(one, one.name, made)
    assert abs(np.vdot(made, state)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("angle", [0.0, 2 * math.pi, math.pi / 2, -math.pi / 2, math.pi, 0.3, math.pi / 2 + 1e-3])
def test_phase_gate(angle):
    """A phase has its own name where it is a quarter turn, and is nothing where it is none."""
    made = phase_gate(angle)
    phase = turned(made, made.name, (1.0, 1.0))[1] if made is not None else 1.0
    assert phase == pytest.approx(cmath.exp(1j * angle), abs=1e-12)
    names = {0.0: None, math.pi / 2: "s", -math.pi / 2: "sdg", math.pi: "z", 2 * math.pi: None}
    assert (None if made is None else made.name) == names.get(angle, "p")
