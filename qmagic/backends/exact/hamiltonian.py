"""A Pauli sum in the form that the kernels read: terms that flip the same qubits together.

``(H psi)_i = sum over flips x of d_x(i) psi_(i ^ x)``. Where few terms share a flip they are applied one by one
(a number and the sign of a parity); where many do, ``d_x`` is a table, made by a Walsh-Hadamard transform of the
coefficients over z. Terms with an odd number of Y are imaginary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.exact.paulis import Term

__all__ = ["Hamiltonian", "hamiltonian"]

#: Terms with one flip from which on a table is quicker.
_FEW = 2
#: Bytes that tables may take, beside which one state is small.
_MOST = 256 << 20


class Hamiltonian(NamedTuple):
    """What the kernels read.

    Attributes:
        flips: How many parts, the first ones, are nothing but a real flip that leaves the lanes of a vector alone.
        parts: For each: x, z, whether it is imaginary, and where its table starts, -1 for a single term.
        numbers: The coefficient of each single term.
        tables: The tables, one after the other.
    """

    flips: int
    parts: NDArray[np.int64]
    numbers: NDArray[np.float64]
    tables: NDArray[np.float64]


def hamiltonian(terms: Sequence[Term], width: int) -> Hamiltonian:
    """Returns a Pauli sum as arrays.

    Args:
        terms: The sum's terms.
        width: Qubits of the state.
    """
    together: dict[tuple[int, bool], list[Term]] = {}
    for term in terms:
        together.setdefault((term.x, bool((term.x & term.z).bit_count() & 1)), []).append(term)
    parts, numbers = [], []
    filled: list[NDArray[np.float64]] = []
    for (x, imaginary), alike in sorted(together.items()):
        if len(alike) > _FEW and 8 * (len(filled) + 1) << width <= _MOST:
            parts.append((x, 0, imaginary, len(filled) << width))
            numbers.append(0.0)
            filled.append(_table(alike, width))
            continue
        for term in alike:
            parts.append((x, term.z, imaginary, -1))
            numbers.append(_weight(term))
    plain = [x > 0 and not x % 8 and not z and not imaginary and table < 0 for x, z, imaginary, table in parts]
    order = sorted(range(len(parts)), key=lambda i: not plain[i])
    return Hamiltonian(
        sum(plain),
        np.array([parts[i] for i in order], np.int64).reshape(-1, 4),
        np.array([numbers[i] for i in order]),
        np.concatenate([np.zeros(0), *filled]),
    )


def _weight(term: Term) -> float:
    """Returns the number before ``(-1)^(z.i)``, without the i of an imaginary term.

    Y is i X Z, and Z acts first: on ``i ^ x``, not on i. So each Y gives i and a sign, which is -i.
    """
    return term.coefficient * (1, -1, -1, 1)[(term.x & term.z).bit_count() % 4]


def _table(terms: Sequence[Term], width: int) -> NDArray[np.float64]:
    table = np.zeros(1 << width)
    for term in terms:
        table[term.z] += _weight(term)
    for qubit in range(width):
        pairs = table.reshape(-1, 2, 1 << qubit)
        low, high = pairs[:, 0].copy(), pairs[:, 1].copy()
        pairs[:, 0], pairs[:, 1] = low + high, low - high
    return table
