"""Gradient descent, and ADAM.

ADAM: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv:1412.6980, algorithm 1.
Each iteration evaluates value and gradient at the point where the optimizer stands, then goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.loops.optimizers.asking import Ask, Asking, Stand
from qmagic.tapes import BOTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.objective import Answer

__all__ = ["Adam", "GradientDescent"]


class GradientDescent(Asking):
    """``x <- x - learning_rate * gradient``.

    Args:
        x: The first point.
        seed: Not used.
        learning_rate: The factor before the gradient.
        gtol: The gradient's norm at which it has converged.
    """

    def __init__(self, x: NDArray[np.float64], seed: int, *, learning_rate: float = 0.1, gtol: float = 1e-9) -> None:
        super().__init__(x, seed, learning_rate)
        self._gtol = gtol
        self._norm = float("inf")
        self._step: float | None = None

    def ask(self) -> Sequence[Ask] | str:
        """Returns the point, with its gradient."""
        if self._norm <= self._gtol:
            return f"converged: the gradient's norm is {self._norm:.1e}"
        return [Ask(self.x, BOTH)]

    def tell(self, answers: Sequence[Answer]) -> Stand:
        """Goes a step."""
        gradient = answers[0].gradient
        assert gradient is not None
        at = self.x
        self._norm = float(np.linalg.norm(gradient))
        change = self._change(gradient)
        self.x = at - change
        came, self._step = self._step, float(np.linalg.norm(change))
        return Stand(at, came)

    def _change(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.learning_rate * gradient


class Adam(GradientDescent):
    """ADAM.

    Args:
        x: The first point.
        seed: Not used.
        learning_rate: The step size, alpha.
        beta1: Decay of the mean of gradients.
        beta2: Decay of the mean of their squares.
        epsilon: Keeps the division finite.
        gtol: The gradient's norm at which it has converged.
    """

    def __init__(
        self,
        x: NDArray[np.float64],
        seed: int,
        *,
        learning_rate: float = 0.05,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        gtol: float = 1e-9,
    ) -> None:
        super().__init__(x, seed, learning_rate=learning_rate, gtol=gtol)
        self._beta1, self._beta2, self._epsilon = beta1, beta2, epsilon
        self._mean = np.zeros_like(self.x)
        self._square = np.zeros_like(self.x)
        self._k = 0

    def _change(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        self._k += 1
        self._mean = self._beta1 * self._mean + (1 - self._beta1) * gradient
        self._square = self._beta2 * self._square + (1 - self._beta2) * gradient**2
        mean = self._mean / (1 - self._beta1**self._k)
        square = self._square / (1 - self._beta2**self._k)
        return self.learning_rate * mean / (np.sqrt(square) + self._epsilon)
