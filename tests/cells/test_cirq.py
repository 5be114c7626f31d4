"""Cirq's circuits mean here what they mean in Cirq: unitaries (Cirq's own), measured bits, symbols; or are refused."""

from __future__ import annotations

import math
import subprocess
import sys

import cirq
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator

from qmagic.cells.cirq import to_qiskit
from qmagic.errors import InputError
from tests.conftest import SOAK

Q = cirq.LineQubit.range(4)
NUMBERS = st.floats(-2, 2, allow_subnormal=False).map(lambda x: round(x, 6)) | st.sampled_from(
    [0.0, 0.25, 0.5, -0.5, 1.0]
)
EIGEN = [
    cirq.XPowGate, cirq.YPowGate, cirq.ZPowGate, cirq.HPowGate, cirq.CZPowGate, cirq.CXPowGate, cirq.SwapPowGate,
    cirq.ISwapPowGate, cirq.XXPowGate, cirq.YYPowGate, cirq.ZZPowGate, cirq.CCXPowGate, cirq.CCZPowGate,
]  # fmt: skip


@st.composite
def gates(draw):
    """Draws a gate of Cirq on at most three qubits."""
    x = lambda: draw(NUMBERS)
    eigen = st.builds(
        lambda kind: kind(exponent=x(), global_shift=draw(st.sampled_from([0, -0.5]) | NUMBERS)), st.sampled_from(EIGEN)
    )
    made = {
        "rx": lambda: cirq.rx(x()), "ry": lambda: cirq.ry(x()), "rz": lambda: cirq.rz(x()), "ms": lambda: cirq.ms(x()),
        "cswap": lambda: cirq.CSWAP, "fsim": lambda: cirq.FSimGate(x(), x()), "givens": lambda: cirq.givens(x()),
        "phased": lambda: cirq.PhasedXPowGate(phase_exponent=x(), exponent=x(), global_shift=x()),
        "xz": lambda: cirq.PhasedXZGate(x_exponent=x(), z_exponent=x(), axis_phase_exponent=x()),
        "phased iswap": lambda: cirq.PhasedISwapPowGate(phase_exponent=x(), exponent=x()),
        "matrix": lambda: cirq.MatrixGate(cirq.testing.random_unitary(4, random_state=draw(st.integers(0, 99)))),
        "controlled": lambda: cirq.ControlledGate(
            draw(st.sampled_from([cirq.X, cirq.ISWAP, cirq.H])) ** x(),
            control_values=[draw(st.sampled_from([0, 1, (0, 1)]))],
        ),
        "diagonal": lambda: cirq.ThreeQubitDiagonalGate([x() for _ in range(8)]),
        "permutation": lambda: cirq.QubitPermutationGate([2, 0, 1]), "paulis": lambda: cirq.DensePauliString("XZY"),
        "clifford": lambda: cirq.SingleQubitCliffordGate.X_sqrt,
        "parallel": lambda: cirq.ParallelGate(cirq.Y ** x(), 3),
        "identity": lambda: cirq.IdentityGate(2), "fourier": lambda: cirq.QuantumFourierTransformGate(3),
    }  # fmt: skip
    return draw(eigen | st.sampled_from(sorted(made)).map(lambda name: made[name]()))


@st.composite
def circuits(draw):
    """Draws a circuit of up to eight gates on four qubits, each of which is used."""
    operations = [cirq.ry(0.1 + i)(q) for i, q in enumerate(Q)]
    for _ in range(draw(st.integers(1, 8))):
        gate = draw(gates())
        operations.append(gate.on(*draw(st.permutations(Q))[: cirq.num_qubits(gate)]))
    return cirq.Circuit(operations)


@settings(max_examples=2000 if SOAK else 60, derandomize=True)
@given(circuits())
def test_the_unitary_is_cirqs(circuit):
    """The unitary is the one Cirq computes, global phase included; Cirq's first qubit is Qiskit's qubit 0."""
    np.testing.assert_allclose(Operator(to_qiskit(circuit).reverse_bits()).data, cirq.unitary(circuit), atol=1e-7)


