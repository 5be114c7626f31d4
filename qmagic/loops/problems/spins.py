"""`Ising`: an energy of spins, which cuts of graphs and quadratic forms of bits become; its minimum by trying.

    E(s) = offset + sum over i of fields_i s_i + sum over i < j of couplings_ij s_i s_j,   s_i = 1 - 2 x_i

with spins s = 1, -1 for the bits x = 0, 1. Node i is qubit i, and s_i is measured as Z_i.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit.quantum_info import SparsePauliOp

__all__ = ["MOST_TRIED", "Ising", "of_bits", "of_cut", "of_spins"]

#: Nodes up to which all states are tried for the exact minimum: a million energies, in some 50 ms.
MOST_TRIED = 20

#: A product of one or two variables, and its coefficient.
_Terms = Iterable[tuple[tuple[Hashable, ...], float]]


@dataclasses.dataclass(frozen=True)
class Ising:
    """An energy of spins.

    Attributes:
        nodes: The variables' names; node i is qubit i.
        fields: By qubit; those that are not 0.
        couplings: By pairs of qubits, the lower one first; those that are not 0.
        offset: What does not depend on the spins.
    """

    nodes: tuple[Hashable, ...]
    fields: Mapping[int, float]
    couplings: Mapping[tuple[int, int], float]
    offset: float

    def energy(self, bits: Iterable[int]) -> float:
        """Returns the energy of one state, from the bits of the qubits in order."""
        spins = [1 - 2 * bit for bit in bits]
        pairs = sum(weight * spins[i] * spins[j] for (i, j), weight in self.couplings.items())
        return self.offset + sum(weight * spins[i] for i, weight in self.fields.items()) + pairs

    def energies(self) -> NDArray[np.float64]:
        """Returns the energy of each state; bit i of the index is the bit of qubit i."""
        import numpy as np

        found = np.array([self.offset])
        for i in range(len(self.nodes)):
            local = np.array([self.fields.get(i, 0.0)])
            for j in range(i):
                weight = self.couplings.get((j, i), 0.0)
                local = np.concatenate([local + weight, local - weight])
            found = np.concatenate([found + local, found - local])
        return found

    def minimum(self) -> float | None:
        """Returns the lowest energy, by trying all states; None for more than `MOST_TRIED` nodes."""
        return float(self.energies().min()) if len(self.nodes) <= MOST_TRIED else None

    def observable(self) -> SparsePauliOp:
        """Returns the energy as a sum of products of Z."""
        from qiskit.quantum_info import SparsePauliOp

        terms: list[tuple[str, list[int], float]] = [("Z", [i], weight) for i, weight in self.fields.items()]
        terms += [("ZZ", [*pair], weight) for pair, weight in self.couplings.items()]
        if self.offset or not terms:
            terms.append(("", [], self.offset))
        return SparsePauliOp.from_sparse_list(terms, num_qubits=len(self.nodes))


def of_spins(fields: Any, couplings: Any, offset: float) -> Ising:
    """Returns ``offset + sum_i fields_i s_i + sum_ij couplings_ij s_i s_j``; every entry given counts.

    Args:
        fields: A mapping from nodes to numbers, a vector, or None.
        couplings: A mapping from pairs of nodes to numbers, or a square matrix; an entry for a pair of equal nodes is
            a constant, since ``s_i s_i = 1``.
        offset: A constant.

    Raises:
        InputError: These are not numbers, or do not fit each other.
    """
    return _sum([*_linear("fields", fields), *_quadratic("couplings", couplings)], offset, _nodes(fields, couplings))


def of_bits(quadratic: Any, linear: Any, offset: float) -> Ising:
    """Returns ``offset + sum_i linear_i x_i + sum_ij quadratic_ij x_i x_j`` in spins; see `of_spins`.

    An entry for a pair of equal nodes is linear, since ``x_i x_i = x_i``.
    """
    terms: list[tuple[tuple[Hashable, ...], float]] = []
    for nodes, weight in (*_linear("linear", linear), *_quadratic("quadratic", quadratic)):
        # x = (1 - s) / 2, and a product of these, multiplied out.
        own = tuple(dict.fromkeys(nodes))
        share = weight / 2 ** len(own)
        for size in range(len(own) + 1):
            terms += [(part, share * (-1) ** size) for part in itertools.combinations(own, size)]
    return _sum(terms, offset, _nodes(linear, quadratic))


def of_cut(nodes: Iterable[Hashable], edges: Iterable[tuple[Hashable, Hashable, float]]) -> Ising:
    """Returns minus the weight of a cut: an edge counts ``weight (1 - s_u s_v) / 2``; loops are never cut."""
    terms = [term for u, v, weight in edges if u != v for term in (((u, v), weight / 2), ((), -weight / 2))]
    return _sum(terms, 0.0, tuple(dict.fromkeys(nodes)))


def _sum(terms: _Terms, offset: float, nodes: tuple[Hashable, ...]) -> Ising:
    """Collects terms in spins by qubits."""
    if not nodes:
        raise InputError("the problem has no variables; expected at least one")
    places = {node: place for place, node in enumerate(nodes)}
    sums: dict[tuple[int, ...], float] = {}
    for variables, weight in (*terms, ((), offset)):
        if not math.isfinite(weight):
            raise InputError(f"the coefficient of {variables} is {weight}; expected a finite number")
        own = tuple(sorted(places[node] for node in variables if variables.count(node) % 2))
        sums[own] = sums.get(own, 0.0) + weight
    return Ising(
        nodes=nodes,
        fields={own[0]: weight for own, weight in sums.items() if len(own) == 1 and weight},
        couplings={(own[0], own[1]): weight for own, weight in sums.items() if len(own) == 2 and weight},
        offset=sums.get((), 0.0),
    )


def _linear(name: str, given: Any) -> list[tuple[tuple[Hashable, ...], float]]:
    if given is None:
        return []
    if isinstance(given, Mapping):
        return [((node,), _number(name, node, weight)) for node, weight in given.items()]
    return [((i,), float(weight)) for i, weight in enumerate(_array(name, given, 1))]


def _quadratic(name: str, given: Any) -> list[tuple[tuple[Hashable, ...], float]]:
    if isinstance(given, Mapping):
        for pair in given:
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise InputError(f"{name} has the key {pair!r}; expected a pair of nodes such as (0, 1)")
        return [(pair, _number(name, pair, weight)) for pair, weight in given.items()]
    matrix = _array(name, given, 2)
    if matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"{name} has the shape {matrix.shape}; expected a square matrix")
    return [((int(i), int(j)), float(matrix[i, j])) for i, j in zip(*matrix.nonzero(), strict=True)]


def _nodes(linear: Any, quadratic: Any) -> tuple[Hashable, ...]:
    """Returns all variables: numbers in order, names as they come."""
    found: dict[Hashable, None] = {}
    for given in (linear, quadratic):
        if isinstance(given, Mapping):
            for key in given:
                found.update(dict.fromkeys(key if given is quadratic else (key,)))
        elif given is not None:
            found.update(dict.fromkeys(range(len(given))))
    numbers = [node for node in found if isinstance(node, int)]
    return tuple(sorted(numbers)) if len(numbers) == len(found) else tuple(found)


def _array(name: str, given: Any, dimensions: int) -> NDArray[np.float64]:
    import numpy as np

    try:
        array = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        array = np.zeros(())
    if array.ndim != dimensions:
        shape = "a square matrix, or a mapping from pairs" if dimensions == 2 else "a vector, or a mapping from nodes"
        raise InputError(f"{name} cannot be read ({type(given).__name__}); expected {shape} to numbers")
    if not np.isfinite(array).all():
        raise InputError(f"{name} has entries that are not finite; expected numbers")
    return array


def _number(name: str, key: Any, weight: Any) -> float:
    try:
        return float(weight)
    except (TypeError, ValueError):
        raise InputError(f"{name}[{key!r}] is {weight!r}; expected a number") from None
