"""UCCSD and the energy on qubits, against sparse matrices made in another way and against qiskit-nature."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse.linalg
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.loops.problems.electrons import electrons
from qmagic.loops.problems.geometry import geometry
from qmagic.loops.problems.jordan_wigner import hamiltonian
from qmagic.loops.problems.uccsd import excitations, uccsd
from tests.loops.problems.fermions import Fermions, energy_and_slopes, turned


def known(name):
    """H2 or LiH from the table: no PySCF."""
    return electrons(geometry(name, None), 0, None, "sto-3g")


def random_electrons(pairs, orbitals, seed):
    """Integrals with the symmetry of real orbitals, and nothing else."""
    rng = np.random.default_rng(seed)
    one = rng.normal(size=(orbitals,) * 2)
    two = rng.normal(size=(orbitals,) * 4)
    two = two + two.transpose(1, 0, 2, 3)
    two = two + two.transpose(0, 1, 3, 2)
    two = two + two.transpose(2, 3, 0, 1)
    return dataclasses.replace(
        known("H2"),
        pairs=pairs,
        constant=0.3,
        one=one + one.T,
        two=two,
        irreps=(0,) * orbitals,
        hartree_fock=0,
        exact=0,
    )


def occupied(found):
    """The qubits that are 1 in the Hartree-Fock state."""
    return [p + spin for spin in (0, found.orbitals) for p in range(found.pairs)]


@pytest.mark.parametrize(("pairs", "orbitals"), [(1, 2), (1, 3), (2, 4)])
def test_the_energy_on_qubits_is_that_of_the_electrons(pairs, orbitals):
    """Any integrals: the sum of Pauli products is the matrix built from creators and annihilators."""
    found = random_electrons(pairs, orbitals, seed=orbitals)
    difference = hamiltonian(found).to_matrix(sparse=True) - Fermions(2 * orbitals).hamiltonian(found)
    assert abs(difference).max() < 1e-11


@pytest.mark.parametrize(("pairs", "orbitals"), [(1, 2), (1, 3), (2, 4), (3, 4)])
def test_the_ansatz_is_the_product_of_its_excitations(pairs, orbitals):
    """At random points the circuit makes the state that exponentials of T - T^+ make, signs included."""
    found = random_electrons(pairs, orbitals, seed=0)
    fermions = Fermions(2 * orbitals)
    x = np.random.default_rng(1).uniform(-2, 2, len(excitations(found)))
    state = fermions.state(occupied(found))
    for excitation, angle in zip(excitations(found), x, strict=True):
        state = turned(fermions.generator(excitation), angle, state)
    assert Statevector(uccsd(found).assign_parameters(x)).inner(Statevector(state)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", ["H2", "LiH"])
def test_at_zero_the_energy_is_that_of_hartree_and_fock(name):
    """The first point is the Hartree-Fock state: PySCF's energy of it."""
    found = known(name)
    state = Fermions(2 * found.orbitals).state(occupied(found))
    assert state @ (hamiltonian(found).to_matrix(sparse=True) @ state) == pytest.approx(found.hartree_fock, abs=1e-10)
    start = Statevector(uccsd(found).assign_parameters(np.zeros(len(excitations(found)))))
    assert abs(start.inner(Statevector(state))) == pytest.approx(1, abs=1e-12)


def test_the_lowest_eigenvalue_is_the_exact_energy():
    """PySCF's configuration interaction and Lanczos on our observable agree (LiH: the lowest state of all)."""
    found = known("LiH")
    lowest = scipy.sparse.linalg.eigsh(
        hamiltonian(found).to_matrix(sparse=True).real, k=1, which="SA", v0=Fermions(12).state(occupied(found)) + 1e-3
    )[0][0]
    assert lowest == pytest.approx(found.exact, abs=1e-9)


