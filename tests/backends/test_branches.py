"""The tree of branches: how little it simulates, and what it does when there is much."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr, types

from qmagic.backends import registry, tree
from qmagic.backends.base import Executable, Grant, OutgrownError
from qmagic.backends.program import read
from qmagic.backends.statevector_states import StateVectors
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, evs, observable
from tests.reference.compare import surprise
from tests.reference.exact import distribution

SHOTS = 20_000


class Counting(StateVectors):
    """State vectors that count how many there were."""

    made = 0

    def start(self):
        self.made += 1
        return super().start()

    def copied(self, state):
        self.made += 1
        return super().copied(state)


def states_of(circuit, shots=SHOTS, **numbers):
    """Returns how many states a circuit took, and its counts."""
    executable = Executable(circuit, read(circuit))
    holder = Counting(executable.program.active)
    found = tree.sample(executable.flow, holder, shots, np.random.default_rng(1), **numbers)
    return holder.made, {f"{value:0{circuit.num_clbits}b}": count for value, count in found.items()}


def teleported(hops, *, reset):
    """Returns a circuit that teleports ``ry(0.8)`` from qubit to qubit and back, `hops` times."""
    circuit = QuantumCircuit(3, 3)
    circuit.ry(0.8, 0)
    source, target = 0, 2
    for _ in range(hops):
        circuit.h(target)
        circuit.cx(target, 1)
        circuit.cx(source, 1)
        circuit.h(source)
        circuit.measure([source, 1], [0, 1])
        with circuit.if_test((circuit.clbits[1], 1)):
            circuit.x(target)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.z(target)
        if reset:
            circuit.reset([source, 1])
        source, target = target, source
    circuit.measure(source, 2)
    return circuit


def test_teleportation_takes_four_states():
    """One hop has four courses of events, whatever the number of shots."""
    made, found = states_of(teleported(1, reset=False), 10**6)
    assert made == 4
    assert surprise(found, distribution(teleported(1, reset=False))) > 1e-5


def test_equal_branches_become_one():
    """After each hop all branches hold the same state again: the number of states grows with the hops, not 4**hops."""
    circuit = teleported(10, reset=True)
    made, found = states_of(circuit)
    assert made < 400
    assert surprise(found, distribution(teleported(3, reset=True))) > 1e-5


def test_at_most_as_many_branches_as_shots():
    """A circuit with 2**16 courses of events runs 50 shots with 50 states at most."""
    circuit = QuantumCircuit(2, 16)
    for bit in range(16):
        circuit.ry(0.3 + bit / 8, 0)
        circuit.cx(0, 1)
        circuit.measure(0, bit)
    circuit.h(1)
    made, found = states_of(circuit, 50)
    assert made <= 50
    assert sum(found.values()) == 50


def test_few_living_states_give_the_same_distribution():
    """With room for two states branches are finished one after the other, and follow the same distribution."""
    circuit = QuantumCircuit(2, 6)
    for bit in range(6):
        circuit.ry(0.5 + bit / 3, 0)
        circuit.cx(0, 1)
        circuit.measure(0, bit)
    circuit.measure(1, 5)
    wanted = distribution(circuit)
    for alive in (1, 2, 64):
        _, found = states_of(circuit, alive=alive)
        assert surprise(found, wanted) > 1e-5


def test_too_many_states_stop_the_run():
    """More states than there is memory for end the run with an error that names the number."""
    circuit = QuantumCircuit(1, 6)
    for bit in range(6):
        circuit.h(0)
        circuit.measure(0, bit)
    circuit.h(0)
    with pytest.raises(OutgrownError, match="more than 3 branches"):
        states_of(circuit, most=3)


def test_measurements_at_the_end_split_nothing():
    """Measurements that can wait are sampled, also beside control flow that has nothing to do with them."""
    circuit = QuantumCircuit(12, 13)
    circuit.h(range(12))
    circuit.measure(range(1, 12), range(1, 12))
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    circuit.measure(0, 12)
    made, found = states_of(circuit)
    assert made == 2
    assert {outcome[0] for outcome in found} == {"0"}
    assert len(found) > 3900  # of 4096, with 20,000 shots


def test_until_it_succeeds():
    """A loop that ends with probability 1 ends; its counts are those of a geometric distribution."""
    circuit = QuantumCircuit(1, 3)
    with circuit.while_loop((circuit.clbits[0], 0)):
        circuit.ry(1.0, 0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[1], 1)):
            circuit.store(circuit.clbits[2], expr.lift(True))
        circuit.store(circuit.clbits[1], expr.lift(True))
    _, found = states_of(circuit)
    once = np.sin(0.5) ** 2
    assert surprise(found, {"011": once, "111": 1 - once}) > 1e-5


def test_conditions_on_wide_registers():
    """A register of 70 bits is compared, stored and shown with all of its bits."""
    bits = ClassicalRegister(70, "c")
    circuit = QuantumCircuit(QuantumRegister(1), bits)
    circuit.x(0)
    circuit.measure(0, 69)
    with circuit.if_test(expr.equal(bits, expr.lift(1 << 69, types.Uint(70)))):
        circuit.store(bits, expr.bit_or(bits, expr.lift(5, types.Uint(70))))
    circuit.measure(0, 1)
    for name in ("branches", "stim", "sparse"):
        table, _ = registry.backend(name).sample(Executable(circuit, read(circuit)), 7, (1, 0, 0, 0), Grant())
        assert table.rows() == [((1 << 69) + 7, 7)]


def test_exact_values_need_one_state():
    """Exact values after feed-forward are refused, those from shots are not; without it they are the state's."""
    circuit = teleported(1, reset=False).copy()
    pub = PubSpec(observables=(observable("ZII"),))
    with pytest.raises(InputError, match="set shots"):
        evs(circuit, pub, backend="branches")
    values, errors, _ = evs(circuit, PubSpec(observables=(observable("ZII"),), shots=20_000), backend="branches")
    assert abs(values - np.cos(0.8)) < 5 * errors
    plain = QuantumCircuit(3)
    plain.ry(0.8, 2)
    assert evs(plain, pub, backend="branches")[0] == pytest.approx(np.cos(0.8), abs=1e-10)


def test_what_is_not_exact_here_is_refused():
    """Classical floats are refused with a sentence that says what."""
    circuit = QuantumCircuit(1, 1)
    variable = circuit.add_var("f", expr.lift(0.5))
    circuit.h(0)
    with circuit.if_test(expr.less(variable, expr.lift(1.0))):
        circuit.x(0)
    circuit.measure(0, 0)
    with pytest.raises(InputError, match="computes with a float"):
        counts(circuit, backend="branches")


def test_need_grows_with_the_states():
    """The memory for living states is announced, and a circuit that could never have it is refused."""
    small = Executable(teleported(1, reset=True), read(teleported(1, reset=True)))
    assert registry.backend("branches").need(small, exact=False).memory < 1 << 20
    wide = QuantumCircuit(34, 1)
    wide.h(range(34))
    wide.measure(0, 0)
    wide.h(0)
    with pytest.raises(InputError, match=r"34 qubits need .* up to .* qubits fit"):
        counts(wide, backend="branches")
