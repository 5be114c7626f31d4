"""Runs a job in a worker process: from its spec to its outcome.

`prepare` reads and checks everything, so that what can be refused is refused before the job exists; `run`
simulates. Both keep what is worth keeping between jobs (backends, noise models, pass managers), and nothing
about the circuits themselves. Whatever is random comes from (job seed, PUB index, point, chunk).
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qmagic.backends import registry, trace
from qmagic.backends.base import Backend, Executable, Grant, Need
from qmagic.backends.headline import headline
from qmagic.backends.measurements import without_final_measurements
from qmagic.backends.memory import limit, size
from qmagic.backends.observables import check_observables, widened
from qmagic.backends.points import check_values, estimated, sampled
from qmagic.backends.program import read
from qmagic.cells.lines import line_of
from qmagic.cells.load import load
from qmagic.cells.validate import check
from qmagic.clouds import provider_of
from qmagic.errors import InputError, SourceError
from qmagic.jobs import JobSpec, Transpile
from qmagic.outcomes import Outcome
from qmagic.plans.route import Route, choose

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.noise import Noise
    from qmagic.plans.transpile import OnDevice

__all__ = ["Prepared", "choice", "headline", "prepare", "run", "warm", "why"]

#: Below this a simulation needs no leave.
_SMALL = 64 << 20

#: Asks for ``(bytes, threads)``, waits, and returns the threads that were granted.
Reserve = Callable[[int, int], int]


@dataclasses.dataclass(slots=True)
class Task:
    """One PUB with the backend that runs it."""

    executable: Executable
    backend: Backend
    route: Route
    exact: bool
    need: Need
    places: tuple[int, ...] | None = None


@dataclasses.dataclass(slots=True)
class Prepared:
    """A job that was read and checked.

    Attributes:
        spec: What was asked for.
        circuits: Its circuits as read; for expectation values without their final measurements.
        transpile: How they are brought onto a device; None where they run as they are.
        noise: The noise that they run under.
        tasks: One for each PUB; made anew in `run` where circuits change on their way to a device.
        memory_limit: The bytes that a single job may ever take.
        seconds: Wall time of the steps so far.
    """

    spec: JobSpec
    circuits: list[QuantumCircuit]
    transpile: Transpile | None
    noise: Noise | None
    tasks: list[Task]
    memory_limit: int
    seconds: dict[str, float]


def prepare(spec: JobSpec) -> Prepared:
    """Reads a job's source and checks all that can be checked without simulating.

    Raises:
        SourceError: The text is no circuit.
        NotFoundError: There is no such backend, device, or parameter.
        InputError: It cannot run, for a reason that the message gives in one line.
    """
    began = time.perf_counter()
    circuits = load(spec.source)
    check(spec, circuits)
    if provider_of(spec.backend):  # read and checked here, run elsewhere
        return Prepared(spec, circuits, None, None, [], limit(), {})
    if spec.kind == "state":
        return Prepared(spec, [trace.unitary_part(spec.pubs[0], circuits)], None, None, [], limit(), {})
    if spec.kind == "estimate":
        circuits = [without_final_measurements(circuit) for circuit in circuits]
    noise = transpile = None
    if spec.noise is not None:
        from qmagic.backends.noise import noise_of

        noise = noise_of(spec.noise)
    if spec.transpile is not None or (noise is not None and noise.device):
        transpile = _transpile(spec, noise)
        _check_device(spec, circuits, transpile)
    tasks = _tasks(spec, circuits, noise, None)
    return Prepared(spec, circuits, transpile, noise, tasks, limit(), {"parse": time.perf_counter() - began})


def _transpile(spec: JobSpec, noise: Noise | None) -> Transpile:
    """Returns how circuits get onto a device; a device's noise is defined for its own gates, and so implies it."""
    if spec.transpile is None:
        assert noise is not None
        return Transpile(noise.device)
    if noise is not None and noise.device:
        from qmagic.backends.devices.snapshots import device

        wanted = device(spec.transpile.device).name
        if wanted != noise.device:
            raise InputError(
                f"the circuits go to {wanted}, but the noise is that of {noise.device}; name one device for both"
            )
    return spec.transpile


def _check_device(spec: JobSpec, circuits: list[QuantumCircuit], transpile: Transpile) -> None:
    from qmagic.backends.devices.snapshots import device
    from qmagic.plans import transpile as transpiling

    chosen = device(transpile.device)
    for circuit in circuits:
        try:
            transpiling.check(circuit, transpile, chosen)
        except InputError as error:
            if not transpile.verbatim or spec.source.language == "qpy":
                raise
            # as it was typed: expectation values have lost their final measurements
            found = transpiling.first_misfit(load(spec.source)[0], chosen)
            if found is None or found.reason not in str(error):
                raise
            raise SourceError(str(error), line_of(spec.source, found.index)) from None


