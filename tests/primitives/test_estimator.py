"""`qmagic.Estimator` is Qiskit's V2 estimator: StatevectorEstimator's shapes and values, and honest standard errors."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.primitives import BaseEstimatorV2, PrimitiveResult, PubResult, StatevectorEstimator
from qiskit.primitives.containers import EstimatorPub, ObservablesArray
from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp, Statevector, random_pauli_list

import qmagic
from qmagic import client
from qmagic.errors import InputError

pytestmark = pytest.mark.usefixtures("home")

ANSATZ = efficient_su2(3, reps=1)
OBSERVABLES = [
    SparsePauliOp(["ZZI", "XIX", "III"], [0.5, -1.5, 0.25]),
    Pauli("YIZ"),
    "IXX",
    {"ZZZ": 2.0, "IIX": -1.0},
    SparseObservable.from_list([("YYI", 0.3), ("IIZ", 1.0)]),
    SparsePauliOp.from_sparse_list([("XY", [0, 2], 0.7)], num_qubits=3),
]


def observables(shape: tuple[int, ...]) -> object:
    """Returns an array of observables of all of Qiskit's forms, as nested lists."""

    def nest(shape: tuple[int, ...], start: int) -> object:
        if not shape:
            return OBSERVABLES[start % len(OBSERVABLES)]
        return [nest(shape[1:], start + i * int(np.prod(shape[1:]))) for i in range(shape[0])]

    return nest(shape, 0)


def values(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(8).normal(size=(*shape, ANSATZ.num_parameters))


def test_it_is_qiskits_estimator():
    """Estimator is a BaseEstimatorV2, and its results are of Qiskit's own classes."""
    estimator = qmagic.Estimator()
    result = estimator.run([(ANSATZ, "ZZZ", values(()))]).result()
    assert isinstance(estimator, BaseEstimatorV2)
    assert isinstance(result, PrimitiveResult)
    assert isinstance(result[0], PubResult)


@pytest.mark.parametrize(
    ("observable_shape", "parameter_shape"),
    [
        ((), ()), ((), (3,)), ((3,), ()), ((3,), (3,)), ((2, 1), (3,)), ((4,), (2, 1)), ((2, 1, 2), (3, 1)),
        ((1,), (2, 3)), ((6,), (6,)), ((3, 1), (1, 4)),
    ],
)  # fmt: skip
def test_broadcasting_is_qiskits(observable_shape, parameter_shape):
    """Observables against parameter arrays give StatevectorEstimator's shapes and values, to 1e-12."""
    pub = (ANSATZ, observables(observable_shape), values(parameter_shape))
    ours, theirs = (estimator.run([pub]).result()[0] for estimator in (qmagic.Estimator(), StatevectorEstimator()))
    assert ours.data.shape == theirs.data.shape
    assert ours.data.evs.shape == theirs.data.evs.shape
    assert ours.data.evs.dtype == theirs.data.evs.dtype
    np.testing.assert_allclose(ours.data.evs, theirs.data.evs, atol=1e-12)
    np.testing.assert_array_equal(ours.data.stds, theirs.data.stds)


def test_observables_come_in_all_of_qiskits_forms():
    """Text, mappings, Pauli, PauliList, SparsePauliOp, SparseObservable and ObservablesArray all mean the same."""
    circuit = QuantumCircuit(2)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    circuit.t(1)
    forms = [
        ["ZX", "YY"],
        [{"ZX": 1.0}, {"YY": 1.0}],
        [Pauli("ZX"), Pauli("YY")],
        PauliList(["ZX", "YY"]),
        [SparsePauliOp("ZX"), SparsePauliOp("YY")],
        [SparseObservable("ZX"), SparseObservable("YY")],
        ObservablesArray(["ZX", "YY"]),
        np.array(["ZX", "YY"]),
    ]
    result = qmagic.Estimator().run([(circuit, form) for form in forms]).result()
    expected = [Statevector(circuit).expectation_value(Pauli(label)).real for label in ("ZX", "YY")]
    for pub in result:
        np.testing.assert_allclose(pub.data.evs, expected, atol=1e-12)


def test_projectors_are_observables_too():
    """Qiskit's projectors: <0r> on a product state is the product of the probabilities."""
    circuit = QuantumCircuit(2)
    circuit.ry(0.6, 1)
    circuit.rx(-1.1, 0)
    found = qmagic.Estimator().run([(circuit, ["0r", {"1l": 2.0, "ZI": 1.0}])]).result()[0].data.evs
    up, right = np.cos(0.3) ** 2, (1 + np.sin(1.1)) / 2
    np.testing.assert_allclose(found, [up * right, 2 * (1 - up) * (1 - right) + 2 * up - 1], atol=1e-12)


def test_random_circuits_agree(full):
    """Random circuits and random observables on 1 to 5 qubits give StatevectorEstimator's values, to 1e-12."""
    random = np.random.default_rng(21)
    pubs = []
    for i in range(full(20, 500)):
        width = int(random.integers(1, 6))
        ansatz = efficient_su2(width, reps=int(random.integers(3)))
        labels = random_pauli_list(width, 4, seed=i, phase=False)
        operator = SparsePauliOp(labels, random.normal(size=4))
        pubs.append((ansatz, [operator, labels[0]], random.normal(size=(2, 1, ansatz.num_parameters))))
    ours, theirs = (estimator.run(pubs).result() for estimator in (qmagic.Estimator(), StatevectorEstimator()))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.data.evs, other.data.evs, atol=1e-12)


