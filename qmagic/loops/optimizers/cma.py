"""CMA-ES, by the package ``cma`` of its author.

N. Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772. An iteration is a generation; it reports the best
point of the generation. It draws from a generator of its own, not from NumPy's global one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError
from qmagic.loops.optimizers.asking import Ask, Asking, Stand
from qmagic.loops.seeds import seed_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.objective import Answer

__all__ = ["Cma"]


class Cma(Asking):
    """CMA-ES.

    Args:
        x: The first point.
        seed: Of the populations.
        learning_rate: The first standard deviation of the populations, sigma (radians).
        population: Points of a generation. Default: ``4 + floor(3 ln n)``.
    """

    def __init__(
        self, x: NDArray[np.float64], seed: int, *, learning_rate: float = 0.5, population: int | None = None
    ) -> None:
        super().__init__(x, seed, learning_rate)
        import cma

        if self.x.size < 2:
            raise InputError("cma needs two parameters or more; nelder-mead or spsa take one")
        draw = np.random.default_rng(seed_of(seed, "cma"))
        options: dict[str, Any] = {
            "verbose": -9, "seed": float("nan"), "randn": lambda *shape: draw.standard_normal(shape),
            "maxiter": float("inf"), "maxfevals": float("inf"), "timeout": float("inf"),
        }  # fmt: skip
        if population is not None:
            options["popsize"] = population
        self._strategy = cma.CMAEvolutionStrategy(self.x, learning_rate, options)
        self._points: list[NDArray[np.float64]] = []

    def ask(self) -> Sequence[Ask] | str:
        """Returns a generation."""
        ended = self._strategy.stop(check=False) or self._strategy.stop()
        if ended:
            return f"converged: {', '.join(ended)}"
        self._points = self._strategy.ask()
        return [Ask(point) for point in self._points]

    def tell(self, answers: Sequence[Answer]) -> Stand:
        """Takes a generation's values."""
        values = [answer.value for answer in answers]
        self._strategy.tell(self._points, values)
        best = self._points[int(np.argmin(values))]
        step, self.x = float(np.linalg.norm(best - self.x)), best
        return Stand(best, step)

    def change_learning_rate(self, learning_rate: float) -> None:
        """Sets sigma."""
        super().change_learning_rate(learning_rate)
        self._strategy.sigma = learning_rate
