"""Which job is next: fair between notebooks; within one, by priority, then first come. Pure: no clock, no process."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterator

from qmagic.service.record import Record

__all__ = ["Scheduler"]


class Scheduler:
    """The jobs that wait for a slot.

    Notebooks take turns: after one of its jobs was taken, a notebook goes to the end of the line. A job that returns
    after its worker died keeps its number, and so its place.
    """

    def __init__(self) -> None:
        self._queues: OrderedDict[str, list[tuple[int, int, Record]]] = OrderedDict()
        self._waiting: dict[str, Record] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, job: str) -> bool:
        return job in self._waiting

    def add(self, record: Record) -> None:
        """Puts a job in line."""
        self._waiting[record.id] = record
        queue = self._queues.setdefault(record.spec.notebook, [])
        heapq.heappush(queue, (-record.spec.priority, record.number, record))

    def remove(self, job: str) -> None:
        """Takes a job out of the line, wherever it stands; does nothing where it is not in it."""
        self._waiting.pop(job, None)  # its heap entry is passed over when it comes up

    def next(self, fits: Callable[[Record], bool] = lambda record: True) -> Record | None:
        """Takes out the next job that fits and returns it; None where there is none.

        A notebook whose first job does not fit is passed over: another environment's jobs need not wait for its worker.
        """
        for notebook in list(self._queues):
            queue = self._queues[notebook]
            while queue and self._waiting.get(queue[0][2].id) is not queue[0][2]:
                heapq.heappop(queue)
            if not queue:
                del self._queues[notebook]
                continue
            record = queue[0][2]
            if fits(record):
                heapq.heappop(queue)
                del self._waiting[record.id]
                self._queues.move_to_end(notebook)
                return record
        return None

    def waiting(self) -> Iterator[Record]:
        """Yields the jobs in line, in no particular order."""
        yield from self._waiting.values()

    def positions(self) -> dict[str, int]:
        """Returns each waiting job's place in the order in which they would start now, from 1."""
        queues = [
            sorted(entry for entry in queue if self._waiting.get(entry[2].id) is entry[2])
            for queue in self._queues.values()
        ]
        order: dict[str, int] = {}
        depth = 0
        while any(depth < len(queue) for queue in queues):
            for queue in queues:
                if depth < len(queue):
                    order[queue[depth][2].id] = len(order) + 1
            depth += 1
        return order
