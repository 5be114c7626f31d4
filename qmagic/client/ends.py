"""The ends of jobs that come unasked: to who submitted them, under the number of the submit.

An interrupt may come between any two lines here. At worst an end that came is not expected any more: it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from qmagic.protocol import Ended

__all__ = ["MAX_KEPT", "Ends"]

#: Ends that may wait to be picked up; older ones are asked for again, if ever wanted.
MAX_KEPT = 2000


class Ends:
    """Which ends are still to come, and those that wait to be picked up."""

    def __init__(self) -> None:
        self._expected: dict[str, int] = {}  # job -> the request under whose number its end comes
        self._due: dict[int, int] = {}  # that number -> how many ends are still to come under it
        self._kept: dict[str, Ended] = {}

    def __contains__(self, job: str) -> bool:
        """Tells whether a job's end is still to come."""
        return job in self._expected

    def __len__(self) -> int:
        """Returns how many ends are to come, or wait."""
        return len(self._expected) + len(self._kept)

    def due(self, number: int) -> bool:
        """Tells whether ends are to come under this number."""
        return number in self._due

    def expect(self, number: int, jobs: Iterable[str]) -> None:
        """Expects the ends of these jobs under this number."""
        expected = dict.fromkeys(jobs, number)
        self._due[number] = len(expected)  # first: what is expected must be due
        self._expected.update(expected)

    def keep(self, ends: Iterable[Ended] | None) -> None:
        """Keeps ends that came, of jobs whose end is expected."""
        for ended in ends or ():
            if self._settle(ended.info.id):
                self._kept[ended.info.id] = ended
            if len(self._kept) > MAX_KEPT:
                del self._kept[next(iter(self._kept))]

    def take(self, job: str) -> Ended | None:
        """Returns a job's end if it came, and expects it no more."""
        self._settle(job)
        return self._kept.pop(job, None)

    def forget(self, jobs: Iterable[str]) -> None:
        """Expects nothing of these jobs any more."""
        for job in jobs:
            self.take(job)

    def clear(self) -> None:
        """Expects nothing more; what came stays."""
        self._expected.clear()
        self._due.clear()

    def _settle(self, job: str) -> bool:
        """Takes a job off those whose end is to come; tells whether it was among them."""
        number = self._expected.pop(job, None)
        if number is None:
            return False
        left = self._due.pop(number, 1) - 1
        if left > 0:
            self._due[number] = left
        return True
