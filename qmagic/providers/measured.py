"""PUBs as what a cloud without primitives runs: circuits whose qubits are all read at the end; and back.

`expand` gives the experiments of a job, always the same ones in the same order; `combine` makes its results of their
shots. Counts are those of the classical bits that the given circuit has, whatever its registers. An expectation value
takes an experiment for each group of observables that one basis serves, and has the errors that docs/estimates.md
states. What a cloud cannot say (a precision) is said in shots before anything runs.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.estimate import Tally
from qmagic.backends.measurements import without_final_measurements
from qmagic.backends.sampling import table_of_bits
from qmagic.outcomes import EstimatedPub, Register, SampledPub
from qmagic.providers.base import RefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import Parameter, QuantumCircuit

    from qmagic.backends.base import Product
    from qmagic.backends.estimate import Weights
    from qmagic.providers.base import RemotePub

__all__ = ["USUAL_SHOTS", "Experiment", "Shots", "combine", "expand", "recovered", "shots_by_precision", "shots_of"]

#: Shots where neither shots nor a precision were asked for.
USUAL_SHOTS = 1000
_MOST_SHOTS = 1_000_000_000


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A circuit to run.

    Attributes:
        circuit: With one classical register, whose bit i reads qubit i at the end. Experiments that differ in `values`
            alone share it, so that it is compiled once.
        values: What each of its parameters is.
        shots: How often.
    """

    circuit: QuantumCircuit
    values: dict[Parameter, float]
    shots: int


@dataclasses.dataclass(frozen=True)
class Shots:
    """What came of an experiment.

    Attributes:
        bits: Outcomes, ``[row, qubit]`` of 0 and 1.
        counts: How often each row came.
    """

    bits: NDArray[np.uint8]
    counts: NDArray[np.int64]


def shots_of(rows: Any, counts: Any = None) -> Shots:
    """Returns shots as arrays; without `counts` each row came once."""
    bits = np.asarray(rows, np.uint8)
    return Shots(bits, np.ones(len(bits), np.int64) if counts is None else np.asarray(counts, np.int64))


def expand(pubs: Sequence[RemotePub]) -> list[Experiment]:
    """Returns the experiments of a job.

    Raises:
        RefusedError: A circuit goes on after a measurement, or a precision takes too many shots.
    """
    return [experiment for pub in pubs for experiment in (_samplings(pub) if pub.observables is None else _groups(pub))]


def combine(pubs: Sequence[RemotePub], shots: Sequence[Shots], metadata: dict[str, Any]) -> list[Any]:
    """Returns the result of each PUB, from the shots of its experiments in the order of `expand`."""
    rest = iter(shots)
    return [
        _sampled(pub, rest, metadata) if pub.observables is None else _estimated(pub, rest, metadata) for pub in pubs
    ]


# counts


def _samplings(pub: RemotePub) -> Iterator[Experiment]:
    read_out = _read_out(pub.circuit, ())
    for values in _points(pub):
        yield Experiment(read_out, values, pub.shots or USUAL_SHOTS)


def _sampled(pub: RemotePub, shots: Iterator[Shots], metadata: dict[str, Any]) -> SampledPub:
    circuit = pub.circuit
    qubit_of = {
        circuit.find_bit(one.clbits[0]).index: circuit.find_bit(one.qubits[0]).index
        for one in circuit.data
        if one.name == "measure"
    }
    tables = []
    for point in itertools.islice(shots, math.prod(_shape(pub))):
        bits = np.zeros((len(point.bits), circuit.num_clbits), np.uint8)  # a bit that nothing is written to is 0
        bits[:, list(qubit_of)] = point.bits[:, list(qubit_of.values())]
        # rows that differ in bits that were not asked for may be equal now
        rows, where = np.unique(bits, axis=0, return_inverse=True)
        counts = np.zeros(len(rows), np.int64)
        np.add.at(counts, where.ravel(), point.counts)
        tables.append(table_of_bits([(rows, counts)], circuit.num_clbits, 0))
    registers = [Register(one.name, tuple([circuit.find_bit(bit).index for bit in one])) for one in circuit.cregs]
    return SampledPub(
        circuit.num_clbits, tuple(registers), pub.shots or USUAL_SHOTS, tuple(tables), _shape(pub), metadata
    )


def recovered(shots: Shots, metadata: dict[str, Any]) -> SampledPub:
    """Returns the result of a circuit that is not known, in one register ``c``, whose bit i is column i."""
    width = shots.bits.shape[1]
    table = table_of_bits([(shots.bits, shots.counts)], width, 0)
    return SampledPub(width, (Register("c", tuple(range(width))),), int(shots.counts.sum()), (table,), (), metadata)


# expectation values


def _groups(pub: RemotePub) -> Iterator[Experiment]:
    circuits: dict[Product, QuantumCircuit] = {}
    for values, (tally, _) in zip(_points(pub), _tallies(pub), strict=True):
        for g, (basis, _) in enumerate(tally.groups):
            if basis not in circuits:
                circuits[basis] = _read_out(pub.circuit, basis)
            yield Experiment(circuits[basis], values, _shots_of_groups(pub, tally)[g])


