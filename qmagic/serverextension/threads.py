"""Where the Jupyter server waits for the job service: in threads of ours, never on its own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from qmagic.client.connection import view_only

__all__ = ["Threads"]

T = TypeVar("T")

#: Questions that wait for the service at once; more wait for a thread.
_THREADS = 8
#: Questions that may wait for a thread.
_MOST_WAITING = 200


class Threads:
    """A few threads that ask the service, each by a line of its own.

    Diagnoses have a thread to themselves: who types must neither wait behind a listing nor hold one up.
    """

    def __init__(self) -> None:
        self._asking = ThreadPoolExecutor(_THREADS, "qmagic-ask", initializer=view_only)
        self._reading = ThreadPoolExecutor(2, "qmagic-read", initializer=view_only)
        self._waiting = 0

    async def ask(self, call: Callable[[], T], *, reading: bool = False) -> T:
        """Runs a call that waits in a thread and returns its value.

        Raises:
            OverflowError: Too many wait already.
        """
        if self._waiting >= _MOST_WAITING:
            raise OverflowError
        self._waiting += 1
        try:
            pool = self._reading if reading else self._asking
            return await asyncio.get_running_loop().run_in_executor(pool, call)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Takes nothing more; what waits for the service is not waited for."""
        for pool in (self._asking, self._reading):
            pool.shutdown(wait=False, cancel_futures=True)
