"""Noise from text, devices and models: what it means, checked against Qiskit Aer and formulas."""

from __future__ import annotations

import json

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from qmagic.backends.noise import noise_of
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, evs, ghz, observable, outcome_of
from tests.reference.compare import surprise


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("depolarising=0.1", NotFoundError, "did you mean 'depolarizing'"),
        ("depolarizing", InputError, "depolarizing=0.01"),
        ("depolarizing=2", InputError, "between 0 and 1"),
        ("t1=120", InputError, "with its unit"),
        ("t1=10us,t2=30us", InputError, "t2 <= 2"),
        ("readout=0.1,readout=0.2", InputError, "twice"),
        ("fake_manilla", NotFoundError, "did you mean 'fake_manila'"),
        ("{}", InputError, "NoiseModel"),
        ("{nonsense", InputError, "NoiseModel"),
    ],
)
def test_refusals(text, error, words):
    """Noise that makes no sense is refused with the nearest thing that does."""
    with pytest.raises(error, match=words) as caught:
        noise_of(text)
    assert "\n" not in str(caught.value)


def test_readout():
    """readout=0.1 flips each bit with that probability, within 5 standard errors; p01 and p10 differ."""
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    shots = 20_000
    seen = counts(circuit, shots, noise="p01=0.1,p10=0.3")
    for outcome, p in {"01": 0.9 * 0.7, "00": 0.9 * 0.3, "11": 0.1 * 0.7, "10": 0.1 * 0.3}.items():
        assert abs(seen[outcome] / shots - p) < 5 * np.sqrt(p * (1 - p) / shots)


def test_depolarizing():
    """A gate with depolarizing=p shrinks the Bloch vector by 1 - p: <Z> after n X gates is (p - 1)^n, exactly."""
    for n in (1, 2, 5):
        circuit = QuantumCircuit(1)
        for _ in range(n):
            circuit.x(0)
        value, _, _ = evs(circuit, PubSpec(observables=(observable("Z"),)), noise="depolarizing=0.1")
        assert value == pytest.approx((-0.9) ** n, abs=1e-12)


def test_relaxation():
    """t1 decays <Z> of the excited state: after a gate of time t it is 1 - 2 exp(-t / t1), exactly."""
    circuit = QuantumCircuit(1)
    circuit.x(0)
    value, _, _ = evs(circuit, PubSpec(observables=(observable("Z"),)), noise="t1=1us,time1=200ns")
    assert value == pytest.approx(1 - 2 * np.exp(-0.2), abs=1e-9)


def test_dephasing():
    """t2 alone decays <X> by exp(-t / t2), exactly, and leaves <Z> of a basis state alone."""
    circuit = QuantumCircuit(1)
    circuit.h(0)
    value, _, _ = evs(circuit, PubSpec(observables=(observable("X"),)), noise="t2=1us,time1=200ns")
    assert value == pytest.approx(np.exp(-0.2), abs=1e-9)


@pytest.mark.parametrize("label", ["ZZ", "XX", "YY", "ZI", "0+", "rl", "IX"])
def test_exact_values_include_the_readout(label):
    """Exact values under noise are the limit of many shots: readout error included, basis change ideal."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.ry(0.4, 1)
    circuit.s(0)
    noise = "depolarizing=0.05,p01=0.02,p10=0.1"
    wanted = (observable(label),)
    exact, _, outcome = evs(circuit, PubSpec(observables=wanted), noise=noise)
    sampled, errors, _ = evs(circuit, PubSpec(observables=wanted, shots=50_000), noise=noise)
    assert outcome.pubs[0].exact
    assert abs(exact - sampled) < 5 * errors


def test_readout_formula():
    """Z read with p01 and p10 is (1 - p01 - p10) Z + (p10 - p01), so a bit 0 reads 1 - 2 p01."""
    circuit = QuantumCircuit(2)
    circuit.x(1)
    noise = "p01=0.02,p10=0.1"
    wanted = (observable("IZ"), observable("ZI"), observable("ZZ"))
    values, _, _ = evs(circuit, PubSpec(observables=wanted, observables_shape=(3,)), noise=noise)
    assert values == pytest.approx([0.96, -0.8, 0.96 * -0.8], abs=1e-12)


def test_every_gate_is_noisy():
    """Gates on three qubits and matrices are written in noisy gates first: they do not escape."""
    circuit = QuantumCircuit(3)
    circuit.x([0, 1])
    clean = evs(circuit, PubSpec(observables=(observable("IZZ"),)), noise="depolarizing=0.1")[0]
    circuit.ccx(0, 1, 2)
    circuit.unitary(np.eye(4)[[0, 1, 3, 2]], [0, 1])
    noisy = evs(circuit, PubSpec(observables=(observable("IZZ"),)), noise="depolarizing=0.1")[0]
    assert abs(noisy) < abs(clean) - 0.1


def test_device_errors_are_aers():
    """A device's gate errors are those that Aer makes of Qiskit's own snapshot; its readout errors have that mean."""
    theirs = NoiseModel.from_backend(FakeManilaV2())
    ours = noise_of("fake_manila").model(tuple(range(5)))
    assert set(ours._local_quantum_errors) == set(theirs._local_quantum_errors)
    for name, places in theirs._local_quantum_errors.items():
        assert set(places) == set(ours._local_quantum_errors[name])
        for place, error in places.items():
            mine = ours._local_quantum_errors[name][place]
            np.testing.assert_allclose(mine.to_quantumchannel().data, error.to_quantumchannel().data, atol=2e-6)
    for place, error in theirs._local_readout_errors.items():
        mine = ours._local_readout_errors[place].probabilities
        assert (mine[0][1] + mine[1][0]) / 2 == pytest.approx(error.probabilities[0][1], abs=1e-6)


def test_device_noise_brings_circuits_onto_the_device():
    """Noise of a device alone still reaches a circuit written in other gates, and says what it did."""
    outcome = outcome_of(ghz(3), PubSpec(shots=2000), noise="fake_manila")
    assert outcome.transpiled[0]["device"] == "fake_manila"
    assert "fake_manila" in outcome.notes[0]
    assert len(outcome.pubs[0].tables[0].rows()) > 2


def test_device_noise_is_exact_too():
    """Expectation values on a device's noise: exact ones are the limit of sampled ones, layout followed."""
    wanted = (observable("ZIZ", ("XXX", 1.0)),)
    exact, _, _ = evs(ghz(3), PubSpec(observables=wanted), noise="fake_perth")
    sampled, errors, _ = evs(ghz(3), PubSpec(observables=wanted, shots=20_000), noise="fake_perth")
    assert 1.0 < exact < 2.0
    assert abs(exact - sampled) < 5 * errors


