"""Ansätze that a process has read, with their observables and exact engines: the next loop of the same finds them.

A process runs loops one after the other, so that an engine is nobody else's, and what an engine answers does not depend
on what it was asked before. They are known by content; a few of them are kept, none of them large.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from qmagic.cells.load import load
from qmagic.jobs import Observable, Source
from qmagic.loops.gradients.adjoint import Adjoint

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["Prepared", "prepared"]

#: Ansätze that are kept.
_KEPT = 8
#: Bytes of a circuit as QPY, and of an engine, up to which one is.
_MOST_BYTES, _MOST_MEMORY = 1 << 18, 4 << 20


class Prepared:
    """An ansatz and an observable as Qiskit's objects, which nobody changes.

    Args:
        source: The ansatz.
        observable: The observable.
    """

    def __init__(self, source: Source, observable: Observable) -> None:
        self.ansatz: QuantumCircuit = load(source)[0]
        self.operator = _operator(observable, self.ansatz.num_qubits)
        self._exact: dict[int, Adjoint] = {}

    def exact(self, threads: int) -> Adjoint:
        """Returns what gives exact values and gradients, with so many threads."""
        known = self._exact.get(threads)
        if known is None:
            known = Adjoint(self.ansatz, self.operator, threads=threads)
            if known.engine.memory <= _MOST_MEMORY:
                self._exact[threads] = known
        return known


def prepared(source: Source, observable: Observable) -> Prepared:
    """Returns an ansatz and an observable, ready to be evaluated; those that were asked for lately are there already.

    Raises:
        InputError: The circuit cannot be read.
    """
    return (_known if len(source.data) <= _MOST_BYTES else Prepared)(source, observable)


@functools.lru_cache(_KEPT)
def _known(source: Source, observable: Observable) -> Prepared:
    return Prepared(source, observable)


def _operator(observable: Observable, qubits: int) -> Any:
    """Returns the observable as Qiskit's sum of Pauli products; projectors are multiplied out."""
    from qiskit.quantum_info import SparseObservable, SparsePauliOp

    terms = [(term.operators, term.qubits, term.coefficient) for term in observable.terms]
    sparse = SparseObservable.from_sparse_list(terms, num_qubits=qubits)
    return SparsePauliOp.from_sparse_observable(sparse).simplify(atol=0.0)
