"""Expectation values from shots: means, errors, coverage and precision; checked by formulas and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.backends.base import Executable, Grant
from qmagic.backends.estimate import _random_bits, estimate_from_shots, estimate_to_precision
from qmagic.backends.program import read
from qmagic.backends.statevector import StateVector
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import evs, observable, values_of

BACKEND = StateVector()


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return circuit


def executable(circuit: QuantumCircuit) -> Executable:
    return Executable(circuit, read(circuit))


def product(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((letter, qubit) for qubit, letter in enumerate(reversed(text)) if letter != "I")


def chemistry() -> tuple[QuantumCircuit, dict, SparsePauliOp]:
    """Returns a state, an observable with several groups and correlated terms, and the same for Qiskit."""
    circuit = QuantumCircuit(2)
    circuit.ry(0.6, 0)
    circuit.cx(0, 1)
    circuit.rx(0.3, 1)
    terms = {"II": -1.05, "IZ": 0.4, "ZI": -0.4, "ZZ": -0.01, "XX": 0.18, "XI": 0.1, "YY": 0.05}
    weights = {product(text): c for text, c in terms.items()}
    return circuit, weights, SparsePauliOp(list(terms), list(terms.values()))


def exact_error(circuit, groups_of_labels, terms, shots) -> float:
    """Returns the true standard error: the variance of each group's operator in the state, over the shots."""
    state = Statevector(circuit)
    variance = 0.0
    for labels in groups_of_labels:
        part = SparsePauliOp(labels, [terms[label] for label in labels])
        mean = state.expectation_value(part).real
        variance += (state.expectation_value((part @ part).simplify()).real - mean**2) / shots
    return math.sqrt(variance)


def test_errors_hold_the_covariance():
    """Reported errors are the true ones, covariances included: within 3 % on average, and the values scatter so."""
    circuit, weights, operator = chemistry()
    terms = dict(zip(operator.paulis.to_labels(), operator.coeffs.real, strict=True))
    shots, runs = 500, 400
    truth = exact_error(circuit, [["IZ", "ZI", "ZZ"], ["XX", "XI"], ["YY"]], terms, shots)
    found = [
        estimate_from_shots(BACKEND, executable(circuit), [weights], shots, (s, 0, 0), Grant()) for s in range(runs)
    ]
    values, errors = np.array([f.values[0] for f in found]), np.array([f.errors[0] for f in found])
    expected = Statevector(circuit).expectation_value(operator).real
    assert abs(values.mean() - expected) < 5 * truth / math.sqrt(runs)
    assert errors.mean() == pytest.approx(truth, rel=0.03)
    assert values.std() == pytest.approx(truth, rel=5 / math.sqrt(2 * runs))
    assert found[0].shots == (3 * shots,)


def test_what_never_varies_has_a_tiny_error():
    """ZI - IZ of a Bell never varies: its error is of order 1/N, far below that of independent terms, yet not 0."""
    wanted = (observable("ZI", ("IZ", -1.0)),)
    value, error, _ = evs(bell(), PubSpec(observables=wanted, shots=1024))
    assert value == 0.0
    assert 0 < error < 0.1 * math.sqrt(2 / 1024)


@pytest.mark.parametrize("theta", [0.05, 0.2, 0.5, 1.0, 1.5, 3.0])
@pytest.mark.parametrize("shots", [64, 1000])
def test_coverage(theta, shots):
    """Mean ± 1.96 errors of <Z> after ry(theta) hold the truth in at least 93 % of all runs, by the binomial sum."""
    p = math.sin(theta / 2) ** 2
    ones = np.arange(shots + 1)
    log = np.array([math.lgamma(shots + 1) - math.lgamma(k + 1) - math.lgamma(shots - k + 1) for k in ones])
    weights = np.exp(log + ones * math.log(p) + (shots - ones) * math.log1p(-p))
    mean = 1 - 2 * ones / shots
    # The formula of docs/estimates.md for one Pauli: m0 = 0, s0^2 = 1.
    variance = (shots * (1 - mean**2) + 4 + 4 * shots / (shots + 4) * mean**2) / (shots + 4)
    held = np.abs(mean - math.cos(theta)) <= 1.96 * np.sqrt(variance / shots)
    assert weights[held].sum() > 0.93


def test_coverage_by_simulation(full):
    """The same for ry(0.05) and 64 shots, where the naive error covers 4 %: at least 94 % of real runs."""
    runs = full(300, 5000)
    circuit = QuantumCircuit(1)
    circuit.ry(0.05, 0)
    held = 0
    for seed in range(runs):
        found = estimate_from_shots(BACKEND, executable(circuit), [{product("Z"): 1.0}], 64, (seed, 0, 0), Grant())
        held += abs(found.values[0] - math.cos(0.05)) <= 1.96 * found.errors[0]
    assert held / runs > 0.94


