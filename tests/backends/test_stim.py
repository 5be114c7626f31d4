"""The backend stim: noise, readout, feed-forward and width."""

from __future__ import annotations

import json

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import HGate
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, pauli_error

from qmagic.backends import registry
from qmagic.backends.base import Executable, Grant
from qmagic.backends.noise import noise_of
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, evs, ghz, observable, outcome_of
from tests.reference import noisy
from tests.reference.compare import surprise

NAMES = ("h", "s", "cx", "x", "sdg", "swap", "id", "cz", "y", "ecr", "sx")
NOISE = "depolarizing1=0.05,depolarizing2=0.11,p01=0.02,p10=0.08"
NUMBERS = (0.05, 0.11, 0.02, 0.08)
SHOTS = 20_000


def noisy_circuit(seed, *, measured=True, resets=False):
    random = np.random.default_rng(seed)
    circuit = QuantumCircuit(3, 3)
    for _ in range(14):
        name = str(random.choice(NAMES))
        a, b = (int(qubit) for qubit in random.choice(3, 2, replace=False))
        if resets and random.random() < 0.15:
            circuit.reset(a)
        elif name in ("cx", "swap", "cz", "ecr"):
            getattr(circuit, name)(a, b)
        else:
            getattr(circuit, name)(a)
    if measured:
        for qubit, bit in enumerate(random.permutation(3)):
            circuit.measure(qubit, int(bit))
    return circuit


@pytest.mark.parametrize("seed", range(8))
def test_noise(seed):
    """Depolarizing noise and uneven readout errors give the distribution of a density matrix made without Aer."""
    circuit = noisy_circuit(seed, resets=seed > 4)
    seen = counts(circuit, SHOTS, backend="stim", noise=NOISE, seed=seed)
    assert surprise(seen, noisy.distribution(circuit, *NUMBERS)) > 1e-4 / 8


@pytest.mark.parametrize("seed", range(6))
def test_exact_values_under_noise(seed):
    """Exact values are Tr(rho O) as the readout gives it, to 1e-10: for Paulis and projectors, also through Aer."""
    circuit = noisy_circuit(seed, measured=False)
    pub = PubSpec(
        observables=tuple(observable(text) for text in ("ZZI", "XXX", "YIZ", "IZI", "1+Z", "r0l")),
        observables_shape=(6,),
    )
    mine, _, outcome = evs(circuit, pub, backend="stim", noise=NOISE)
    assert outcome.pubs[0].exact
    paulis = {
        "I": np.eye(2),
        "Z": np.diag([1, -1]),
        "X": np.array([[0, 1], [1, 0]]),
        "Y": np.array([[0, -1j], [1j, 0]]),
    }
    _, _, p01, p10 = NUMBERS
    as_read = {letter: (1 - p01 - p10) * paulis[letter] + (p10 - p01) * np.eye(2) for letter in "XYZ"} | {
        "I": np.eye(2)
    }
    for letter, (pauli, sign) in {"0": "Z+", "1": "Z-", "+": "X+", "-": "X-", "r": "Y+", "l": "Y-"}.items():
        as_read[letter] = (np.eye(2) + (1 if sign == "+" else -1) * as_read[pauli]) / 2
    rho = noisy.density(circuit, *NUMBERS[:2]).reshape(8, 8)
    wanted = [
        np.trace(rho @ np.kron(np.kron(as_read[a], as_read[b]), as_read[c])).real
        for a, b, c in ("ZZI", "XXX", "YIZ", "IZI", "1+Z", "r0l")
    ]
    assert mine == pytest.approx(wanted, abs=1e-10)
    assert evs(circuit, pub, backend="aer.density_matrix", noise=NOISE)[0] == pytest.approx(wanted, abs=1e-9)


