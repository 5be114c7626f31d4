"""The laws of every backend, bound to each of ours."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.random import random_circuit, random_clifford_circuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, counts_of, evs, ghz, observable, outcome_of, values_of

SHOTS = 20_000


def chi_square(seen: dict[str, int], probabilities: dict[str, float]) -> float:
    """Returns (chi^2 - degrees of freedom) in its standard deviations, outcomes below 5 expected pooled."""
    shots = sum(seen.values())
    assert set(seen) <= {outcome for outcome, p in probabilities.items() if p > 1e-12}
    rows, pooled = [], np.zeros(2)
    for outcome, p in probabilities.items():
        row = np.array([seen.get(outcome, 0), p * shots])
        if row[1] < 5:
            pooled += row
        else:
            rows.append(row)
    if pooled[1] > 0.5:
        rows.append(pooled)
    table = np.array(rows)
    freedom = max(1, len(rows) - 1)
    return (((table[:, 0] - table[:, 1]) ** 2 / table[:, 1]).sum() - freedom) / np.sqrt(2 * freedom)


class BackendLaws:
    """What holds for each backend; a subclass names it."""

    name: str
    #: Whether it runs Clifford gates only.
    clifford = False
    #: Whether its sampling is exact; an approximate one gets a looser test.
    faithful = True
    #: Whether it has exact expectation values.
    exact = True

    def circuit(self, n, depth, seed):
        if self.clifford:
            return random_clifford_circuit(n, 8 * depth, gates=["h", "s", "cx", "x", "sdg", "swap"], seed=seed)
        return random_circuit(n, depth, max_operands=2, seed=seed)

    def test_ghz(self):
        """A GHZ state gives all zeros or all ones, each half of the time, within 5 standard errors."""
        seen = counts(ghz(5), SHOTS, backend=self.name)
        assert set(seen) == {"00000", "11111"}
        assert sum(seen.values()) == SHOTS
        assert abs(seen["11111"] - SHOTS / 2) < 5 * np.sqrt(SHOTS) / 2

    def test_bit_order(self):
        """X on qubit 0 of three reads 001."""
        circuit = QuantumCircuit(3, 3)
        circuit.x(0)
        circuit.measure(range(3), range(3))
        assert counts(circuit, 10, backend=self.name) == {"001": 10}

    def test_register_order(self):
        """Later registers stand to the left, bits go where they are measured to, unmeasured bits are 0."""
        a, b, q = ClassicalRegister(2, "a"), ClassicalRegister(3, "b"), QuantumRegister(3, "q")
        circuit = QuantumCircuit(q, a, b)
        circuit.x([0, 2])
        circuit.measure(0, b[0])
        circuit.measure(1, b[2])
        circuit.measure(2, a[1])
        assert counts(circuit, 10, backend=self.name) == {"00110": 10}
        pub = outcome_of(circuit, backend=self.name).pubs[0]
        assert [(r.name, r.bits) for r in pub.registers] == [("a", (0, 1)), ("b", (2, 3, 4))]

    def test_more_than_64_bits(self):
        """A classical register of 70 bits keeps its highest and its lowest bit."""
        circuit = QuantumCircuit(2, 70)
        circuit.x(0)
        circuit.x(1)
        circuit.measure(0, 69)
        circuit.measure(1, 0)
        assert counts(circuit, 3, backend=self.name) == {"1" + "0" * 68 + "1": 3}

    def test_last_measurement_wins(self):
        """A bit that is measured twice holds the later value, a qubit that is measured twice gives both bits."""
        circuit = QuantumCircuit(2, 2)
        circuit.x(0)
        circuit.measure(1, 0)
        circuit.measure(0, 0)
        circuit.measure(0, 1)
        assert counts(circuit, 5, backend=self.name) == {"11": 5}

    def test_seed(self):
        """The same seed gives the same counts, another seed others, and another place in the job others."""
        circuit = ghz(3)
        pub = PubSpec(shots=1000)
        runs = [
            outcome_of(circuit, pub, pub, seed=s, backend=self.name, threads=t) for s, t in ((5, 1), (5, 2), (6, 1))
        ]
        first, again, other = [[counts_of(pub) for pub in run.pubs] for run in runs]
        assert first == again
        assert first[0] != other[0]
        assert first[0] != first[1]

    def test_alone_or_in_a_batch(self):
        """A PUB's counts depend on its own place, not on what runs after it or elsewhere."""
        pub = PubSpec(shots=1000)
        alone = outcome_of(ghz(3), pub, seed=3, backend=self.name)
        batch = outcome_of([ghz(3), ghz(4)], pub, PubSpec(circuit=1, shots=10), pub, seed=3, backend=self.name)
        assert counts_of(alone.pubs[0]) == counts_of(batch.pubs[0])
        assert counts_of(alone.pubs[0]) != counts_of(batch.pubs[2])

    @pytest.mark.parametrize("seed", range(4))
    def test_distribution(self, seed):
        """Counts of random circuits follow Qiskit's Statevector: chi-square within 6 standard deviations."""
        circuit = self.circuit(4, 5, seed)
        ideal = Statevector(circuit).probabilities_dict()
        circuit.measure_all()
        seen = counts(circuit, SHOTS, seed=seed, backend=self.name)
        assert chi_square(seen, ideal) < (6 if self.faithful else 40)

    def test_subset_of_qubits(self):
        """Measuring some qubits, crossed over, gives the marginal of Qiskit's Statevector."""
        circuit = self.circuit(4, 5, 11)
        ideal = Statevector(circuit).probabilities_dict(qargs=[3, 0])  # the first of qargs is the lowest bit
        circuit.add_register(ClassicalRegister(2, "c"))
        circuit.measure(3, 0)
        circuit.measure(0, 1)
        assert chi_square(counts(circuit, SHOTS, backend=self.name), ideal) < (6 if self.faithful else 40)

    def test_exact_expectation_values(self):
        """Exact values are StatevectorEstimator's, to 1e-9."""
        if not self.exact:
            with pytest.raises(InputError, match=r"exact.*set shots"):
                evs(ghz(2), PubSpec(observables=(observable("ZZ"),)), backend=self.name)
            return
        circuit = self.circuit(4, 5, 21)
        wanted = observable("ZZIX", ("XYZI", -0.5), ("IIII", 2.0), ("YIIY", 0.25))
        mine, errors, outcome = evs(circuit, PubSpec(observables=(wanted,)), backend=self.name)
        operator = SparsePauliOp(["ZZIX", "XYZI", "IIII", "YIIY"], [1, -0.5, 2, 0.25])
        assert mine == pytest.approx(StatevectorEstimator().run([(circuit, operator)]).result()[0].data.evs, abs=1e-9)
        assert (errors == 0).all()
        assert outcome.pubs[0].exact

    def test_expectation_values_from_shots(self):
        """Values from shots lie within 5 standard errors of the exact ones, and the errors are never 0."""
        circuit = self.circuit(3, 4, 5)
        wanted = observable("ZZI", ("XIX", 0.5), ("IYY", 0.25), ("ZII", -1.0))
        mine, errors, _ = evs(circuit, PubSpec(observables=(wanted,), shots=4000), backend=self.name)
        operator = SparsePauliOp(["ZZI", "XIX", "IYY", "ZII"], [1, 0.5, 0.25, -1])
        assert errors > 0
        assert abs(mine - Statevector(circuit).expectation_value(operator).real) < 5 * errors

    def test_sweep(self):
        """Points of a sweep are independent of how many there are, and bound by name."""
        if self.clifford:
            pytest.skip("a rotation is not Clifford")
        a, b = Parameter("a"), Parameter("b")
        circuit = QuantumCircuit(2, 2)
        circuit.rx(a, 0)
        circuit.rx(b, 1)
        circuit.measure([0, 1], [0, 1])
        grid = np.array([[np.pi, 0.0], [0.0, np.pi], [np.pi, np.pi]])
        pub = outcome_of(circuit, PubSpec(parameters=values_of(["b", "a"], grid), shots=50), backend=self.name).pubs[0]
        assert pub.shape == (3,)
        assert [counts_of(pub, i) for i in range(3)] == [{"10": 50}, {"01": 50}, {"11": 50}]