def test_excitations_that_break_the_symmetry_have_no_slope():
    """LiH: of 92 excitations 34 are kept; at a random point of these, the slopes of the others are 0."""
    found = known("LiH")
    every, kept = excitations(dataclasses.replace(found, irreps=(0,) * 6)), excitations(found)
    assert (len(every), len(kept)) == (92, 34)
    fermions = Fermions(12)
    x = np.zeros(92)
    x[[every.index(one) for one in kept]] = np.random.default_rng(5).uniform(-0.5, 0.5, 34)
    matrix = hamiltonian(found).to_matrix(sparse=True).real.tocsr()
    generators = [fermions.generator(one) for one in every]
    slopes = energy_and_slopes(generators, matrix, fermions.state(occupied(found)), x)[1]
    assert np.abs(slopes[[every.index(one) for one in kept]]).max() > 1e-2
    assert np.abs(slopes[[i for i, one in enumerate(every) if one not in kept]]).max() < 1e-12


def lih_optimum():
    """The lowest energy of LiH's ansatz, by sparse matrices and SciPy's BFGS."""
    found = known("LiH")
    fermions = Fermions(12)
    generators = [fermions.generator(one) for one in excitations(found)]
    matrix = hamiltonian(found).to_matrix(sparse=True).real.tocsr()
    start = fermions.state(occupied(found))
    best = scipy.optimize.minimize(
        lambda x: energy_and_slopes(generators, matrix, start, x), np.zeros(34), jac=True, method="BFGS",
        options={"gtol": 1e-7},
    )  # fmt: skip
    return best.fun


def test_lih_ends_at_its_ansatzs_optimum():
    """The circuit's optimum is that of the matrices to 1e-6 Ha, and 1.07e-5 Ha above the exact energy: UCCSD's gap."""
    from qmagic.backends.exact import Engine

    found = known("LiH")
    step = Engine(uccsd(found), hamiltonian(found))
    best = scipy.optimize.minimize(step.energy_and_gradient, np.zeros(34), jac=True, method="L-BFGS-B")
    optimum = lih_optimum()
    assert best.fun == pytest.approx(optimum, abs=1e-6)
    assert optimum - found.exact == pytest.approx(1.071e-5, abs=1e-8)


def test_h2_ends_at_the_exact_energy():
    """H2 at 0.735 Å: -1.137306 Ha, to 1e-6; UCCSD is exact for two electrons."""
    from qmagic.backends.exact import Engine

    found = known("H2")
    step = Engine(uccsd(found), hamiltonian(found))
    best = scipy.optimize.minimize(step.energy_and_gradient, np.zeros(1), jac=True, method="L-BFGS-B")
    assert best.fun == pytest.approx(-1.137306, abs=1e-6)
    assert best.fun == pytest.approx(found.exact, abs=1e-9)


@pytest.mark.parametrize("name", ["H2", "LiH"])
def test_qiskit_nature_makes_the_same(name):
    """Its Jordan-Wigner mapper and its UCC with the same excitations give our observable and our states."""
    from qiskit_nature.second_q.circuit.library import UCC, HartreeFock
    from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
    from qiskit_nature.second_q.mappers import JordanWignerMapper

    found = known(name)
    mapper, particles = JordanWignerMapper(), (found.pairs, found.pairs)
    energy = mapper.map(ElectronicEnergy.from_raw_integrals(found.one, found.two).second_q_op())
    ours = hamiltonian(found) - SparsePauliOp("I" * 2 * found.orbitals, found.constant)
    assert (ours - energy).simplify(1e-10).coeffs == pytest.approx(0, abs=1e-10)
    wanted = excitations(found)
    ansatz = UCC(
        found.orbitals, particles, lambda **_: wanted, mapper,
        initial_state=HartreeFock(found.orbitals, particles, mapper),
    )  # fmt: skip
    x = np.random.default_rng(2).uniform(-1, 1, len(wanted))
    theirs = Statevector(ansatz.assign_parameters(x).decompose().decompose())
    assert abs(theirs.inner(Statevector(uccsd(found).assign_parameters(x)))) == pytest.approx(1, abs=1e-10)
