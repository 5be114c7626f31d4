"""`molecule`: a name or atoms to a problem, and `vqe`, which solves it. Energies in Hartree, lengths in ångström."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.loops.problems.problem import Problem

if TYPE_CHECKING:
    from qmagic.client import Loop

__all__ = ["Molecule", "molecule", "vqe"]

#: Molecules whose name alone means fewer orbitals than there are: (electrons, orbitals).
_ACTIVE = {"N2": (6, 6)}


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Molecule(Problem):
    """The ground state of a molecule; see `Problem`. Energies include the repulsion of the nuclei.

    Attributes:
        electrons: The number of active electrons.
        orbitals: The number of active orbitals.
        hartree_fock: The energy of the Hartree-Fock state in Hartree, where the ansatz begins.
    """

    electrons: int
    orbitals: int
    hartree_fock: float


def molecule(
    what: str | Iterable[Any],
    *,
    distance: float | None = None,
    charge: int = 0,
    active: tuple[int, int] | None = None,
    basis: str = "sto-3g",
    mapper: Any = "jordan-wigner",
) -> Molecule:
    """Returns the ground state of a molecule with closed shells as a problem for `vqe`.

    H2 and LiH by name alone need nothing installed; anything else needs ``pip install "qmagic[chemistry]"``.

    Args:
        what: ``"H2"``, ``"LiH"``, ``"H2O"`` or ``"N2"``; or atoms, as ``"H 0 0 0; H 0 0 0.735"`` or pairs of a symbol
            and a place. In ångström.
        distance: Bond length of a molecule by name, in ångström (of water, O-H). Default: 0.735, 1.6, 0.958, 1.098.
        charge: Of the molecule, in elementary charges.
        active: Numbers of active electrons and orbitals, around the highest occupied one. Default: all; (6, 6) for
            ``"N2"``.
        basis: A basis that PySCF knows.
        mapper: How electrons lie on qubits: ``"jordan-wigner"`` (two qubits for each orbital; qubit p is orbital p with
            spin up, qubit n + p the same with spin down), ``"parity"``, ``"bravyi-kitaev"``, or a mapper of
            qiskit-nature's.

    Raises:
        InputError: The molecule cannot be computed, has an open shell or too many orbitals, or an extra is missing.

    Example:
        >>> problem = qmagic.molecule("H2", distance=0.735)
        >>> problem
        H2 at 0.735 Å: 4 qubits, 1 parameter, 15 terms, exact -1.137306
    """
    import numpy as np

    from qmagic.loops.problems.electrons import electrons
    from qmagic.loops.problems.geometry import geometry

    atoms = geometry(what, distance)
    if active is None and isinstance(what, str):
        active = _ACTIVE.get(what)
    found = electrons(atoms, charge, active, basis)
    if mapper == "jordan-wigner":
        from qmagic.loops.problems.jordan_wigner import hamiltonian
        from qmagic.loops.problems.uccsd import uccsd

        ansatz, observable = uccsd(found), hamiltonian(found)
    else:
        from qmagic.loops.problems.nature import mapped

        ansatz, observable = mapped(found, mapper)
    return Molecule(
        name=atoms.name if distance is None else f"{atoms.name} at {distance:g} Å",
        ansatz=ansatz, observable=observable, x0=np.zeros(ansatz.num_parameters), exact=found.exact,
        why=(
            f"UCCSD from the Hartree-Fock state ({found.hartree_fock:.6f} Ha), where all its parameters are 0; "
            f"exact is the full configuration interaction of {2 * found.pairs} electrons in {found.orbitals} orbitals"
        ),
        electrons=2 * found.pairs, orbitals=found.orbitals, hartree_fock=found.hartree_fock,
    )  # fmt: skip


def vqe(problem: Problem | str, **options: Any) -> Loop:
    """Starts the variational quantum eigensolver on a problem and returns at once.

    Args:
        problem: Such as `molecule` makes, or a molecule's name.
        options: Those of `minimize`: ``optimizer``, ``shots``, ``maxiter``, ... Default optimizer: L-BFGS-B where
            values are exact, SPSA where they have shot noise. ``x0`` and ``exact`` are the problem's unless given.

    Raises:
        InputError: As `molecule` and `minimize`.

    Example:
        >>> qmagic.vqe("H2").result().value
        -1.137306
    """
    from qmagic.loops.problems.start import started

    if isinstance(problem, str):
        problem = molecule(problem)
    if not isinstance(problem, Problem):
        raise InputError(f"vqe takes a problem or a molecule's name, not {type(problem).__name__}; see qmagic.molecule")
    return started(problem, options)
