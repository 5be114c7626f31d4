"""A PUB over all its points: parameters bound, observables broadcast, each point run by its backend.

A point is an index into the array of parameter values (C order); it names the point's random stream, so that a
point's counts do not depend on how many others there are, only on where it stands.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qmagic.backends import parts
from qmagic.backends.base import Shelf
from qmagic.backends.estimate import Estimates, estimate_exactly, estimate_from_shots, estimate_to_precision
from qmagic.backends.observables import label_of, weights_of
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.outcomes import CountsTable, EstimatedPub, Register, SampledPub

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.base import Backend, Executable, Grant
    from qmagic.jobs import ParameterValues, PubSpec

__all__ = ["SHOTS", "Report", "check_values", "estimated", "nobody_asks", "sampled"]

#: Shots where none are given.
SHOTS = 1024


#: Hears how far a PUB is, from 0 to 1; of one that is a single histogram also what makes its shots so far, and how
#: many there will be.
Report = Callable[[float, Callable[[], SampledPub] | None, int], None]


def nobody_asks(done: float, counts: Callable[[], SampledPub] | None, total: int) -> None:
    """Hears nothing."""


class _Route(Protocol):
    @property
    def why(self) -> str: ...


class Task(Protocol):
    """What is run: see `plans.tasks.Task`."""

    executable: Executable
    places: tuple[int, ...] | None

    @property
    def backend(self) -> Backend: ...

    @property
    def exact(self) -> bool: ...

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def route(self) -> _Route: ...


def check_values(given: ParameterValues) -> None:
    """Checks that all parameter values are finite.

    Raises:
        InputError: One is not; the message names its parameter.
    """
    values = np.frombuffer(given.values, "<f8")
    if not np.isfinite(values).all():
        bad = int(np.flatnonzero(~np.isfinite(values))[0])
        name = given.names[bad % len(given.names)]
        raise InputError(f"parameter {name!r} has the value {values[bad]}; expected a finite number")


def sampled(task: Task, pub: PubSpec, seed: int, index: int, grant: Grant, report: Report) -> tuple[SampledPub, str]:
    """Returns the counts of a PUB and the simulator's method.

    Args:
        task: The circuit and its backend.
        pub: Shots and parameter values.
        seed: The job's seed.
        index: The PUB's place in its job.
        grant: What the run may take.
        report: Hears of each part.
    """
    shots = SHOTS if pub.shots is None else pub.shots
    circuit = task.executable.circuit
    shape = () if pub.parameters is None else pub.parameters.shape
    number = int(np.prod(shape))
    registers = _registers(circuit)
    tables: list[CountsTable] = []
    method = ""

    def tell(table: CountsTable, done: int) -> None:
        part = (len(tables) + done / shots) / number
        so_far = None if shape else lambda: SampledPub(circuit.num_clbits, registers, done, (table,))
        report(part, so_far, shots)

    for point, executable in _points(task.executable, pub.parameters):
        counts, method = parts.sample(task.backend, executable, shots, (seed, index, point, 0), grant, tell)
        tables.append(counts)
        report(len(tables) / number, None, 0)
    metadata = _metadata(task, method)
    return SampledPub(circuit.num_clbits, registers, shots, tuple(tables), shape, metadata), method


def estimated(
    task: Task, pub: PubSpec, seed: int, index: int, grant: Grant, report: Report
) -> tuple[EstimatedPub, str]:
    """Returns the expectation values of a PUB and the simulator's method; see `sampled`."""
    assert pub.observables is not None
    observables = [weights_of(observable, task.places) for observable in pub.observables]
    points_shape = () if pub.parameters is None else pub.parameters.shape
    shape = np.broadcast_shapes(points_shape, pub.observables_shape)
    # Which point and which observable stand at each place of the answer.
    points = int(np.prod(points_shape))
    point_at = np.broadcast_to(np.arange(points).reshape(points_shape), shape).ravel()
    observable_at = np.broadcast_to(np.arange(len(observables)).reshape(pub.observables_shape), shape).ravel()
    values, errors = np.zeros(point_at.size), np.zeros(point_at.size)
    shots = np.zeros(point_at.size, np.int64)
    method = ""
    for point, executable in _points(task.executable, pub.parameters):
        at = np.flatnonzero(point_at == point)
        if not at.size:
            continue
        wanted = [observables[i] for i in observable_at[at]]
        found = _estimate(task, executable, wanted, pub, (seed, index, point), grant)
        values[at], errors[at], shots[at], method = found.values, found.errors, found.shots, found.method
        report((point + 1) / points, None, 0)
    return EstimatedPub(
        evs=values.astype("<f8").tobytes(),
        stds=errors.astype("<f8").tobytes(),
        shape=tuple(shape),
        exact=task.exact,
        shots=() if task.exact else tuple(shots.tolist()),
        labels=tuple([label_of(observable) for observable in pub.observables]),
        metadata=_metadata(task, method),
    ), method


def _estimate(
    task: Task, executable: Executable, wanted: list[Any], pub: PubSpec, key: tuple[int, int, int], grant: Grant
) -> Estimates:
    if pub.precision is not None:
        return estimate_to_precision(task.backend, executable, wanted, pub.precision, key, grant)
    if pub.shots is not None:
        return estimate_from_shots(task.backend, executable, wanted, pub.shots, key, grant)
    return estimate_exactly(task.backend, executable, wanted, grant)


def _metadata(task: Task, method: str) -> dict[str, Any]:
    found: dict[str, Any] = {"backend": task.backend.name, "method": method, "why": task.route.why}
    if task.parts != (task.backend.name,):
        found["parts"] = list(task.parts)  # a rerun keeps to these
    return found


def _points(executable: Executable, given: ParameterValues | None) -> Iterator[tuple[int, Executable]]:
    """Yields each point with its bound circuit, read again: a gate's matrix depends on its parameters."""
    if given is None or not given.names:
        count = 1 if given is None else int(np.prod(given.shape))
        for point in range(count):
            yield point, executable
        return
    circuit = executable.circuit
    values = np.frombuffer(given.values, "<f8").reshape(-1, len(given.names))
    # In the order of the circuit's own parameters, whatever order the names came in.
    columns = [given.names.index(parameter.name) for parameter in circuit.parameters]
    for point, row in enumerate(values[:, columns].tolist()):
        bound = circuit.assign_parameters(row)
        program = dataclasses.replace(read(bound), active=executable.program.active)
        yield point, dataclasses.replace(executable, circuit=bound, program=program, shelf=Shelf())


def _registers(circuit: QuantumCircuit) -> tuple[Register, ...]:
    """Returns the classical registers in the circuit's order; bits in none of them form one called ``loose``."""
    bits = circuit.clbits
    if len(circuit.cregs) == 1 and len(circuit.cregs[0]) == len(bits):
        return (Register(circuit.cregs[0].name, tuple(range(len(bits)))),)
    place = {bit: i for i, bit in enumerate(bits)}
    registers = [Register(one.name, tuple([place[bit] for bit in one])) for one in circuit.cregs]
    held = {bit for one in registers for bit in one.bits}
    if len(held) < len(bits):
        registers.append(Register("loose", tuple([i for i in range(len(bits)) if i not in held])))
    return tuple(registers)
