"""What a job's PUBs become: for each a circuit, what runs it, and what that takes; the same as a plan to look at."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qmagic.backends.base import Backend, Executable, Need, OutgrownError
from qmagic.backends.observables import check_observables, widened
from qmagic.backends.points import SHOTS, check_values
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.plans.assemble import Asked, Assembled, assemble
from qmagic.plans.plan import Choice, Plan, PubPlan
from qmagic.plans.route import MISSING, Route, installed

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.noise import Noise
    from qmagic.jobs import JobSpec, PubSpec
    from qmagic.plans.transpile import OnDevice

__all__ = ["Task", "Tell", "instead", "learn", "plan_of", "reasons", "tasks_of", "told"]

#: Hears ``(backend, why, estimated seconds, patience in seconds, backends to avoid next, reason)``.
Tell = Callable[[tuple[str, str, float, float, tuple[str, ...], str]], None]

#: A choice is given at least this many seconds, and this many times its estimate, before another one gets its chance;
#: and as many as the next one would take: then a bad choice costs at most twice the time of a good one.
_LEAST, _TIMES = 5.0, 5.0
#: Runs shorter than this (seconds) say nothing about an estimate.
_MEASURABLE = 0.02


@dataclasses.dataclass(slots=True)
class Task:
    """One PUB with what runs it.

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
    """Returns a task for each PUB; PUBs that ask the same of the same circuit share what was found out about it.

    Args:
        spec: The job.
        circuits: Its circuits, on their device where they go to one.
        noise: The noise that they run under.
        placed: How they came onto the device.
        avoid: Backends that turned out badly.
        corrections: Factors on estimates, by backend.

    Raises:
        InputError: Something cannot run, or not there.
    """
    tasks: list[Task] = []
    known: dict[tuple[object, ...], Task] = {}
    for i, pub in enumerate(spec.pubs):
        asked = _asked(spec, pub, i, tuple(avoid), corrections)
        key = (pub.circuit, asked.shots, asked.points, asked.exact, asked.bound, asked.keep, pub.observables)
        if pub.parameters is not None:
            check_values(pub.parameters)
        task = known.get(key)
        if task is None:
            executable, places = _executable(spec, pub, circuits, noise, placed)
            task = known[key] = _task(executable, asked, places)
        elif spec.kind == "estimate":
            check_observables(pub)
        tasks.append(task)
    return tasks


def _asked(
    spec: JobSpec, pub: PubSpec, index: int, avoid: tuple[str, ...], corrections: Mapping[str, float] | None
) -> Asked:
    estimates = spec.kind == "estimate"
    points = 1
    for length in pub.parameters.shape if pub.parameters is not None else ():
        points *= length
    return Asked(
        backend=spec.backend,
        exact=estimates and pub.shots is None and pub.precision is None,
        counts=not estimates,
        shots=SHOTS if pub.shots is None else pub.shots,
        points=max(1, points),
        bound=pub.parameters is None or not pub.parameters.names,
        keep=spec.routes[index] if index < len(spec.routes) else (),
        avoid=avoid,
        corrections=corrections,
    )


def _executable(
    spec: JobSpec,
    pub: PubSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
) -> tuple[Executable, tuple[int, ...] | None]:
    places = None if placed is None else placed[pub.circuit].places
    program = read(circuits[pub.circuit])
    if spec.kind == "estimate":
        check_observables(pub)
        program = widened(program, pub, places)
    return Executable(circuits[pub.circuit], program, noise), places


def _task(executable: Executable, asked: Asked, places: tuple[int, ...] | None) -> Task:
    made = assemble(executable, asked)
    need = made.need or made.backend.need(executable, exact=asked.exact)
    return Task(executable, asked, made, need, places)


def instead(task: Task, error: OutgrownError) -> Task:
    """Returns the task with the next alternative, now that its choice has turned out badly.

    Raises:
        OutgrownError: Nothing is left that could run it, or the backend was asked for.
    """
    if task.asked.backend != "auto":
        raise error
    avoid = (*task.asked.avoid, slowest(task))
    try:
        return _task(task.executable, dataclasses.replace(task.asked, avoid=avoid, keep=()), task.places)
    except InputError:
        raise error from None


