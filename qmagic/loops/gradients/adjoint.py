"""Exact values, with gradients by the adjoint method: all slopes for about three times the price of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.exact import Engine
from qmagic.loops.gradients.base import Estimate, Estimates, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["Adjoint"]


class Adjoint:
    """An ansatz and an observable, simulated exactly in this process.

    Args:
        ansatz: The circuit, with free parameters.
        observable: A Pauli sum.
        threads: Cores that a wide circuit may take.
    """

    name = "adjoint"
    evaluations = 1

    def __init__(self, ansatz: QuantumCircuit, observable: Any, *, threads: int = 1) -> None:
        self._observable, self._threads = observable, threads
        self._engine = Engine(ansatz, observable, threads=threads)
        #: The circuit that `evaluate` was last asked for, and its engine: building one takes longer than a value.
        self._variant = ansatz, self._engine
        self.why = f"values are exact, and one pass back through the circuit gives all slopes; {self._engine.why}"

    @property
    def engine(self) -> Engine:
        """What computes."""
        return self._engine

    def value(self, x: NDArray[np.float64], index: int = 0) -> Estimate:
        """Returns the expectation value."""
        return Estimate(self._engine.energy(x), 0.0)

    def values(self, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the expectation values at some points."""
        found = self._engine.energies(points)
        return Estimates(found, np.zeros_like(found))

    def value_and_gradient(self, x: NDArray[np.float64], index: int = 0) -> Step:
        """Returns the expectation value and its slopes."""
        energy, gradient = self._engine.energy_and_gradient(x)
        return Step(energy, 0.0, gradient, np.zeros_like(gradient))

    def evaluate(self, circuit: QuantumCircuit, points: NDArray[np.float64], index: int = 0) -> Estimates:
        """Returns the observable's exact values for a variant of the ansatz: what `Evaluate` asks for."""
        if circuit is not self._variant[0]:
            self._variant = circuit, Engine(circuit, self._observable, threads=self._threads)
        found = self._variant[1].energies(points)
        return Estimates(found, np.zeros_like(found))
