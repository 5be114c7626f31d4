"""How runs differ, and what shot noise alone would make of it."""

from __future__ import annotations

import numpy as np
import pytest

from qmagic.errors import InputError
from qmagic.results.spread import spread

P = [0.4, 0.3, 0.2, 0.1]


def runs(draw, number, shots=1000, drift=0.0):
    made = []
    for _ in range(number):
        p = np.array(P)
        p[:2] += drift * draw.normal() * np.array([1, -1])
        made.append({format(k, "02b"): int(n) for k, n in enumerate(draw.multinomial(shots, p)) if n})
    return made


def test_numbers():
    """Mean and standard deviation are NumPy's; shot noise is the multinomial's √(m(1-m)/N)."""
    made = runs(np.random.default_rng(1), 6)
    found = spread(made)
    for one in found.outcomes:
        values = np.array([run.get(one.label, 0) / 1000 for run in made])
        assert one.mean == pytest.approx(values.mean())
        assert one.std == pytest.approx(values.std(ddof=1))
        assert one.shot_noise == pytest.approx(np.sqrt(one.mean * (1 - one.mean) / 1000))


def test_shot_noise_alone(full):
    """Where there is shot noise alone, ratio² has the mean 1, to 4 standard errors, and the ratio the scatter that is
    stated, to 15 % of it (Satterthwaite's is an approximation)."""
    draw = np.random.default_rng(7)
    found = [spread(runs(draw, 8)) for _ in range(full(600, 20_000))]
    ratios = np.array([one.ratio for one in found])
    stated = np.mean([one.scatter for one in found])
    error = np.std(ratios**2) / np.sqrt(len(ratios))
    assert abs(np.mean(ratios**2) - 1) < 4 * error
    assert np.std(ratios) == pytest.approx(stated, rel=0.15)


def test_drift():
    """What drifts by more than shot noise is seen, and said."""
    found = spread(runs(np.random.default_rng(3), 10, shots=10_000, drift=0.03))
    assert found.ratio > 3
    assert "drifts" in found.sentence


def test_one_outcome():
    """Runs that always give the same have no spread, and no ratio."""
    found = spread([{"1": 10}, {"1": 20}])
    assert found.ratio is None
    assert found["1"].std == 0


def test_too_few():
    """One run has no spread."""
    with pytest.raises(InputError, match="two runs"):
        spread([{"0": 5}])
