"""Who holds which slot, memory and threads. Pure bookkeeping.

A slot is a core. A worker call takes one slot, however many small jobs share it. A job that needs much memory, or more
than one thread, asks before it simulates: memory is granted while the sum stays under the limit, more threads when
nothing else runs; while one waits, no new call starts, so that its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterator

from qmagic.engines.base import Reserve
from qmagic.service.record import Record

__all__ = ["Slots"]


class Slots:
    """The running jobs and what they hold.

    Args:
        number: Calls that may run at once.
        memory: Bytes that all running jobs together may reserve.
    """

    def __init__(self, number: int, memory: int) -> None:
        self.number = number
        self.memory = memory
        self._running: dict[str, Record] = {}
        self._calls: dict[str, int] = {}
        self._last_call = 0
        self._waiting: list[tuple[Record, Reserve]] = []

    def __contains__(self, job: str) -> bool:
        return job in self._running

    @property
    def running(self) -> list[Record]:
        """The jobs that hold a slot."""
        return list(self._running.values())

    @property
    def reserved(self) -> int:
        """Bytes granted."""
        return sum(record.reserved for record in self._running.values())

    def free(self) -> bool:
        """Tells whether another call may start."""
        if self._waiting or any(record.wide for record in self._running.values()):
            return False
        return len(set(self._calls.values())) < self.number

    def take(self, records: list[Record]) -> None:
        """Gives one slot to the jobs of one call."""
        self._last_call += 1
        for record in records:
            self._running[record.id] = record
            self._calls[record.id] = self._last_call

    def release(self, record: Record) -> None:
        """Takes back what a job holds; the slot is free when the last job of its call has ended."""
        if self._running.get(record.id) is record:
            del self._running[record.id], self._calls[record.id]
        record.reserved = 0
        record.wide = False

    def ask(self, message: Reserve) -> None:
        """Puts a running job's wish in line; what it was granted for an earlier simulation is given back first."""
        record = self._running.get(message.job)
        if record is not None:
            # two that hold memory while they wait for more would wait for each other
            record.reserved, record.wide = 0, False
            self._waiting.append((record, message))

    def grants(self) -> Iterator[tuple[str, int]]:
        """Yields the jobs that may go on now, each with its threads."""
        waiting, self._waiting = [w for w in self._waiting if self._running.get(w[1].job) is w[0]], []
        # a call that waits simulates nothing: two that each want every core must not wait for each other
        idle = {self._calls[message.job] for _, message in waiting}
        for record, message in waiting:
            wide = message.threads > 1
            others = set(self._calls.values()) - idle - {self._calls[message.job]}
            held = self.reserved - record.reserved
            taken = any(other.wide for other in self._running.values() if other is not record)
            if taken or (wide and others) or (held and held + message.memory > self.memory):
                self._waiting.append((record, message))
                continue
            idle.discard(self._calls[message.job])
            record.reserved = message.memory
            record.wide = wide
            yield message.job, min(message.threads, self.number) if wide else 1
