"""The order of shots: every arrangement of the counted outcomes is equally likely."""

from __future__ import annotations

import collections
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from qmagic.errors import InputError
from qmagic.results import shots
from qmagic.results.bits import table


@pytest.mark.parametrize(
    "counts", [[5], [3, 0, 4], [500, 500], [4000, 96], [1] * 300, [100_000, 1, 250_000, 7], [20] * 70_000]
)
def test_counts_are_kept_exactly(counts):
    """Row i appears exactly counts[i] times, for few and many rows and shots."""
    order = shots.arrangement(np.array(counts), 5)
    assert np.array_equal(np.bincount(order, minlength=len(counts)), counts)


def test_the_order_is_a_function_of_the_seed():
    """One seed gives one order; another gives another."""
    counts = np.array([30_000, 20_000, 5])
    assert np.array_equal(shots.arrangement(counts, 5), shots.arrangement(counts, 5))
    assert not np.array_equal(shots.arrangement(counts, 5), shots.arrangement(counts, 6))


@pytest.mark.parametrize("counts", [[3, 2], [2, 2, 1]])
def test_every_arrangement_of_few_shots_is_equally_likely(counts, monkeypatch):
    """Over 6,000 seeds all arrangements appear equally often (chi-square, p > 1e-4), by both ways of making them."""
    rows = [row for row, count in enumerate(counts) for _ in range(count)]
    possible = sorted(set(itertools.permutations(rows)))
    for smallest in (0, 10**9):
        monkeypatch.setattr(shots, "_MANY_SHOTS", smallest)
        seen = collections.Counter(tuple(shots.arrangement(np.array(counts), seed).tolist()) for seed in range(6000))
        assert stats.chisquare([seen[one] for one in possible]).pvalue > 1e-4


def test_a_bad_first_draw_is_mended_without_trace(monkeypatch):
    """Even from a first draw with quite another distribution all arrangements are equally likely (p > 1e-4)."""
    possible = sorted(set(itertools.permutations([0, 0, 0, 1, 1, 2])))
    monkeypatch.setattr(np, "rint", lambda edges: np.array([9000.0, 60000.0, 65536.0]))  # as if p were 0.14, 0.78, 0.08
    seen = collections.Counter()
    for seed in range(9000):
        random = np.random.Generator(np.random.SFC64(seed))
        seen[tuple(shots._drawn_and_mended(np.array([3, 2, 1]), 6, random).tolist())] += 1
    assert stats.chisquare([seen[one] for one in possible]).pvalue > 1e-4


@pytest.mark.parametrize("counts", [[60_000, 40_000], [50_000, 30_000, 19_990, 10], list(range(3000, 3030))])
def test_positions_are_uniform(counts):
    """In 50 stretches of 100,000 shots each outcome has its share (chi-square over all cells, p > 1e-4)."""
    counts = np.array(counts)
    order = shots.arrangement(counts, 17)
    stretches = np.array_split(order, 50)
    seen = np.array([np.bincount(stretch, minlength=len(counts)) for stretch in stretches])
    expected = np.outer([len(stretch) for stretch in stretches], counts / counts.sum())
    often = expected.min(axis=0) > 5
    # Given the totals of rows and columns this is the test of independence.
    statistic = ((seen - expected) ** 2 / expected)[:, often].sum()
    freedom = (len(stretches) - 1) * (often.sum() - (1 if often.all() else 0))
    assert 1e-4 < stats.chi2.sf(statistic, freedom) < 1 - 1e-4


def test_neighbours_are_independent():
    """The number of runs in a sequence of two outcomes is as Wald and Wolfowitz have it, within 4 standard errors."""
    zeros, ones = 61_000, 39_000
    order = shots.arrangement(np.array([zeros, ones]), 23)
    found = 1 + np.count_nonzero(order[1:] != order[:-1])
    both, number = 2 * zeros * ones, zeros + ones
    mean = both / number + 1
    variance = both * (both - number) / (number**2 * (number - 1))
    assert abs(found - mean) < 4 * math.sqrt(variance)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 16, 63, 64, 65, 200])
def test_packed_rows_are_the_bits(width):
    """Each packed row holds the chosen bits of its outcome, lowest last, for any choice of bits."""
    generator = np.random.default_rng(width)
    values = sorted({int.from_bytes(generator.bytes(30), "big") % (1 << width) for _ in range(50)})
    one = table([(value, 1) for value in values], width, 0)
    for bits in (tuple(range(width)), tuple(reversed(range(width))), (width - 1,), tuple(range(width // 2, width))):
        packed = shots.packed_rows(one, bits, width)
        expected = [sum((value >> bit & 1) << at for at, bit in enumerate(bits)) for value in values]
        assert [int.from_bytes(row.tobytes(), "big") for row in packed] == expected


def test_too_many_shots_for_memory_are_refused():
    """Shots that would not fit are refused with what does the same without them."""
    with pytest.raises(InputError, match=r"1,000,000,000 shots one by one would take .* GB; counts\(\)"):
        shots.check_memory(1 << 50, 10**9)
