"""`sweep`: many loops at once, under one parent: bond lengths, graphs, seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.errors import InputError, nearest
from qmagic.jobs import new_job_id
from qmagic.loops.asked import Asked, job_of
from qmagic.loops.problems import Problem

if TYPE_CHECKING:
    from qmagic.client.sweep import Sweep

__all__ = ["sweep"]


def sweep(
    problems: Mapping[Any, Any] | Iterable[Any], *, seeds: Iterable[int] | None = None, name: str = "", **same: Any
) -> Sweep:
    """Starts a loop for each problem, all in one message, several of which run at a time.

    Args:
        problems: By label, or in a row: each a problem (`qmagic.molecule`, `qmagic.maxcut`, ...), or what `minimize`
            takes: ``(ansatz, observable)``, ``(ansatz, observable, x0)`` or ``(cost, x0)``.
        seeds: With these, each problem runs once with each seed; labels then end in the seed.
        name: Begins the name of each loop.
        same: The other arguments of `minimize`, for every loop.

    Returns:
        The sweep: ``sweep.results()``, ``sweep[label]``, ``sweep.pause()``, ``stop()``, ``cancel()``.

    Raises:
        InputError: One cannot run; the message names it, and nothing was submitted.

    Example:
        >>> curve = qmagic.sweep({r: qmagic.molecule("H2", distance=r) for r in (0.5, 0.735, 1.0, 1.5)})
        >>> {label: result.value for label, result in curve.results().items()}
    """
    from qmagic import client
    from qmagic.client.sweep import MOST_LOOPS, Sweep

    given = problems if isinstance(problems, Mapping) else dict(enumerate(problems))
    known = {field for field in Asked.__dataclass_fields__ if field not in ("objective", "second")}
    for argument in same:
        if argument not in known:
            raise InputError(f"sweep has no argument {argument!r}{nearest(argument, known)}")
    runs: list[tuple[str, Any, dict[str, Any]]] = [(str(label), problem, {}) for label, problem in given.items()]
    if seeds is not None:
        wanted = list(seeds)
        runs = [(f"{label} seed {seed}", problem, {"seed": seed}) for label, problem, _ in runs for seed in wanted]
    if not 0 < len(runs) <= MOST_LOOPS:
        raise InputError(f"a sweep of {len(runs)} loops: expected 1 to {MOST_LOOPS:,}")
    parent = new_job_id()
    specs = []
    for label, problem, own in runs:
        try:
            spec = job_of(Asked(**{**_arguments(problem), **same, **own, "name": f"{name} {label}".strip()}))
        except InputError as error:
            error.add_note(f"in {label!r} of the sweep")
            raise
        specs.append(msgspec.structs.replace(spec, parent=parent))
    client.submit_many(specs)
    return Sweep(parent)


def _arguments(problem: Any) -> dict[str, Any]:
    """Returns what is asked of `minimize` for one problem."""
    if isinstance(problem, Problem):
        return {
            "objective": problem.ansatz, "second": problem.observable, "x0": problem.x0, "exact": problem.exact,
        }  # fmt: skip
    parts = problem if isinstance(problem, tuple | list) else (problem,)
    if not 1 <= len(parts) <= 3:
        raise InputError(f"expected a problem, (ansatz, observable) or (cost, x0), got {len(parts)} parts")
    return dict(zip(("objective", "second", "x0"), parts, strict=False))
