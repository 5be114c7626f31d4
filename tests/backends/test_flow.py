"""How a circuit becomes a list with jumps: every construct against the reference."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.classical import expr, types

from qmagic.backends import tree
from qmagic.backends.base import Executable
from qmagic.backends.flow import Gates, Measure, Reset
from qmagic.backends.program import read
from qmagic.backends.statevector_states import StateVectors
from tests.reference.compare import surprise
from tests.reference.exact import distribution


def check(circuit):
    """Compares 10,000 shots with the reference."""
    executable = Executable(circuit, read(circuit))
    assert not executable.flow.obstacle
    holder = StateVectors(executable.program.active)
    found = tree.sample(executable.flow, holder, 10_000, np.random.default_rng(2))
    counts = {f"{value:0{circuit.num_clbits}b}": count for value, count in found.items()}
    assert surprise(counts, distribution(circuit)) > 1e-6
    return executable.flow


BINARY = ("bit_and", "bit_or", "bit_xor", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal")


@pytest.mark.parametrize("name", [*BINARY, "add", "sub", "mul", "shift_left", "shift_right"])
def test_binary_operators(name):
    """Each operator on two random registers gives what Python's integers give, wrapped to the width."""
    a, b, c = (ClassicalRegister(3, name) for name in "abc")
    circuit = QuantumCircuit(QuantumRegister(6), a, b, c)
    for qubit in range(6):
        circuit.ry(0.4 + qubit / 3, qubit)
    circuit.measure(range(6), range(6))
    value = getattr(expr, name)(a, b)
    if isinstance(value.type, types.Bool):
        with circuit.if_test(value):
            circuit.x(0)
        circuit.measure(0, c[0])
    else:
        circuit.store(c, value)
    check(circuit)


def test_unary_operators_casts_and_indices():
    """Negations, casts to and from bits, and single bits of registers."""
    a, b = ClassicalRegister(3, "a"), ClassicalRegister(5, "b")
    circuit = QuantumCircuit(QuantumRegister(3), a, b)
    circuit.h(range(3))
    circuit.measure(range(3), a)
    circuit.store(b[0], expr.logic_not(a[1]))
    circuit.store(expr.index(b, 2), expr.index(a, 2))
    circuit.store(b[4], expr.cast(expr.bit_not(a), types.Bool()))
    circuit.store(b[3], expr.logic_or(a[0], expr.logic_and(a[1], a[2])))
    check(circuit)


def test_variables_in_blocks():
    """Variables of a block and of the circuit around it are different things."""
    circuit = QuantumCircuit(2, 4)
    outer = circuit.add_var("x", expr.lift(2, types.Uint(3)))
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[0], 1)):
        inner = circuit.add_var("y", expr.lift(1, types.Uint(3)))
        circuit.store(outer, expr.bit_xor(outer, inner))
        with circuit.if_test((circuit.clbits[1], 1)):
            circuit.store(outer, expr.lift(7, types.Uint(3)))
    with circuit.if_test(expr.greater(outer, 2)):
        circuit.x(0)
    circuit.measure([0, 1], [2, 3])
    check(circuit)


def test_loops_with_breaks():
    """Break leaves the innermost loop, continue its round, also through an ``if`` and a box."""
    circuit = QuantumCircuit(2, 4)
    angle = Parameter("a")
    with circuit.for_loop((1, 2, 3), angle):
        circuit.ry(angle / 3, 0)
        with circuit.for_loop(range(2)):
            circuit.measure(0, 0)
            with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
                circuit.x(1)
                circuit.break_loop()
            with otherwise:
                circuit.continue_loop()
        circuit.measure(1, 1)
        with circuit.if_test((circuit.clbits[1], 1)):
            circuit.continue_loop()
        circuit.h(1)
    circuit.measure([0, 1], [2, 3])
    check(circuit)


def test_switch():
    """A switch takes the first case that fits, its default else, and nothing without one."""
    c, d = ClassicalRegister(2, "c"), ClassicalRegister(3, "d")
    circuit = QuantumCircuit(QuantumRegister(3), c, d)
    circuit.h([0, 1])
    circuit.measure([0, 1], c)
    with circuit.switch(c) as case:
        with case(1, 3):
            circuit.x(2)
        with case(2):
            circuit.h(2)
    with circuit.switch(expr.bit_xor(c, 1)) as case:
        with case(0):
            circuit.x(0)
        with case(case.DEFAULT):
            circuit.h(0)
    circuit.measure(range(3), d)
    check(circuit)


def test_blocks_with_bits_of_their_own():
    """A block that was built apart has its bits and registers mapped by position."""
    body = QuantumCircuit(1, 2)
    body.measure(0, 1)
    with body.if_test((body.clbits[1], 1)):
        body.x(0)
    circuit = QuantumCircuit(3, 5)
    circuit.h([0, 1, 2])
    circuit.measure(0, 3)
    circuit.if_else((circuit.clbits[3], 1), body, None, [2], [0, 4])
    circuit.measure([1, 2], [1, 2])
    check(circuit)


def test_composite_instructions_are_opened():
    """Measurements and resets inside instructions are found, at their bits."""
    inner = QuantumCircuit(2, 1, name="inner")
    inner.h(0)
    inner.measure(0, 0)
    inner.reset(0)
    inner.cx(0, 1)
    circuit = QuantumCircuit(3, 3)
    circuit.h(1)
    circuit.append(inner.to_instruction(), [2, 1], [2])
    circuit.initialize([0.6, 0.8], 1)
    circuit.measure([1, 2], [0, 1])
    check(circuit)


def test_what_waits_for_the_end():
    """A measurement waits when its qubit rests and its bit is neither read nor rewritten; a last reset is dropped."""
    circuit = QuantumCircuit(3, 3)
    circuit.h(range(3))
    circuit.measure(0, 0)  # rewritten below by one that waits
    circuit.measure(1, 1)  # used again
    circuit.x(1)
    circuit.measure(2, 0)
    circuit.reset(1)
    flow = check(circuit)
    assert flow.final == ((0, 2),)
    assert [type(one) for one in flow.code] == [Gates, Measure, Gates]
    circuit.measure(1, 2)
    flow = check(circuit)
    assert flow.final == ((0, 2), (2, 1))
    assert [type(one) for one in flow.code] == [Gates, Measure, Gates, Reset]


def test_a_bit_that_is_written_by_chance_does_not_wait():
    """A measurement into a bit that a block may overwrite is made where it stands."""
    circuit = QuantumCircuit(3, 2)
    circuit.h(range(3))
    circuit.measure(0, 0)
    circuit.measure(1, 1)
    with circuit.if_test((circuit.clbits[1], 1)):
        circuit.measure(2, 0)
    check(circuit)


def test_endless_unrolling_is_refused():
    """A loop of millions of rounds is not unrolled."""
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(10**6)):
        circuit.h(0)
    circuit.measure(0, 0)
    assert "unrolled" in Executable(circuit, read(circuit)).flow.obstacle
