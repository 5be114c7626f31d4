"""A limit on requests per second: a bucket that holds two seconds' worth and fills steadily."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["Bucket"]


class Bucket:
    """Counts requests.

    Args:
        now: The clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = now()
        self._held = math.inf

    def wait(self, rate: float) -> int:
        """Takes one request, and returns the seconds to wait where there is no room for it; 0 where there is.

        Args:
            rate: Requests per second; 0 for no limit.
        """
        now = self._now()
        if not rate:
            self._held = math.inf
        else:
            self._held = min(max(1.0, 2 * rate), self._held + (now - self._last) * rate)
            if self._held < 1.0:
                self._last = now
                return max(1, math.ceil((1.0 - self._held) / rate))
            self._held -= 1.0
        self._last = now
        return 0
