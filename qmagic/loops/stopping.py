"""When a loop stops of itself. Values from shots are judged by their error bars, at 95 %.

* ``target``: the value's upper end, ``value + 1.96 std``, is at or below the target.
* ``patience``: so many iterations without a value that lies below the best one by more than the error of their
  difference.
* ``tol``: the mean of the last `WINDOW` values is lower than the mean of the `WINDOW` before by less than ``tol`` per
  iteration, and the error of that difference leaves no doubt. Where error bars are so wide that there always is doubt,
  the loop goes on: `qmagic.loops.notices` says so.

Shots and seconds are counted by the session, before each evaluation.
"""

from __future__ import annotations

import math

from qmagic.tapes import Rules, Stood

__all__ = ["WINDOW", "Stopping", "Z", "improvement"]

#: Iterations over which an improvement is judged.
WINDOW = 10
#: Standard errors to either side of a 95 % interval.
Z = 1.96


class Stopping:
    """The rules of one loop.

    Args:
        rules: What was asked for.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._best: Stood | None = None
        self._since = 0

    def after(self, history: list[Stood]) -> str:
        """Returns why the loop stops after its last iteration, "" where it does not."""
        rules, last = self._rules, history[-1]
        if rules.target is not None and last.value + Z * last.std <= rules.target:
            return f"the target {rules.target:g} was reached"
        if rules.patience is not None:
            if self._best is None or last.value < self._best.value - Z * math.hypot(last.std, self._best.std):
                self._best, self._since = last, last.iteration
            elif last.iteration - self._since >= rules.patience:
                return f"{rules.patience} iterations brought no improvement" + (" beyond the error" if last.std else "")
        if rules.tol is not None and (found := improvement(history, WINDOW)) is not None:
            gain, error = found
            if (gain + Z * error) / WINDOW < rules.tol:
                return f"the improvement of each iteration fell below {rules.tol:g}"
        return ""


def improvement(history: list[Stood], window: int) -> tuple[float, float] | None:
    """Returns by how much the mean of the last `window` values lies below that of the `window` before, and its standard
    error; None where there are too few.
    """
    if len(history) < 2 * window:
        return None
    late, early = history[-window:], history[-2 * window : -window]
    gain = (sum([one.value for one in early]) - sum([one.value for one in late])) / window
    error = math.sqrt(sum([one.std * one.std for one in history[-2 * window :]])) / window
    return gain, error
