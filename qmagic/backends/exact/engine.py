"""`Engine`: what computes for one ansatz and one observable, chosen once, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qmagic.backends.exact import fallback
from qmagic.backends.exact.active import compact
from qmagic.backends.exact.lowering import lower
from qmagic.backends.exact.paulis import as_operator, terms
from qmagic.backends.exact.steps import Dense, Flip
from qmagic.backends.memory import limit, refusal
from qmagic.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.exact.lowering import Lowered
    from qmagic.backends.exact.paulis import Term

__all__ = ["Engine"]

#: An X with more controls does not fit into a segment beside the lowest qubits.
_MOST_CONTROLS = 7


class _Step(Protocol):
    """What computes: `fused.FusedStep` or `fallback.QulacsStep`."""

    name: str
    why: str
    memory: int

    def energy(self, x: NDArray[np.float64]) -> float: ...

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]: ...

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]: ...


class Engine:
    """Energies, gradients and states of one ansatz and one observable. Not for two threads at once.

    Args:
        ansatz: The circuit; terminal measurements are left out.
        observable: A Pauli sum with real coefficients on as many qubits.
        threads: Cores that a wide circuit may take. They change no bit of a result.

    Raises:
        InputError: The circuit is not unitary, the observable does not fit it, or the state does not fit into memory.
    """

    def __init__(self, ansatz: QuantumCircuit, observable: Any, *, threads: int = 1) -> None:
        self._width = ansatz.num_qubits
        self._parameters = ansatz.num_parameters
        lowered, sums, self._qubits = compact(lower(ansatz), terms(as_operator(observable, self._width)))
        self._step = _chosen(lowered, sums, threads)

    @property
    def name(self) -> str:
        """What computes: ``"fused"`` or ``"qulacs"``."""
        return self._step.name

    @property
    def why(self) -> str:
        """Why this one, in a clause."""
        return self._step.why

    @property
    def memory(self) -> int:
        """Bytes that a gradient takes at its peak."""
        return self._step.memory

    def energy(self, x: NDArray[np.float64]) -> float:
        """Returns the expectation value at a point, in the order of the ansatz's parameters."""
        return self._step.energy(self._point(x))

    def energies(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the expectation values at some points, one row each."""
        return np.array([self._step.energy(self._point(point)) for point in points], dtype=float)

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Returns the expectation value and its slope along each parameter."""
        return self._step.energy_and_gradient(self._point(x))

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Returns the final state of all qubits of the ansatz, up to a global phase; qubit 0 is the lowest bit."""
        found = self._step.state(self._point(x))
        if len(self._qubits) == self._width:
            return found
        index = np.arange(len(found))
        places = sum(((index >> i & 1) << qubit for i, qubit in enumerate(self._qubits)), np.zeros_like(index))
        state = np.zeros(1 << self._width, complex)
        state[places] = found
        return state

    def _point(self, x: Any) -> NDArray[np.float64]:
        point = np.ascontiguousarray(x, dtype=float)
        if point.shape != (self._parameters,):
            raise InputError(f"a point has the shape {point.shape}; expected {self._parameters} numbers in a row")
        return point


def _chosen(lowered: Lowered, sums: Sequence[Term], threads: int) -> _Step:
    needed = fallback.memory(lowered.width)
    if needed > limit():
        raise refusal("gradients", lowered.width, needed, limit(), (48, 2), "a narrower ansatz may")
    why = _obstacle(lowered)
    if not why:
        try:
            from qmagic.backends.exact.fused import FusedStep
        except ModuleNotFoundError as error:
            if error.name not in {"numba", "llvmlite"}:
                raise
            why = "Numba, which makes this about ten times faster, is not installed: pip install 'qmagic[loops]'"
        else:
            return FusedStep(lowered, sums, threads)
    return fallback.QulacsStep(lowered, sums, why, threads)


def _obstacle(lowered: Lowered) -> str:
    """Returns what the fused kernels do not take; "" for nothing."""
    for step in lowered.steps:
        if isinstance(step, Dense):
            return f"the ansatz holds a matrix on {len(step.qubits)} qubits"
        if isinstance(step, Flip) and step.controls.bit_count() > _MOST_CONTROLS:
            return f"the ansatz holds an X with {step.controls.bit_count()} controls"
    return ""
