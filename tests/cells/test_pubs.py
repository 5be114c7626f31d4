"""Laws of Qiskit's objects: PUBs keep the meaning, shapes and values that Qiskit's own primitives give them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.primitives import StatevectorEstimator
from qiskit.primitives.containers import BindingsArray, EstimatorPub, ObservablesArray, SamplerPub
from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp, Statevector

from qmagic.cells import load, pubs, validate
from qmagic.cells.request import Wanted
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import ParameterValues, PubSpec

X = ParameterVector("x", 11)


def ansatz(count: int = 2) -> QuantumCircuit:
    """Two qubits, `count` parameters of a vector (x[10] sorts after x[2])."""
    circuit = QuantumCircuit(2)
    for i in range(count):
        circuit.ry(X[i], i % 2)
        circuit.cx(i % 2, 1 - i % 2)
    return circuit


def measured(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with all qubits measured."""
    return circuit.measure_all(inplace=False)


def gather(*entries: Any, **wanted: Any) -> pubs.Gathered:
    """Gathers entries."""
    shots, precision = wanted.pop("shots", None), wanted.pop("precision", None)
    return pubs.gather(entries, Wanted(**wanted), shots, precision)


def evaluate(gathered: pubs.Gathered, pub: PubSpec) -> np.ndarray:
    """Expectation values of a `PubSpec`, by Qiskit's state vector, one point at a time: what it must mean."""
    circuit = load(gathered.source())[pub.circuit]
    observables = np.empty(pub.observables_shape, dtype=object)
    assert pub.observables is not None
    observables[...] = np.array([*pub.observables, None], dtype=object)[:-1].reshape(pub.observables_shape)
    values = pub.parameters or ParameterValues((), b"", ())
    points = np.frombuffer(values.values, "<f8").reshape(*values.shape, len(values.names))
    shape = np.broadcast_shapes(values.shape, pub.observables_shape)
    assert shape == validate.broadcast(values.shape, pub.observables_shape)
    points = np.broadcast_to(points, (*shape, len(values.names)))
    observables = np.broadcast_to(observables, shape)
    result = np.empty(shape)
    for index in np.ndindex(shape):
        state = Statevector(circuit.assign_parameters(dict(zip(values.names, points[index], strict=True))))
        terms = [(term.operators, list(term.qubits), term.coefficient) for term in observables[index].terms]
        operator = SparseObservable.from_sparse_list(terms, num_qubits=circuit.num_qubits)
        result[index] = np.real(state.expectation_value(SparsePauliOp.from_sparse_observable(operator)))
    return result


POINTS = np.random.default_rng(5).uniform(-3, 3, (4, 3, 2))
OPERATORS = [SparsePauliOp(["ZZ", "XI"], [1.0, -0.5]), Pauli("-YY"), "ZI", {"XX": 0.3, "IZ": 2.0}]


@pytest.mark.parametrize(
    ("observables", "values"),
    [
        ("ZZ", POINTS[0, 0]),
        (OPERATORS[0], POINTS[0]),
        (OPERATORS, POINTS[0, 0]),
        ([[item] for item in OPERATORS], POINTS[0]),
        (OPERATORS[:3], POINTS),
        ([OPERATORS[:3]] * 4, POINTS),
        (np.array(OPERATORS, dtype=object).reshape(4, 1, 1), POINTS),
        (PauliList(["XX", "ZZ", "IY"]), POINTS[0]),
        (ObservablesArray(["ZZ", "XX"]), POINTS[0, 0]),
        ("ZZ", {"x[1]": [0.1, 0.2], "x[0]": [0.3, 0.4]}),
        ("ZZ", {X[1]: np.linspace(0, 1, 4), X[0]: np.linspace(1, 0, 4)}),
        ("ZZ", {(X[1], X[0]): POINTS}),
        ("ZZ", BindingsArray({("x[1]", "x[0]"): POINTS})),
    ],
)
def test_an_estimator_pub_means_what_it_means_to_qiskit(observables: Any, values: Any) -> None:
    """Shapes and values are those of `StatevectorEstimator`, for every way to write observables and values."""
    circuit = ansatz()
    expected = StatevectorEstimator().run([(circuit, observables, values)]).result()[0].data.evs
    gathered = gather((circuit, observables, values))
    assert gathered.kind == "estimate"
    found = evaluate(gathered, gathered.pubs[0])
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_projectors_keep_their_meaning() -> None:
    """Projector labels, which Qiskit's state vector estimator refuses, have the value of their Paulis."""
    circuit, values = ansatz(), POINTS[0, 0]
    projector = SparseObservable("0+")
    paulis = SparsePauliOp.from_sparse_observable(projector)
    expected = StatevectorEstimator().run([(circuit, paulis, values)]).result()[0].data.evs
    for given in (projector, "0+", {"0+": 1.0}):
        gathered = gather((circuit, given, values))
        np.testing.assert_allclose(evaluate(gathered, gathered.pubs[0]), expected, atol=1e-9)


def test_parameters_go_by_name() -> None:
    """An array runs over the circuit's parameters in Qiskit's order: x[2] before x[10]."""
    circuit = measured(ansatz(11))
    (pub,) = gather((circuit, np.arange(11.0))).pubs
    assert pub.parameters is not None
    assert pub.parameters.names == tuple(f"x[{i}]" for i in range(11))
    assert np.frombuffer(pub.parameters.values).tolist() == list(range(11))


