"""From a problem to a loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qmagic.client import Loop
    from qmagic.loops.problems.problem import Problem

__all__ = ["started"]


def started(problem: Problem, options: Mapping[str, Any]) -> Loop:
    """Starts `minimize` on a problem, with what the problem knows where `options` do not say it."""
    from qmagic.loops.minimize import minimize

    known = {"x0": problem.x0, "exact": problem.exact, "name": problem.name}
    return minimize(problem.ansatz, problem.observable, **{**known, **options})
