"""How much runs of one circuit differ from each other, and how much shot noise alone would make them differ.

For runs r = 1 … R with N_r shots and relative frequencies p_r(x):

    mean       m(x) = Σ_r p_r(x) / R
    spread     s(x)² = Σ_r (p_r(x) - m(x))² / (R - 1)
    shot noise σ(x)² = m(x) (1 - m(x)) · Σ_r 1/N_r / R              the variance of a multinomial's frequency
    ratio      √(Σ_x s(x)² / Σ_x σ(x)²)                              1, where there is nothing but shot noise

The ratio itself scatters. With Σ the covariance diag(m) - m mᵀ of one shot, Σ_x s(x)² has, for many shots, the
distribution of a weighted sum of χ² variables with (R - 1) (tr Σ)² / tr(Σ²) effective degrees of freedom ν
(Satterthwaite, Biometrics Bull. 2 (1946) 110), so the ratio's standard deviation is about 1/√(2ν).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

from qmagic.errors import InputError

__all__ = ["Outcome", "Spread", "spread"]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One outcome over the runs.

    Attributes:
        label: The bitstring.
        runs: Its relative frequency in each run.
        mean: Their mean.
        std: Their standard deviation, with R - 1.
        shot_noise: The standard deviation that shot noise alone would give.
    """

    label: str
    runs: tuple[float, ...]
    mean: float
    std: float
    shot_noise: float


@dataclasses.dataclass(frozen=True)
class Spread:
    """Several runs of one circuit.

    Attributes:
        outcomes: Every outcome that was seen, in the order of its value.
        shots: The shots of each run.
        ratio: How many times wider than shot noise the runs scatter; None where shot noise is 0.
        scatter: The ratio's own standard deviation, where there is nothing but shot noise.
    """

    outcomes: tuple[Outcome, ...]
    shots: tuple[int, ...]
    ratio: float | None
    scatter: float

    def __getitem__(self, label: str) -> Outcome:
        for one in self.outcomes:
            if one.label == label:
                return one
        raise KeyError(label)

    @property
    def sentence(self) -> str:
        """What the runs tell, in a line."""
        if self.ratio is None:
            return "the same outcome in every shot of every run"
        told = f"the runs scatter {self.ratio:.2f} times as widely as shot noise alone would (1 ± {self.scatter:.2f})"
        return told + ("; something drifts" if self.ratio > 1 + 3 * self.scatter else "")


def spread(runs: Sequence[Mapping[str, int]]) -> Spread:
    """Returns how several runs' counts differ.

    Raises:
        InputError: There are fewer than two runs, or one without shots.
    """
    shots = tuple(sum(run.values()) for run in runs)
    if len(runs) < 2 or not all(shots):
        raise InputError(f"a spread needs two runs or more, each with shots; got {len(runs)}")
    inverse = math.fsum(1 / of for of in shots) / len(runs)
    outcomes = []
    for label in sorted({label for run in runs for label in run}):
        values = tuple(run.get(label, 0) / of for run, of in zip(runs, shots, strict=True))
        mean = math.fsum(values) / len(values)
        variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
        noise = max(0.0, mean * (1 - mean)) * inverse
        outcomes.append(Outcome(label, values, mean, math.sqrt(variance), math.sqrt(noise)))
    noise = math.fsum(one.shot_noise**2 for one in outcomes)
    found = math.fsum(one.std**2 for one in outcomes)
    return Spread(tuple(outcomes), shots, math.sqrt(found / noise) if noise else None, _scatter(outcomes, len(runs)))


def _scatter(outcomes: Sequence[Outcome], runs: int) -> float:
    second, third = (math.fsum(one.mean**power for one in outcomes) for power in (2, 3))
    trace, square = 1 - second, second - 2 * third + second**2
    return 0.0 if square <= 0 else 1 / math.sqrt(2 * (runs - 1) * trace**2 / square)
