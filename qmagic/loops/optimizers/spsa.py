"""SPSA: two values for each iteration, whatever the number of parameters.

J. C. Spall, "Implementation of the simultaneous perturbation algorithm for stochastic optimization", IEEE Transactions
on Aerospace and Electronic Systems 34, 817 (1998): gains ``a_k = a / (A + k + 1)^0.602`` and
``c_k = c / (k + 1)^0.101``, directions of random signs. `a` is calibrated (Kandala et al., Nature 549, 242 (2017),
supplement) so that the first step moves each parameter by the learning rate on average. A third value, at the new
point, is what an iteration reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.errors import InputError
from qmagic.loops.optimizers.asking import Ask, Asking, Stand
from qmagic.loops.seeds import seed_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.objective import Answer

__all__ = ["Spsa"]


class Spsa(Asking):
    """SPSA.

    Args:
        x: The first point.
        seed: Of the directions.
        learning_rate: By how much the first step moves each parameter, on average (radians).
        perturbation: Half the distance of the two points, `c` (radians).
        stability: `A`: so many iterations are as if they had passed before the first.
        calibration: Pairs of values from which `a` is found.
    """

    def __init__(
        self,
        x: NDArray[np.float64],
        seed: int,
        *,
        learning_rate: float = 0.1,
        perturbation: float = 0.1,
        stability: float = 20.0,
        calibration: int = 10,
    ) -> None:
        super().__init__(x, seed, learning_rate)
        if perturbation <= 0 or stability < 0 or calibration < 1:
            raise InputError("spsa: expected perturbation > 0, stability >= 0 and calibration >= 1")
        self._c, self._stability, self._pairs = perturbation, stability, calibration
        self._draw = np.random.default_rng(seed_of(seed, "spsa"))
        self._slope = 0.0
        self._k = 0
        self._signs: list[NDArray[np.float64]] = []
        self._moved: NDArray[np.float64] | None = None

    def ask(self) -> Sequence[Ask]:
        """Returns pairs to calibrate with, then for each iteration a pair, then the new point."""
        if self._moved is not None:
            return [Ask(self._moved)]
        self._signs = [self._draw.choice((-1.0, 1.0), self.x.size) for _ in range(1 if self._slope else self._pairs)]
        width = self._width
        return [Ask(self.x + side * width * signs) for signs in self._signs for side in (1.0, -1.0)]

    def tell(self, answers: Sequence[Answer]) -> Stand | None:
        """Takes the values of what was asked for."""
        if self._moved is not None:
            step = float(np.linalg.norm(self._moved - self.x))
            self.x, self._moved = self._moved, None
            self._k += 1
            return Stand(self.x, step)
        slopes = [
            (above.value - below.value) / (2 * self._width)
            for above, below in zip(answers[::2], answers[1::2], strict=True)
        ]
        if not self._slope:
            self._slope = float(np.mean(np.abs(slopes))) or 1.0
            return None
        gain = self.learning_rate / self._slope * ((self._stability + 1) / (self._stability + self._k + 1)) ** 0.602
        self._moved = self.x - gain * slopes[0] * self._signs[0]
        return None

    @property
    def _width(self) -> float:
        return float(self._c / (self._k + 1) ** 0.101)
