"""Central differences: ``(f(x + h e_i) - f(x - h e_i)) / 2h`` for each parameter.

The step balances two errors. Of an exact function, rounding gives ``eps / h`` and the third derivative ``h^2``: h is
the cube root of the machine's epsilon (Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1). Of estimates
from shots, the error is ``sigma / h``: h is wide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qmagic.loops.gradients.base import Estimate, Estimates, Function, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FiniteDifference"]

_EXACT_STEP = float(np.finfo(np.float64).eps ** (1 / 3))
#: Radians: a rotation's cosine is still straight to 0.7 %.
_NOISY_STEP = 0.2


class FiniteDifference:
    """Central differences of a function.

    Args:
        function: The objective at some points.
        parameters: How many numbers a point has.
        noisy: Whether its values come from shots.
    """

    name = "finite-difference"

    def __init__(self, function: Function, parameters: int, *, noisy: bool = False) -> None:
        self._function = function
        self._step = _NOISY_STEP if noisy else _EXACT_STEP
        self.evaluations = 2 * parameters + 1
        self.why = f"two values for each of {parameters} parameters, {self._step:.2g} to either side" + (
            ", a wide step because values come from shots" if noisy else ""
        )

    def value(self, x: NDArray[np.float64], index: int = 0) -> Estimate:
        """Returns the function at a point."""
        values, stds = self._function(np.asarray(x, float)[np.newaxis], index)
        return Estimate(float(values[0]), float(stds[0]))

    def values(self, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the function at some points."""
        return self._function(np.asarray(points, float), index)

    def value_and_gradient(self, x: NDArray[np.float64], index: int = 0) -> Step:
        """Returns the function and its differences, from one call with all points."""
        x = np.asarray(x, float)
        # The step that the numbers really make: x + h is rounded.
        steps = self._step * np.maximum(1.0, np.abs(x)) if self._step == _EXACT_STEP else np.full(x.size, self._step)
        above, below = x + np.diag(steps), x - np.diag(steps)
        widths = (above - below).diagonal()
        values, stds = self._function(np.vstack([x, above, below]), index)
        gradient = (values[1 : 1 + x.size] - values[1 + x.size :]) / widths
        errors = np.hypot(stds[1 : 1 + x.size], stds[1 + x.size :]) / widths
        return Step(float(values[0]), float(stds[0]), gradient, errors)
