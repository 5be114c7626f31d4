"""How long a choice may take before another one has its turn, what comes then, and what is learnt of it.

A choice that something else could take over from has a limit of time (`Notice.patience`): 5 s, or 5 times its estimate,
or what the next one would take, whichever is most. So a bad choice costs at most about twice what a good one would
have, and a fair one is left alone. The last one that is left has no limit.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qmagic.backends.base import OutgrownError
from qmagic.errors import InputError
from qmagic.plans.sentences import reasons
from qmagic.plans.tasks import Task, task_of

if TYPE_CHECKING:
    from qmagic.plans.route import Route

__all__ = ["Notice", "Tell", "instead", "learn", "nobody_listens", "notice"]

#: A choice is given at least this many seconds, and this many times its estimate.
_LEAST, _TIMES = 5.0, 5.0
#: Runs shorter than this (seconds) say nothing about an estimate.
_MEASURABLE = 0.02


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """What runs now.

    Attributes:
        backend: The backends, in words.
        why: The reasons.
        seconds: The estimate.
        patience: The seconds after which the choice counts as a bad one; 0 where nothing else could take its place.
        blame: What to avoid then.
        model: The seconds that the last of these was estimated to take, before any experience.
        reason: Why an earlier choice was left, when this one takes its place.
    """

    backend: str
    why: str
    seconds: float = 0.0
    patience: float = 0.0
    blame: tuple[str, ...] = ()
    model: float = 0.0
    reason: str = ""


#: Hears what runs now.
Tell = Callable[[Notice], None]


def nobody_listens(notice: Notice) -> None:
    """Hears nothing."""


def notice(tasks: Sequence[Task], reason: str = "") -> Notice:
    """Returns what is to be told of tasks that run now, one after the other."""
    backend = ", ".join(dict.fromkeys(task.backend.name for task in tasks))
    why = reasons(task.route.why for task in tasks)
    expected = sum(task.route.seconds for task in tasks)
    open_to_others = [task for task in tasks if task.route.alternatives and not task.asked.unlimited]
    if not open_to_others:
        return Notice(backend, why, expected, reason=reason)
    longest = max(open_to_others, key=lambda task: task.route.seconds)
    slowest = _slowest(longest)
    other = sum((task.route.alternatives[0] if task.route.alternatives else task.route).seconds for task in tasks)
    return Notice(
        backend,
        why,
        expected,
        max(_LEAST, _TIMES * expected, other if math.isfinite(other) else 0.0),
        (*longest.asked.avoid, slowest.backend),
        _modelled(longest, slowest),
        reason,
    )


def instead(task: Task, error: OutgrownError) -> Task:
    """Returns the task with the next alternative, now that its choice has grown too large.

    Raises:
        OutgrownError: Nothing is left that could run it, or the backend was asked for.
    """
    routes = task.assembled.routes
    if task.asked.backend != "auto" or task.asked.unlimited or not routes:
        raise error
    avoid = (*task.asked.avoid, routes[min(error.part, len(routes) - 1)].backend)
    try:
        made = task_of(task.executable, dataclasses.replace(task.asked, avoid=avoid, keep=()), task.places)
    except InputError:
        raise error from None
    if made.asked.unlimited:  # all that is left is what has just failed
        raise error
    return made


def learn(spent: dict[str, tuple[float, float]], task: Task, seconds: float) -> None:
    """Adds what a task took to what is remembered, where it ran in one piece and its estimate was one."""
    if len(task.assembled.routes) == 1 and task.route.seconds > 0 and seconds > _MEASURABLE:
        route = task.assembled.routes[0]
        before = spent.get(route.backend, (0.0, 0.0))
        spent[route.backend] = before[0] + _modelled(task, route), before[1] + seconds


def _slowest(task: Task) -> Route:
    """Returns the part of a task to which most of its time is expected to go."""
    return max(task.assembled.routes, key=lambda route: route.seconds)


def _modelled(task: Task, route: Route) -> float:
    """Returns the seconds that the model alone expects of a part."""
    return route.seconds / (task.asked.corrections or {}).get(route.backend, 1.0)