def slowest(task: Task) -> str:
    """Returns the backend that most of a task's time is expected to go to."""
    routes = task.assembled.routes
    return max(routes, key=lambda route: route.seconds).backend if routes else ""


def told(tasks: Sequence[Task], tell: Tell, reason: str = "") -> None:
    """Tells what runs now and why and, where something else could, for how long it may (see `Tell`)."""
    backend, why = (
        ", ".join(dict.fromkeys(task.backend.name for task in tasks)),
        reasons(task.route.why for task in tasks),
    )
    expected, patience = sum(task.route.seconds for task in tasks), 0.0
    blame: tuple[str, ...] = ()
    if any(task.route.alternatives for task in tasks):
        other = sum((task.route.alternatives[0] if task.route.alternatives else task.route).seconds for task in tasks)
        patience = max(_LEAST, _TIMES * expected, other)
        blame = (slowest(max(tasks, key=lambda task: task.route.seconds)),)
    tell((backend, why, expected, patience, blame, reason))


def reasons(words: Iterable[str]) -> str:
    """Returns why backends were chosen, in words short enough for a list."""
    return "; ".join(dict.fromkeys(words))[:300]


def learn(spent: dict[str, tuple[float, float]], task: Task, seconds: float) -> None:
    """Adds what a task took to what is remembered, where it ran in one piece and its estimate was one."""
    if len(task.assembled.routes) == 1 and task.route.seconds > 0 and seconds > _MEASURABLE:
        name = task.assembled.routes[0].backend
        estimate = task.route.seconds / (task.asked.corrections or {}).get(name, 1.0)
        before = spent.get(name, (0.0, 0.0))
        spent[name] = before[0] + estimate, before[1] + seconds


def plan_of(
    spec: JobSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
    corrections: Mapping[str, float] | None = None,
) -> Plan:
    """Returns what a job would do; nothing is simulated. The other arguments are those of `tasks_of`."""
    began = time.perf_counter()
    pubs = [_planned(spec, pub, i, circuits, noise, placed, corrections) for i, pub in enumerate(spec.pubs)]
    return Plan(
        pubs=tuple(pubs),
        kind=spec.kind,
        seconds=sum(pub.chosen.seconds for pub in pubs),
        memory=max(pub.chosen.memory for pub in pubs),
        planning=time.perf_counter() - began,
        missing=tuple(f"{name}: {text}" for name, (_, text) in MISSING.items() if not installed(name)),
    )


def _planned(
    spec: JobSpec,
    pub: PubSpec,
    index: int,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
    corrections: Mapping[str, float] | None,
) -> PubPlan:
    asked = _asked(spec, pub, index, (), corrections)
    executable, places = _executable(spec, pub, circuits, noise, placed)
    shots = None if asked.exact else asked.shots
    looked = dataclasses.replace(asked, every=True, backend="auto", keep=())
    try:
        found: Assembled | None = assemble(executable, looked)
    except InputError as error:
        found, reason = None, str(error)
    else:
        reason = ""
    try:
        task = _task(executable, asked, places)
    except InputError as error:
        return PubPlan(chosen=Choice(spec.backend, 0.0, 0.0), shots=shots, error=reason or str(error))
    route, named = task.route, {task.route.backend}
    if found is None:
        return PubPlan(Choice(route.backend, route.seconds, float(task.need.memory), route.why), shots=shots)
    estimates = {one.backend: one for one in (_chosen(found.route), *found.route.alternatives)}
    seconds = route.seconds or (estimates[route.backend].seconds if route.backend in estimates else found.route.seconds)
    same = asked.backend == "auto"
    return PubPlan(
        chosen=Choice(route.backend, seconds, float(task.need.memory), route.why),
        alternatives=tuple(one for one in estimates.values() if one.backend not in named),
        refused=found.route.refused,
        facts=tuple(one.facts for one in found.routes if one.facts is not None),
        saved=found.saved if same and task.assembled.saved else "",
        shots=shots,
    )


def _chosen(route: Route) -> Choice:
    return Choice(route.backend, route.seconds, route.memory, route.why)