class TestStateVector(BackendLaws):
    name = "statevector"

    def test_refuses_what_does_not_fit(self):
        """A 40-qubit state vector is refused in one sentence that says what would fit."""
        with pytest.raises(InputError, match=r"40 qubits need .* as state vectors, .* up to \d+ qubits fit") as error:
            counts(ghz(40), backend=self.name)
        assert "\n" not in str(error.value)

    def test_refuses_feed_forward(self):
        """A circuit that acts on a measured qubit is refused, naming the qubit."""
        circuit = ghz(2)
        circuit.x(1)
        with pytest.raises(InputError, match="qubit 1 after measuring it"):
            counts(circuit, backend=self.name)


class TestAer(BackendLaws):
    name = "aer"


class TestAerStateVector(BackendLaws):
    name = "aer.statevector"

    def test_refuses_what_does_not_fit(self):
        """A 40-qubit state vector is refused in one sentence that says what would fit."""
        with pytest.raises(InputError, match=r"40 qubits need .* up to \d+ qubits fit.*aer.mps"):
            counts(ghz(40), backend=self.name)


class TestAerDensityMatrix(BackendLaws):
    name = "aer.density_matrix"

    def test_refuses_what_does_not_fit(self):
        """A density matrix of 25 qubits is refused in one sentence."""
        with pytest.raises(InputError, match="density matrices"):
            counts(ghz(25), backend=self.name)


