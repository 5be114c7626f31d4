"""Drawing from distributions: exact, seeded, never the impossible."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest

from qmagic.backends.sampling import draw, generator, outcome_bits, seed_31, table, table_of


def test_stream_is_a_function_of_the_key():
    """Equal keys give equal streams, and each part of a key matters."""
    keys = [(1, 0, 0, 0), (2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)]
    first = {key: generator(key)[0].random() for key in keys}
    assert [generator(key)[0].random() for key in keys] == list(first.values())
    assert len(set(first.values())) == 5
    assert len({generator(key)[1] for key in keys}) == 5
    assert len({seed_31(key)[0] for key in keys}) == 5


def test_stream_is_documented():
    """The generator is NumPy's PCG64 with the hash of the key as its state: anyone can repeat a draw."""
    digest = hashlib.blake2b(np.array([7, 0, 3, 0], "<u8").tobytes(), digest_size=40).digest()
    bits = np.random.PCG64()
    state = {"state": int.from_bytes(digest[:16], "little"), "inc": int.from_bytes(digest[16:32], "little") | 1}
    bits.state = {"bit_generator": "PCG64", "state": state, "has_uint32": 0, "uinteger": 0}
    expected = np.random.Generator(bits).random(4)
    assert (generator((7, 0, 3, 0))[0].random(4) == expected).all()


def test_streams_are_independent():
    """Neighbouring keys give uncorrelated streams: correlations of 1,000 pairs are within 5 standard errors of 0."""
    rows = np.array([generator((7, 0, point, 0))[0].standard_normal(1000) for point in range(50)])
    correlations = np.corrcoef(rows)[np.triu_indices(50, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(1000)
    assert abs(correlations.std() * np.sqrt(1000) - 1) < 0.1


@pytest.mark.parametrize("size", [2, 64, 4096, 1 << 14])
def test_distribution(size):
    """Draws from narrow and wide distributions follow them: chi-square within 6 standard deviations."""
    random = np.random.default_rng(size)
    weights = random.exponential(size=size)
    weights[random.random(size) < 0.3] = 0.0
    weights /= weights.sum()
    shots = 20 * size
    outcomes, counts = draw(weights, shots, generator((size, 0, 0, 0))[0])
    assert counts.sum() == shots
    assert (np.diff(outcomes) > 0).all()
    assert (weights[outcomes] > 0).all()
    seen = np.zeros(size)
    seen[outcomes] = counts
    wanted = weights * shots
    large = wanted > 3
    table = np.append((seen - wanted)[large] ** 2 / wanted[large], 0)
    freedom = large.sum() - 1
    assert abs(table.sum() - freedom) < 6 * np.sqrt(2 * freedom) + 3


@pytest.mark.parametrize("shots", [100, 200_000])
def test_wide_distribution_both_ways(shots):
    """Few and many shots of 2^16 outcomes have the right mean of each bit, within 5 standard errors."""
    size = 1 << 16
    weights = np.random.default_rng(1).exponential(size=size) * (1 + np.arange(size) / size)
    weights /= weights.sum()
    outcomes, counts = draw(weights, shots, generator((1, 2, 3, 0))[0])
    for bit in range(16):
        p = weights[(np.arange(size) >> bit & 1) == 1].sum()
        seen = counts[(outcomes >> bit & 1) == 1].sum() / shots
        assert abs(seen - p) < 5 * np.sqrt(p * (1 - p) / shots)


def test_impossible_outcomes_never_occur():
    """Rounding never lands on an outcome of probability 0, nor on one of 1e-30, however many the shots."""
    weights = np.array([0.0, 0.1] + [0.1] * 8 + [0.1 - 1e-17, 1e-30, 0.0])
    for seed in range(200):
        outcomes, _ = draw(weights, 10**9, generator((seed, 0, 0, 0))[0])
        assert set(outcomes.tolist()) <= set(range(1, 11))


def test_a_million_shots_are_one_draw():
    """A million shots of a Bell take less than 10,000 would take one by one."""
    bell = np.array([0.5, 0.0, 0.0, 0.5])
    random, _ = generator((1, 0, 0, 0))
    taken = []
    for _ in range(100):
        began = time.perf_counter()
        draw(bell, 10**6, random)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.002


@pytest.mark.parametrize("num_clbits", [1, 7, 8, 9, 63, 64, 65, 130])
def test_table(num_clbits):
    """A table holds each bit where it belongs, ascending, at any width; reading it back gives the bits."""
    narrow = [[i] for i in range(min(num_clbits, 10))]
    places = narrow if num_clbits < 64 else [[0], [5], [9, num_clbits - 1]]
    outcomes = np.arange(1 << len(places))[::3]
    counts = np.arange(1, outcomes.size + 1)
    made = table(outcomes, counts, places, num_clbits, 42)
    assert places is not narrow or table(outcomes, counts, None, num_clbits, 42) == made
    expected = {}
    for outcome, count in zip(outcomes.tolist(), counts.tolist(), strict=True):
        value = sum((outcome >> i & 1) << bit for i, bits in enumerate(places) for bit in bits)
        expected[value] = count
    assert dict(made.rows()) == expected
    assert [value for value, _ in made.rows()] == sorted(expected)
    assert made == table_of(expected, num_clbits, 42)
    bits, numbers = outcome_bits(made, num_clbits)
    assert [sum(int(b) << i for i, b in enumerate(row)) for row in bits] == sorted(expected)
    assert numbers.tolist() == [expected[value] for value in sorted(expected)]
