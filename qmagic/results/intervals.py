"""Probabilities estimated from counts, with Wilson's score interval.

For `n` shots of which `k` gave an outcome, with p = k/n and z the normal quantile of the confidence,

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

(E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927)). Unlike p ± z √(p(1-p)/n) it is never empty at p = 0 or 1 and
covers what it claims for few shots.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Mapping

from qmagic.errors import InputError

__all__ = ["CONFIDENCE", "Probabilities", "Probability", "wilson"]

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


@dataclasses.dataclass(frozen=True)
class Probability:
    """How probable one outcome is.

    Attributes:
        outcome: The bitstring, bit 0 rightmost.
        count: Number of shots that gave it.
        value: ``count / shots``.
        lower: Lower end of Wilson's interval.
        upper: Upper end of Wilson's interval.
    """

    outcome: str
    count: int
    value: float
    lower: float
    upper: float

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        return f"{self.outcome}  {self.value:.4f}  [{self.lower:.4f}, {self.upper:.4f}]"


@dataclasses.dataclass(frozen=True)
class Probabilities(Mapping[str, Probability]):
    """The probabilities of all outcomes: a mapping from bitstring to `Probability`.

    An outcome that was not seen has count 0 and an interval too; iteration gives those that were seen.

    Attributes:
        counts: Shots of each outcome seen.
        shots: Shots in all.
        num_bits: Length of a bitstring.
        confidence: Confidence of each interval by itself.
    """

    counts: Mapping[str, int]
    shots: int
    num_bits: int
    confidence: float = CONFIDENCE

    def __getitem__(self, outcome: str) -> Probability:
        if len(outcome) != self.num_bits or set(outcome) - {"0", "1"}:
            raise KeyError(outcome)
        count = self.counts.get(outcome, 0)
        low, high = wilson(count, self.shots, self.confidence)
        return Probability(outcome, count, count / self.shots if self.shots else 0.0, low, high)

    def __iter__(self) -> Iterator[str]:
        return iter(self.counts)

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        head = f"Probabilities over {self.shots:,} shots, {self.confidence:.0%} Wilson intervals"
        shown = [f"  {self[outcome]}" for outcome in list(self)[:32]]
        rest = [f"  … and {len(self) - 32:,} more"] if len(self) > 32 else []
        return "\n".join([head, *shown, *rest])
