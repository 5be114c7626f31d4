"""Runs a job in a worker process: from its spec to its outcome.

`prepare` reads and checks everything, so that what can be refused is refused before the job exists; `run`
simulates. Both keep what is worth keeping between jobs (backends, noise models, pass managers), and nothing
about the circuits themselves. Whatever is random comes from (job seed, PUB index, point, chunk).
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qmagic.backends import trace
from qmagic.backends.headline import headline
from qmagic.backends.measurements import without_final_measurements
from qmagic.backends.memory import limit
from qmagic.backends.parts import seconds_of
from qmagic.backends.points import SHOTS, Report, nobody_asks
from qmagic.backends.versions import changed, versions
from qmagic.cells.lines import line_of
from qmagic.cells.load import load
from qmagic.cells.validate import check
from qmagic.clouds import provider_of
from qmagic.errors import InputError, SourceError
from qmagic.jobs import JobSpec, Transpile
from qmagic.outcomes import Outcome
from qmagic.plans.patience import Tell, nobody_listens
from qmagic.plans.preview import plan_of
from qmagic.plans.running import Reserve, answers_of
from qmagic.plans.sentences import reasons
from qmagic.plans.tasks import Task, tasks_of

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.noise import Noise
    from qmagic.plans.plan import Plan
    from qmagic.plans.transpile import OnDevice

__all__ = ["Prepared", "headline", "is_quick", "plan", "prepare", "run", "warm", "why"]

#: What takes longer to read or to run (seconds) is no quick job: a loop may make many gates of a short text.
_QUICK = 0.1


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
        choice: What the choice of backends goes by, besides the circuits.
        spent: Seconds estimated and taken, by backend; filled by `run`.
        notes: What the result is to say of earlier attempts.
    """

    spec: JobSpec
    circuits: list[QuantumCircuit]
    transpile: Transpile | None
    noise: Noise | None
    tasks: list[Task]
    memory_limit: int
    seconds: dict[str, float]
    choice: dict[str, Any] = dataclasses.field(default_factory=dict)
    spent: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()


def prepare(
    spec: JobSpec,
    *,
    avoid: Iterable[str] = (),
    corrections: Mapping[str, float] | None = None,
    notes: Iterable[str] = (),
) -> Prepared:
    """Reads a job's source and checks all that can be checked without simulating.

    Args:
        spec: The job.
        avoid: Backends that ``auto`` leaves out, since they turned out badly in an earlier attempt.
        corrections: How many times longer than estimated runs take here, by backend.
        notes: What the result is to say of earlier attempts.

    Raises:
        SourceError: The text is no circuit.
        NotFoundError: There is no such backend, device, or parameter.
        InputError: It cannot run, for a reason that the message gives in one line.
    """
    began = time.perf_counter()
    circuits, noise, transpile = _read(spec)
    seconds = {"parse": time.perf_counter() - began}
    choice: dict[str, Any] = {"avoid": tuple(avoid), "corrections": corrections}
    elsewhere = spec.kind == "state" or provider_of(spec.backend)
    tasks = [] if elsewhere else tasks_of(spec, circuits, noise, None, **choice)
    seconds["plan"] = time.perf_counter() - began - seconds["parse"]
    return Prepared(spec, circuits, transpile, noise, tasks, limit(), seconds, choice, notes=tuple(notes))


def plan(spec: JobSpec, corrections: Mapping[str, float] | None = None) -> Plan:
    """Returns what a job would do; raises what `prepare` raises, but says of a circuit that cannot run why not."""
    circuits, noise, transpile = _read(spec)
    placed = None if transpile is None else _placed(circuits, transpile)
    if placed is not None:
        circuits = [one.circuit for one in placed]
    return plan_of(spec, circuits, noise, placed, corrections)


def _read(spec: JobSpec) -> tuple[list[QuantumCircuit], Noise | None, Transpile | None]:
    """Returns a job's circuits, its noise, and how the circuits get onto a device."""
    circuits = load(spec.source)
    check(spec, circuits)
    if provider_of(spec.backend):  # read and checked here, run elsewhere
        return circuits, None, None
    if spec.kind == "state":
        return [trace.unitary_part(spec.pubs[0], circuits)], None, None
    if spec.kind == "estimate":
        circuits = [without_final_measurements(circuit) for circuit in circuits]
    noise = transpile = None
    if spec.noise is not None:
        from qmagic.backends.noise import noise_of

        noise = noise_of(spec.noise)
    if spec.transpile is not None or (noise is not None and noise.device):
        transpile = _transpile(spec, noise)
        _check_device(spec, circuits, transpile)
    return circuits, noise, transpile


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


