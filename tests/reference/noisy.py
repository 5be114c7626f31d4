"""A short density matrix simulator: circuits under depolarizing noise and readout errors, without Aer."""

from __future__ import annotations

import itertools

import numpy as np
from qiskit.quantum_info import Operator


def distribution(circuit, one: float, two: float, p01: float, p10: float, free=()) -> dict[str, float]:
    """Returns the exact distribution over all bits.

    Args:
        circuit: Gates, resets and final measurements, each qubit measured at most once, each bit written once.
        one: The depolarizing parameter after gates on one qubit: the qubit is replaced by a mixed one.
        two: ... on two qubits.
        p01: The probability to read 1 for 0.
        p10: The probability to read 0 for 1.
        free: Names of gates that have no noise.
    """
    n = circuit.num_qubits
    rho = density(circuit, one, two, free)
    diagonal = np.real(np.diagonal(rho.reshape(1 << n, 1 << n)))
    places = {
        circuit.find_bit(i.clbits[0]).index: circuit.find_bit(i.qubits[0]).index
        for i in circuit.data
        if i.name == "measure"
    }
    found: dict[str, float] = {}
    confusion = np.array([[1 - p01, p10], [p01, 1 - p10]])
    for state, weight in enumerate(diagonal):
        for read in itertools.product((0, 1), repeat=len(places)):
            probability = weight
            bits = ["0"] * circuit.num_clbits
            for (bit, qubit), value in zip(sorted(places.items()), read, strict=True):
                probability *= confusion[value, state >> qubit & 1]
                bits[-1 - bit] = str(value)
            if probability > 0:
                found["".join(bits)] = found.get("".join(bits), 0.0) + probability
    return found


def density(circuit, one, two, free=()):
    """Returns the density matrix before the measurements, ``[row bits..., column bits...]``, qubit 0 last of each."""
    n = circuit.num_qubits
    rho = np.zeros((2,) * (2 * n), complex)
    rho[(0,) * (2 * n)] = 1
    for instruction in circuit.data:
        where = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if instruction.name in ("measure", "barrier"):
            continue
        if instruction.name == "reset":
            rho = replaced(rho, where, np.diag([1.0, 0.0]))
            continue
        rho = conjugated(rho, Operator(instruction.operation).data, where)
        parameter = {1: one, 2: two}[len(where)]
        if parameter and instruction.name not in free:
            mixed = np.eye(1 << len(where)) / (1 << len(where))
            rho = (1 - parameter) * rho + parameter * replaced(rho, where, mixed)
    return rho


def conjugated(rho, matrix, where):
    n, k = rho.ndim // 2, len(where)
    rows = [n - 1 - qubit for qubit in reversed(where)]
    columns = [2 * n - 1 - qubit for qubit in reversed(where)]
    for axes, tensor in ((rows, matrix), (columns, matrix.conj())):
        moved = np.tensordot(tensor.reshape((2,) * (2 * k)), rho, (range(k, 2 * k), axes))
        rho = np.moveaxis(moved, range(k), axes)
    return rho


def replaced(rho, where, state):
    """Returns the density matrix with some qubits traced out and put in `state`."""
    n, k = rho.ndim // 2, len(where)
    rows = [n - 1 - qubit for qubit in reversed(where)]
    columns = [2 * n - 1 - qubit for qubit in reversed(where)]
    moved = np.moveaxis(rho, rows + columns, range(2 * k))
    rest = np.trace(moved.reshape(1 << k, 1 << k, *moved.shape[2 * k :]))
    whole = np.multiply.outer(np.asarray(state, complex).reshape((2,) * (2 * k)), rest)
    return np.moveaxis(whole, range(2 * k), rows + columns)