def _tasks(
    spec: JobSpec, circuits: list[QuantumCircuit], noise: Noise | None, placed: list[OnDevice] | None
) -> list[Task]:
    """Returns a task for each PUB, and refuses what its backend cannot do."""
    tasks: list[Task] = []
    programs = {index: read(circuits[index]) for index in dict.fromkeys(pub.circuit for pub in spec.pubs)}
    estimates = spec.kind == "estimate"
    for pub in spec.pubs:
        exact = estimates and pub.shots is None and pub.precision is None
        if pub.parameters is not None:
            check_values(pub.parameters)
        places = None if placed is None else placed[pub.circuit].places
        program = programs[pub.circuit]
        if estimates:
            check_observables(pub)
            program = widened(program, pub, places)
        executable = Executable(circuits[pub.circuit], program, noise)
        route = choose(executable, spec.backend, exact=exact)
        backend = registry.backend(route.backend)
        tasks.append(Task(executable, backend, route, exact, backend.need(executable, exact=exact), places))
    return tasks


def run(prepared: Prepared, *, reserve: Reserve) -> Outcome:
    """Runs a prepared job.

    Args:
        prepared: From `prepare`.
        reserve: Called once with bytes and threads before a run that takes more than 64 MB or one thread; waits,
            returns the threads granted, and raises `InputError` when the memory can never be had.

    Raises:
        InputError: It needs more memory than there is, or the transpiler or the simulator cannot take the circuit.
        JobFailedError: The simulator failed.
    """
    spec, seconds = prepared.spec, dict(prepared.seconds)
    if spec.kind == "state":
        return trace.outcome(prepared.circuits[0], _versions())
    tasks, data, records, notes = prepared.tasks, b"", [], []
    if prepared.transpile is not None:
        began = time.perf_counter()
        placed = _placed(prepared)
        circuits, records = [one.circuit for one in placed], [one.record for one in placed]
        tasks = _tasks(spec, circuits, prepared.noise, placed)
        seconds["transpile"] = time.perf_counter() - began
        if not all(record["untouched"] for record in records):
            data = _qpy(circuits)
            if spec.transpile is None:
                notes.append(f"brought onto {records[0]['device']}, since its noise is defined for its own gates")
    if prepared.noise is not None:
        from qmagic.backends.noise import unheard

        notes += dict.fromkeys(filter(None, [unheard(prepared.noise, task.executable.circuit) for task in tasks]))
    began = time.perf_counter()
    grant = _granted(tasks, prepared.memory_limit, reserve)
    answer = estimated if spec.kind == "estimate" else sampled
    answers = [
        answer(task, pub, spec.seed, i, grant) for i, (task, pub) in enumerate(zip(tasks, spec.pubs, strict=True))
    ]
    seconds["run"] = time.perf_counter() - began
    return Outcome(
        pubs=tuple([pub for pub, _ in answers]),
        backend=_joined([task.backend.name for task in tasks]),
        method=_joined([method for _, method in answers]),
        circuits=data,
        seconds=seconds,
        versions=_versions(),
        transpiled=tuple(records),
        notes=tuple(notes),
    )


def _placed(prepared: Prepared) -> list[OnDevice]:
    from qmagic.backends.devices.snapshots import device
    from qmagic.plans.transpile import onto

    assert prepared.transpile is not None
    chosen = device(prepared.transpile.device)
    return [onto(circuit, prepared.transpile, chosen) for circuit in prepared.circuits]


def _qpy(circuits: list[QuantumCircuit]) -> bytes:
    import io

    from qiskit import qpy

    buffer = io.BytesIO()
    qpy.dump(circuits, buffer)
    return buffer.getvalue()


def _granted(tasks: list[Task], memory_limit: int, reserve: Reserve) -> Grant:
    """Returns what the whole job may take: its PUBs run one after the other."""
    memory, threads = max([task.need.memory for task in tasks]), max([task.need.threads for task in tasks])
    if memory > memory_limit:
        raise InputError(f"the job needs {size(memory)}, and a job may take {size(memory_limit)}")
    if memory > _SMALL or threads > 1:
        threads = reserve(memory, threads)
    return Grant(max(1, threads), memory)


def choice(prepared: Prepared) -> tuple[str, str]:
    """Returns which backends are about to run a job, and why, in words."""
    return _joined([task.backend.name for task in prepared.tasks]), _reasons(task.route.why for task in prepared.tasks)


def why(outcome: Outcome) -> str:
    """Returns why the backends that ran a job were chosen, in words."""
    return _reasons(pub.metadata.get("why", "") for pub in outcome.pubs)


def _reasons(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(words))[:300]


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(dict.fromkeys(words))


@functools.cache
def _versions() -> dict[str, str]:
    from importlib import metadata

    from qmagic.version import __version__

    found = {"qmagic": __version__}
    for package in ("qiskit", "qiskit-aer", "qulacs", "numpy"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def warm() -> None:
    """Imports what a first job needs, by running one: OpenQASM 3 and QPY to counts, without Aer."""
    from qmagic.jobs import Environment, PubSpec, Source

    text = b'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
    spec = JobSpec(
        id="", source=Source("openqasm3", text), pubs=(PubSpec(shots=1),), seed=0, environment=Environment("")
    )
    run(prepare(spec), reserve=lambda memory, threads: threads)
    _qpy(prepare(spec).circuits)