def run(prepared: Prepared, *, reserve: Reserve, tell: Tell = nobody_listens, report: Report = nobody_asks) -> Outcome:
    """Runs a prepared job.

    Args:
        prepared: From `prepare`.
        reserve: Called once with bytes and threads before a run that takes more than 64 MB or one thread; waits,
            returns the threads granted, and raises `InputError` when the memory can never be had.
        tell: Called with what runs now, and for how long it may: see `plans.patience`.
        report: Called whenever a part of the job is done.

    Raises:
        InputError: It needs more memory than there is, or the transpiler or the simulator cannot take the circuit.
        JobFailedError: The simulator failed.
    """
    spec, seconds = prepared.spec, dict(prepared.seconds)
    if spec.kind == "state":
        return trace.outcome(prepared.circuits[0], versions())
    tasks, data, records, notes = prepared.tasks, b"", [], list(prepared.notes)
    if prepared.transpile is not None:
        began = time.perf_counter()
        placed = _placed(prepared.circuits, prepared.transpile)
        circuits, records = [one.circuit for one in placed], [one.record for one in placed]
        tasks = tasks_of(spec, circuits, prepared.noise, placed, **prepared.choice)
        seconds["transpile"] = time.perf_counter() - began
        if not all(record["untouched"] for record in records):
            data = _qpy(circuits)
            if spec.transpile is None:
                notes.append(f"brought onto {records[0]['device']}, since its noise is defined for its own gates")
    if prepared.noise is not None:
        from qmagic.backends.noise import unheard

        notes += dict.fromkeys(filter(None, [unheard(prepared.noise, task.executable.circuit) for task in tasks]))
    notes += changed(spec.versions)
    began = time.perf_counter()
    answers = answers_of(
        spec, tasks, prepared.memory_limit, prepared.spent, notes, reserve=reserve, tell=tell, report=report
    )
    seconds["run"] = time.perf_counter() - began
    return Outcome(
        pubs=tuple([pub for pub, _ in answers]),
        backend=_joined([task.backend.name for task in tasks]),
        method=_joined([method for _, method in answers]),
        circuits=data,
        seconds=seconds,
        versions=versions(),
        transpiled=tuple(records),
        notes=tuple(notes),
    )


def _placed(circuits: list[QuantumCircuit], transpile: Transpile) -> list[OnDevice]:
    from qmagic.backends.devices.snapshots import device
    from qmagic.plans.transpile import onto

    chosen = device(transpile.device)
    return [onto(circuit, transpile, chosen) for circuit in circuits]


def _qpy(circuits: list[QuantumCircuit]) -> bytes:
    import io

    from qiskit import qpy

    buffer = io.BytesIO()
    qpy.dump(circuits, buffer)
    return buffer.getvalue()


def is_quick(prepared: Prepared) -> bool:
    """Tells whether a job that looked small surely ends at once, now that it was read."""
    if prepared.seconds.get("parse", 0.0) > _QUICK:
        return False
    runs = [
        seconds_of(task.backend, task.executable, pub.shots or SHOTS)
        for task, pub in zip(prepared.tasks, prepared.spec.pubs, strict=False)
    ]
    return sum(runs) < _QUICK


def why(outcome: Outcome) -> str:
    """Returns why the backends that ran a job were chosen, in words."""
    return reasons(pub.metadata.get("why", "") for pub in outcome.pubs)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(dict.fromkeys(words))


def warm() -> None:
    """Imports what a first job needs, by running one: OpenQASM 3 and QPY to counts, without Aer."""
    from qmagic.jobs import Environment, PubSpec, Source

    text = b'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
    spec = JobSpec(
        id="", source=Source("openqasm3", text), pubs=(PubSpec(shots=1),), seed=0, environment=Environment("")
    )
    run(prepare(spec), reserve=lambda memory, threads: threads)
    _qpy(prepare(spec).circuits)
