"""A job's plan, to be looked at before anything runs: every backend is asked, nothing is simulated."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qmagic.backends.observables import check_observables
from qmagic.backends.points import check_values
from qmagic.errors import InputError
from qmagic.plans.assemble import Assembled, assemble
from qmagic.plans.plan import Choice, Plan, PubPlan
from qmagic.plans.route import PACKAGES, Route, estimate
from qmagic.plans.tasks import Task, asked_of, executable_of, task_of

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.base import Executable
    from qmagic.backends.noise import Noise
    from qmagic.jobs import JobSpec, PubSpec
    from qmagic.plans.assemble import Asked
    from qmagic.plans.transpile import OnDevice

__all__ = ["plan_of"]


def plan_of(
    spec: JobSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
    corrections: Mapping[str, float] | None = None,
) -> Plan:
    """Returns what a job would do; the arguments are those of `tasks.tasks_of`."""
    began = time.perf_counter()
    pubs: list[PubPlan] = []
    missing: dict[str, None] = {}
    for i, pub in enumerate(spec.pubs):
        if pub.parameters is not None:
            check_values(pub.parameters)
        if spec.kind == "estimate":
            check_observables(pub)
        asked = asked_of(spec, pub, i, placed, corrections)
        made, helpful = _planned(spec, pub, circuits, noise, placed, asked)
        pubs.append(made)
        missing |= dict.fromkeys(helpful)
    return Plan(
        pubs=tuple(pubs),
        kind=spec.kind,
        backend=spec.backend,
        seconds=sum(pub.chosen.seconds for pub in pubs),
        memory=max(pub.chosen.memory for pub in pubs),
        planning=time.perf_counter() - began,
        missing=tuple(missing),
    )


def _planned(
    spec: JobSpec,
    pub: PubSpec,
    circuits: Sequence[QuantumCircuit],
    noise: Noise | None,
    placed: Sequence[OnDevice] | None,
    asked: Asked,
) -> tuple[PubPlan, tuple[str, ...]]:
    """Returns the plan of one circuit, and what packages would do for it."""
    executable, places = executable_of(spec, pub, circuits, noise, placed)
    shots = None if asked.exact else asked.shots
    all_of_it = _looked_into(executable, asked)
    try:
        task = task_of(executable, asked, places)
    except InputError as error:
        others = () if all_of_it is None else (_as_choice(all_of_it.route), *all_of_it.route.alternatives)
        return PubPlan(Choice(spec.backend, math.inf, 0.0), others, shots=shots, error=str(error)), ()
    if all_of_it is None:  # the backend that was asked for can, and auto would not
        return PubPlan(_chosen(task, {}), shots=shots), ()
    known = {one.backend: one for route in all_of_it.routes for one in (_as_choice(route), *route.alternatives)}
    if len(all_of_it.routes) > 1 or not all_of_it.routes:
        known[all_of_it.route.backend] = _as_choice(all_of_it.route)
    chosen = _chosen(task, known)
    others = (_as_choice(all_of_it.route), *all_of_it.route.alternatives)
    facts = [one.facts for one in all_of_it.routes if one.facts is not None]
    return PubPlan(
        chosen=chosen,
        alternatives=tuple(one for one in others if one.backend != chosen.backend),
        refused=all_of_it.route.refused,
        facts=tuple(sorted(facts, key=lambda one: -one.gates)),
        saved=all_of_it.saved if asked.backend == "auto" and task.assembled.saved else "",
        shots=shots,
    ), tuple(f"{name}: {PACKAGES[name].use}" for name in all_of_it.route.helpful)


def _looked_into(executable: Executable, asked: Asked) -> Assembled | None:
    """Returns what `auto` would do, with every backend asked; None where it can do nothing."""
    try:
        return assemble(executable, dataclasses.replace(asked, every=True, backend="auto", keep=()))
    except InputError:
        return None


def _as_choice(route: Route) -> Choice:
    return Choice(route.backend, route.seconds, route.memory)


def _chosen(task: Task, known: Mapping[str, Choice]) -> Choice:
    """Returns what runs, with the estimate of the look at all of them where a quick choice went without one."""
    route, asked = task.route, task.asked
    seconds = route.seconds
    if not seconds and route.backend in known:
        seconds = known[route.backend].seconds
    elif not seconds and len(task.assembled.routes) == 1:
        seconds = estimate(
            task.executable, route.backend, exact=asked.exact, shots=asked.shots, points=asked.points,
            corrections=asked.corrections,
        )  # fmt: skip
    return Choice(route.backend, seconds, float(task.need.memory), route.why)
