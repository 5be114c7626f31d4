"""How surprising counts are, given the exact distribution."""

from __future__ import annotations

from scipy.stats import chi2

#: Below this an exact probability is taken as 0: rounding of the reference.
ZERO = 1e-12
#: Bins of fewer expected counts are merged: below, the chi-square distribution has too light a tail.
FEWEST = 10.0


def surprise(counts: dict[str, int], probabilities: dict[str, float]) -> float:
    """Returns the probability of a chi-square as large as that of the counts, or larger.

    Raises:
        AssertionError: An outcome of probability 0 was seen.
    """
    impossible = {outcome for outcome in counts if probabilities.get(outcome, 0.0) < ZERO}
    assert not impossible, f"outcomes of probability 0: {sorted(impossible)[:5]}"
    shots = sum(counts.values())
    bins, rest_seen, rest_expected = [], 0, 0.0
    for outcome, probability in probabilities.items():
        seen, expected = counts.get(outcome, 0), probability * shots
        if expected < FEWEST:
            rest_seen, rest_expected = rest_seen + seen, rest_expected + expected
        else:
            bins.append((seen, expected))
    if rest_expected >= FEWEST:
        bins.append((rest_seen, rest_expected))
    elif bins and rest_expected:
        # Too rare for a bin of their own: with the likeliest.
        bins.sort(key=lambda one: one[1])
        seen, expected = bins.pop()
        bins.append((seen + rest_seen, expected + rest_expected))
    if len(bins) < 2:
        return 1.0
    square = sum((seen - expected) ** 2 / expected for seen, expected in bins)
    return float(chi2.sf(square, len(bins) - 1))
