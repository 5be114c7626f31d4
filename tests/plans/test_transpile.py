"""Circuits brought onto devices: untouched where they fit, the best of several trials, meaning kept."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.backends.devices.snapshots import device
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import PubSpec, Transpile
from qmagic.plans.transpile import misfit, onto
from tests.contracts.jobs import counts, evs, ghz, observable, outcome_of

MANILA = device("fake_manila")


def fitting() -> QuantumCircuit:
    """Returns a circuit in Manila's own gates."""
    circuit = QuantumCircuit(3, 3)
    circuit.rz(0.3, 0)
    circuit.sx(1)
    circuit.cx(1, 2)
    circuit.barrier()
    circuit.measure(range(3), range(3))
    return circuit


def test_what_fits_is_untouched():
    """A circuit in the device's gates runs as it is, and no QPY of it is stored."""
    outcome = outcome_of(fitting(), transpile=Transpile("fake_manila", optimization_level=3))
    assert outcome.circuits == b""
    (record,) = outcome.transpiled
    assert record["untouched"]
    assert record["seed"] is None
    assert record["depth_before"] == record["depth_after"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.h(1), r"h on qubit 1 is not one of its gates \(cx, "),
        (lambda c: c.cx(0, 2), "cx on qubits 0, 2 is not possible there"),
    ],
)
def test_verbatim_refuses(change, words):
    """Verbatim names the first gate that does not fit, before anything runs."""
    circuit = QuantumCircuit(3, 3)
    change(circuit)
    circuit.measure(range(3), range(3))
    with pytest.raises(InputError, match=words):
        outcome_of(circuit, transpile=Transpile("fake_manila", verbatim=True))


def test_verbatim_runs():
    """Verbatim runs what fits."""
    assert outcome_of(fitting(), transpile=Transpile("fake_manila", verbatim=True)).transpiled[0]["untouched"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"initial_layout": (0, 1)}, "3 different qubits"),
        ({"initial_layout": (0, 1, 9)}, "qubits 0 to 4"),
        ({"optimization_level": 4}, "expected 0, 1, 2 or 3"),
        ({"trials": 0}, "expected 1 to 1000"),
        ({"seed": -1}, "transpiler seed"),
        ({"initial_layout": (0, 1, 2), "verbatim": True}, "leave out the initial layout"),
    ],
)
def test_bad_settings(wanted, words):
    """Settings that make no sense are refused in one line."""
    with pytest.raises(InputError, match=words):
        outcome_of(ghz(3), transpile=Transpile("fake_manila", **wanted))


def test_too_wide():
    """A circuit wider than the device is refused."""
    with pytest.raises(InputError, match="6 qubits, fake_manila has 5"):
        outcome_of(ghz(6), transpile=Transpile("fake_manila"))


def test_unknown_device():
    """An unknown device is answered with the nearest."""
    with pytest.raises(NotFoundError, match="did you mean 'fake_torino'"):
        outcome_of(ghz(3), transpile=Transpile("fake_tornio"))


def test_two_devices():
    """One device's circuits under another's noise are refused."""
    with pytest.raises(InputError, match="name one device"):
        outcome_of(ghz(3), transpile=Transpile("fake_manila"), noise="fake_perth")


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_result_fits_the_device(level):
    """Whatever the level, the result is in the device's gates, and the records agree with it."""
    made = onto(random_circuit(4, 4, max_operands=2, seed=level), Transpile("fake_manila", level), MANILA)
    assert misfit(made.circuit, MANILA) == ""
    assert made.record["depth_after"] == made.circuit.depth()
    assert made.record["two_qubit_after"] == made.circuit.count_ops().get("cx", 0)


def test_initial_layout():
    """The initial layout is used, also for a circuit that would fit without."""
    made = onto(fitting(), Transpile("fake_manila", initial_layout=(4, 3, 2)), MANILA)
    assert made.record["layout"] == [4, 3, 2]
    assert not made.record["untouched"]


def test_trials_keep_the_best():
    """Of several seeds the one with the fewest two-qubit gates, then the least depth, is kept."""
    circuit = random_circuit(5, 8, max_operands=2, seed=8)
    one = [onto(circuit, Transpile("fake_manila", 1, seed=s), MANILA).record for s in range(5)]
    best = onto(circuit, Transpile("fake_manila", 1, seed=0, trials=5), MANILA).record
    key = lambda record: (record["two_qubit_after"], record["depth_after"])
    assert key(best) == min(map(key, one))
    assert best["seed"] == min(range(5), key=lambda s: key(one[s]))


@pytest.mark.parametrize("seed", range(3))
def test_counts_keep_their_meaning(seed):
    """Without noise a transpiled circuit has the distribution of the original, bit for bit."""
    circuit = random_circuit(4, 4, max_operands=2, seed=seed)
    ideal = Statevector(circuit).probabilities_dict()
    circuit.measure_all()
    seen = counts(circuit, 20_000, transpile=Transpile("fake_sherbrooke", seed=seed))
    for outcome, p in ideal.items():
        assert abs(seen.get(outcome, 0) / 20_000 - p) < 5 * np.sqrt(p * (1 - p) / 20_000) + 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_observables_follow_the_layout(seed):
    """Expectation values of a transpiled circuit are those of the original, routing included."""
    circuit = random_circuit(4, 4, max_operands=2, seed=10 + seed)
    operator = SparsePauliOp(["ZIXY", "XXII", "IIIZ"], [1.0, 0.5, 0.25])
    wanted = (observable("ZIXY", ("XXII", 0.5), ("IIIZ", 0.25)),)
    layout = Transpile("fake_guadalupe", initial_layout=(0, 15, 7, 3), seed=seed)
    value, _, outcome = evs(circuit, PubSpec(observables=wanted), transpile=layout)
    assert value == pytest.approx(Statevector(circuit).expectation_value(operator).real, abs=1e-9)
    assert outcome.transpiled[0]["final_layout"] != [0, 15, 7, 3]