def test_every_gate_of_cirq_is_converted_or_refused_by_name():
    """No gate class of Cirq that has a unitary is refused; what has none is refused in a line that names it."""
    q = Q[0]
    for channel in (cirq.depolarize(0.1), cirq.amplitude_damp(0.1), cirq.bit_flip(0.2), cirq.phase_damp(0.3)):
        with pytest.raises(InputError, match="is noise, no gate") as raised:
            to_qiskit(cirq.Circuit(channel(q)))
        assert str(channel(q)) in str(raised.value)

    class Odd(cirq.Gate):
        def _num_qubits_(self):
            return 1

        def __str__(self):
            return "Odd"

    with pytest.raises(InputError, match=r"Odd\(q\(0\)\) in the Cirq circuit cannot be converted"):
        to_qiskit(cirq.Circuit(Odd()(q)))
    with pytest.raises(InputError, match="3 levels"):
        to_qiskit(cirq.Circuit(cirq.IdentityGate(qid_shape=(3,))(cirq.LineQid(0, 3))))


def test_x_on_the_first_of_three_is_001(cell):
    """What Cirq counts as 4 is '001', with the key as the register's name; bit i is the key's i-th qubit."""
    circuit = cirq.Circuit(cirq.X(Q[0]), cirq.measure(*Q[:3], key="m"))
    assert cirq.Simulator().run(circuit).histogram(key="m") == {4: 1}
    _, [made] = cell(circuit="c", namespace={"c": circuit})
    assert [(r.name, r.size) for r in made.cregs] == [("m", 3)]
    assert _outcome(made) == "001"


