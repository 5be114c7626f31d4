"""Qiskit's own algorithms run unchanged on qmagic: only the primitive is another one."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2, n_local
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_addon_cutting import (
    cut_wires,
    expand_observables,
    generate_cutting_experiments,
    partition_problem,
    reconstruct_expectation_values,
)
from qiskit_addon_cutting.instructions import CutWire
from qiskit_algorithms import QAOA, VQE, AmplificationProblem, Grover, NumPyMinimumEigensolver, SamplingVQE
from qiskit_algorithms.optimizers import COBYLA, SLSQP

import qmagic

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # qiskit-algorithms lags behind Qiskit
]

#: H2 in STO-3G at 0.735 Å in hartree, on two qubits by parity mapping and tapering (Qiskit Nature's Hamiltonian).
H2 = SparsePauliOp.from_list([
    ("II", -1.052373245772859), ("IZ", 0.39793742484318045), ("ZI", -0.39793742484318045),
    ("ZZ", -0.01128010425623538), ("XX", 0.18093119978423156),
])  # fmt: skip

#: Maximum cut of the square 0-1-2-3 with the diagonal 0-2, as a minimum: the best cuts take 4 of the 5 edges.
CUT = SparsePauliOp.from_sparse_list(
    [("ZZ", edge, 0.5) for edge in ((0, 1), (1, 2), (2, 3), (3, 0), (0, 2))] + [("", (), -2.5)], num_qubits=4
)
BEST_CUTS = {"0101", "1010"}


@pytest.mark.parametrize("optimizer", [SLSQP(maxiter=200), COBYLA(maxiter=2000, tol=1e-9)], ids=["slsqp", "cobyla"])
def test_vqe_finds_the_ground_state_of_h2(optimizer):
    """qiskit-algorithms' VQE reaches H2's exact ground energy within 1e-6 hartree."""
    exact = NumPyMinimumEigensolver().compute_minimum_eigenvalue(H2).eigenvalue.real
    ansatz = n_local(2, "ry", "cz", reps=1)
    start = np.random.default_rng(5).normal(size=ansatz.num_parameters)
    result = VQE(qmagic.Estimator(), ansatz, optimizer, initial_point=start).compute_minimum_eigenvalue(H2)
    assert result.eigenvalue.real == pytest.approx(exact, abs=1e-6)


def test_qaoa_finds_the_maximum_cut():
    """qiskit-algorithms' QAOA measures a maximum cut of a small graph, and better cuts than chance on average."""
    optimizer = COBYLA(maxiter=40)
    qaoa = QAOA(qmagic.Sampler(seed=3), optimizer, reps=2, initial_point=[0.3, 0.6, 0.6, 0.3])
    result = qaoa.compute_minimum_eigenvalue(CUT)
    assert result.best_measurement["bitstring"] in BEST_CUTS
    assert result.best_measurement["value"] == pytest.approx(-4)
    assert result.eigenvalue.real < -3


def test_sampling_vqe_finds_the_maximum_cut():
    """qiskit-algorithms' SamplingVQE, with CVaR over the best tenth, measures a maximum cut too."""
    ansatz = n_local(4, "ry", "cz", reps=1)
    start = np.random.default_rng(1).normal(size=ansatz.num_parameters)
    vqe = SamplingVQE(qmagic.Sampler(seed=3), ansatz, COBYLA(maxiter=40), initial_point=start, aggregation=0.1)
    assert vqe.compute_minimum_eigenvalue(CUT).best_measurement["bitstring"] in BEST_CUTS


def test_grover_finds_the_marked_state():
    """qiskit-algorithms' Grover finds the one marked state among eight."""
    problem = AmplificationProblem(Statevector.from_label("101"), is_good_state=["101"])
    result = Grover(iterations=2, sampler=qmagic.Sampler(seed=1)).amplify(problem)
    assert result.oracle_evaluation
    assert result.top_measurement == "101"
    assert result.max_probability == pytest.approx(np.sin(5 * np.arcsin(8**-0.5)) ** 2, abs=0.05)


SHOTS = 4096


def reconstructed(problem, observable: SparsePauliOp) -> tuple[float, float]:
    """Runs addon-cutting's steps with our sampler; returns the expectation value and a bound of its standard error.

    The value of a Pauli term is a sum over experiments of weight times a product of two means of signs, each of
    variance at most 1 / shots; the errors of the terms, which may be measured together, are added as if correlated.
    """
    experiments, weights = generate_cutting_experiments(problem.subcircuits, problem.subobservables, num_samples=np.inf)
    sampler = qmagic.Sampler(seed=12, default_shots=SHOTS)
    results = {label: sampler.run(circuits).result() for label, circuits in experiments.items()}
    terms = reconstruct_expectation_values(results, weights, problem.subobservables)
    error = np.sqrt(sum(weight**2 for weight, _ in weights) * 2 / SHOTS)
    return float(np.dot(terms, observable.coeffs.real)), float(error * np.abs(observable.coeffs).sum())


def test_cutting_a_gate_gives_the_uncut_value():
    """addon-cutting's tutorial on gates, in small: its value is the exact one, within 3 standard errors."""
    circuit = efficient_su2(4, entanglement="linear", reps=1).decompose()
    circuit.assign_parameters(np.linspace(0.2, 1.4, circuit.num_parameters), inplace=True)
    observable = SparsePauliOp(["ZZII", "IZZI", "XIXI"], [1.0, -1.0, 0.5])
    problem = partition_problem(circuit=circuit, partition_labels="AABB", observables=observable.paulis)
    value, error = reconstructed(problem, observable)
    assert value == pytest.approx(Statevector(circuit).expectation_value(observable).real, abs=3 * error)


def test_cutting_a_wire_gives_the_uncut_value():
    """addon-cutting's tutorial on wires, in small: its value is the exact one, within 3 standard errors."""
    circuit = QuantumCircuit(3)
    circuit.ry(0.8, 0)
    circuit.cx(0, 1)
    circuit.append(CutWire(), [1])
    circuit.rx(0.5, 1)
    circuit.cx(1, 2)
    observable = SparsePauliOp(["ZIZ", "IZZ", "XXI"])
    widened = cut_wires(circuit)
    paulis = expand_observables(observable.paulis, circuit, widened)
    problem = partition_problem(circuit=widened, partition_labels="AABB", observables=paulis)
    value, error = reconstructed(problem, observable)
    uncut = circuit.copy_empty_like()
    for instruction in circuit:
        if not isinstance(instruction.operation, CutWire):
            uncut.append(instruction)
    assert value == pytest.approx(Statevector(uncut).expectation_value(observable).real, abs=3 * error)
