"""What a loop minimises, as a loop sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qmagic.jobs import JobSpec
    from qmagic.loops.children import Children
    from qmagic.tapes import LoopSpec

__all__ = ["Answer", "Objective", "objective_of"]


class Answer(NamedTuple):
    """What an evaluation gives: the value with its standard error (0 where it is exact), the gradient where it was
    asked for, and the shots that it took.
    """

    value: float
    std: float
    gradient: NDArray[np.float64] | None
    shots: int


class Objective(Protocol):
    """An objective, ready to be evaluated. What is random in it follows from the number of the evaluation."""

    #: A hash of what is evaluated: another one is another objective.
    fingerprint: str

    @property
    def name(self) -> str:
        """The backend, or the function's name."""
        ...

    @property
    def gradient(self) -> str:
        """Where gradients come from, and why, in words."""
        ...

    def effort(self, shots: int | None, precision: float | None) -> None:
        """Sets how many shots each value takes from here on; None for both means exact values."""
        ...

    @property
    def batches(self) -> bool:
        """Whether several points are better evaluated in one go."""
        ...

    def evaluate_all(self, points: NDArray[np.float64], index: int) -> list[Answer]:
        """Returns the values at several points.

        Args:
            points: One row each.
            index: The number of the first one's evaluation.
        """
        ...

    def evaluate(self, x: NDArray[np.float64], want: int, index: int) -> Answer:
        """Evaluates at a point.

        Args:
            x: The point.
            want: `tapes.VALUE`, `GRADIENT` or `BOTH`; the value comes in any case.
            index: The number of the evaluation.
        """
        ...


def objective_of(job: JobSpec, loop: LoopSpec, threads: int, children: Children) -> Objective:
    """Returns a loop's objective.

    Args:
        job: The loop's job.
        loop: What was asked of it.
        threads: Cores that exact evaluation may take.
        children: Runs what is evaluated at a cloud.

    Raises:
        InputError: It cannot be evaluated, or not here.
    """
    from qmagic.tapes import Circuits

    if isinstance(loop.objective, Circuits):
        from qmagic.loops.circuits import CircuitObjective

        return CircuitObjective(job, loop, loop.objective, threads, children)
    from qmagic.loops.functions import FunctionObjective

    return FunctionObjective(job, loop, loop.objective, children)
