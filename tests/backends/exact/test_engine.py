"""The exact step against Qiskit's Statevector, gate by gate and on random circuits."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit
from qiskit.circuit.library import RYGate, UnitaryGate, XGate, efficient_su2
from qiskit.quantum_info import SparseObservable, SparsePauliOp, Statevector, random_unitary

from qmagic.backends.exact import Engine
from qmagic.backends.exact.active import compact
from qmagic.backends.exact.fallback import QulacsStep
from qmagic.backends.exact.fused import FusedStep
from qmagic.backends.exact.lowering import lower
from qmagic.backends.exact.paulis import as_operator, terms
from qmagic.errors import InputError
from tests.backends.exact.ansaetze import GATES, energy, random_ansatz, random_observable, slopes

#: The first test may have to wait for the kernels to be compiled.
pytestmark = pytest.mark.timeout(400)


def engines(circuit, observable, tiles=()):
    """Yields the engine that a user gets, qulacs, and the fused kernels with small tiles."""
    yield Engine(circuit, observable)
    lowered, sums, qubits = compact(lower(circuit), terms(as_operator(observable, circuit.num_qubits)))
    if len(qubits) == circuit.num_qubits:
        yield QulacsStep(lowered, sums, "to compare")
        for tile in tiles:
            yield FusedStep(lowered, sums, tile=tile)


def same_state(found, circuit, x):
    """Tells whether a state is Qiskit's, up to a global phase."""
    wanted = Statevector(circuit.assign_parameters(x)).data
    return abs(np.linalg.norm(found) - 1) < 1e-12 and abs(abs(np.vdot(found, wanted)) - 1) < 1e-12


@pytest.mark.parametrize("name", GATES)
def test_every_standard_gate_has_its_energy_and_slopes(name):
    """Between random rotations, each gate gives Statevector's energy to 1e-12 and its slopes to 1e-8."""
    rng = np.random.default_rng(len(name) * 100 + ord(name[0]))
    gate = GATES[name]
    circuit = QuantumCircuit(4)
    angles = ParameterVector("angle", len(gate.params) + 1)
    for layer in range(2):
        for qubit in range(4):
            circuit.u(*rng.normal(size=3), qubit)
        if not layer:
            circuit.append(gate.base_class(*angles[:-1]), rng.permutation(4)[: gate.num_qubits].tolist())
    circuit.ry(angles[-1], 0)
    x, observable = rng.normal(size=len(angles)), random_observable(rng, 4)
    for engine in engines(circuit, observable):
        found, gradient = engine.energy_and_gradient(x)
        assert found == pytest.approx(energy(circuit, observable, x), abs=1e-12)
        assert gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-8)
        assert same_state(engine.state(x), circuit, x)


def test_random_circuits_have_their_energy_and_slopes(full):
    """Repeated parameters, expressions, controlled rotations: energies to 1e-12, gradients to 1e-8."""
    for seed in range(full(30, 200)):
        rng = np.random.default_rng(seed)
        qubits = int(rng.integers(1, 8))
        circuit = random_ansatz(rng, qubits, int(rng.integers(4, 40)))
        observable, x = random_observable(rng, qubits), rng.normal(size=circuit.num_parameters)
        wanted, gradients = energy(circuit, observable, x), slopes(circuit, observable, x)
        for engine in engines(circuit, observable):
            found, gradient = engine.energy_and_gradient(x)
            assert engine.energy(x) == pytest.approx(found, abs=1e-14), seed
            assert found == pytest.approx(wanted, abs=1e-12), seed
            assert gradient == pytest.approx(gradients, abs=1e-8), seed
            assert same_state(engine.state(x), circuit, x), seed


def test_tiles_change_nothing(full):
    """A circuit cut into tiles, phases and flips lying across, is the circuit in one piece."""
    narrow = [name for name, gate in GATES.items() if gate.num_qubits < 3]
    for seed in range(full(4, 40)):
        rng = np.random.default_rng(seed)
        names, tiles = (narrow, (6, 7)) if seed % 2 else (None, (8, 9))
        circuit = random_ansatz(rng, 10, 100, names)
        observable, x = random_observable(rng, 10, 20), rng.normal(size=circuit.num_parameters)
        whole, *cut = list(engines(circuit, observable, tiles))
        wanted, slope = whole.energy_and_gradient(x)
        assert whole.name == "fused"
        assert wanted == pytest.approx(energy(circuit, observable, x), abs=1e-12)
        for engine in cut:
            found, gradient = engine.energy_and_gradient(x)
            assert found == pytest.approx(wanted, abs=1e-12)
            assert gradient == pytest.approx(slope, abs=1e-11)


