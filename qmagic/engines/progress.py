"""How a worker tells of a job that runs: how far it is and its counts so far, at most ten times a second.

A quick job is not told of at all: it ends before the first message.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qmagic.engines.base import Progress

if TYPE_CHECKING:
    from qmagic.outcomes import SampledPub

__all__ = ["Reporter"]

#: Seconds before the first message, and between two.
_FIRST, _PAUSE = 0.3, 0.1


class Reporter:
    """Tells of one attempt.

    Args:
        job: Its id.
        attempt: The attempt's number.
        send: Sends the service a message.
        clock: Monotonic seconds.
    """

    def __init__(
        self, job: str, attempt: int, send: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job, self._attempt, self._send, self._clock = job, attempt, send, clock
        self._next = clock() + _FIRST

    def __call__(self, done: float, counts: Callable[[], SampledPub] | None, total: int) -> None:
        """Takes in how far the job is; most calls do nothing.

        Args:
            done: From 0 to 1.
            counts: Makes the shots so far, where the job is one histogram.
            total: How many shots that will have.
        """
        now = self._clock()
        if now < self._next:
            return
        from qmagic.results.partial import partial_counts

        self._send(
            Progress(self._job, self._attempt, done, None if counts is None else partial_counts(counts(), total))
        )
        self._next = max(self._clock(), now) + _PAUSE
