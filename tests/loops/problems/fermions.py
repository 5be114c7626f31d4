"""Electrons as sparse matrices: what tests compare with, made in another way than the package's."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from scipy import sparse


class Fermions:
    """Operators on a number of qubits; qubit 0 is the last factor, as Qiskit counts."""

    def __init__(self, qubits: int) -> None:
        self.qubits = qubits
        z, lower = sparse.diags([1.0, -1.0]), sparse.csr_matrix([[0.0, 1.0], [0.0, 0.0]])
        self.removes = []
        for p in range(qubits):
            factors = [sparse.identity(2)] * (qubits - 1 - p) + [lower] + [z] * p
            self.removes.append(functools.reduce(lambda a, b: sparse.kron(a, b, "csr"), factors))

    def state(self, occupied: list[int]) -> np.ndarray:
        """The state with electrons in these qubits."""
        state = np.zeros(2**self.qubits)
        state[sum(1 << qubit for qubit in occupied)] = 1.0
        return state

    def generator(self, excitation) -> sparse.csr_matrix:
        """``T - T^+`` of an excitation, ``T = a_i^+ a_j^+ ... a_a a_b``."""
        before, after = excitation
        factors = [self.removes[qubit].T for qubit in before] + [self.removes[qubit] for qubit in after]
        moved = functools.reduce(lambda a, b: a @ b, factors).tocsr()
        return moved - moved.T

    def hamiltonian(self, electrons) -> sparse.csr_matrix:
        """``constant + sum h_pq a_p^+ a_q + 1/2 sum (pq|rs) a_p^+ a_r^+ a_s a_q`` over orbitals and spins."""
        n = electrons.orbitals
        total = electrons.constant * sparse.identity(2**self.qubits, format="csr")
        for s in (0, n):
            for p, q in itertools.product(range(n), repeat=2):
                total += electrons.one[p, q] * self.removes[p + s].T @ self.removes[q + s]
                for t in (0, n):
                    for r, u in itertools.product(range(n), repeat=2):
                        left = self.removes[p + s].T @ self.removes[r + t].T
                        total += 0.5 * electrons.two[p, q, r, u] * left @ self.removes[u + t] @ self.removes[q + s]
        return total.tocsr()


def turned(generator: sparse.csr_matrix, angle: float, state: np.ndarray) -> np.ndarray:
    """``exp(angle G)`` on a state, for ``G^3 = -G``: every excitation's generator."""
    once = generator @ state
    return state + np.sin(angle) * once + (1 - np.cos(angle)) * (generator @ once)


def energy_and_slopes(generators, matrix, start, x) -> tuple[float, np.ndarray]:
    """``<x|H|x>`` of ``|x> = ... exp(x_1 G_1) exp(x_0 G_0) |start>``, and its slopes."""
    state = start
    for generator, angle in zip(generators, x, strict=True):
        state = turned(generator, angle, state)
    other = matrix @ state
    energy, slopes = float(state @ other), np.zeros(len(x))
    for k in reversed(range(len(x))):
        slopes[k] = 2.0 * float(other @ (generators[k] @ state))
        state, other = turned(generators[k], -x[k], state), turned(generators[k], -x[k], other)
    return energy, slopes
