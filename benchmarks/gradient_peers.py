"""The same step by others: each takes a point and returns value and gradient, everything built before."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["ising", "peers"]

Step = Callable[[Any], tuple[float, Any]]


def ising(width: int) -> tuple[Any, Any]:
    """Returns the ansatz, its parameters in the order in which they stand, and the observable."""
    from qiskit.circuit.library import efficient_su2
    from qiskit.quantum_info import SparsePauliOp

    terms = [("ZZ", [i, i + 1], 1.0) for i in range(width - 1)] + [("X", [i], 0.5) for i in range(width)]
    return efficient_su2(width, reps=2), SparsePauliOp.from_sparse_list(terms, width)


def peers(width: int, *, shifts: bool) -> dict[str, Step]:
    """Returns the steps of everyone who is installed: lightning comes with ``pip install qmagic[bench]``."""
    found = {"qulacs": _qulacs(width)}
    if shifts:
        found["Aer and parameter shifts"] = _aer(width)
    if importlib.util.find_spec("pennylane_lightning"):
        found |= {"lightning.qubit": _lightning(width), "lightning's C++ classes": _lightning_direct(width)}
    return found


def _gates(width: int) -> list[tuple[str, tuple[int, ...]]]:
    """Returns the gates of ``efficient_su2(width, reps=2)``; rotations take the parameters in order."""
    chain = [("CNOT", (q, q + 1)) for q in reversed(range(width - 1))]
    layer = [(name, (q,)) for name in ("RY", "RZ") for q in range(width)]
    return [*layer, *chain, *layer, *chain, *layer]


def _qulacs(width: int) -> Step:
    import qulacs

    circuit, observable = qulacs.ParametricQuantumCircuit(width), qulacs.Observable(width)
    for name, qubits in _gates(width):
        if name == "CNOT":
            circuit.add_CNOT_gate(*qubits)
        else:
            getattr(circuit, f"add_parametric_{name}_gate")(*qubits, 0.0)
    for q in range(width - 1):
        observable.add_operator(1.0, f"Z {q} Z {q + 1}")
    for q in range(width):
        observable.add_operator(0.5, f"X {q}")

    def step(x: Any) -> tuple[float, Any]:
        for place, angle in enumerate((-x).tolist()):  # it turns the other way
            circuit.set_parameter(place, angle)
        state, bra, scratch = (qulacs.QuantumState(width) for _ in range(3))
        circuit.update_quantum_state(state)
        observable.apply_to_state(scratch, state, bra)
        value = qulacs.state.inner_product(state, bra).real
        # Quicker than backprop(observable), which applies the observable once more; it returns half the gradient.
        return value, -2 * np.array(circuit.backprop_inner_product(bra))

    return step


def _aer(width: int) -> Step:
    from qiskit_aer.primitives import EstimatorV2
    from qiskit_algorithms.gradients import ParamShiftEstimatorGradient

    ansatz, observable = ising(width)
    estimator = EstimatorV2()
    gradient = ParamShiftEstimatorGradient(estimator)

    def step(x: Any) -> tuple[float, Any]:
        value = float(estimator.run([(ansatz, observable, x)]).result()[0].data.evs)
        return value, gradient.run([ansatz], [observable], [x]).result().gradients[0]

    return step


def _lightning(width: int) -> Step:
    import pennylane as qml

    observable = qml.Hamiltonian(
        [1.0] * (width - 1) + [0.5] * width,
        [qml.Z(q) @ qml.Z(q + 1) for q in range(width - 1)] + [qml.X(q) for q in range(width)],
    )
    gates = _gates(width)

    @qml.qnode(qml.device("lightning.qubit", wires=width), diff_method="adjoint")
    def circuit(x: Any) -> Any:
        angles = iter(x)
        for name, qubits in gates:
            if name == "CNOT":
                qml.CNOT(wires=qubits)
            else:
                getattr(qml, name)(next(angles), wires=qubits)
        return qml.expval(observable)

    gradient = qml.grad(circuit)

    def step(x: Any) -> tuple[float, Any]:
        slopes = gradient(qml.numpy.array(x, requires_grad=True))
        return float(gradient.forward), slopes

    return step


def _lightning_direct(width: int) -> Step:
    """Without PennyLane's Python: what its adjoint method takes in C++."""
    from pennylane_lightning import lightning_qubit_ops as ops

    named, product = ops.observables.NamedObsC128, ops.observables.TensorProdObsC128
    observable = ops.observables.HamiltonianC128(
        np.array([1.0] * (width - 1) + [0.5] * width),
        [product([named("PauliZ", [q]), named("PauliZ", [q + 1])]) for q in range(width - 1)]
        + [named("PauliX", [q]) for q in range(width)],
    )
    names, qubits = (list(one) for one in zip(*_gates(width), strict=True))
    wires = [list(one) for one in qubits]
    rotations = [name != "CNOT" for name in names]
    count = len(names)
    adjoint = ops.algorithms.AdjointJacobianC128()
    none: list[Any] = [[] for _ in names]

    def step(x: Any) -> tuple[float, Any]:
        angles = iter(x.tolist())
        parameters = [[next(angles)] if free else [] for free in rotations]
        operations = ops.algorithms.create_ops_listC128(
            names, parameters, wires, [False] * count, [np.zeros(0, complex)] * count, none, none
        )
        state = ops.StateVectorC128(width)
        state.resetStateVector()
        for name, at, angle in zip(names, wires, parameters, strict=True):
            getattr(state, name)(at, False, angle)
        value = ops.MeasurementsC128(state).expval(observable)
        return value, adjoint(state, [observable], operations, list(range(len(x))))

    return step
