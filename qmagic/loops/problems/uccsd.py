"""The ansatz UCCSD: unitary coupled cluster with single and double excitations, one factor for each (Trotter's order).

    |x> = product over k of exp(x_k (T_k - T_k^+)) |Hartree-Fock>

(Peruzzo et al., Nature Communications 5, 4213, 2014; Romero et al., Quantum Sci. Technol. 4, 014008, 2019.) Excitations
and their order are qiskit-nature's, but those that break the molecule's symmetry are left out: their slopes are zero at
every point that the others can reach.

A factor turns one occupation of its orbitals into another and leaves the rest alone. So it takes one controlled
rotation about Y between CX gates (Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612, 2020), where
a product of exponentials of Pauli products takes five times as many for the same unitary.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    from qmagic.loops.problems.electrons import Electrons

__all__ = ["Excitation", "excitations", "uccsd"]

#: Qubits that lose their electrons, and qubits that get them.
Excitation = tuple[tuple[int, ...], tuple[int, ...]]


def excitations(electrons: Electrons) -> list[Excitation]:
    """Returns the single and double excitations of the Hartree-Fock state that keep spin and symmetry."""
    n = electrons.orbitals
    occupied, empty = range(electrons.pairs), range(electrons.pairs, n)
    singles = [(i + shift, a + shift) for shift in (0, n) for i in occupied for a in empty]
    found = [((i,), (a,)) for i, a in singles] + list(_doubles(singles))
    return [one for one in found if _symmetric(one, electrons)]


def _doubles(singles: list[tuple[int, int]]) -> Iterator[Excitation]:
    seen = set()
    for (i, a), (j, b) in itertools.combinations(singles, 2):
        qubits = frozenset((i, j, a, b))
        if len(qubits) == 4 and qubits not in seen:
            seen.add(qubits)
            yield (i, j), (a, b)


def _symmetric(excitation: Excitation, electrons: Electrons) -> bool:
    product = 0
    for qubit in (*excitation[0], *excitation[1]):
        product ^= electrons.irreps[qubit % electrons.orbitals]
    return product == 0


def uccsd(electrons: Electrons) -> QuantumCircuit:
    """Returns the ansatz on two qubits for each orbital; at zero it makes the Hartree-Fock state.

    A parameter ``t[k]`` is in radians; the order is that of `excitations`.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    n = electrons.orbitals
    circuit = QuantumCircuit(2 * n, name="UCCSD")
    for qubit in range(electrons.pairs):
        circuit.x([qubit, n + qubit])
    wanted = excitations(electrons)
    for angle, excitation in zip(ParameterVector("t", len(wanted)), wanted, strict=True):
        _excite(circuit, excitation, angle)
    return circuit


def _excite(circuit: QuantumCircuit, excitation: Excitation, angle: Parameter) -> None:
    """Appends ``exp(angle (T - T^+))`` with ``T = a_i^+ a_j^+ a_a a_b`` (i, j occupied), as in qiskit-nature.

    T makes of the state with a and b full the one with i and j full. CX gates from the first of these qubits let only
    it tell the two apart; the others, its controls, then have the same bits in both. What is left is a rotation about Y
    of the first qubit where the controls have these bits,

        2 angle (-1)^(electrons that T crosses) product over controls of (1 + s_c Z_c) / 2

    which is a sum over subsets of the controls: about Z (after a turn that brings Y there), a rotation for each subset,
    with CX gates that collect the parity of subset and crossed qubits.
    """
    before, after = excitation
    target, *controls = sorted((*before, *after))
    for qubit in controls:
        circuit.cx(target, qubit)
    circuit.sx(target)
    # Which controls are 1 now: those that were full where the target was empty.
    full = set(after if target in before else before)
    crossed = _crossed(excitation)
    share = 2.0 * angle / 2 ** len(controls)
    parity: set[int] = set()
    for subset in _subsets(controls):
        for qubit in sorted(parity ^ crossed ^ subset):
            circuit.cx(qubit, target)
        parity = crossed ^ subset
        positive = (_positive(excitation) == (target in before)) == (len(subset & full) % 2 == 0)
        circuit.rz(share if positive else -share, target)
    for qubit in sorted(parity):
        circuit.cx(qubit, target)
    circuit.sxdg(target)
    for qubit in controls:
        circuit.cx(target, qubit)


def _subsets(controls: list[int]) -> Iterator[set[int]]:
    """Yields all subsets, each different from the one before by one member (Gray's order)."""
    for number in range(2 ** len(controls)):
        code = number ^ number >> 1
        yield {qubit for place, qubit in enumerate(controls) if code >> place & 1}


def _crossed(excitation: Excitation) -> set[int]:
    """Returns the other qubits below an odd number of the excitation's: their electrons turn its sign."""
    qubits = sorted((*excitation[0], *excitation[1]))
    return {qubit for low, high in zip(qubits[::2], qubits[1::2], strict=True) for qubit in range(low + 1, high)}


def _positive(excitation: Excitation) -> bool:
    """Tells the sign of T on the state with its empty orbitals full and no other electron."""
    before, after = excitation
    electrons = set(after)
    swaps = 0
    for qubit in reversed((*before, *after)):
        swaps += sum(other < qubit for other in electrons)
        electrons ^= {qubit}
    return swaps % 2 == 0