@pytest.mark.parametrize("precision", [0.05, 0.01])
def test_precision(precision, full):
    """Reported errors are at most the precision, and so is the scatter of the values (within 4 standard errors)."""
    circuit, weights, operator = chemistry()
    expected = Statevector(circuit).expectation_value(operator).real
    runs = full(200, 2000)
    found = [
        estimate_to_precision(BACKEND, executable(circuit), [weights], precision, (s, 0, 0), Grant())
        for s in range(runs)
    ]
    values = np.array([f.values[0] for f in found])
    assert all(f.errors[0] <= precision for f in found)
    assert math.sqrt(((values - expected) ** 2).mean()) <= precision * (1 + 4 / math.sqrt(2 * runs))


def test_precision_spends_little():
    """The shots are near the least possible: (sum of the groups' standard deviations / precision)^2."""
    circuit, weights, operator = chemistry()
    terms = dict(zip(operator.paulis.to_labels(), operator.coeffs.real, strict=True))
    deviations = [exact_error(circuit, [g], terms, 1) for g in (["IZ", "ZI", "ZZ"], ["XX", "XI"], ["YY"])]
    least = (sum(deviations) / 0.002) ** 2
    found = estimate_to_precision(BACKEND, executable(circuit), [weights], 0.002, (1, 0, 0), Grant())
    assert least < found.shots[0] < 1.2 * least


def test_precision_out_of_reach():
    """A precision that takes more than 10^9 shots of a group is refused with their number."""
    with pytest.raises(InputError, match=r"precision 1e-06 takes about 1e\+12 shots"):
        estimate_to_precision(BACKEND, executable(bell()), [{product("ZI"): 1.0}], 1e-6, (1, 0, 0), Grant())


def test_random_bits():
    """Mean and variance over random bits are those of counting all bits."""
    terms = [(product("0ZI"), 0.7), (product("I1Z"), -0.4), (product("Z0I"), 0.3), (product("ZZZ"), 0.2)]
    from qmagic.backends.grouping import VALUES

    values = []
    for bits in range(8):
        values.append(sum(c * math.prod(VALUES[x][bits >> q & 1] for x, q in p) for p, c in terms))
    mean, variance = _random_bits(terms)
    assert mean == pytest.approx(np.mean(values))
    assert variance == pytest.approx(np.var(values))


def test_projectors():
    """Projectors give probabilities, exactly and from shots."""
    circuit = QuantumCircuit(2)
    circuit.ry(1.0, 0)
    circuit.h(1)
    wanted = (observable("I1"), observable("+0"), observable("rI"))
    pub = PubSpec(observables=wanted, observables_shape=(3,))
    p = math.sin(0.5) ** 2
    assert evs(circuit, pub)[0] == pytest.approx([p, 1 - p, 0.5], abs=1e-12)
    sampled, errors, _ = evs(circuit, PubSpec(observables=wanted, observables_shape=(3,), shots=5000))
    assert (np.abs(sampled - [p, 1 - p, 0.5]) < 5 * errors).all()


@pytest.mark.parametrize(
    ("points", "observables"),
    [((), ()), ((), (3,)), ((5,), ()), ((2, 1), (3,)), ((4, 1), (1, 3)), ((3,), (3,)), ((0,), ())],
)
def test_broadcasting(points, observables):
    """Shapes and values of any broadcast are StatevectorEstimator's."""
    theta = ParameterVector("t", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(theta[0], 0)
    circuit.rx(theta[1], 1)
    circuit.cx(0, 1)
    random = np.random.default_rng(3)
    values = random.uniform(0, 3, (*points, 2))
    labels = np.array(["ZZ", "XI", "YX"])[: math.prod(observables)].reshape(observables)
    expected = (
        StatevectorEstimator().run([(circuit, labels, values)]).result()[0].data.evs if values.size else np.zeros(0)
    )
    wanted = tuple(observable(str(label)) for label in labels.ravel())
    pub = PubSpec(parameters=values_of(["t[0]", "t[1]"], values), observables=wanted, observables_shape=observables)
    mine, _, _ = evs(circuit, pub)
    assert mine.shape == expected.shape
    assert mine == pytest.approx(expected, abs=1e-10)


def test_final_measurements_are_ignored():
    """A measured circuit has the expectation values of the unmeasured one."""
    circuit = bell()
    circuit.measure_all()
    assert evs(circuit, PubSpec(observables=(observable("XX"),)))[0] == pytest.approx(1)


def test_identity_is_exact():
    """A constant observable has no error and takes no shots."""
    value, error, outcome = evs(bell(), PubSpec(observables=(observable("II"),), shots=10))
    assert (value, error, outcome.pubs[0].shots) == (1.0, 0.0, (0,))


def test_feed_forward_from_shots():
    """A circuit that measures and acts on it has no exact values, but values from shots."""
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    wanted = (observable("ZZ"),)
    with pytest.raises(InputError, match="set shots"):
        evs(circuit, PubSpec(observables=wanted))
    value, error, _ = evs(circuit, PubSpec(observables=wanted, shots=500))
    assert value == 1.0
    assert error > 0