class TestAerMatrixProductState(BackendLaws):
    name = "aer.mps"


class TestAerStabilizer(BackendLaws):
    name = "aer.stabilizer"
    clifford = True

    def test_refuses_other_gates(self):
        """A gate that is not Clifford is named."""
        circuit = ghz(2)
        circuit = QuantumCircuit(2, 2).compose(QuantumCircuit(2).compose(_t(), [1]))
        circuit.measure([0, 1], [0, 1])
        with pytest.raises(InputError, match="t on qubit 1 is not Clifford"):
            counts(circuit, backend=self.name)


class TestAerExtendedStabilizer(BackendLaws):
    name = "aer.extended_stabilizer"
    clifford = True
    faithful = False
    exact = False


class TestBranches(BackendLaws):
    name = "branches"

    def test_refuses_what_does_not_fit(self):
        """A 40-qubit state vector is refused in one sentence that says what would fit."""
        with pytest.raises(InputError, match=r"40 qubits need .* up to \d+ qubits fit"):
            counts(ghz(40), backend=self.name)


class TestStim(BackendLaws):
    name = "stim"
    clifford = True

    def test_refuses_other_gates(self):
        """A gate that is nearly Clifford is named."""
        circuit = QuantumCircuit(2, 2)
        circuit.rz(np.pi / 2 + 1e-6, 1)
        circuit.measure([0, 1], [0, 1])
        with pytest.raises(InputError, match="rz on qubit 1 is not Clifford"):
            counts(circuit, backend=self.name)


class TestSparse(BackendLaws):
    name = "sparse"


class TestQsim(BackendLaws):
    name = "qsim"
    exact = False

    def test_refuses_what_does_not_fit(self):
        """A 40-qubit state vector is refused in one sentence that says what would fit."""
        with pytest.raises(InputError, match=r"40 qubits need .* up to \d+ qubits fit"):
            counts(ghz(40), backend=self.name)


def _t():
    circuit = QuantumCircuit(1)
    circuit.t(0)
    return circuit
