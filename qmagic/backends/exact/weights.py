"""The turns that a circuit's steps make, as one linear map of its angles, and slopes back through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.exact.angles import Angles
    from qmagic.backends.exact.steps import Sum

__all__ = ["Weights"]


class Weights:
    """``w = matrix @ angles(x) + numbers``, folded into one product where every angle is affine in x.

    Args:
        sums: What each turn is.
        angles: The circuit's angles.
    """

    def __init__(self, sums: Sequence[Sum], angles: Angles) -> None:
        matrix = np.zeros((len(sums), len(angles.offsets)))
        for row, one in enumerate(sums):
            for place, weight in one.angles:
                matrix[row, place] += weight
        self._angles = angles
        self._matrix = matrix @ angles.slopes if angles.affine else matrix
        self._numbers = np.array([one.number for one in sums])
        if angles.affine:
            self._numbers += matrix @ angles.offsets
        self._back = np.ascontiguousarray(self._matrix.T)

    @property
    def parameters(self) -> int:
        """How many numbers a point has."""
        return self._angles.slopes.shape[1]

    def at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the turns at a point."""
        angles = x if self._angles.affine else self._angles.values(x)
        turns: NDArray[np.float64] = self._matrix @ angles + self._numbers
        return turns

    def back(self, slopes: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns slopes by x, given slopes by each turn."""
        by_angle: NDArray[np.float64] = self._back @ slopes
        return by_angle if self._angles.affine else self._angles.jacobian(x).T @ by_angle
