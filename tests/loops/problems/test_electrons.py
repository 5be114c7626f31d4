"""Integrals and energies: the table against PySCF, active spaces, and what cannot be computed."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from qmagic.errors import InputError
from qmagic.loops.problems.electrons import computed, electrons
from qmagic.loops.problems.geometry import geometry


@pytest.mark.parametrize("name", ["H2", "LiH"])
def test_the_table_is_what_pyscf_computes(name):
    """Stored integrals are PySCF's up to the signs of orbitals, energies and symmetries are equal."""
    table = electrons(geometry(name, None), 0, None, "STO-3G")
    again = computed(geometry(name, None), 0, None, "sto-3g")
    assert (table.pairs, table.irreps) == (again.pairs, again.irreps)
    assert table.constant == pytest.approx(again.constant, abs=1e-10)
    assert table.hartree_fock == pytest.approx(again.hartree_fock, abs=1e-10)
    assert table.exact == pytest.approx(again.exact, abs=1e-9)
    assert np.abs(table.one) == pytest.approx(np.abs(again.one), abs=1e-6)
    assert np.abs(table.two) == pytest.approx(np.abs(again.two), abs=1e-6)


def test_an_active_space_has_the_energy_of_pyscfs():
    """N2 with 6 electrons in 6 orbitals: the exact energy is that of PySCF's CASCI, and no lower than with all."""
    from pyscf import gto, mcscf, scf

    found = computed(geometry("N2", None), 0, (6, 6), "sto-3g")
    field = scf.RHF(gto.M(atom="N 0 0 0; N 0 0 1.098", basis="sto-3g", verbose=0)).run()
    assert found.exact == pytest.approx(mcscf.CASCI(field, 6, 6).run().e_tot, abs=1e-8)
    assert found.hartree_fock == pytest.approx(field.e_tot, abs=1e-8)
    assert (found.orbitals, found.pairs) == (6, 3)
    assert found.exact > computed(geometry("N2", None), 0, None, "sto-3g").exact


def test_a_molecule_without_symmetry_has_all_excitations():
    """Four different places: no two orbitals are told apart, and nothing is left out."""
    found = computed(geometry("H 0 0 0; H 0 0.9 0.1; H 0.3 0.2 1; H 1.1 1 1.3", None), 0, None, "sto-3g")
    assert found.irreps == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("what", "charge", "active", "basis", "message"),
    [
        ("H2O", 1, None, "sto-3g", r"H2O with charge \+1 has 9 electrons; expected closed shells"),
        ("H2", 2, None, "sto-3g", r"charge \+2 has 0 electrons"),
        ("H2", 0, None, "sto-3gg", "H2 in the basis 'sto-3gg' cannot be set up"),
        ("Q 0 0 0; H 0 0 1", 0, None, "sto-3g", "QH in the basis 'sto-3g' cannot be set up: Unsupported atom symbol Q"),
        ("H2O", 0, None, "cc-pvdz", r"24 active orbitals, that is 48 qubits, at most 24 are taken; .* active=\(6, 6\)"),
        ("H2O", 0, (3, 4), "sto-3g", "expected an even number of electrons"),
        ("H2O", 0, (12, 7), "sto-3g", "H2O, which has 10 electrons in 7 orbitals"),
        ("H2O", 0, (2, 7), "sto-3g", "does not fit"),
        ("H2O", 0, 4, "sto-3g", "active=4: expected two whole numbers"),
        ("He 0 0 0", 0, None, "sto-3g", "orbitals for one pair more at least"),
    ],
)
def test_what_cannot_be_computed_is_said_in_one_line(what, charge, active, basis, message):
    """Open shells, unknown bases, too many qubits: what was given, what was expected, what to do."""
    with pytest.raises(InputError, match=message) as error:
        computed(geometry(what, None), charge, active, basis)
    assert "\n" not in str(error.value)


def test_without_pyscf_the_error_says_what_to_install(monkeypatch):
    """H2 and LiH by name need nothing; another molecule names the extra."""
    monkeypatch.setitem(sys.modules, "pyscf", None)
    assert electrons(geometry("H2", None), 0, None, "sto-3g").exact == pytest.approx(-1.137306, abs=1e-6)
    with pytest.raises(InputError, match=r'pip install "qmagic\[chemistry\]" \(no need for H2 and LiH by name alone'):
        electrons(geometry("H2O", None), 0, None, "sto-3g")