def test_threads_change_no_bit():
    """One thread or three: the same energy and the same gradient, bit by bit."""
    circuit = efficient_su2(15, reps=1)
    observable = SparsePauliOp.from_sparse_list([("ZZ", [i, i + 1], 1.0) for i in range(14)] + [("X", [3], 0.5)], 15)
    x = np.random.default_rng(1).normal(size=circuit.num_parameters)
    (one, first), (three, second) = (
        Engine(circuit, observable, threads=threads).energy_and_gradient(x) for threads in (1, 3)
    )
    assert one == three
    assert (first == second).all()
    assert one == pytest.approx(energy(circuit, observable, x), abs=1e-12)


def test_half_turns_lose_nothing():
    """Turns by pi, whose tangents are huge, and many of them, keep every digit."""
    circuit = QuantumCircuit(4)
    angles = ParameterVector("angle", 3)
    for layer in range(60):
        for qubit in range(4):
            circuit.ry(angles[layer % 3], qubit)
            circuit.cx(qubit, (qubit + 1) % 4)
    observable = random_observable(np.random.default_rng(5), 4)
    for x in (np.array([np.pi, -np.pi, np.pi]), np.array([np.pi, 1.0, 1e-12]), np.zeros(3)):
        found, gradient = Engine(circuit, observable).energy_and_gradient(x)
        assert found == pytest.approx(energy(circuit, observable, x), abs=1e-12)
        assert gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-6)  # of 80 frequencies: theirs


def test_idle_qubits_cost_nothing():
    """A circuit on 5 of 60 qubits is a state of 5; Z on an idle qubit is 1, X is 0."""
    circuit = QuantumCircuit(60)
    a = Parameter("a")
    for qubit in (3, 17, 41, 58, 59):
        circuit.ry(a, qubit)
    circuit.rzz(2 * a, 3, 59)
    observable = SparsePauliOp.from_sparse_list([("ZZ", [3, 4], 1.0), ("XX", [3, 59], 2.0), ("X", [5], 7.0)], 60)
    engine = Engine(circuit, observable)
    found, gradient = engine.energy_and_gradient(np.array([0.3]))
    assert found == pytest.approx(np.cos(0.3) + 2 * np.sin(0.3) ** 2, abs=1e-12)
    assert gradient == pytest.approx([-np.sin(0.3) + 2 * np.sin(0.6)], abs=1e-12)
    assert engine.memory < 1 << 20


@pytest.mark.parametrize("gate", [UnitaryGate(random_unitary(8, seed=1)), XGate().control(8)], ids=["matrix", "mcx"])
def test_what_the_kernels_do_not_take_goes_to_qulacs_and_says_so(gate):
    """A matrix on three qubits, and an X with eight controls, have a reason and the right numbers."""
    circuit = efficient_su2(gate.num_qubits, reps=1)
    circuit.append(gate, range(gate.num_qubits))
    circuit.ry(circuit.parameters[0], 0)
    observable = random_observable(np.random.default_rng(2), gate.num_qubits)
    x = np.random.default_rng(3).normal(size=circuit.num_parameters)
    engine = Engine(circuit, observable)
    assert engine.name == "qulacs"
    assert "the ansatz holds" in engine.why
    found, gradient = engine.energy_and_gradient(x)
    assert found == pytest.approx(energy(circuit, observable, x), abs=1e-12)
    assert gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-8)