@settings(max_examples=200 if SOAK else 25, derandomize=True)
@given(
    st.permutations(Q),
    st.integers(1, 3),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_measured_bits_are_cirqs(order, cut, flips, inverts):
    """Each key's bits, inverted or not, are those that Cirq's simulator reads, whatever the order of the qubits."""
    keys = {"b": order[:cut], "a": order[cut:]}
    circuit = cirq.Circuit(cirq.X(q) if flip else cirq.I(q) for q, flip in zip(Q, flips, strict=True))
    for key, qubits in keys.items():
        circuit.append(cirq.measure(*qubits, key=key, invert_mask=tuple(inverts[: len(qubits)])))
    read = cirq.Simulator().run(circuit).measurements
    made = to_qiskit(circuit)
    registers = dict(zip([r.name for r in reversed(made.cregs)], _outcome(made).split(), strict=True))
    for key in keys:
        assert [int(bit) for bit in reversed(registers[key])] == list(read[key][0])


def test_symbols_become_parameters(cell):
    """Symbols and sympy's expressions are Qiskit's parameters: bound, they give the unitary that Cirq resolves."""
    a, b = sympy.symbols("a b")
    circuit = cirq.Circuit(
        cirq.X(Q[0]) ** a, cirq.rz(2 * b + sympy.sin(a))(Q[1]), cirq.CX(Q[0], Q[1]) ** b, cirq.H(Q[2]) ** a,
        cirq.ISWAP(Q[1], Q[2]) ** (a * b), cirq.FSimGate(a, b)(Q[0], Q[2]), (cirq.Y**a)(Q[1]).controlled_by(Q[0]),
        cirq.SWAP(Q[0], Q[1]) ** a, cirq.CCX(*Q[:3]) ** b,
    )  # fmt: skip
    made = to_qiskit(circuit)
    values = {"a": 0.3, "b": -0.7}
    wanted = cirq.unitary(cirq.resolve_parameters(circuit, values))
    np.testing.assert_allclose(Operator(made.assign_parameters(values).reverse_bits()).data, wanted, atol=1e-7)
    spec, _ = cell(circuit="c", bind="a=0.3,b=-0.7", observables="ZZZ", namespace={"c": circuit})
    assert spec.kind == "estimate"


def test_classical_control_reads_the_key():
    """A gate controlled by a key runs where the key is not 0."""
    for flips in ((), (0,), (1,)):
        circuit = cirq.Circuit(
            *(cirq.X(Q[i]) for i in flips), cirq.measure(Q[0], Q[1], key="m"),
            cirq.X(Q[2]).with_classical_controls("m"), cirq.measure(Q[2], key="q"),
        )  # fmt: skip
        made = to_qiskit(circuit)
        [block] = [one for one in made.data if one.is_control_flow()]
        assert block.operation.blocks[0].count_ops() == {"x": 1}
        assert made.cregs[0].name == "m"
        [outcome] = AerSimulator().run(made, shots=10).result().get_counts()
        assert outcome.split()[0] == str(int(bool(flips)))


def test_subcircuits_resets_waits_and_phases():
    """A subcircuit is unrolled, reset is reset, a wait is a delay, and a global phase is the circuit's."""
    inner = cirq.CircuitOperation(cirq.FrozenCircuit(cirq.X(Q[0]) ** 0.3, cirq.CX(Q[0], Q[1])), repetitions=3)
    circuit = cirq.Circuit(inner, cirq.X(Q[2]) * cirq.Y(Q[1]) * 1j, cirq.global_phase_operation(1j))
    np.testing.assert_allclose(Operator(to_qiskit(circuit).reverse_bits()).data, cirq.unitary(circuit), atol=1e-7)
    made = to_qiskit(cirq.Circuit(cirq.reset(Q[0]), cirq.wait(Q[0], nanos=5), cirq.global_phase_operation(-1)))
    assert [one.name for one in made.data] == ["reset", "delay"]
    assert made.data[1].operation.duration == 5
    assert made.global_phase == pytest.approx(math.pi)


def test_what_is_refused_says_why():
    """A key measured twice, a confusion map and a condition that is no key are refused in one line."""
    twice = cirq.Circuit(cirq.measure(Q[0], key="m"), cirq.measure(Q[0], key="m"))
    with pytest.raises(InputError, match="the key 'm' in the Cirq circuit is measured twice"):
        to_qiskit(twice)
    confused = cirq.Circuit(cirq.measure(Q[0], key="m", confusion_map={(0,): np.array([[0.9, 0.1], [0.1, 0.9]])}))
    with pytest.raises(InputError, match="'m' in the Cirq circuit has a confusion map"):
        to_qiskit(confused)
    condition = cirq.Circuit(cirq.measure(Q[0], key="m"), cirq.X(Q[1]).with_classical_controls(sympy.Symbol("m") > 0))
    with pytest.raises(InputError, match="the condition m > 0 in the Cirq circuit cannot be converted"):
        to_qiskit(condition)


def test_lists_and_pubs_may_hold_them(cell):
    """Circuits of both libraries mix in a list; a PUB may begin with Cirq's; one that comes twice travels once."""
    from qiskit import QuantumCircuit

    bell = cirq.Circuit(cirq.H(Q[0]), cirq.CX(Q[0], Q[1]), cirq.measure(*Q[:2], key="m"))
    own = QuantumCircuit(1)
    own.measure_all()
    spec, circuits = cell(
        circuit="[bell, own, (bell, None, 77)]",
        namespace={"bell": bell, "own": own},
        execute=lambda t: [bell, own, (bell, None, 77)],
    )
    assert len(circuits) == 2
    assert [pub.circuit for pub in spec.pubs] == [0, 1, 0]
    assert spec.pubs[2].shots == 77


def test_looking_imports_nothing():
    """Telling a Cirq circuit apart imports neither Cirq nor Braket nor Qiskit."""
    code = (
        "import sys; from qmagic.cells import python; assert not python.is_circuit(object());"
        "print([name for name in ('cirq', 'braket', 'qiskit', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def _outcome(circuit) -> str:
    """The only outcome of a circuit without randomness, registers apart, the last one first."""
    [outcome] = AerSimulator().run(circuit, shots=20).result().get_counts()
    return outcome