def test_sampler_pubs() -> None:
    """Circuit, tuple and object forms of a sampler's PUB; its own shots win over the general ones."""
    plain, bound = measured(ansatz(0)), measured(ansatz(2))
    values = POINTS[0]
    gathered = gather(
        plain, (plain,), (bound, values), (bound, values, 7), SamplerPub.coerce((plain, None, 9)), shots=100
    )
    assert gathered.kind == "sample"
    assert [pub.shots for pub in gathered.pubs] == [100, 100, 100, 7, 9]
    assert [pub.circuit for pub in gathered.pubs] == [0, 0, 1, 1, 0]
    assert gathered.pubs[2].parameters is not None
    assert gathered.pubs[2].parameters.shape == (3,)
    assert load(gathered.source()) == [plain, bound]


def test_estimator_pubs_keep_their_precision() -> None:
    """A PUB's own precision wins; Qiskit's 0 means exact."""
    circuit = ansatz(0)
    gathered = gather(
        (circuit, "ZZ", None, 0.1), (circuit, "ZZ"), EstimatorPub.coerce((circuit, "ZZ", None, 0.0)), precision=0.2
    )
    assert [pub.precision for pub in gathered.pubs] == [0.1, 0.2, 0.2]
    assert gather((circuit, "ZZ", None, 0.0)).pubs[0].precision is None


def test_a_mapping_is_told_apart() -> None:
    """The second item of a PUB is observables when its keys are labels, and values when they are parameters."""
    theta = Parameter("ZZ")
    named = QuantumCircuit(2)
    named.rx(theta, 0)
    assert gather((ansatz(0), {"ZZ": 1.0})).kind == "estimate"
    assert gather((measured(named), {"ZZ": 1.0})).kind == "sample"
    assert gather((measured(named), {theta: [1.0, 2.0]})).kind == "sample"


@pytest.mark.parametrize(
    ("entries", "wanted", "part"),
    [
        ([(ansatz(2), "ZZ", [0.1])], {}, "PUB cannot be read"),
        ([(measured(ansatz(2)), [0.1, 0.2, 0.3])], {}, "PUB cannot be read"),
        ([(ansatz(0), "ZZZ")], {}, "PUB cannot be read"),
        ([(ansatz(0), SparsePauliOp("ZZ", 1j))], {}, "PUB cannot be read"),
        ([(ansatz(0), ["ZZ", "XX"], None, 0.1, 5)], {}, "PUB cannot be read"),
        ([measured(ansatz(0)), (ansatz(0), "ZZ")], {}, "two jobs"),
        ([(ansatz(0), "ZZ")], {"observables": pubs.observables_of("ZZ")[0]}, "brings its own observables"),
        ([(measured(ansatz(2)), [1, 2])], {"parameter_values": {"x[0]": 1.0}}, "brings its own parameter values"),
        ([measured(ansatz(2))], {"parameter_values": [1.0]}, "do not fit the circuit"),
        ([measured(ansatz(2))], {"parameter_values": {"x[0]": 1j}}, "do not fit the circuit"),
        ([measured(ansatz(2))], {"parameter_values": {"x[0]": 1.0, "x[1]": 1.0, "y": 1.0}}, "no parameter 'y'"),
    ],
)  # fmt: skip
def test_a_wrong_pub_is_one_line(entries: list[Any], wanted: dict[str, Any], part: str) -> None:
    """A malformed PUB, or something given twice, is one line."""
    with pytest.raises((InputError, NotFoundError), match=part) as caught:
        gather(*entries, **wanted)
    assert "\n" not in str(caught.value)


def test_observables_of_lists() -> None:
    """Text in lists follows our notation; nested lists have their shape; unequal ones are refused."""
    observables, shape = pubs.observables_of([["ZZ", "0.5*XX + YY"], [Pauli("XX"), {"IZ": 2.0}]])
    assert shape == (2, 2)
    assert [item.label for item in observables] == ["ZZ", "0.5*XX + YY", "XX", "2*IZ"]
    with pytest.raises(InputError, match="unequal"):
        pubs.observables_of([["ZZ"], ["ZZ", "XX"]])
    with pytest.raises(InputError, match="cannot be used"):
        pubs.observables_of(object())


def test_broadcasting_is_numpys() -> None:
    """The shape of two shapes is NumPy's, or None where NumPy refuses."""
    random = np.random.default_rng(3)
    for _ in range(300):
        a, b = (tuple(int(n) for n in random.integers(0, 4, random.integers(0, 4))) for _ in range(2))
        try:
            expected = np.broadcast_shapes(a, b)
        except ValueError:
            expected = None
        assert validate.broadcast(a, b) == expected


def test_metadata_does_not_hold_a_circuit_back() -> None:
    """Metadata that JSON cannot hold is written as text."""
    circuit = measured(ansatz(0))
    circuit.metadata = {"array": np.arange(3), "object": {1, 2}}
    (back,) = load(gather(circuit).source())
    assert back == circuit


def test_gathering_is_quick() -> None:
    """A small circuit is gathered and written within 0.2 ms (0.05 on an idle machine)."""
    circuit = measured(ansatz(0))
    times = []
    for _ in range(30):
        start = time.process_time()
        gather(circuit).source()
        times.append(time.process_time() - start)
    assert min(times) < 2e-4
