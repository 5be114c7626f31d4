"""`Problem`: what a variational loop needs, and what is known of the answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp

__all__ = ["Problem"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """An ansatz, an observable to be minimised, and a point to begin at.

    Attributes:
        name: What it is, for lists and titles.
        ansatz: The circuit; `x0` is in the order of its parameters.
        observable: A sum of Pauli products; the rightmost letter of a label is qubit 0.
        x0: The first point, in radians.
        exact: The lowest value that any state of the wanted kind can have, where it is known, else None.
        why: Why this ansatz and this first point, in words.
    """

    name: str
    ansatz: QuantumCircuit
    observable: SparsePauliOp
    x0: NDArray[np.float64]
    exact: float | None
    why: str

    def describe(self) -> str:
        """Returns size, exact value and reasons in two lines."""
        return f"{self!r}\n{self.why}"

    def __repr__(self) -> str:
        exact = "exact value unknown" if self.exact is None else f"exact {self.exact:.6f}"
        sizes = {"qubit": self.ansatz.num_qubits, "parameter": len(self.x0), "term": len(self.observable)}
        shown = ", ".join(f"{size} {what}{'s' if size != 1 else ''}" for what, size in sizes.items())
        return f"{self.name}: {shown}, {exact}"
