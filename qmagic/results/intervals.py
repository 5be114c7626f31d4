"""Wilson's score interval of a probability estimated from counts.

For `n` shots of which `k` gave an outcome, with p = k/n and z the normal quantile of the confidence,

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

(E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927)). Unlike p ± z √(p(1-p)/n) it is never empty at p = 0 or 1 and
covers what it claims for few shots.
"""

from __future__ import annotations

import functools
import math

from qmagic.errors import InputError

__all__ = ["CONFIDENCE", "wilson"]

#: The confidence of intervals when none is asked for.
CONFIDENCE = 0.95


@functools.lru_cache(maxsize=16)
def _quantile(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise InputError(f"a confidence lies between 0 and 1, such as 0.95; got {confidence}")
    if confidence == CONFIDENCE:
        return 1.959963984540054  # spares the import below for every histogram
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(count: int, shots: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Returns the lower and upper end of Wilson's interval; (0, 1) without shots."""
    if shots == 0:
        return 0.0, 1.0
    z = _quantile(confidence)
    p, zz = count / shots, z * z / shots
    middle, half = p + zz / 2, z * math.sqrt(p * (1 - p) / shots + zz / (4 * shots))
    # At the ends the formula gives 0 and 1 exactly, floating point only nearly.
    low = 0.0 if count == 0 else max(0.0, (middle - half) / (1 + zz))
    high = 1.0 if count == shots else min(1.0, (middle + half) / (1 + zz))
    return low, high
