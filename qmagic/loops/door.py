"""What lies between an optimizer and the loop that it is in: the way out, and the ways to be thrown out."""

from __future__ import annotations

from typing import Protocol

from qmagic.orders import Order
from qmagic.tapes import Entry

__all__ = ["ChildFailed", "Door", "Ended", "Switched", "TooDear", "Withdrawn"]


class Ended(BaseException):
    """The loop stops; the first argument says why."""


class Switched(BaseException):
    """Another optimizer takes over."""


class Withdrawn(BaseException):
    """An order to stop came while a child was waited for, which was cancelled."""


class ChildFailed(BaseException):
    """A child ended without a result, or could not be submitted; the first argument says why."""


class TooDear(BaseException):
    """The budget has no room for another evaluation; the first argument says what it may cost."""


class Door(Protocol):
    """The way out of a session: see `line.Line`."""

    def record(self, *entries: Entry) -> None:
        """Puts entries on the tape."""

    def order(self) -> Order | None:
        """Returns the next order, None where there is none."""

    def await_order(self) -> None:
        """Waits for an order; may not return."""

    def stopping(self) -> bool:
        """Tells whether an order to stop waits."""