def test_precision_is_a_standard_error():
    """With a precision the standard errors are at most it, are never 0, and the values are within 5 of them."""
    pub = (ANSATZ, observables((6,)), values(()))
    exact = StatevectorEstimator().run([pub]).result()[0].data.evs
    data = qmagic.Estimator(seed=17).run([pub], precision=0.05).result()[0].data
    assert np.all((data.stds > 0) & (data.stds <= 0.05))
    assert np.all(np.abs(data.evs - exact) < 5 * data.stds)


def test_each_pub_has_its_own_precision():
    """A PUB's precision wins over that of `run`, which wins over the estimator's; 0 is exact."""
    circuit = QuantumCircuit(1)
    circuit.ry(1.0, 0)
    pubs = [(circuit, "Z", None, 0.1), EstimatorPub.coerce((circuit, "Z")), (circuit, "Z", None, 0.0)]
    result = qmagic.Estimator(default_precision=0.3, seed=2).run(pubs, precision=0.02).result()
    assert [pub.metadata["target_precision"] for pub in result] == [0.1, 0.02, 0.0]
    assert [pub.metadata["exact"] for pub in result] == [False, False, True]
    assert result[0].data.stds <= 0.1
    assert result[1].data.stds <= 0.02
    assert result[2].data.stds == 0
    assert result[2].data.evs == pytest.approx(np.cos(1.0), abs=1e-12)
    assert result[1].metadata["shots"] > result[0].metadata["shots"]


def test_a_seed_gives_the_same_values():
    """Equal seeds give equal values, run after run."""
    estimator = qmagic.Estimator(seed=3, default_precision=0.1)
    pub = (ANSATZ, observables((3,)), values(()))
    first, second = (estimator.run([pub]).result()[0].data for _ in range(2))
    np.testing.assert_array_equal(first.evs, second.evs)
    np.testing.assert_array_equal(first.stds, second.stds)


def test_a_run_is_one_job_and_an_estimator_is_one_family():
    """All PUBs of a run are one job, the jobs of one estimator share a parent, and results name their job."""
    estimator = qmagic.Estimator()
    jobs = [estimator.run([(ANSATZ, "ZZZ", values(()))] * 2) for _ in range(2)]
    assert [job.id for job in client.jobs(parent=estimator.parent)] == [jobs[1].job_id(), jobs[0].job_id()]
    assert jobs[0].result().metadata["job_id"] == jobs[0].job_id()


@pytest.mark.parametrize(
    ("pubs", "error"),
    [
        ([(ANSATZ, "ZZ", values(()))], ValueError),
        ([(ANSATZ, "ZZZ")], ValueError),
        ([(ANSATZ, ["ZZZ", "XXX"], values((3,)))], ValueError),
        ([(ANSATZ, "ZZZ", values(()), -1.0)], ValueError),
        ([(ANSATZ, "QQQ", values(()))], ValueError),
        ([ANSATZ], ValueError),
    ],
)
def test_malformed_pubs_get_qiskits_own_errors(pubs, error):
    """A malformed PUB raises the very error that StatevectorEstimator raises."""
    with pytest.raises(error) as theirs:
        StatevectorEstimator().run(pubs)
    with pytest.raises(error) as ours:
        qmagic.Estimator().run(pubs)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("precision", [-0.1, float("nan"), float("inf")])
def test_wrong_precisions_are_refused_at_once(precision):
    """A precision that is no standard error raises when the estimator is made."""
    with pytest.raises(InputError):
        qmagic.Estimator(default_precision=precision)
