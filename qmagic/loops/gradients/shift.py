"""The parameter-shift rules: exact slopes from values at shifted angles, so that a backend with shots can give them.

A gate ``exp(-i t G)`` makes the expectation value a trigonometric polynomial of the angle, whose frequencies are
differences of G's eigenvalues. For the frequencies ``w, 2w, ..., Rw``

    f'(t) = w sum over m = 1 ... 2R of (-1)^(m-1) / (4 R sin^2(s_m / 2)) f(t + s_m / w),  s_m = (2m - 1) pi / 2R

(Wierichs, Izaac, Wang and Lin, Quantum 6, 677, 2022, eq. 20). R = 1 is the rule of two terms.

Rules: shifts are of the *angles where they stand* in the circuit, not of the user's parameters: each place gets a
parameter of its own, and the chain rule leads back. So a parameter may be used twice, or inside an expression.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.exact.angles import Angles
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.loops.gradients.base import Estimate, Estimates, Evaluate, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import CircuitInstruction, QuantumCircuit

__all__ = ["ParameterShift"]

_TWO, _CONTROLLED, _DOUBLE = (1, 1.0), (2, 0.5), (2, 1.0)
#: ``(R, w)`` of each angle of Qiskit's gates. A controlled rotation's generator has the eigenvalues 0 and ±1/2; the
#: second angle of ``r`` and of ``xx_plus_yy`` stands for a rotation before the gate and its inverse behind.
RULES: dict[str, tuple[tuple[int, float], ...]] = {
    **dict.fromkeys(("rx", "ry", "rz", "p", "u1", "rxx", "ryy", "rzz", "rzx", "cp", "cu1"), (_TWO,)),
    **dict.fromkeys(("crx", "cry", "crz"), (_CONTROLLED,)),
    "r": (_TWO, _DOUBLE),
    "u2": (_TWO, _TWO),
    "u": (_TWO, _TWO, _TWO),
    "u3": (_TWO, _TWO, _TWO),
    "cu": (_CONTROLLED, _TWO, _TWO, _TWO),
    "cu3": (_CONTROLLED, _TWO, _TWO),
    "xx_plus_yy": (_CONTROLLED, _DOUBLE),
    "xx_minus_yy": (_CONTROLLED, _DOUBLE),
}


class ParameterShift:
    """Slopes from shifted circuits, all in one call of the backend.

    Args:
        ansatz: The circuit, with free parameters.
        evaluate: Where values come from.
        asked: Whether the user named this method.

    Raises:
        InputError: A parameter stands in an operation for which there is no rule.
    """

    name = "parameter-shift"

    def __init__(self, ansatz: QuantumCircuit, evaluate: Evaluate, *, asked: bool = False) -> None:
        self._ansatz, self._evaluate = ansatz, evaluate
        self._spread, expressions, rules = _spread(ansatz)
        self._angles = Angles(list(ansatz.parameters), expressions)
        rows, shifts, factors = [], [], []
        for place, (order, frequency) in enumerate(rules):
            for number in range(2 * order):
                shift = (2 * number + 1) * math.pi / (2 * order)
                rows.append(place)
                shifts.append(shift / frequency)
                factors.append(frequency * (-1) ** number / (4 * order * math.sin(shift / 2) ** 2))
        self._shifts = np.zeros((len(rows), len(rules)))
        self._shifts[np.arange(len(rows)), rows] = shifts
        self._factors = np.zeros((len(rules), len(rows)))
        self._factors[rows, np.arange(len(rows))] = factors
        self.evaluations = len(rows) + 1
        why = "asked for" if asked else "values come from a backend"
        self.why = f"{why}: {len(rows)} shifted circuits for {len(rules)} angles give exact slopes up to their noise"

    def value(self, x: NDArray[np.float64], index: int = 0) -> Estimate:
        """Returns the expectation value."""
        values, stds = self._evaluate(self._ansatz, np.asarray(x, float)[np.newaxis], index)
        return Estimate(float(values[0]), float(stds[0]))

    def values(self, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the expectation values at some points."""
        return self._evaluate(self._ansatz, np.asarray(points, float), index)

    def value_and_gradient(self, x: NDArray[np.float64], index: int = 0) -> Step:
        """Returns the expectation value and its slopes."""
        x = np.asarray(x, float)
        angles = self._angles.values(x)
        values, stds = self._evaluate(self._spread, np.vstack([angles, angles + self._shifts]), index)
        jacobian = self._angles.jacobian(x)
        weights = jacobian.T @ self._factors
        return Step(
            float(values[0]), float(stds[0]), weights @ values[1:], np.sqrt(np.square(weights) @ np.square(stds[1:]))
        )


def _spread(ansatz: QuantumCircuit) -> tuple[QuantumCircuit, list[object], list[tuple[int, float]]]:
    """Returns the ansatz with a parameter for each angle, the expressions that stood there, and their rules."""
    from qiskit.circuit import ParameterExpression, ParameterVector, QuantumCircuit

    program = read(ansatz)
    if program.obstacle:
        raise InputError(f"the ansatz is not unitary: {program.obstacle}")
    places = [
        (row, column)
        for row, (instruction, _) in enumerate(program.steps)
        for column, angle in enumerate(instruction.params)
        if isinstance(angle, ParameterExpression) and angle.parameters
    ]
    given = dict(zip(places, ParameterVector("angle", len(places)), strict=True))
    spread = QuantumCircuit(ansatz.num_qubits)
    expressions: list[object] = []
    rules: list[tuple[int, float]] = []
    for row, (instruction, qubits) in enumerate(program.steps):
        columns = [column for column in range(len(instruction.params)) if (row, column) in given]
        if not columns:
            spread.append(instruction.operation, qubits)
            continue
        rules += [_rule(instruction, column) for column in columns]
        expressions += [instruction.params[column] for column in columns]
        # A new gate: a copy would keep the definition with the old angles.
        angles = [given.get((row, column), angle) for column, angle in enumerate(instruction.params)]
        spread.append(instruction.operation.base_class(*angles), qubits)
    return spread, expressions, rules


def _rule(instruction: CircuitInstruction, column: int) -> tuple[int, float]:
    rules = RULES.get(instruction.name)
    if rules is None:
        raise InputError(
            f"there is no parameter-shift rule for gate {instruction.name!r}; "
            f"use gradient='finite-difference' or 'spsa', or write the gate in Qiskit's standard ones"
        )
    return rules[column]
