"""The turns that a circuit's steps make, as a linear map of its angles, and slopes back through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.exact.angles import Angles
    from qmagic.backends.exact.steps import Sum

__all__ = ["Links", "Weights"]


class Links(NamedTuple):
    """``w[rows] += factors * angles[columns]``, from ``w = numbers``."""

    numbers: NDArray[np.float64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    factors: NDArray[np.float64]


class Weights:
    """``w = matrix @ angles(x) + numbers``, folded into a map of x where every angle is affine in x.

    Args:
        sums: What each turn is.
        angles: The circuit's angles.
    """

    def __init__(self, sums: Sequence[Sum], angles: Angles) -> None:
        matrix = np.zeros((len(sums), len(angles.offsets)))
        for row, one in enumerate(sums):
            for place, weight in one.angles:
                matrix[row, place] += weight
        numbers = np.array([one.number for one in sums])
        if angles.affine:
            numbers, matrix = numbers + matrix @ angles.offsets, matrix @ angles.slopes
        rows, columns = (np.ascontiguousarray(one) for one in matrix.nonzero())
        self.links = Links(numbers, rows, columns, matrix[rows, columns])
        self._angles = angles

    def inputs(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns what the map starts from at a point: the angles, or x itself."""
        return x if self._angles.affine else self._angles.values(x)

    def at(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the turns at a point."""
        numbers, rows, columns, factors = self.links
        turns: NDArray[np.float64] = numbers + np.bincount(rows, factors * self.inputs(x)[columns], len(numbers))
        return turns

    def back(self, slopes: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns slopes by x, given slopes by each turn."""
        _, rows, columns, factors = self.links
        by_input = np.bincount(columns, factors * slopes[rows], len(self.inputs(x))).astype(float)
        return self.outputs(by_input, x)

    def outputs(self, slopes: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns slopes by x, given slopes by `inputs`."""
        return slopes if self._angles.affine else self._angles.jacobian(x).T @ slopes
