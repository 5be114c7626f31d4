"""What a job's PUBs become: for each a circuit, what runs it, and what that takes.

PUBs that ask the same of the same circuit are one task: what was found out about it is found out once, and what can be
kept of its simulation is (`Executable.shelf`). Circuits are the same where all their instructions are, whatever
objects they came as.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.base import Backend, Executable, Need
from qmagic.backends.observables import check_observables, looked_at, widened
from qmagic.backends.points import SHOTS, check_values
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.plans.assemble import Asked, Assembled, assemble
from qmagic.plans.route import Route

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.noise import Noise
    from qmagic.jobs import JobSpec, PubSpec
    from qmagic.plans.transpile import OnDevice

__all__ = ["Task", "asked_of", "executable_of", "task_of", "tasks_of"]


@dataclasses.dataclass(slots=True)
class Task:
    """One PUB, or several that are the same, with what runs it.

    Attributes:
        executable: The circuit.
        asked: What is asked of it.
        assembled: What runs it.
        need: What that takes.
        places: Where a device holds each qubit; None where the circuit runs as it is.
    """

    executable: Executable
    asked: Asked
    assembled: Assembled
    need: Need
    places: tuple[int, ...] | None = None

    @property
    def backend(self) -> Backend:
        """The backend of the whole."""
        return self.assembled.backend

    @property
    def route(self) -> Route:
        """Why that one."""
        return self.assembled.route

    @property
    def exact(self) -> bool:
        """Whether exact expectation values are wanted."""
        return self.asked.exact

    @property
    def parts(self) -> tuple[str, ...]:
        """The backend of each part."""
        return self.assembled.names


def tasks_of(
    spec: JobSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
    *,
    avoid: Iterable[str] = (),
    corrections: Mapping[str, float] | None = None,
) -> list[Task]:
    """Returns the task of each PUB.

    Args:
        spec: The job.
        circuits: Its circuits, on their device where they go to one.
        noise: The noise that they run under.
        placed: How they came onto the device.
        avoid: Backends that turned out badly. Where nothing else is left, the best of all takes what it takes.
        corrections: Factors on estimates, by backend.

    Raises:
        InputError: Something cannot run, or not there.
    """
    tasks: list[Task] = []
    known: dict[Any, Task] = {}
    same = _same(circuits)
    for i, pub in enumerate(spec.pubs):
        if pub.parameters is not None:
            check_values(pub.parameters)
        if spec.kind == "estimate":
            check_observables(pub)
        asked = asked_of(spec, pub, i, placed, corrections)
        key = (same[pub.circuit], asked.shots, asked.points, asked.exact, asked.bound, asked.keep, pub.observables)
        task = known.get(key)
        if task is None:
            executable, places = executable_of(spec, pub, circuits, noise, placed)
            task = known[key] = task_of(executable, dataclasses.replace(asked, avoid=tuple(avoid)), places)
        tasks.append(task)
    return tasks


def asked_of(
    spec: JobSpec,
    pub: PubSpec,
    index: int,
    placed: Sequence[OnDevice] | None,
    corrections: Mapping[str, float] | None,
) -> Asked:
    """Returns what the PUB number `index` asks of its circuit."""
    estimates = spec.kind == "estimate"
    places = None if placed is None else placed[pub.circuit].places
    return Asked(
        backend=spec.backend,
        exact=estimates and pub.shots is None and pub.precision is None,
        counts=not estimates,
        looked_at=looked_at(pub, places) if estimates else None,
        shots=SHOTS if pub.shots is None else pub.shots,
        points=1 if pub.parameters is None else max(1, math.prod(pub.parameters.shape)),
        bound=pub.parameters is None or not pub.parameters.names,
        keep=spec.routes[index] if index < len(spec.routes) else (),
        corrections=corrections,
    )


def executable_of(
    spec: JobSpec,
    pub: PubSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
) -> tuple[Executable, tuple[int, ...] | None]:
    """Returns a PUB's circuit, read, and where a device holds its qubits."""
    places = None if placed is None else placed[pub.circuit].places
    program = read(circuits[pub.circuit])
    if spec.kind == "estimate":
        program = widened(program, pub, places)
    return Executable(circuits[pub.circuit], program, noise), places


def task_of(executable: Executable, asked: Asked, places: tuple[int, ...] | None) -> Task:
    """Returns the task of a circuit.

    Raises:
        InputError: Nothing here can run it, or not the backend that was asked for.
    """
    try:
        made = assemble(executable, asked)
    except InputError:
        if not asked.avoid:
            raise
        asked = dataclasses.replace(asked, avoid=(), unlimited=True)
        made = assemble(executable, asked)
    need = made.need or made.backend.need(executable, exact=asked.exact)
    return Task(executable, asked, made, need, places)


def _same(circuits: Sequence[QuantumCircuit]) -> list[int]:
    """Returns for each circuit the first that is the same: the same instructions on the same qubits and bits."""
    if len(circuits) == 1:
        return [0]
    first: dict[Any, int] = {}
    return [first.setdefault(_print(circuit), i) for i, circuit in enumerate(circuits)]


def _print(circuit: QuantumCircuit) -> Any:
    """Returns what two circuits have in common only if they are the same; no two are that have more than gates."""
    place = {bit: i for i, bit in enumerate((*circuit.qubits, *circuit.clbits))}
    found: list[Any] = [(register.name, tuple([place[bit] for bit in register])) for register in circuit.cregs]
    for one in circuit.data:
        if not (one.is_standard_gate() or one.name in ("measure", "barrier", "reset")):
            return id(circuit)
        found.append((one.name, tuple(one.params), tuple([place[bit] for bit in (*one.qubits, *one.clbits)])))
    return circuit.num_qubits, circuit.num_clbits, circuit.global_phase, tuple(found)
