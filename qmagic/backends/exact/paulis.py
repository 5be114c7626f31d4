"""A Pauli sum as masks: each term is ``c i^(x.z) X^x Z^z``, with qubit 0 as the lowest bit of x and z."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

__all__ = ["Term", "as_operator", "terms"]


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """A product of Paulis: X where only `x` has a bit, Z where only `z` has one, Y where both have."""

    x: int
    z: int
    coefficient: float


def as_operator(observable: Any, width: int) -> SparsePauliOp:
    """Returns an observable as Qiskit's Pauli sum, terms added up.

    Args:
        observable: ``SparsePauliOp``, ``SparseObservable``, ``Pauli``, or a label.
        width: Qubits of the circuit.

    Raises:
        InputError: It is none of these, has another width, free parameters, or a coefficient that is not real.
    """
    import numpy as np
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import SparseObservable, SparsePauliOp

    try:
        if isinstance(observable, SparseObservable):
            operator = SparsePauliOp.from_sparse_observable(observable)
        else:
            operator = SparsePauliOp(observable)
    except (QiskitError, TypeError, ValueError) as error:
        raise InputError(
            f"the observable is {type(observable).__name__}; expected a SparsePauliOp or a label such as 'ZZI'"
        ) from error
    if operator.num_qubits != width:
        raise InputError(f"the observable has {operator.num_qubits} qubits, the ansatz {width}; expected the same")
    if operator.coeffs.dtype == object and operator.parameters:
        names = ", ".join(parameter.name for parameter in operator.parameters)
        raise InputError(f"the observable has the free parameters {names}; bind them first")
    operator = SparsePauliOp(operator.paulis, operator.coeffs.astype(complex)).simplify(atol=0.0)
    imaginary = np.abs(operator.coeffs.imag).max(initial=0.0)
    if not np.isfinite(operator.coeffs).all() or imaginary > 1e-12 * np.abs(operator.coeffs).max(initial=1.0):
        raise InputError("the observable has a coefficient that is not a real number; expected a Hermitian one")
    return operator


def terms(operator: SparsePauliOp) -> list[Term]:
    """Returns the terms as masks."""
    return [
        Term(_mask(x), _mask(z), float(coefficient.real))
        for x, z, coefficient in zip(operator.paulis.x, operator.paulis.z, operator.coeffs, strict=True)
    ]


def _mask(bits: Any) -> int:
    return sum(1 << qubit for qubit in bits.nonzero()[0].tolist())
