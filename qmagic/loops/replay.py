"""A tape, read again: what the optimizer was told, in order, and which orders were obeyed before which evaluation."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from qmagic.errors import InputError
from qmagic.tapes import Entry, Head, Noted, Opened, Ordered, Stood, Told, unpack

__all__ = ["Replay", "TapeError"]


class TapeError(InputError):
    """A tape cannot be gone on with; the message says why."""


class Replay:
    """A tape as far as it goes.

    Args:
        chunks: The tape, as packed.

    Attributes:
        head: Its first entry; None for an empty tape.
        stood: The iterations that are on it.
        orders: The orders that are on it and not yet taken.
        obeyed: The numbers of all orders on it.
        notes: What was said on it.
        opened: The sessions that are on it.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        entries: list[Entry] = [entry for chunk in chunks for entry in unpack(chunk)]
        self.head = next((entry for entry in entries if isinstance(entry, Head)), None)
        self._told = deque(entry for entry in entries if isinstance(entry, Told))
        self.stood = [entry for entry in entries if isinstance(entry, Stood)]
        self.notes = [entry for entry in entries if isinstance(entry, Noted)]
        self.opened = [entry for entry in entries if isinstance(entry, Opened)]
        self.orders = deque(entry for entry in entries if isinstance(entry, Ordered))
        self.obeyed = {entry.order.number for entry in self.orders}

    def told(self, index: int, want: int, x: bytes) -> Told | None:
        """Returns what was told at evaluation `index`; None where the tape ends before.

        Raises:
            TapeError: Something else was asked then: the optimizer does not stand where it stood.
        """
        if not self._told:
            return None
        told = self._told.popleft()
        if told.index != index or told.want != want or told.x != x:
            raise TapeError(
                f"the tape does not fit: at evaluation {index} the optimizer now asks for another point than it did; "
                "it was recorded under other conditions (another machine, another build of NumPy or SciPy). "
                "Start a new loop from its best point: minimize(..., x0=loop.best().x)"
            )
        return told

    @property
    def ready(self) -> bool:
        """Whether the next evaluation is on it."""
        return bool(self._told)

    def add(self, told: Iterable[Told]) -> None:
        """Adds evaluations that have just been made: they are taken as those of the tape are."""
        self._told.extend(told)

    def before(self, index: int) -> Ordered | None:
        """Returns the next order that was obeyed before evaluation `index`, None where there is none (left)."""
        if self.orders and self.orders[0].index == index:
            return self.orders.popleft()
        return None

    @property
    def left(self) -> bool:
        """Whether the tape goes on."""
        return bool(self._told or self.orders)


def check_head(found: Head, now: Head) -> None:
    """Compares the conditions under which a tape was recorded with those of today.

    Raises:
        TapeError: They differ; the message says in what.
    """
    anew = "start a new loop from its best point: minimize(..., x0=loop.best().x)"
    if found.objective != now.objective:
        raise TapeError(f"the tape is of another objective: the function or circuit has changed since; {anew}")
    for package in sorted({*found.versions, *now.versions}):
        then, here = found.versions.get(package, "none"), now.versions.get(package, "none")
        if then != here:
            raise TapeError(
                f"the tape was recorded with {package} {then}, and this is {package} {here}: it would not go on "
                f"identically; {anew}"
            )
