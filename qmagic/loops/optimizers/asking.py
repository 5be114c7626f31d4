"""The face of our own optimizers: `ask` for points, be `tell`-ed what they gave, again and again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from qmagic.tapes import VALUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.objective import Answer

__all__ = ["Ask", "Asking", "Optimizer", "Run", "Stand"]


class Run(Protocol):
    """What an optimizer runs on: `session.Session`, or anything that evaluates."""

    def evaluate(self, x: NDArray[np.float64], want: int = VALUE) -> Answer:
        """Returns the value at a point, and the gradient where `want` says so."""
        ...

    def evaluate_all(self, asked: Sequence[Ask]) -> list[Answer]:
        """Returns the same for several points, in their order."""
        ...

    def stand(self, x: NDArray[np.float64], *, value: float | None = None, step: float | None = None) -> None:
        """Ends an iteration at a point that was evaluated."""
        ...


class Optimizer(Protocol):
    """An optimizer that was made, at its first point."""

    def run(self, on: Run) -> str:
        """Minimises, and returns why it ended of itself; whoever evaluates may end it before, by an exception."""
        ...

    def change_learning_rate(self, learning_rate: float) -> None:
        """Takes another learning rate from here on."""
        ...


class Ask(NamedTuple):
    """A point to be evaluated, and whether its gradient is wanted: ``tapes.VALUE`` or ``BOTH``."""

    x: NDArray[np.float64]
    want: int = VALUE


class Stand(NamedTuple):
    """The end of an iteration: where the optimizer stands (a point that it asked for), and how far it went."""

    x: NDArray[np.float64]
    step: float | None = None


class Asking(ABC):
    """An optimizer that asks and is told.

    Args:
        x: The first point.
        seed: Of whatever it draws.
        learning_rate: How far it goes; what that means, each optimizer says.
    """

    def __init__(self, x: NDArray[np.float64], seed: int, learning_rate: float) -> None:
        self.x = np.array(x, dtype=float)
        self.seed = seed
        self.learning_rate = learning_rate

    @abstractmethod
    def ask(self) -> Sequence[Ask] | str:
        """Returns the next points, or why there are none: the optimizer has ended."""

    @abstractmethod
    def tell(self, answers: Sequence[Answer]) -> Stand | None:
        """Takes what the points gave, in their order; returns a `Stand` where an iteration ends."""

    def change_learning_rate(self, learning_rate: float) -> None:
        """Takes another learning rate from here on."""
        self.learning_rate = learning_rate

    def run(self, on: Run) -> str:
        """Asks and tells until the optimizer ends."""
        while True:
            asked = self.ask()
            if isinstance(asked, str):
                return asked
            stand = self.tell(on.evaluate_all(asked))
            if stand is not None:
                on.stand(stand.x, step=stand.step)