def test_a_users_pauli_noise():
    """A NoiseModel of Pauli errors, some for one qubit only, is exact; the order of its letters is kept."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(pauli_error([("XI", 0.3), ("IZ", 0.2), ("II", 0.5)]), "cx")
    model.add_quantum_error(pauli_error([("X", 0.25), ("I", 0.75)]), "x", [1])
    model.add_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]), [2])
    text = json.dumps(model.to_dict(serializable=True))
    circuit = QuantumCircuit(3, 3)
    circuit.x([0, 1, 2])
    circuit.cx(0, 1)
    circuit.measure(range(3), range(3))
    # XI: the letter on the left is the second qubit, the target. Qubit 1 is 0 after the CX, but for X (0.25).
    up = 0.25 * 0.7 + 0.75 * 0.3
    wanted = {f"{two}{one}1": (0.7 if two else 0.3) * (up if one else 1 - up) for two in (0, 1) for one in (0, 1)}
    for name in ("stim", "aer"):
        assert surprise(counts(circuit, SHOTS, backend=name, noise=text), wanted) > 1e-5


def test_a_gate_with_a_label_has_its_labels_noise():
    """A label hides a gate from noise for its name, as in Aer."""
    circuit = QuantumCircuit(1, 1)
    circuit.append(HGate(label="mine"), [0])
    circuit.append(HGate(label="mine"), [0])
    circuit.measure(0, 0)
    for name in ("stim", "aer"):
        assert counts(circuit, 500, backend=name, noise="depolarizing=0.5") == {"0": 500}


@pytest.mark.parametrize(
    "noise", ["t1=50us,t2=40us", "fake_manila", "depolarizing=0.01,t1=50us"], ids=["t", "device", "both"]
)
def test_noise_that_is_not_pauli_is_refused(noise):
    """Thermal relaxation never runs here."""
    with pytest.raises(InputError, match="mixture"):
        counts(ghz(2), backend="stim", noise=noise)


def test_damping_is_refused():
    """A user's damping channel is refused, naming the gate."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["h"])
    with pytest.raises(InputError, match="errors of h are no mixture of Paulis"):
        counts(ghz(2), backend="stim", noise=json.dumps(model.to_dict(serializable=True)))


def test_noise_with_feed_forward_is_refused():
    """Noise and a branch at run time go to Aer."""
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    circuit.measure(0, 0)
    with pytest.raises(InputError, match="feed-forward"):
        counts(circuit, backend="stim", noise="depolarizing=0.1")


def test_a_thousand_qubits():
    """GHZ-1000 gives all zeros or all ones; a billion shots cost no more than a thousand."""
    for shots in (1000, 10**9):
        table = outcome_of(ghz(1000), PubSpec(shots=shots), backend="stim").pubs[0].tables[0]
        (zeros, low), (ones, high) = table.rows()
        assert (zeros, ones) == (0, (1 << 1000) - 1)
        assert low + high == shots
        assert abs(low - shots / 2) < 5 * np.sqrt(shots) / 2


def test_exact_values_on_many_qubits():
    """Stabilizers of GHZ-200 are 1, their neighbours 0."""
    circuit = ghz(200)
    wanted = (
        observable("X" * 200),
        observable("ZZ" + "I" * 198),
        observable("Z" + "I" * 199),
        observable("X" * 199 + "I"),
    )
    assert evs(circuit, PubSpec(observables=wanted, observables_shape=(4,)), backend="stim")[0].tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("n", [3, 12, 40])
def test_outcomes_are_an_affine_space(n):
    """Random Clifford states: drawn outcomes are in the span of stim's own samples, and the other way round."""
    import stim

    from qmagic.backends.stim_states import outcomes_of

    simulator = stim.TableauSimulator(seed=1)
    random = np.random.default_rng(n)
    lines = []
    for _ in range(n):
        a, b = random.choice(n, 2, replace=False)
        lines.append(f"{random.choice(['H', 'S', 'X'])} {a}\n{random.choice(['CX', 'CZ', 'SWAP'])} {a} {b}")
    sampler = stim.Circuit("\n".join(lines))
    simulator.set_num_qubits(n)
    simulator.do(sampler)
    sampler.append("M", range(n))
    seen = sampler.compile_sampler(seed=2).sample(4 * n + 40)
    space = outcomes_of(simulator, range(n))
    directions = np.unpackbits(space.directions, axis=1, bitorder="little", count=n)
    base = np.unpackbits(space.base, bitorder="little", count=n)
    assert _rank(directions) == len(directions)
    assert _rank(np.vstack([directions, seen ^ base.astype(bool)])) == len(directions)
    assert _rank(seen[1:] ^ seen[0]) == len(directions)
    rows, numbers = space.drawn(500, np.random.default_rng(3))
    mine = np.unpackbits(rows, axis=1, bitorder="little", count=n)
    assert numbers.sum() == 500
    assert _rank(np.vstack([directions, mine ^ base])) == len(directions)


