"""Electrons on qubits, after Jordan and Wigner: a qubit is a spin orbital, 1 where it holds an electron.

    a_p = Z_0 ... Z_(p-1) (X_p + iY_p) / 2

Qubit p is orbital p with spin up, qubit n + p the same orbital with spin down, n the number of orbitals, which are in
the order of their energies. This is qiskit-nature's order too, and tests compare with its ``JordanWignerMapper``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

    from qmagic.loops.problems.electrons import Electrons

__all__ = ["hamiltonian"]

#: Coefficients of products ``X^x Z^z``; x and z are masks of qubits.
_Sum = dict[tuple[int, int], float]

#: Coefficients below this (Hartree) are rounding.
_NOTHING = 1e-12


def hamiltonian(electrons: Electrons) -> SparsePauliOp:
    """Returns the energy of electrons and nuclei, in Hartree, on two qubits for each orbital.

    With ``E_pq = sum over spins of a_p^+ a_q``, which counts electrons or moves one from q to p,

        H = constant + sum_pq h'_pq E_pq + 1/2 sum_pqrs (pq|rs) E_pq E_rs,  h'_pq = h_pq - 1/2 sum_r (pr|rq)

    (Helgaker, Jorgensen and Olsen, Molecular Electronic-Structure Theory, eqs. 2.2.13 to 2.2.17).
    """
    n = electrons.orbitals
    one = electrons.one - 0.5 * electrons.two.trace(axis1=1, axis2=2)
    lower = [(p, q) for p in range(n) for q in range(p + 1)]
    moves = [_move(p, q, n) for p, q in lower]
    total: _Sum = {(0, 0): electrons.constant}
    for (p, q), move in zip(lower, moves, strict=True):
        inner: _Sum = {(0, 0): float(one[p, q])}
        for (r, s), other in zip(lower, moves, strict=True):
            _add(inner, other, 0.5 * float(electrons.two[p, q, r, s]))
        for (x, z), factor in move.items():
            _add(total, {(x ^ x2, z ^ z2): _sign(z & x2) * value for (x2, z2), value in inner.items()}, factor)
    return _operator(total, 2 * n)


def _move(p: int, q: int, n: int) -> _Sum:
    """Returns ``E_pq + E_qp``, or ``E_pp``.

    One spin's is ``(X_p X_q + Y_p Y_q) Z_between / 2``, or ``(1 - Z_p) / 2``; with ``Y = iXZ`` and p > q,
    ``Y_p Y_q = -X_p X_q Z_p Z_q``.
    """
    if p == q:
        return {(0, 0): 1.0, (0, 1 << p): -0.5, (0, 1 << n + p): -0.5}
    found: _Sum = {}
    for shift in (0, n):
        ends = 1 << p + shift | 1 << q + shift
        between = (1 << p + shift) - (2 << q + shift)
        found |= {(ends, between): 0.5, (ends, between | ends): -0.5}
    return found


def _add(into: _Sum, what: _Sum, factor: float) -> None:
    if factor:
        for key, value in what.items():
            into[key] = into.get(key, 0.0) + factor * value


def _sign(mask: int) -> int:
    return -1 if mask.bit_count() % 2 else 1


def _operator(total: _Sum, width: int) -> SparsePauliOp:
    """``X^x Z^z`` is ``(-i)^k`` times a Pauli product with k letters Y; the sum is real, so that k is even."""
    from qiskit.quantum_info import SparsePauliOp

    terms = []
    for (x, z), value in sorted(total.items()):
        if abs(value) > _NOTHING:
            places = [place for place in range(width) if (x | z) >> place & 1]
            letters = "".join("IXZY"[x >> place & 1 | (z >> place & 1) << 1] for place in places)
            terms.append((letters, places, value * (-1) ** ((x & z).bit_count() // 2)))
    return SparsePauliOp.from_sparse_list(terms, num_qubits=width)
