"""The stub's time: the machine's, plus what was skipped.

With ``time=virtual`` a client that asks how a job stands moves the time on to that job's next change, so that an
hour in a queue passes in as many polls as the job has states. Time never goes back, not even over a restart.
"""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Clock", "iso"]


class Clock:
    """Seconds since the epoch, as the stub has it.

    Args:
        skipped: Seconds that were skipped so far.
        machine: The machine's own clock.
    """

    def __init__(self, skipped: float = 0.0, machine: Callable[[], float] = time.time) -> None:
        self.skipped = skipped
        self._machine = machine

    def now(self) -> float:
        """Returns the time."""
        return self._machine() + self.skipped

    def skip_to(self, moment: float) -> None:
        """Moves on to `moment`; does nothing where that is past."""
        self.skipped += max(0.0, moment - self.now())


def iso(moment: float | None) -> str | None:
    """Returns a time as the clouds write it: UTC, to the millisecond, 24 characters (Braket's schema takes no more)."""
    if moment is None:
        return None
    whole, part = divmod(round(moment * 1000), 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{part:03d}Z"