def _rank(rows):
    rows = np.array(rows, bool)
    rank = 0
    for column in range(rows.shape[1]):
        hits = np.flatnonzero(rows[rank:, column])
        if hits.size:
            rows[[rank, rank + hits[0]]] = rows[[rank + hits[0], rank]]
            others = np.flatnonzero(rows[:, column])
            rows[others[others != rank]] ^= rows[rank]
            rank += 1
            if rank == len(rows):
                break
    return rank


def test_feed_forward_on_a_wide_register():
    """A condition on a register of 151 bits is one on all of them."""
    circuit = QuantumCircuit(151, 151)
    circuit.h(0)
    circuit.cx(0, 150)
    circuit.measure([0, 150], [0, 150])
    with circuit.if_test((circuit.cregs[0], (1 << 150) + 1)):
        circuit.x(75)
    circuit.measure(75, 75)
    # Not through a job: QPY has no room for such a value.
    table, _ = registry.backend("stim").sample(Executable(circuit, read(circuit)), 100, (1, 0, 0, 0), Grant())
    assert [value for value, _ in table.rows()] == [0, (1 << 150) + (1 << 75) + 1]


def test_error_correction_cycles():
    """Rounds of a repetition code: syndromes repeat, resets reset, and the data stays what it was."""
    circuit = QuantumCircuit(5, 13)
    circuit.h(0)
    circuit.cx(0, [1, 2])
    for cycle in range(5):
        for ancilla in (3, 4):
            circuit.cx(ancilla - 3, ancilla)
            circuit.cx(ancilla - 2, ancilla)
            circuit.measure(ancilla, 2 * cycle + ancilla - 3)
            circuit.reset(ancilla)
    circuit.measure([0, 1, 2], [10, 11, 12])
    for name in ("stim", "branches", "sparse"):
        assert set(counts(circuit, 300, backend=name)) == {"000" + "0" * 10, "111" + "0" * 10}


def test_need_is_small_and_refuses_at_once():
    """A tableau of 1,000 qubits takes little memory; a T gate is refused by name."""
    circuit = ghz(1000)
    need = registry.backend("stim").need(Executable(circuit, read(circuit)), exact=False)
    assert need.memory < 8 << 20
    circuit = QuantumCircuit(2, 2)
    circuit.t(1)
    circuit.measure(1, 1)
    with pytest.raises(InputError, match="t on qubit 1 is not Clifford"):
        registry.backend("stim").need(Executable(circuit, read(circuit)), exact=False)


def test_a_seed_fixes_the_counts_whatever_ran_before():
    """The same key gives the same counts for each of the ways, after other work too."""
    circuits = [ghz(5), noisy_circuit(6, resets=True)]
    backend = registry.backend("stim")
    for circuit, noise in ((circuits[0], None), (circuits[1], None), (circuits[1], noise_of(NOISE))):
        executable = Executable(circuit, read(circuit), noise)
        first = backend.sample(executable, 1000, (3, 0, 0, 0), Grant())
        backend.sample(executable, 10, (4, 0, 0, 0), Grant())
        assert backend.sample(executable, 1000, (3, 0, 0, 0), Grant()) == first
        assert backend.sample(executable, 1000, (3, 1, 0, 0), Grant()) != first
