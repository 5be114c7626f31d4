"""The probabilities of outcomes, estimated from counts, each with Wilson's interval."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from qmagic.results.intervals import CONFIDENCE, wilson

__all__ = ["Probabilities", "Probability"]


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
