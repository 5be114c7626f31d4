"""What a gradient is to a loop: values and slopes of one objective, a reason for the choice, and a price.

Rules: a gradient keeps no state between calls. What is random in it comes from the `index` of the call (the number of
the evaluation on the loop's tape), so that a replayed loop sees the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["Estimate", "Estimates", "Evaluate", "Function", "Gradient", "Step"]


class Estimate(NamedTuple):
    """A value and its standard error (0 where it is exact)."""

    value: float
    std: float


class Estimates(NamedTuple):
    """Values and standard errors at some points, each an array of as many."""

    values: NDArray[np.float64]
    stds: NDArray[np.float64]


class Step(NamedTuple):
    """What one step of an optimizer needs.

    Attributes:
        value: The objective at the point.
        std: Its standard error; 0 where it is exact.
        gradient: One slope for each parameter, in the order of the point.
        gradient_std: Their standard errors; zeros where they are exact. Of a finite difference they do not hold what
            the difference itself gets wrong.
    """

    value: float
    std: float
    gradient: NDArray[np.float64]
    gradient_std: NDArray[np.float64]


#: Expectation values of the objective's observable for a circuit at some points (one row each, in the order of
#: ``circuit.parameters``), all in one call of the backend: ``evaluate(circuit, points, index)``.
Evaluate = Callable[["QuantumCircuit", "NDArray[np.float64]", int], Estimates]
#: An objective at some points (one row each): ``function(points, index)``.
Function = Callable[["NDArray[np.float64]", int], Estimates]


class Gradient(Protocol):
    """One objective, ready to be evaluated."""

    @property
    def name(self) -> str:
        """What it is: ``"adjoint"``, ``"parameter-shift"``, ``"finite-difference"``, ``"spsa"`` or ``"none"``."""
        ...

    @property
    def why(self) -> str:
        """Why it was chosen, in a sentence that a person can check."""
        ...

    @property
    def evaluations(self) -> int:
        """Expectation values that one `value_and_gradient` asks for; 1 where the gradient comes with the value."""
        ...

    def value(self, x: NDArray[np.float64], index: int = 0) -> Estimate:
        """Returns the objective at a point."""
        ...

    def values(self, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the objective at some points, one row each, in one call of the backend."""
        ...

    def value_and_gradient(self, x: NDArray[np.float64], index: int = 0) -> Step:
        """Returns the objective and its slopes at a point."""
        ...
