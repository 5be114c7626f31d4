"""How far two distributions of outcomes are apart.

For distributions p and q, over all outcomes of either:

    total variation distance   ½ Σ |p - q|                      0 the same, 1 disjoint
    Hellinger distance         √(1 - Σ √(p q))                  0 the same, 1 disjoint
    Hellinger fidelity         (Σ √(p q))²                      1 the same, as Qiskit's hellinger_fidelity

Two finite samples of *one* distribution are not at distance 0. What sampling alone brings to the total variation
distance is, for outcomes not too rare, ½ Σ √(2/π · m(1-m) (1/n_a + 1/n_b)) with the pooled distribution m: the mean
of the absolute value of a Gaussian, summed. A distance well above it is a difference between the distributions.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from qmagic.errors import InputError

__all__ = ["Comparison", "compare", "distribution"]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two distributions side by side; displays as an overlay of both.

    Attributes:
        a: Probability of each outcome in the first.
        b: Probability of each outcome in the second.
        shots_a: Shots behind `a`; None for ideal probabilities.
        shots_b: Shots behind `b`; None for ideal probabilities.
        label_a: What the first is called.
        label_b: What the second is called.
        total_variation: Total variation distance.
        hellinger: Hellinger distance.
        fidelity: Hellinger fidelity.
        sampling: Total variation distance that sampling alone would bring, on average.
    """

    a: Mapping[str, float] = dataclasses.field(repr=False)
    b: Mapping[str, float] = dataclasses.field(repr=False)
    shots_a: int | None
    shots_b: int | None
    label_a: str
    label_b: str
    total_variation: float
    hellinger: float
    fidelity: float
    sampling: float

    @property
    def headline(self) -> str:
        """What is compared and how far it is apart, in one line."""
        return f"{self.label_a} against {self.label_b}: total variation distance {self.total_variation:.4f}"

    @property
    def details(self) -> str:
        """The other distances, in one line."""
        return (
            f"sampling alone would bring about {self.sampling:.4f} · Hellinger distance {self.hellinger:.4f} · "
            f"Hellinger fidelity {self.fidelity:.4f}"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.mime import comparison_bundle

        return comparison_bundle(self)


def compare(
    a: Mapping[str, float], b: Mapping[str, float], *, shots_a: int | None, shots_b: int | None, labels: tuple[str, str]
) -> Comparison:
    """Returns the distances between two distributions; shots None means that one is ideal.

    Raises:
        InputError: They are over different numbers of bits.
    """
    widths = {len(outcome) for outcome in a} | {len(outcome) for outcome in b}
    if len(widths) > 1:
        raise InputError(f"only distributions over as many bits compare; these have {min(widths)} and {max(widths)}")
    outcomes = set(a) | set(b)
    pairs = [(a.get(outcome, 0.0), b.get(outcome, 0.0)) for outcome in sorted(outcomes)]
    overlap = min(1.0, math.fsum(math.sqrt(p * q) for p, q in pairs))
    # 1 - Σ√(pq) = ½ Σ (√p - √q)², which keeps its digits where the two are close.
    hellinger = math.sqrt(min(1.0, math.fsum((math.sqrt(p) - math.sqrt(q)) ** 2 for p, q in pairs) / 2))
    return Comparison(
        a=dict(a),
        b=dict(b),
        shots_a=shots_a,
        shots_b=shots_b,
        label_a=labels[0],
        label_b=labels[1],
        total_variation=min(1.0, math.fsum(abs(p - q) for p, q in pairs) / 2),
        hellinger=hellinger,
        fidelity=overlap**2,
        sampling=_sampling(pairs, shots_a, shots_b),
    )


def distribution(values: Mapping[Any, float], width: int) -> dict[str, float]:
    """Returns the probabilities of bitstrings from probabilities or counts that a person gave.

    Keys are bitstrings of `width` characters (spaces between registers are dropped) or integers. Integers as
    values are counts.

    Raises:
        InputError: A key is no outcome, a value is negative, or probabilities do not sum to 1.
    """
    result: dict[str, float] = {}
    for key, value in values.items():
        outcome = format(key, f"0{width}b") if isinstance(key, int) and key >= 0 else str(key).replace(" ", "")
        if len(outcome) != width or set(outcome) - {"0", "1"}:
            raise InputError(f"{key!r} is not an outcome of {width} bits")
        if not value >= 0:
            raise InputError(f"the probability of {key!r} is {value}; expected a number from 0 to 1")
        result[outcome] = result.get(outcome, 0.0) + float(value)
    whole = math.fsum(result.values())
    counted = all(isinstance(value, int) for value in values.values()) and whole > 1
    if whole == 0 or (not counted and abs(whole - 1) > 1e-6):
        raise InputError(f"ideal probabilities sum to {whole:.6g}; expected 1")
    return {outcome: value / whole for outcome, value in result.items()}


def _sampling(pairs: list[tuple[float, float]], shots_a: int | None, shots_b: int | None) -> float:
    weight_a, weight_b = shots_a or 0, shots_b or 0
    inverse = sum(1 / shots for shots in (shots_a, shots_b) if shots)
    if shots_a is None or shots_b is None:  # the ideal one is known: pool nothing
        pooled = [q if shots_b is None else p for p, q in pairs]
    else:
        pooled = [(p * weight_a + q * weight_b) / max(1, weight_a + weight_b) for p, q in pairs]
    return math.fsum(math.sqrt(2 / math.pi * m * (1 - m) * inverse) for m in pooled if 0 < m < 1) / 2
