"""The handle of a sweep: many loops that were started together, under one parent id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qmagic.client.ask import jobs
from qmagic.client.loop import Loop, order, view
from qmagic.errors import NotFoundError, QmagicError
from qmagic.jobs import JobStatus
from qmagic.orders import Order

if TYPE_CHECKING:
    from qmagic.results.loop import LoopResult

__all__ = ["Sweep"]

#: Loops of one sweep, at most.
MOST_LOOPS = 10_000


class Sweep:
    """Loops that belong together: ``sweep["0.735"]`` is one of them, ``sweep.results()`` waits for all.

    A sweep is found again by its id, in any kernel: ``qmagic.Sweep(id)``. Lists show it as one line.

    Args:
        id: The id that its loops have as their parent.

    Raises:
        NotFoundError: There is no such sweep.
    """

    def __init__(self, id: str) -> None:
        self._id = id
        found = [job for job in reversed(jobs(MOST_LOOPS, parent=id)) if isinstance(job, Loop)]
        if not found:
            raise NotFoundError(f"there is no sweep {id!r}; qmagic.jobs() lists what there is")
        self._loops = {job.last_info().name: job for job in found}

    @property
    def id(self) -> str:
        """The sweep's id."""
        return self._id

    @property
    def loops(self) -> dict[str, Loop]:
        """The loops by their labels, in the order in which they were started."""
        return dict(self._loops)

    def __getitem__(self, label: str) -> Loop:
        return self._loops[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loops)

    def __len__(self) -> int:
        return len(self._loops)

    def results(self, timeout: float | None = None) -> dict[str, LoopResult]:
        """Waits for all loops and returns their results by label; see `Job.result`.

        Args:
            timeout: Seconds to wait for each.
        """
        return {label: loop.result(timeout) for label, loop in self._loops.items()}

    def done(self) -> bool:
        """Tells whether all loops have ended."""
        return all(info.status.final for info in self._infos().values())

    def values(self) -> dict[str, float | None]:
        """Returns each loop's value so far: its result where it has ended, else the lowest that it saw."""
        return {label: view(loop.id, 2**31).state.best for label, loop in self._loops.items()}

    def pause(self) -> None:
        """Pauses all loops that run."""
        self._order("pause")

    def resume(self) -> None:
        """Lets all loops go on."""
        self._order("resume")

    def stop(self) -> None:
        """Ends all loops; each keeps its best point."""
        self._order("stop")

    def cancel(self) -> int:
        """Stops all loops without results, and returns how many had not ended."""
        from qmagic.client.ask import cancel

        return sum(status is not None for status in cancel([loop.id for loop in self._loops.values()]).values())

    def _order(self, kind: str) -> None:
        for label, info in self._infos().items():
            if not info.status.final:
                try:
                    order(self._loops[label].id, Order(kind))
                except NotFoundError:
                    continue  # it has just ended

    def _infos(self) -> dict[str, Any]:
        return {job.last_info().name: job.last_info() for job in reversed(jobs(MOST_LOOPS, parent=self._id))}

    def __repr__(self) -> str:
        ended = sum(info.status is JobStatus.DONE for info in self._infos().values())
        return f"Sweep({self._id!r}, {ended} of {len(self)} loops done)"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.loop_sweep import sweep_bundle

        try:
            infos = self._infos()
            return sweep_bundle(self._id, [(infos[label], view(loop.id)) for label, loop in self._loops.items()])
        except QmagicError:
            return {"text/plain": f"Sweep({self._id!r})"}

    def __reduce__(self) -> tuple[type[Sweep], tuple[str]]:
        return Sweep, (self._id,)