def _estimated(pub: RemotePub, shots: Iterator[Shots], metadata: dict[str, Any]) -> EstimatedPub:
    shape = np.broadcast_shapes(_shape(pub), pub.shape)
    size = math.prod(shape)
    evs, stds, used = np.zeros(size), np.zeros(size), np.zeros(size, np.int64)
    for tally, at in _tallies(pub):
        for g, (basis, _) in enumerate(tally.groups):
            found = next(shots)
            tally.add(g, found.bits[:, [qubit for _, qubit in basis]], found.counts)
        estimates = tally.estimates("QPU")
        evs[at], stds[at], used[at] = estimates.values, estimates.errors, estimates.shots
    return EstimatedPub(
        evs.astype("<f8").tobytes(), stds.astype("<f8").tobytes(), tuple(shape), shots=tuple(used.tolist()),
        metadata=metadata,
    )  # fmt: skip


def _tallies(pub: RemotePub) -> Iterator[tuple[Tally, NDArray[np.int64]]]:
    """Yields for each point the tally of the observables asked for there, and their places in the answer."""
    assert pub.observables is not None
    weights = [_weights(one) for one in pub.observables]
    shape = np.broadcast_shapes(_shape(pub), pub.shape)
    points = math.prod(_shape(pub))
    point_at = np.broadcast_to(np.arange(points).reshape(_shape(pub)), shape).ravel()
    which = np.broadcast_to(np.arange(len(weights)).reshape(pub.shape), shape).ravel()
    for point in range(points):
        at = np.flatnonzero(point_at == point)
        yield Tally([weights[i] for i in which[at]]), at


def _weights(operator: Any) -> Weights:
    """Returns the coefficient of each Pauli product of a ``SparsePauliOp``."""
    found: dict[Product, float] = {}
    for letters, qubits, coefficient in operator.to_sparse_list():
        pairs = [(letter, qubit) for letter, qubit in zip(letters, qubits, strict=True) if letter != "I"]
        product = tuple(sorted(pairs, key=lambda pair: pair[1]))
        found[product] = found.get(product, 0.0) + float(np.real(coefficient))
    return found


def shots_by_precision(pub: RemotePub) -> tuple[int, ...]:
    """Returns the shots of each value where each group of products takes ``1 / precision^2`` of them, as IBM's do."""
    precision = pub.precision or (pub.shots or USUAL_SHOTS) ** -0.5
    each = math.ceil(precision**-2 * (1 - 1e-12))
    used = np.zeros(math.prod(np.broadcast_shapes(_shape(pub), pub.shape)), np.int64)
    for tally, at in _tallies(pub):
        used[at] = each * len(tally.groups)
    return tuple(used.tolist())


def _shots_of_groups(pub: RemotePub, tally: Tally) -> list[int]:
    """Returns the shots of each group.

    For a precision p no pilot can be run, so that each group's deviation S is taken as large as it can be: the sum of
    its terms' magnitudes. Then ``S sum(S) / p^2`` shots give an error of at most p, whatever the state.
    """
    if pub.precision is None:
        return [pub.shots or USUAL_SHOTS] * len(tally.groups)
    largest = tally.largest()
    planned = (largest * largest.sum(axis=1, keepdims=True)).max(axis=0) / pub.precision**2
    if planned.size and planned.max() > _MOST_SHOTS:
        raise RefusedError(f"precision {pub.precision:g} takes {planned.max():.0e} shots; ask for a larger one")
    return [max(1, math.ceil(number)) for number in planned.tolist()]


# both


def _shape(pub: RemotePub) -> tuple[int, ...]:
    """Returns the shape of the parameters' values."""
    return next(iter(pub.values.values())).shape if pub.values else ()


def _points(pub: RemotePub) -> Iterator[dict[Parameter, float]]:
    """Yields the parameters of each point, in C order."""
    flat = {name: values.ravel().tolist() for name, values in pub.values.items()}
    for i in range(math.prod(_shape(pub))):
        yield {parameter: flat[parameter.name][i] for parameter in pub.circuit.parameters}


def _read_out(circuit: QuantumCircuit, basis: Product) -> QuantumCircuit:
    """Returns a circuit that turns each qubit of a basis to Z and reads all qubits.

    Raises:
        RefusedError: It goes on after a measurement.
    """
    from qiskit.circuit import ClassicalRegister

    bare = without_final_measurements(circuit)
    made = type(circuit)(circuit.num_qubits, global_phase=circuit.global_phase)
    for instruction in bare.data:
        if instruction.clbits or instruction.is_control_flow():
            raise RefusedError(
                f"the circuit goes on after a measurement ({instruction.name}); here all measurements come at the end"
            )
        if instruction.name != "barrier":
            made.append(instruction.operation, [bare.find_bit(qubit).index for qubit in instruction.qubits])
    for letter, qubit in basis:
        if letter == "Y":
            made.sdg(qubit)
        if letter in "XY":
            made.h(qubit)
    register = ClassicalRegister(circuit.num_qubits, "read")
    made.add_register(register)
    made.measure(range(circuit.num_qubits), register)
    return made
