"""Random circuits on every backend that takes them, against the simulator in tests/reference.

Seeds are fixed. Each comparison of counts may fail with probability 1e-4 divided by the number of all comparisons, so
that all of them together raise a false alarm with probability 1e-4 (for a correct program, over the choice of
seeds). An outcome of exact probability 0 is never one too many. Expectation values agree to 1e-10.
"""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister
from qiskit.quantum_info import SparsePauliOp

from qmagic.backends import registry
from qmagic.backends.base import Executable, Grant
from qmagic.backends.program import read
from qmagic.errors import InputError, JobFailedError
from tests.conftest import SOAK
from tests.reference.circuits import KINDS, random_circuit
from tests.reference.compare import surprise
from tests.reference.exact import distribution, expectation

#: Circuits of each kind: 160 in all, 2,400 in soak.
NUMBER = 300 if SOAK else 20
#: The widest circuit.
WIDEST = 10 if SOAK else 6
#: Circuits of each kind that Aer runs too; it takes a tenth of a second for many of them.
FOR_AER = NUMBER if SOAK else 2
SHOTS = 4000
BACKENDS = ("statevector", "branches", "stim", "sparse", "qsim", "aer")
FALSE_ALARM = 1e-4 / (len(KINDS) * NUMBER * len(BACKENDS))


def ready(circuit, name, *, exact):
    """Returns the backend and the executable, or None where the backend refuses it."""
    backend, executable = registry.backend(name), Executable(circuit, read(circuit))
    try:
        backend.need(executable, exact=exact)
    except InputError:
        return None
    return backend, executable


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BACKENDS)
def test_counts(name, kind):
    """Counts follow the exact distribution, and nothing impossible is ever seen."""
    ran = 0
    for seed in range(FOR_AER if name == "aer" else NUMBER):
        circuit = random_circuit(KINDS[kind], seed, WIDEST)
        found = ready(circuit, name, exact=False)
        if found is None:
            continue
        try:
            table, _ = found[0].sample(found[1], SHOTS, (seed, 0, 0, 0), Grant())
        except (InputError, JobFailedError):
            # Aer finds out late that it cannot run some control flow.
            assert name == "aer"
            assert "control" in kind
            continue
        ran += 1
        counts = {f"{value:0{circuit.num_clbits}b}": count for value, count in table.rows()}
        assert sum(counts.values()) == SHOTS
        p_value = surprise(counts, distribution(circuit))
        assert p_value > FALSE_ALARM, f"{name} on {kind!r} {seed}: p = {p_value:.1e}"
    if kind in TAKES[name]:
        assert ran >= (FOR_AER if name == "aer" else NUMBER) // TAKES[name][kind]


#: What each backend has to take: all circuits of a kind, or one in so many.
TAKES = {
    "statevector": {"unitary": 1, "clifford": 1, "sparse": 1, "dynamic": 20},
    "branches": dict.fromkeys(KINDS, 1),
    "stim": {"clifford": 1, "clifford dynamic": 1, "clifford control": 1},
    "sparse": dict.fromkeys(KINDS, 1),
    "qsim": {"unitary": 1, "clifford": 1, "sparse": 1, "dynamic": 20},
    "aer": {"unitary": 1, "dynamic": 1, "clifford": 1, "clifford dynamic": 1, "sparse": 1},
}


@pytest.mark.parametrize("kind", ["unitary", "clifford", "sparse"])
@pytest.mark.parametrize("name", ["statevector", "branches", "stim", "sparse", "aer"])
def test_expectation_values(name, kind):
    """Exact expectation values of random observables agree with the reference to 1e-10."""
    for seed in range(FOR_AER if name == "aer" else NUMBER):
        circuit = random_circuit(KINDS[kind], seed, WIDEST, measured=False)
        found = ready(circuit, name, exact=True)
        if found is None:
            continue
        backend, executable = found
        n = circuit.num_qubits
        executable.program.active = tuple(range(n))
        random = np.random.default_rng(seed)
        labels = ["".join(random.choice(list("IXYZ"), n)) for _ in range(5)]
        products = [tuple((letter, q) for q, letter in enumerate(reversed(label)) if letter != "I") for label in labels]
        values, _ = backend.expectations(executable, products, Grant())
        wanted = [expectation(circuit, SparsePauliOp(label)) for label in labels]
        assert values == pytest.approx(wanted, abs=1e-10), f"{name} on {kind!r} {seed}"


@pytest.mark.parametrize("name", ["branches", "stim", "sparse", "qsim"])
def test_final_state_in_a_basis(name):
    """Counts in a basis of X, Y and Z follow the exact state, also after measurements on the way."""
    for seed in range(max(3, NUMBER // 10)):
        circuit = random_circuit(KINDS["clifford control" if name != "qsim" else "clifford"], seed, 5, measured=False)
        found = ready(circuit, name, exact=False)
        if found is None:
            continue
        backend, executable = found
        n = circuit.num_qubits
        random = np.random.default_rng(seed)
        basis = tuple((str(random.choice(list("XYZ"))), q) for q in range(n))
        executable.program.active = tuple(range(n))
        tables, _ = backend.sample_bases(executable, [basis], [SHOTS], [(seed, 0, 0, 0)], Grant())
        measured = circuit.copy()
        for letter, qubit in basis:
            if letter == "Y":
                measured.sdg(qubit)
            if letter != "Z":
                measured.h(qubit)
        first = measured.num_clbits
        measured.add_register(ClassicalRegister(n, "basis"))
        measured.measure(range(n), range(first, first + n))
        wanted: dict[str, float] = {}
        for outcome, probability in distribution(measured).items():
            wanted[outcome[:n]] = wanted.get(outcome[:n], 0.0) + probability
        counts = {f"{value:0{n}b}": count for value, count in tables[0].rows()}
        assert surprise(counts, wanted) > FALSE_ALARM
