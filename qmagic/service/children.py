"""The evaluations of loops at clouds are jobs of their own: they end with their loop, and none comes after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from qmagic.errors import ErrorInfo
from qmagic.jobs import JobSpec
from qmagic.service.ledger import Ledger

__all__ = ["Children"]

#: Loops that have ended which are remembered, since an evaluation of theirs may still be on its way here.
_REMEMBERED = 256


class Children:
    """What belongs to loops.

    Args:
        ledger: Keeps the jobs.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ended: deque[str] = deque(maxlen=_REMEMBERED)
        self._cancel: Callable[[str], object] = lambda job: None

    def end(self, loop: str) -> None:
        """Stops what belongs to a loop that has ended. A landscape is a loop of its own."""
        self._ended.append(loop)
        for child in [one for one in self._ledger.live.values() if one.spec.parent == loop]:
            if child.spec.kind != "loop":
                self._cancel(child.id)

    def cancel_by(self, cancel: Callable[[str], object]) -> None:
        """Takes what stops a job, now that all jobs of an earlier service are known; some of its loops have ended."""
        self._cancel = cancel
        for loop in list(self._ended):
            self.end(loop)

    def refusal(self, spec: JobSpec) -> ErrorInfo | None:
        """Returns why a new job is not made: its loop has ended; None where that is not so."""
        if spec.kind == "loop" or spec.parent not in self._ended:
            return None
        return ErrorInfo("InputError", f"loop {spec.parent} has ended and takes no more evaluations")
