"""No optimizer, but a loop like any other: the values on a grid in a plane of parameter space, row by row.

So a landscape runs in a process of its own, shows its values as they come, can be stopped, and resumes from its tape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.loops.optimizers.asking import Ask, Asking, Stand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.objective import Answer

__all__ = ["Plane"]


class Plane(Asking):
    """``x + a first + b second``, with `size` values of a and of b from -radius to radius; a runs faster.

    Args:
        x: The middle.
        seed: Not used.
        first: A direction, of length 1.
        second: One at right angles to it.
        radius: How far the plane goes.
        size: Points along each side.
    """

    def __init__(
        self, x: NDArray[np.float64], seed: int, *, first: Sequence[float], second: Sequence[float], radius: float,
        size: int,
    ) -> None:  # fmt: skip
        super().__init__(x, seed, 0.0)
        self._first, self._second = np.array(first, dtype=float), np.array(second, dtype=float)
        self._places = np.linspace(-radius, radius, size)
        self._done = 0

    def ask(self) -> Sequence[Ask] | str:
        """Returns the next point of the grid."""
        row, column = divmod(self._done, len(self._places))
        if row == len(self._places):
            return "all of the plane was evaluated"
        self._at = self.x + self._places[column] * self._first + self._places[row] * self._second
        return [Ask(self._at)]

    def tell(self, answers: Sequence[Answer]) -> Stand:
        """Goes on to the next point."""
        self._done += 1
        return Stand(self._at)