def test_given_model():
    """The JSON of a NoiseModel is that model."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), ["x"])
    model.add_quantum_error(depolarizing_error(0.4, 1), ["x"], [1])
    model.add_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]), [0])
    text = json.dumps(
        model.to_dict(serializable=True), default=lambda v: [v.real, v.imag] if isinstance(v, complex) else v.tolist()
    )
    circuit = QuantumCircuit(2)
    circuit.x([0, 1])
    wanted = (observable("IZ"), observable("ZI"))
    values, _, _ = evs(circuit, PubSpec(observables=wanted, observables_shape=(2,)), noise=text)
    assert values == pytest.approx([-0.8 * 0.7 + 0.1, -0.6], abs=1e-9)


def test_a_users_damping():
    """A NoiseModel with Kraus matrices survives its JSON: |1> decays with the probability that was asked for."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.3), ["x"])
    circuit = QuantumCircuit(1)
    circuit.x(0)
    pub = PubSpec(observables=(observable("Z"),))
    values, _, _ = evs(circuit, pub, noise=json.dumps(model.to_dict(serializable=True)))
    assert values == pytest.approx(-0.7 + 0.3, abs=1e-9)


def test_model_that_changes_nothing():
    """A model without an error for any gate of the circuit is said to change nothing."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.2, 1), ["sx"])
    text = json.dumps(model.to_dict(serializable=True), default=lambda v: [v.real, v.imag])
    assert outcome_of(ghz(2), noise=text).notes == ("the NoiseModel changes nothing here: it has errors for sx only",)


def test_noise_on_a_wide_clifford_circuit():
    """Pauli noise on 60 qubits runs as a tableau."""
    outcome = outcome_of(ghz(60), PubSpec(shots=20), noise="depolarizing=0.001")
    assert outcome.method == "stim (sampler)"


@pytest.mark.parametrize("times", [1, 3])
def test_feed_forward(times, full):
    """Gates in a block have their errors, and a condition goes by the bit as it was read: checked by hand."""
    p, p01, p10 = 0.2, 0.05, 0.12
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.for_loop(range(times)), circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)

    def turned(number):
        """Returns the probability of 1 after so many noisy X."""
        up = 0.0
        for _ in range(number):
            up = (1 - p) * (1 - up) + p / 2
        return up

    def read(up):
        return np.array([[1 - p01, p01], [p10, 1 - p10]]).T @ [1 - up, up]

    first = read(turned(1))
    wanted = {
        f"{bit}{seen}": first[seen] * read(turned(times if seen else 0))[bit] for seen in (0, 1) for bit in (0, 1)
    }
    shots = full(10_000, 40_000)
    outcome = outcome_of(circuit, PubSpec(shots=shots), noise=f"depolarizing1={p},p01={p01},p10={p10}", seed=3)
    assert outcome.backend == "aer"
    seen = {f"{value:02b}": count for value, count in outcome.pubs[0].tables[0].rows()}
    assert surprise(seen, wanted) > 1e-5
