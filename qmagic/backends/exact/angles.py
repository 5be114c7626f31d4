"""Angles as functions of a circuit's parameters, and the chain rule back to them.

Most angles are affine in the parameters (``theta``, ``2 * theta - phi / 3``): those are one matrix product. The others
(products, functions) are bound one by one, by Qiskit, which also knows their derivatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Angles"]


class Angles:
    """Expressions of some parameters.

    Args:
        parameters: The circuit's parameters, in the order of its points.
        expressions: ``ParameterExpression``s in them, or numbers.

    Raises:
        InputError: Qiskit knows no derivative of one.
    """

    def __init__(self, parameters: Sequence[Any], expressions: Sequence[Any]) -> None:
        self._parameters = list(parameters)
        column = {parameter: i for i, parameter in enumerate(self._parameters)}
        self._slopes = np.zeros((len(expressions), len(self._parameters)))
        self._offsets = np.zeros(len(expressions))
        #: ``(row, expression, [(column, derivative)])`` of what is not affine.
        self._curved: list[tuple[int, Any, list[tuple[int, Any]]]] = []
        for row, expression in enumerate(expressions):
            parts = [(column[parameter], _derivative(expression, parameter)) for parameter in _free(expression)]
            if any(_free(slope) for _, slope in parts):
                self._curved.append((row, expression, parts))
                continue
            self._offsets[row] = _bound(expression, dict.fromkeys(_free(expression), 0.0))
            for place, slope in parts:
                self._slopes[row, place] = _bound(slope, {})

    @property
    def affine(self) -> bool:
        """Whether every angle is ``slopes @ x + offsets``."""
        return not self._curved

    @property
    def inputs(self) -> int:
        """How many numbers `weights.Weights` starts from: parameters where every angle is affine, else angles."""
        return self._slopes.shape[1] if self.affine else self._slopes.shape[0]

    @property
    def slopes(self) -> NDArray[np.float64]:
        """The derivatives of the affine angles by each parameter; rows of zeros for the others."""
        return self._slopes

    @property
    def offsets(self) -> NDArray[np.float64]:
        """The affine angles where all parameters are 0."""
        return self._offsets

    def values(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the angles at a point."""
        angles: NDArray[np.float64] = self._slopes @ x + self._offsets
        if self._curved:
            point = dict(zip(self._parameters, np.asarray(x, float).tolist(), strict=True))
            for row, expression, _ in self._curved:
                angles[row] = _bound(expression, point)
        return angles

    def jacobian(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the derivative of each angle (row) by each parameter (column)."""
        if not self._curved:
            return self._slopes
        jacobian = self._slopes.copy()
        point = dict(zip(self._parameters, np.asarray(x, float).tolist(), strict=True))
        for row, _, parts in self._curved:
            for place, slope in parts:
                jacobian[row, place] = _bound(slope, point)
        return jacobian


def _free(expression: Any) -> Any:
    return getattr(expression, "parameters", ())


def _derivative(expression: Any, parameter: Any) -> Any:
    try:
        return expression.gradient(parameter)
    except RuntimeError as error:  # sign() has none
        raise InputError(f"Qiskit has no derivative of the angle {expression}; write it without sign()") from error


def _bound(expression: Any, point: dict[Any, float]) -> float:
    """Returns an expression's value; Qiskit gives derivatives that are constant as plain numbers."""
    free = _free(expression)
    if not hasattr(expression, "bind"):
        number = complex(expression)
    else:
        number = complex(expression.bind({parameter: point[parameter] for parameter in free}))
    return number.real
