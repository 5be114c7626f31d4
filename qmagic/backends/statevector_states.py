"""State vectors that branch: qulacs states as the `holder.Holder` of the backend ``branches``."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import qulacs

from qmagic.backends.program import Step
from qmagic.backends.sampling import draw
from qmagic.backends.statevector import compiled, marginal, run, squared_moduli

__all__ = ["StateVectors"]

#: Equal states differ by less in each amplitude.
_ROUNDING = 1e-12
#: Where 1 - p is too coarse, both probabilities are summed.
_NEARLY_SURE = 1 - 1e-6


class StateVectors:
    """States over some qubits.

    Args:
        active: The qubits, ascending; the first is the lowest bit of an amplitude's index.
    """

    def __init__(self, active: tuple[int, ...]) -> None:
        self._active = active or (0,)
        self._place = {qubit: i for i, qubit in enumerate(self._active)}
        self._width = len(self._active)

    def compiled(self, steps: list[Step]) -> Any:
        """Returns a qulacs circuit."""
        return compiled(steps, self._place, self._width)

    def start(self) -> Any:
        """Returns the state in which every qubit is 0."""
        return qulacs.QuantumState(self._width)

    def apply(self, state: Any, gates: Any) -> None:
        """Runs a circuit on a state."""
        run(gates, state)

    def chances(self, state: Any, qubit: int) -> tuple[float, float]:
        """Returns the probabilities of 0 and 1."""
        place = self._place[qubit]
        zero = state.get_zero_probability(place)
        if zero < _NEARLY_SURE:
            return zero, max(1.0 - zero, 0.0)
        return zero, state.get_marginal_probability([1 if i == place else 2 for i in range(self._width)])

    def copied(self, state: Any) -> Any:
        """Returns a copy."""
        return state.copy()

    def collapse(self, state: Any, qubit: int, value: int, chance: float) -> None:
        """Projects a qubit and normalises."""
        _projector(self._place[qubit], value).update_quantum_state(state)
        state.normalize(chance)

    def flip(self, state: Any, qubit: int) -> None:
        """Applies X."""
        _not(self._place[qubit]).update_quantum_state(state)

    def fingerprint(self, state: Any) -> float:
        """Returns the modulus of the overlap with a fixed vector."""
        return float(abs(np.vdot(_direction(self._width), state.get_vector())))

    def same(self, state: Any, other: Any) -> bool:
        """Returns whether all amplitudes agree up to one phase."""
        a, b = state.get_vector(), other.get_vector()
        overlap = np.vdot(b, a)
        if abs(overlap) < 0.999:
            return False
        return bool(np.abs(a - overlap / abs(overlap) * b).max() < _ROUNDING)

    def sample(
        self, state: Any, qubits: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Draws from the final distribution of `qubits`."""
        probabilities = marginal(squared_moduli(state.get_vector()), self._active, tuple(qubits))
        outcomes, counts = draw(probabilities, shots, random)
        return outcomes.tolist(), counts.tolist()


@functools.cache
def _projector(place: int, value: int) -> Any:
    return (qulacs.gate.P1 if value else qulacs.gate.P0)(place)


@functools.cache
def _not(place: int) -> Any:
    return qulacs.gate.X(place)


@functools.lru_cache(maxsize=2)
def _direction(width: int) -> Any:
    """Returns a fixed random direction."""
    random = np.random.default_rng(width)
    return random.normal(size=1 << width) + 1j * random.normal(size=1 << width)
