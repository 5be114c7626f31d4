"""The electrons of a molecule as numbers: integrals over the active orbitals, energies. In Hartree.

PySCF computes them. Those of H2 and LiH as they stand in `geometry.KNOWN` lie in ``integrals.json``, so that a first
molecule needs nothing installed; tests compute them again, and a script beside them writes the table.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.resources
import json
import operator
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.loops.problems.geometry import Geometry

__all__ = ["MOST_QUBITS", "Electrons", "computed", "electrons"]

#: Two for each active orbital. More take hours: the full configuration interaction as well as the loop.
MOST_QUBITS = 24


@dataclasses.dataclass(frozen=True, eq=False)
class Electrons:
    """The electrons in the active orbitals, in the basis of the Hartree-Fock orbitals. Energies in Hartree.

    Attributes:
        pairs: Pairs of active electrons: the lowest so many orbitals hold two each in the Hartree-Fock state.
        constant: Energy of the nuclei's repulsion and of the electrons that are not active.
        one: ``(p|h|q)``, shape ``(n, n)`` for n orbitals; with the mean field of the electrons that are not active.
        two: ``(pq|rs)`` in the chemists' order, shape ``(n, n, n, n)``.
        irreps: Each orbital's irreducible representation in the largest Abelian point group, as PySCF counts them: a
            product of orbitals is totally symmetric where the exclusive or of theirs is 0.
        hartree_fock: Energy of the Hartree-Fock state.
        exact: Lowest energy with these orbitals and electrons: full configuration interaction.
    """

    pairs: int
    constant: float
    one: NDArray[np.float64]
    two: NDArray[np.float64]
    irreps: tuple[int, ...]
    hartree_fock: float
    exact: float

    @property
    def orbitals(self) -> int:
        """The number of active orbitals; each is two qubits."""
        return len(self.one)


def electrons(geometry: Geometry, charge: int, active: tuple[int, int] | None, basis: str) -> Electrons:
    """Returns the electrons of a molecule, from the table where it has them.

    Args:
        geometry: The atoms.
        charge: Of the molecule, in elementary charges.
        active: Numbers of active electrons and orbitals, around the highest occupied one; None for all.
        basis: Such as ``"sto-3g"``.

    Raises:
        InputError: PySCF is needed and not installed, or the molecule cannot be computed.
    """
    if geometry.known and charge == 0 and active is None and basis.lower().replace("-", "") == "sto3g":
        known = _table().get(geometry.name)
        if known is not None:
            return known
    return computed(geometry, charge, active, basis)


def computed(geometry: Geometry, charge: int, active: tuple[int, int] | None, basis: str) -> Electrons:
    """Returns the electrons of a molecule, by restricted Hartree-Fock; see `electrons`."""
    try:
        from pyscf import ao2mo, fci, gto, lib, mcscf, scf
    except ImportError as error:
        raise InputError(
            f'{geometry.name} needs PySCF, which is not installed: pip install "qmagic[chemistry]" '
            f"(no need for {' and '.join(_table())} by name alone)"
        ) from error
    try:
        with warnings.catch_warnings(action="ignore"):  # where else an unknown basis may be found
            molecule = gto.M(atom=list(geometry.atoms), basis=basis, charge=charge, spin=None, symmetry=True, verbose=0)
    except RuntimeError as error:  # an element or a basis that PySCF does not know
        raise InputError(f"{geometry.name} in the basis {basis!r} cannot be set up: {_sentence(error)}") from None
    if molecule.nelectron % 2 or molecule.nelectron < 2:
        raise InputError(
            f"{geometry.name} with charge {charge:+d} has {molecule.nelectron} electrons; expected closed shells, "
            "an even number from 2: give another charge"
        )
    chosen = _active(geometry.name, active, molecule.nelectron, molecule.nao)
    with lib.with_omp_threads(1):  # small molecules: threads would wait for each other, and for other work
        field = scf.RHF(molecule).run(conv_tol=1e-12)
        space = mcscf.CASCI(field, chosen[1], chosen[0])
        one, constant = space.get_h1eff()
        two = ao2mo.restore(1, space.get_h2eff(), chosen[1])
        exact, _ = fci.direct_spin1.kernel(one, two, *reversed(chosen), ecore=constant, conv_tol=1e-12)
    if not field.converged:
        raise InputError(f"Hartree-Fock does not converge for {geometry.name}; are atoms too close or too far apart?")
    if molecule.groupname in ("C1", "SO3"):  # no symmetry; an atom alone, which PySCF counts in another way
        irreps = (0,) * chosen[1]
    else:
        irreps = tuple(int(irrep) % 10 for irrep in field.get_orbsym()[space.ncore : space.ncore + chosen[1]])
    return Electrons(chosen[0] // 2, float(constant), one, two, irreps, float(field.e_tot), float(exact))


def _active(name: str, active: tuple[int, int] | None, total: int, orbitals: int) -> tuple[int, int]:
    """Returns the numbers of active electrons and orbitals, checked."""
    try:
        count, space = (total, orbitals) if active is None else map(operator.index, active)
    except (TypeError, ValueError):
        raise InputError(f"active={active!r}: expected two whole numbers, electrons and orbitals") from None
    core = (total - count) // 2
    if count % 2 or not 2 <= count <= min(total, 2 * space - 2) or core + space > orbitals:
        raise InputError(
            f"active=({count}, {space}) does not fit {name}, which has {total} electrons in {orbitals} orbitals; "
            "expected an even number of electrons, and orbitals for one pair more at least"
        )
    if 2 * space > MOST_QUBITS:
        raise InputError(
            f"{name} has {space} active orbitals, that is {2 * space} qubits, at most {MOST_QUBITS} are taken; "
            "choose fewer: active=(electrons, orbitals), such as active=(6, 6)"
        )
    return count, space


@functools.cache
def _table() -> dict[str, Electrons]:
    text = importlib.resources.files(__package__).joinpath("integrals.json").read_text("utf-8")
    return {name: _from_json(data) for name, data in json.loads(text)["molecules"].items()}


def _from_json(data: dict[str, Any]) -> Electrons:
    """The table has ``(pq|rs)`` for p >= q, r >= s, pq >= rs: the others are equal to these (orbitals are real)."""
    irreps = tuple(data["irreps"])
    size = len(irreps)
    lower = [(p, q) for p in range(size) for q in range(p + 1)]
    one, two = np.zeros((size, size)), np.zeros((size,) * 4)
    for (p, q), value in zip(lower, data["one"], strict=True):
        one[p, q] = one[q, p] = value
    places = [(*pq, *rs) for i, pq in enumerate(lower) for rs in lower[: i + 1]]
    for (p, q, r, s), value in zip(places, data["two"], strict=True):
        for a, b in ((p, q), (q, p)):
            for c, d in ((r, s), (s, r)):
                two[a, b, c, d] = two[c, d, a, b] = value
    return Electrons(data["pairs"], data["constant"], one, two, irreps, data["hartree_fock"], data["exact"])


def _sentence(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
