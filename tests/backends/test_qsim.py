"""qsim: single precision that nobody notices in counts."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import QFTGate, UnitaryGate
from qiskit.quantum_info import random_unitary

from qmagic.backends import registry
from qmagic.backends.base import Executable, Grant
from qmagic.backends.program import read
from qmagic.errors import InputError
from tests.contracts.jobs import counts, outcome_of


def distribution(circuit, name):
    """Returns the distribution that a backend draws from."""
    executable = Executable(circuit, read(circuit))
    qubits = executable.program.active
    if name == "qsim":
        return registry.backend(name)._distribution(executable, executable.program.steps, qubits, Grant())
    from qmagic.backends.statevector import StateVector, squared_moduli

    return squared_moduli(StateVector().state(executable, Grant()).get_vector())


@pytest.mark.parametrize("seed", range(3))
def test_probabilities(seed):
    """Probabilities differ from those in double precision by 1e-4 of themselves at most, but for the smallest."""
    random = np.random.default_rng(seed)
    circuit = QuantumCircuit(12)
    for layer in range(10):
        for qubit in range(12):
            circuit.u(*random.uniform(0, 6, 3), qubit)
        for qubit in range(layer % 2, 11, 2):
            circuit.cx(qubit, qubit + 1)
    single, double = distribution(circuit, "qsim"), distribution(circuit, "statevector")
    large = double > double.max() * 1e-4
    assert np.abs(single[large] / double[large] - 1).max() < 1e-4
    assert np.abs(single - double).max() < 1e-6


def test_what_is_impossible_stays_so():
    """Interference leaves exact zeros, not rounding: a QFT and its inverse give the state back, and nothing else."""
    circuit = QuantumCircuit(14, 14)
    circuit.x([1, 5, 8])
    circuit.append(QFTGate(14), range(14))
    circuit.append(QFTGate(14).inverse(), range(14))
    probabilities = distribution(circuit, "qsim")
    assert np.count_nonzero(probabilities) == 1
    circuit.measure(range(14), range(14))
    assert counts(circuit, 10**6, backend="qsim") == {f"{0b100100010:014b}": 10**6}


def test_precision_is_said():
    """The method names the precision."""
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert outcome_of(circuit, backend="qsim").method == "qsim (single precision)"


def test_wide_matrices_are_refused():
    """A matrix on seven qubits is more than the engine takes; one on five is not."""
    circuit = QuantumCircuit(7, 7)
    circuit.append(UnitaryGate(random_unitary(32, seed=1)), range(5))
    circuit.measure(range(7), range(7))
    assert sum(counts(circuit, 10, backend="qsim").values()) == 10
    circuit = QuantumCircuit(7, 7)
    circuit.append(UnitaryGate(random_unitary(128, seed=1)), range(7))
    circuit.measure(range(7), range(7))
    with pytest.raises(InputError, match="no matrices on more than 6 qubits"):
        counts(circuit, backend="qsim")
