"""The sparse state vector: width, arithmetic, and where it gives up."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import XGate

from qmagic.backends.base import Executable, Grant, OutgrownError
from qmagic.backends.program import read
from qmagic.backends.sparse import Sparse
from qmagic.backends.sparse_states import States
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, evs, ghz, observable


def adder(n, a, b):
    """Returns a ripple-carry adder (Cuccaro et al., quant-ph/0410184) of two n-bit numbers, on 2n + 2 qubits."""
    circuit = QuantumCircuit(2 * n + 2, n + 1)
    left, right = [1 + 2 * i for i in range(n)], [2 + 2 * i for i in range(n)]
    for i in range(n):
        if a >> i & 1:
            circuit.x(left[i])
        if b >> i & 1:
            circuit.x(right[i])
    carries = [0, *left[:-1]]
    for i in range(n):
        circuit.cx(left[i], right[i])
        circuit.cx(left[i], carries[i])
        circuit.ccx(carries[i], right[i], left[i])
    circuit.cx(left[-1], 2 * n + 1)
    for i in reversed(range(n)):
        circuit.ccx(carries[i], right[i], left[i])
        circuit.cx(left[i], carries[i])
        circuit.cx(carries[i], right[i])
    circuit.measure([*right, 2 * n + 1], range(n + 1))
    return circuit


@pytest.mark.parametrize("n", [3, 31, 32, 100])
def test_adder(n):
    """Two random n-bit numbers add up, on up to 202 qubits and across the words of 64."""
    random = np.random.default_rng(n)
    a, b = (int.from_bytes(random.bytes(16), "big") % (1 << n) for _ in range(2))
    assert counts(adder(n, a, b), 20, backend="sparse") == {f"{a + b:0{n + 1}b}": 20}


def test_w_state_on_many_qubits():
    """A W state of 100 qubits has 100 outcomes, each with one 1; its expectation values are known."""
    n = 100
    circuit = QuantumCircuit(n, n)
    circuit.x(0)
    for i in range(n - 1):
        # What is left is spread so that every qubit gets 1/n.
        circuit.cry(2 * np.arccos(np.sqrt(1 / (n - i))), i, i + 1)
        circuit.cx(i + 1, i)
    pub = PubSpec(
        observables=(
            observable("Z" + "I" * (n - 1)),
            observable("XX" + "I" * (n - 2)),
            observable("YIY" + "I" * (n - 3)),
        ),
        observables_shape=(3,),
    )
    assert evs(circuit, pub, backend="sparse")[0] == pytest.approx([1 - 2 / n, 2 / n, 2 / n], abs=1e-10)
    circuit.measure(range(n), range(n))
    seen = counts(circuit, 5000, backend="sparse")
    assert len(seen) == n
    assert {outcome.count("1") for outcome in seen} == {1}
    assert max(abs(count - 50) for count in seen.values()) < 5 * np.sqrt(50)


def test_controls_cost_no_matrix():
    """A gate with 70 controls, one of them on 0, acts where all of them agree."""
    circuit = QuantumCircuit(71, 71)
    circuit.h(0)
    circuit.x(range(1, 70))
    circuit.append(XGate().control(70, ctrl_state=(1 << 70) - 2, annotated=False), range(71))
    circuit.measure(range(71), range(71))
    # Not through a job: QPY has no room for so many controls.
    table, _ = Sparse().sample(Executable(circuit, read(circuit)), 100, (1, 0, 0, 0), Grant())
    assert {f"{value:071b}" for value, _ in table.rows()} == {"1" * 70 + "0", "0" + "1" * 70}


def test_amplitudes_that_cancel_are_gone():
    """What interferes to nothing leaves no amplitude behind."""
    circuit = QuantumCircuit(30, 30)
    for _ in range(20):
        circuit.h(3)
        circuit.rz(0.3, 3)
        circuit.rz(-0.3, 3)
        circuit.h(3)
    program = read(circuit)
    states = States(program.active, 100)
    state = states.start()
    states.apply(state, states.compiled(program.steps))
    assert len(state.values) == 1
    assert abs(state.values[0]) == pytest.approx(1, abs=1e-12)


def test_gives_up_in_time():
    """A state that does not stay sparse ends the run before it has taken much."""
    circuit = QuantumCircuit(40, 40)
    circuit.h(range(40))
    circuit.measure(range(40), range(40))
    executable = Executable(circuit, read(circuit))
    backend = Sparse(most=1 << 12)
    with pytest.raises(OutgrownError, match="more than 4,096 amplitudes"):
        backend.sample(executable, 10, (1, 0, 0, 0), Grant())
    assert Sparse().need(executable, exact=False).memory < 64 << 20


def test_ghz_is_two_amplitudes():
    """GHZ-300 reads all zeros or all ones."""
    assert set(counts(ghz(300), 100, backend="sparse")) == {"0" * 300, "1" * 300}
