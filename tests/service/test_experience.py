"""What runs took is remembered: bounded, kept on disk, and forgotten when asked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qmagic.service.experience import MOST, Experience
from tests.service.playing import SteppedStore


@pytest.fixture
def store(tmp_path):
    made = SteppedStore(tmp_path / "store.sqlite")
    yield made
    made.die()


def test_estimates_improve(store):
    """On a machine three times slower, with 30 % of scatter, ten runs bring the estimate within 25 % of the truth."""
    experience, random = Experience(store), np.random.default_rng(3)
    misses = []
    for _ in range(10):
        experience.learn({"qsim": (1.0, float(3 * random.lognormal(0, 0.3)))})
        misses.append(abs(math.log(experience.factors["qsim"] / 3)))
    assert misses[-1] < math.log(1.25) < misses[0] < math.log(3)


def test_no_run_counts_for_much(store):
    """One accident moves a factor by the root of ten at most, and no number of them moves it beyond ten."""
    experience = Experience(store)
    experience.learn({"qsim": (1e-3, 1e6), "stim": (1e6, 1e-3)})
    assert experience.factors == pytest.approx({"qsim": MOST**0.5, "stim": MOST**-0.5})
    for _ in range(200):
        experience.learn({"qsim": (1e-3, 1e6), "stim": (1e6, 1e-3)})
    assert 1 / MOST <= experience.factors["stim"] < experience.factors["qsim"] <= MOST


def test_what_was_stopped_took_at_least_so_long(store):
    """A run that was stopped makes a factor larger or leaves it."""
    experience = Experience(store)
    experience.learn({"qsim": (1.0, 4.0)})
    before = experience.factors["qsim"]
    experience.learn({"qsim": (1.0, 0.5)}, ended=False)
    assert experience.factors["qsim"] == before
    experience.learn({"qsim": (1.0, 8.0)}, ended=False)
    assert experience.factors["qsim"] > before


def test_kept_and_reset(store):
    """Factors are on disk, and can be forgotten; nonsense is not taken in."""
    experience = Experience(store)
    experience.learn({"qsim": (1.0, 4.0), "stim": (0.0, 1.0), "sparse": (1.0, 0.0)})
    store.step()
    again = Experience(store)
    assert [(cost.backend, cost.runs) for cost in again.costs()] == [("qsim", 1)]
    assert again.factors == experience.factors == pytest.approx({"qsim": 2.0})
    again.reset()
    assert again.factors == {}
    store.step()
    assert Experience(store).costs() == []