def test_gates_of_ones_own_go_by_their_definition():
    """Matrices on one and two qubits, open controls, nested and annotated gates are taken by the kernels."""
    rng = np.random.default_rng(4)
    a, b = Parameter("a"), Parameter("b")
    inner = QuantumCircuit(2, name="mine")
    inner.crx(a * b, 0, 1)
    inner.append(UnitaryGate(random_unitary(2, seed=6)), [0])
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.append(inner.to_gate(), [2, 0])
    circuit.append(UnitaryGate(random_unitary(4, seed=7)), [3, 1])
    circuit.append(XGate().control(2, ctrl_state=1), [0, 3, 2])
    circuit.append(RYGate(b).control(2, annotated=True), [1, 2, 3])
    circuit.append(RYGate(a).control(1, ctrl_state=0), [1, 2])
    circuit.append(UnitaryGate(np.array([[0, 1], [1, 0]])), [1])
    observable, x = random_observable(rng, 4), rng.normal(size=2)
    engine = Engine(circuit, observable)
    found, gradient = engine.energy_and_gradient(x)
    assert engine.name == "fused"
    assert found == pytest.approx(energy(circuit, observable, x), abs=1e-12)
    assert gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-8)


def test_an_ansatz_may_have_no_parameters_and_no_gates():
    """Then the gradient is empty, and the energy that of |0...0>."""
    engine = Engine(QuantumCircuit(2), SparsePauliOp(["ZZ", "XI"], [2.0, 1.0]))
    found, gradient = engine.energy_and_gradient(np.zeros(0))
    assert (found, len(gradient)) == (2.0, 0)


@pytest.mark.parametrize(
    "observable", ["ZIX", SparseObservable("ZIX"), SparsePauliOp(["ZII", "IIX", "ZII"], [1, 2, 1])]
)
def test_observables_in_every_form(observable):
    """A label, a SparseObservable, a SparsePauliOp with doubled terms."""
    circuit = efficient_su2(3, reps=1)
    x = np.random.default_rng(7).normal(size=circuit.num_parameters)
    operator = as_operator(observable, 3)
    assert Engine(circuit, observable).energy(x) == pytest.approx(energy(circuit, operator, x), abs=1e-12)


@pytest.mark.parametrize(
    ("observable", "says"),
    [
        ("ZZ", "2 qubits, the ansatz 3"),
        (SparsePauliOp("ZZZ", 1j), "not a real number"),
        (SparsePauliOp("ZZZ", np.nan), "not a real number"),
        (SparsePauliOp("ZZZ", np.array([Parameter("J")])), "free parameters J"),
        (3.5, "expected a SparsePauliOp"),
    ],
)
def test_what_is_no_observable_is_refused(observable, says):
    """With one line that says why."""
    with pytest.raises(InputError, match=says):
        Engine(efficient_su2(3, reps=1), observable)


def test_what_cannot_be_differentiated_is_refused():
    """A reset, a point of the wrong length, sign(), and a state that does not fit."""
    circuit = efficient_su2(2, reps=0)
    with pytest.raises(InputError, match=r"shape \(3,\); expected 4 numbers"):
        Engine(circuit, "ZZ").energy([1, 2, 3])
    circuit.reset(0)
    with pytest.raises(InputError, match="no final state: it resets"):
        Engine(circuit, "ZZ")
    signed = QuantumCircuit(1)
    signed.ry(Parameter("a").sign(), 0)
    with pytest.raises(InputError, match="no derivative"):
        Engine(signed, "Z")
    with pytest.raises(InputError, match="60 qubits need"):
        Engine(efficient_su2(60, reps=1), "Z" * 60)


def test_a_point_that_is_not_a_number_gives_none():
    """NaN in, NaN out: nothing is hidden from the loop."""
    circuit = efficient_su2(3, reps=1)
    x = np.zeros(circuit.num_parameters)
    x[4] = np.nan
    found, gradient = Engine(circuit, "ZZX").energy_and_gradient(x)
    assert np.isnan(found)
    assert np.isnan(gradient).any()


def test_the_kernels_are_compiled_once():
    """Every ansatz and every observable has the same types: nobody waits twice."""
    from qmagic.backends.exact.compiled import run

    for circuit, observable in ((efficient_su2(3, reps=1), "ZZZ"), (QuantumCircuit(1), SparsePauliOp("X", 0.0))):
        Engine(circuit, observable).energy_and_gradient(np.zeros(circuit.num_parameters))
    assert len(run.signatures) == 1
