"""The exact step of a hybrid loop: energy, gradient and state of one ansatz and one Pauli sum, many times over.

    step = engine(ansatz, observable)
    step.energy(x), step.energies(points)
    energy, gradient = step.energy_and_gradient(x)
    step.state(x)
    step.name, step.why, step.memory

The adjoint method (Jones and Gacon, arXiv:2009.02823): with the final state psi and lambda = H psi, undo the circuit on
both; a turn ``exp(-i w P / 2)`` has the slope Im<lambda|P|psi> at its place.

    angles     what parameters do to angles, and the chain rule
    steps      turns, phases, flips: what every circuit becomes; standard: Qiskit's gates in these; lowering: circuits
    paulis     observables as masks
    fallback   qulacs, for what the kernels do not take
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["Engine", "engine"]


class Engine(Protocol):
    """Energies, gradients and states of one ansatz and one observable. Points are in the order of its parameters."""

    #: What computes: ``"fused"`` or ``"qulacs"``.
    name: str
    #: Why this one, in a sentence.
    why: str
    #: Bytes that a gradient takes at its peak.
    memory: int

    def energy(self, x: NDArray[np.float64]) -> float:
        """Returns the expectation value at a point."""
        ...

    def energies(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the expectation values at some points, one row each."""
        ...

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Returns the expectation value and its slope along each parameter."""
        ...

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Returns the final state, up to a global phase."""
        ...


def engine(ansatz: QuantumCircuit, observable: Any, *, threads: int = 1) -> Engine:
    """Returns what computes exact energies and gradients of an ansatz.

    Args:
        ansatz: The circuit; terminal measurements are left out.
        observable: A Pauli sum with real coefficients on as many qubits.
        threads: Cores that a wide circuit may take.

    Raises:
        InputError: The circuit is not unitary, or the observable does not fit it.
    """
    from qmagic.backends.exact.fallback import QulacsStep
    from qmagic.backends.exact.lowering import lower
    from qmagic.backends.exact.paulis import as_operator

    operator = as_operator(observable, ansatz.num_qubits)
    return QulacsStep(lower(ansatz), operator, "the fused kernels are not there yet", threads)
