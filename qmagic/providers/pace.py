"""How fast submits may follow one another at a cloud, so that its limits are kept before it has to say so.

Amazon's are published (service quotas of Braket: 20 tasks a second, 40 at once). The others publish none: theirs are
ours, so that a sweep does not look like an attack. A 429 is obeyed besides.
"""

from __future__ import annotations

import threading
import time

__all__ = ["Pace", "pace_of"]

#: Submits a second, and how many at once.
_PACES = {"braket": (20.0, 40)}
_USUAL = (10.0, 20)


class Pace:
    """A bucket of tokens, which fills steadily; each submit takes one. For several threads.

    Args:
        rate: Tokens a second; 0 for no limit.
        most: How many the bucket holds.
    """

    def __init__(self, rate: float, most: int) -> None:
        self._rate, self._most = rate, most
        self._lock = threading.Lock()
        self._held, self._last = float(most), time.monotonic()

    def wait(self) -> None:
        """Takes a token, and waits for it."""
        if not self._rate:
            return
        with self._lock:
            now = time.monotonic()
            self._held = min(self._most, self._held + (now - self._last) * self._rate) - 1
            self._last = now
            seconds = max(0.0, -self._held / self._rate)  # whoever comes later waits longer
        time.sleep(seconds)


def pace_of(cloud: str, *, stub: bool) -> Pace:
    """Returns the pace of a cloud; the stub limits whom it wants to by itself."""
    return Pace(0.0, 1) if stub else Pace(*_PACES.get(cloud, _USUAL))
