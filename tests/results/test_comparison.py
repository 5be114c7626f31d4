"""Distances between distributions, against their formulas and Qiskit's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit.quantum_info import hellinger_distance, hellinger_fidelity

from qmagic.errors import InputError
from qmagic.results import Result
from tests.results.build import bell, drawn, info, outcome, sampled, spec


def random_result(seed: int) -> Result:
    return Result(outcome(sampled(drawn(2000, 4, seed), c=4)), info(id=f"job{seed}", seed=seed), spec())


@pytest.mark.parametrize("seed", range(5))
def test_distances_are_their_formulas(seed):
    """Total variation, Hellinger distance and fidelity agree with NumPy and with Qiskit to 1e-12."""
    a, b = random_result(seed), random_result(seed + 100)
    found = a.compare(b)
    outcomes = [format(value, "04b") for value in range(16)]
    p, q = (np.array([one.counts().get(outcome, 0) / 2000 for outcome in outcomes]) for one in (a, b))
    assert found.total_variation == pytest.approx(np.abs(p - q).sum() / 2, abs=1e-12)
    assert found.hellinger == pytest.approx(np.sqrt(1 - np.sqrt(p * q).sum()), abs=1e-12)
    assert found.hellinger == pytest.approx(hellinger_distance(a.counts(), b.counts()), abs=1e-12)
    assert found.fidelity == pytest.approx(hellinger_fidelity(a.counts(), b.counts()), abs=1e-12)


def test_the_ends():
    """A distribution is at distance 0 from itself, and disjoint ones at distance 1."""
    same, apart = bell().compare(bell()), bell(8, 0).compare({"11": 1.0})
    assert (same.total_variation, same.hellinger) == (0.0, 0.0)
    assert same.fidelity == pytest.approx(1, abs=1e-15)
    assert (apart.total_variation, apart.hellinger, apart.fidelity) == (1.0, 1.0, 0.0)


def test_sampling_alone_is_the_mean_distance():
    """`sampling` is the mean total variation distance of two samples of one distribution, within 4 standard errors."""
    generator = np.random.default_rng(5)
    p = np.array([0.4, 0.3, 0.2, 0.1])
    found = []
    for _ in range(400):
        a, b = (generator.multinomial(shots, p) for shots in (1000, 3000))
        found.append(np.abs(a / 1000 - b / 3000).sum() / 2)
    counts = [{k: int(v) for k, v in enumerate(np.round(p * shots))} for shots in (1000, 3000)]
    one, two = (Result(outcome(sampled(c, c=2)), info(id=str(n)), spec()) for n, c in enumerate(counts))
    error = np.std(found) / math.sqrt(len(found))
    assert abs(one.compare(two).sampling - np.mean(found)) < 4 * error + 0.001  # the formula's own error at 1,000 shots


@pytest.mark.parametrize("ideal", [{"00": 0.5, "11": 0.5}, {0: 0.5, 3: 0.5}, {"0 0": 500, "1 1": 500}])
def test_ideal_probabilities_are_taken_in_any_form(ideal):
    """Bitstrings with or without spaces, integers as keys, and counts as values all name the same distribution."""
    found = bell(600, 424).compare(ideal)
    assert found.total_variation == pytest.approx(abs(600 / 1024 - 0.5))
    assert found.shots_b is None


@pytest.mark.parametrize(
    ("ideal", "message"),
    [
        ({"00": 0.5}, "sum to 0.5; expected 1"),
        ({"000": 1.0}, "'000' is not an outcome of 2 bits"),
        ({"00": 1.5, "11": -0.5}, "'11' is -0.5"),
        ({}, "sum to 0"),
        ({7: 1.0}, "7 is not an outcome"),
    ],
)
def test_what_is_no_distribution_is_refused(ideal, message):
    """Probabilities that are none get one line."""
    with pytest.raises(InputError, match=message):
        bell().compare(ideal)


def test_widths_must_agree():
    """Results over different numbers of bits do not compare."""
    with pytest.raises(InputError, match="2 and 3"):
        bell().compare(Result(outcome(sampled({0: 5}, c=3)), info(), spec()))


def test_labels_tell_the_two_apart():
    """Two results of one backend are told apart by seed, else by job."""
    assert bell().compare(bell(seed=8)).label_a == "aer.statevector, seed 7"
    assert bell().compare(bell(id="01jabcdefgh00zz")).label_b == "aer.statevector, job gh00zz"
