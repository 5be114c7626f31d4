"""Probabilities and Wilson's interval, against SciPy and the binomial distribution."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from qmagic.errors import InputError
from qmagic.results.intervals import wilson
from tests.results.build import bell


@pytest.mark.parametrize("shots", [1, 2, 10, 1024, 1_000_000])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson_is_scipys(shots, confidence):
    """The interval is that of scipy.stats.binomtest's method "wilson", to 1e-12."""
    for count in {0, 1, shots // 3, shots // 2, shots - 1, shots}:
        theirs = stats.binomtest(count, shots).proportion_ci(confidence, method="wilson")
        assert wilson(count, shots, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_coverage_is_what_is_claimed():
    """For 64 shots, averaged over p in (0, 1), the 95 % interval covers p in 94 to 96 % of cases (exact sums)."""
    bounds = [wilson(count, 64) for count in range(65)]
    covered = []
    for step in range(1, 200):
        p = step / 200
        weights = stats.binom.pmf(range(65), 64, p)
        covered.append(math.fsum(w for w, (low, high) in zip(weights, bounds, strict=True) if low <= p <= high))
    assert 0.94 < sum(covered) / len(covered) < 0.96


def test_the_ends_are_exact():
    """Nothing seen begins at 0, all seen ends at 1, and no shots say nothing."""
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0
    assert wilson(0, 0) == (0.0, 1.0)


def test_probabilities_are_a_mapping():
    """Iteration gives what was seen; an unseen outcome has an interval too; what is no outcome is a KeyError."""
    found = bell(30, 10).probabilities()
    assert list(found) == ["00", "11"]
    assert float(found["00"]) == 0.75
    assert found["01"].count == 0
    assert found["01"].upper == wilson(0, 40)[1] > 0
    with pytest.raises(KeyError):
        found["0"]
    assert "00  0.7500  [0.5981, 0.8581]" in repr(found)


def test_confidence_is_checked():
    """A confidence outside (0, 1) gets one line."""
    with pytest.raises(InputError, match="between 0 and 1"):
        bell().probabilities(confidence=95)["00"]
