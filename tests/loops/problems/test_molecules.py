"""`qmagic.molecule` and `qmagic.vqe`."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

import qmagic
from qmagic.errors import InputError


def test_a_problem_says_what_it_is():
    """Size, exact value, the ansatz and the first energy are in the description."""
    problem = qmagic.molecule("H2")
    assert repr(problem) == "H2: 4 qubits, 1 parameter, 15 terms, exact -1.137306"
    assert "UCCSD" in problem.describe()
    assert "-1.116999 Ha" in problem.describe()
    assert (problem.electrons, problem.orbitals) == (2, 2)
    assert repr(qmagic.molecule("LiH", distance=1.6)).startswith("LiH at 1.6 Å: 12 qubits, 34 parameters")


@pytest.mark.parametrize(("mapper", "qubits"), [("jordan-wigner", 4), ("parity", 2), ("bravyi-kitaev", 4)])
def test_all_mappers_give_one_molecule(mapper, qubits):
    """Lowest energy and Hartree-Fock energy do not depend on how electrons lie on qubits."""
    problem = qmagic.molecule("H2", mapper=mapper)
    assert problem.observable.num_qubits == problem.ansatz.num_qubits == qubits
    assert np.linalg.eigvalsh(problem.observable.to_matrix())[0] == pytest.approx(problem.exact, abs=1e-9)
    # decompose: Qiskit would exponentiate matrices, with warnings from SciPy
    start = Statevector(problem.ansatz.assign_parameters(problem.x0).decompose())
    assert start.expectation_value(problem.observable).real == pytest.approx(problem.hartree_fock, abs=1e-9)


def test_a_mapper_of_qiskit_natures_is_taken():
    """The user's own mapper object gives the same lowest energy."""
    from qiskit_nature.second_q import mappers

    problem = qmagic.molecule("H2", mapper=mappers.ParityMapper())
    assert np.linalg.eigvalsh(problem.observable.to_matrix())[0] == pytest.approx(problem.exact, abs=1e-9)


def test_an_unknown_mapper_is_refused():
    """The error names the nearest one; an object that is no mapper is refused too."""
    with pytest.raises(InputError, match="no mapper 'parrity'; did you mean 'parity'"):
        qmagic.molecule("H2", mapper="parrity")
    with pytest.raises(InputError, match="mapper=7 is none"):
        qmagic.molecule("H2", mapper=7)


def test_without_qiskit_nature_the_error_says_what_to_install(monkeypatch):
    """Other mappers than Jordan-Wigner name the extra."""
    monkeypatch.setitem(sys.modules, "qiskit_nature.second_q.mappers", None)
    with pytest.raises(InputError, match=r'needs qiskit-nature, .* pip install "qmagic\[chemistry\]"'):
        qmagic.molecule("H2", mapper="parity")


def test_nitrogen_by_name_has_an_active_space():
    """N2 means 6 electrons in 6 orbitals, unless others are named."""
    short = qmagic.molecule("N2")
    assert (short.electrons, short.orbitals, short.ansatz.num_qubits) == (6, 6, 12)
    smaller = qmagic.molecule("N2", active=(2, 2))
    assert (smaller.electrons, smaller.orbitals, smaller.ansatz.num_qubits) == (2, 2, 4)
    assert short.exact < smaller.exact < smaller.hartree_fock


def test_vqe_finds_hydrogens_energy(home):
    """H2 at 0.735 Å: -1.137306 Ha to 1e-6, and the loop knows the exact value and the molecule's name."""
    loop = qmagic.vqe("H2")
    result = loop.result(timeout=110)
    assert result.value == pytest.approx(-1.137306, abs=1e-6)
    assert loop.info().name == "H2"
    assert loop.loop_spec().exact == pytest.approx(-1.1373060358, abs=1e-9)


def test_vqe_ends_at_the_optimum_of_lithium_hydrides_ansatz(home):
    """LiH at 1.6 Å: 1.071e-5 Ha above the exact energy, to 1e-6 (see test_uccsd for the optimum)."""
    problem = qmagic.molecule("LiH")
    result = qmagic.vqe(problem).result(timeout=110)
    assert result.value - problem.exact == pytest.approx(1.071e-5, abs=1e-6)


def test_vqe_takes_the_options_of_minimize(home):
    """An option that is given goes before the problem's own."""
    loop = qmagic.vqe("H2", optimizer="cobyla", x0=[0.3], name="mine", seed=1)
    assert loop.result(timeout=110).optimizer == "cobyla"
    assert np.frombuffer(loop.loop_spec().x0) == pytest.approx([0.3])
    assert loop.info().name == "mine"


def test_vqe_refuses_what_is_no_problem():
    """The error says what was given and where problems come from."""
    with pytest.raises(InputError, match=r"takes a problem or a molecule's name, not int; see qmagic.molecule"):
        qmagic.vqe(3)
