"""Simultaneous perturbation: two values for any number of parameters, right on average.

With signs d drawn at random, ``(f(x + c d) - f(x - c d)) / 2c * d`` has the gradient as its mean, up to ``c^2``
(J. C. Spall, IEEE Transactions on Automatic Control 37, 332, 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qmagic.loops.gradients.base import Estimate, Estimates, Function, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Spsa"]

_EXACT_WIDTH = 1e-3
_NOISY_WIDTH = 0.2


class Spsa:
    """A random slope along all parameters at once.

    Args:
        function: The objective at some points.
        parameters: How many numbers a point has.
        noisy: Whether its values come from shots: then the two points lie further apart.
        seed: What the signs are drawn from, together with the index of the call.
    """

    name = "spsa"

    def __init__(self, function: Function, parameters: int, *, noisy: bool = False, seed: int = 0) -> None:
        self._function, self._seed = function, seed
        self._width = _NOISY_WIDTH if noisy else _EXACT_WIDTH
        self.evaluations = 3
        self.why = f"two values for all {parameters} parameters together: right on average, not at each step"

    def value(self, x: NDArray[np.float64], index: int = 0) -> Estimate:
        """Returns the function at a point."""
        values, stds = self._function(np.asarray(x, float)[np.newaxis], index)
        return Estimate(float(values[0]), float(stds[0]))

    def values(self, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the function at some points."""
        return self._function(np.asarray(points, float), index)

    def value_and_gradient(self, x: NDArray[np.float64], index: int = 0) -> Step:
        """Returns the function and a random slope; its errors are those of the two values, not of the direction."""
        x = np.asarray(x, float)
        signs = np.random.default_rng((self._seed, index)).choice([-1.0, 1.0], x.size)
        values, stds = self._function(np.stack([x, x + self._width * signs, x - self._width * signs]), index)
        slope = (values[1] - values[2]) / (2 * self._width)
        error = float(np.hypot(stds[1], stds[2])) / (2 * self._width)
        return Step(float(values[0]), float(stds[0]), slope * signs, np.full(x.size, error))
