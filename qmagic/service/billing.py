"""What jobs at providers cost, between `remote`, which submits them, and the `Budget`.

* Where a budget is set a job is quoted before it goes (its compiled circuits and their price, from its provider's
  host), and the most that it can cost is reserved; without one it goes at once, and is quoted while it waits there.
* At its end what it was billed is counted: what the provider says, in money or in seconds, or what follows from its
  published price. Where nobody knows, the most that it can cost is counted: never too little.
* A job in a session whose wall time is billed costs nothing beside it (`session_billing`): the session bounds it.
* A job that never came to its provider, or was cancelled there before anybody saw it run, cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import msgspec

from qmagic.clouds import provider_of
from qmagic.engines.host_messages import Told
from qmagic.jobs import JobStatus
from qmagic.money import Money, Price
from qmagic.quotes import Quote
from qmagic.service.budget import Budget
from qmagic.service.record import Record

__all__ = ["Billing"]

_NOTHING = Money(Decimal(0))


class Billing:
    """Quotes and bills of the jobs that are under way.

    Args:
        budget: What jobs may cost.
        in_session: Tells whether a job is billed with the session that it is in.
    """

    def __init__(self, budget: Budget, in_session: Callable[[Record], bool] = lambda record: False) -> None:
        self._budget, self._in_session = budget, in_session
        self._quotes: dict[str, Quote] = {}
        self._room = False
        budget.room = self._note_room

    def lacks(self, record: Record) -> bool:
        """Tells whether a job has no quote."""
        return record.id not in self._quotes

    def holds_back(self, record: Record) -> bool:
        """Tells whether a job has to be quoted before it may go."""
        return self._is_limited(record) and self.lacks(record)

    def quoted(self, record: Record, quote: Quote | None) -> None:
        """Keeps a job's quote; None where it is at its provider and cannot be quoted any more."""
        quote = quote or Quote(price=Price(how="it could not be reckoned"))
        if self._in_session(record):  # it costs nothing more, and keeps its own time limit
            price = msgspec.structs.replace(quote.price, estimate=_NOTHING, bound=_NOTHING)
            quote = msgspec.structs.replace(quote, price=price)
        self._quotes[record.id], price = quote, quote.price
        if record.remote and price.bound is not None and not price.is_free:
            self._budget.note(record.id, price.bound, **_whose(record))

    def brief(self, record: Record) -> str:
        """Returns what a job will cost, and its chances, in a line; "" where it was not quoted."""
        quote = self._quotes.get(record.id)
        if quote is not None and self._in_session(record):
            return "; ".join(filter(None, (quote.chances, "billed with its session")))
        return "" if quote is None else quote.brief

    def reserve(self, record: Record) -> str:
        """Reserves what a job costs at most; returns why it is held, "" where it may go."""
        quote = self._quotes.get(record.id)
        if quote is None:
            return ""  # no budget is set, or it could not be quoted, and then it cannot be submitted either
        refused = self._budget.reserve(record.id, quote.price.bound, **_whose(record))
        return f"budget: {refused}" if refused else ""

    def forbidden(self, record: Record) -> str:
        """Returns why a job may never go: it may cost more than its own limit; "" where it may."""
        most, quote = record.spec.max_cost, self._quotes.get(record.id)
        if most is None or quote is None:
            return ""
        bound, limit = quote.price.bound, Money(Decimal(str(most)))
        if bound is None:
            return f"it may cost {limit} at most, and nothing bounds its price: {quote.price.how}"
        if bound.amount and (bound.currency != limit.currency or bound.amount > limit.amount):
            return f"it may cost {limit} at most, and could cost {bound}"
        return ""

    def limit(self, record: Record) -> int | None:
        """Returns the seconds after which the provider is to stop a job; without a budget none."""
        quote = self._quotes.get(record.id)
        return quote.price.limit_seconds if quote is not None and self._is_limited(record) else None

    def is_free(self, record: Record) -> bool:
        """Tells whether a job surely costs nothing; in a session it costs time."""
        quote = self._quotes.get(record.id)
        return quote is not None and quote.price.is_free and not self._in_session(record)

    def release(self, record: Record) -> None:
        """Gives back what was reserved for a job that is not at its provider."""
        self._budget.release(record.id)

    def moved(self, record: Record) -> None:
        """A job, which was cancelled where it was, goes to another device: what it costs there is another matter."""
        self._budget.release(record.id)
        self._quotes.pop(record.id, None)

    def again(self, record: Record) -> None:
        """A job is submitted a second time though the first may have arrived: that one counts in full."""
        self._budget.settle(record.id, None)

    def close(self, record: Record, status: JobStatus, last: Told | None) -> None:
        """Counts what a job was billed; called before its end is written.

        Args:
            record: The job.
            status: How it ends.
            last: What its provider said of it last; None where it never had it.
        """
        quote = self._quotes.pop(record.id, None)
        if not record.remote:
            self._budget.release(record.id)
            return
        billed = self._billed(record, quote, status, last)
        counted = self._budget.settle(record.id, billed, **_whose(record))
        if counted is not None and counted.currency == "USD":
            record.cost = float(counted.amount)

    def has_room(self) -> bool:
        """Tells, once, whether a job that was held may have a chance now."""
        room, self._room = self._room, False
        return room

    def _billed(self, record: Record, quote: Quote | None, status: JobStatus, last: Told | None) -> Money | None:
        if quote is not None and quote.price.is_free:
            return _NOTHING
        if last is not None and last.cost is not None:
            return last.cost
        if status is JobStatus.CANCELLED and record.started is None:
            return _NOTHING
        seconds = None if last is None else last.seconds
        if quote is None or (seconds is None and status is not JobStatus.DONE):
            return None
        return quote.price.billed(seconds)

    def _is_limited(self, record: Record) -> bool:
        return self._budget.is_set or record.spec.max_cost is not None

    def _note_room(self) -> None:
        self._room = True


def _whose(record: Record) -> dict[str, str]:
    """Returns who bills a job, and where it comes from, for the report."""
    return {
        "provider": provider_of(record.place),
        "notebook": record.spec.notebook_path or record.spec.notebook,
    }
