"""What sessions at providers cost, between `sessions`, which opens them, and the `Budget`.

* Where wall time is billed, the most that a session can cost is its granted seconds at the published price. That much
  is reserved before it is opened, with or without a budget; where it does not fit, the seconds are made to fit.
* At its end the provider's seconds count; where it tells none, all that were granted. One that was never opened, or is
  lost (no job can go into it, and the first job starts the meter), costs nothing.
* Its jobs are not billed again: `Billing` asks whether a session stands for a job.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from qmagic.money import Money
from qmagic.service.budget import Budget
from qmagic.service.record import Record
from qmagic.sessions import OpenSession, SessionInfo, SessionPrice

__all__ = ["Grant", "SessionBilling", "is_timed"]

#: Seconds below which a session is not shortened to fit: then it is refused.
_LEAST_SECONDS = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What a session may have: `seconds`, and `why` they are fewer than asked; or why it is `refused`."""

    seconds: int
    why: str = ""
    refused: str = ""


class SessionBilling:
    """Grants sessions their seconds, and counts what they were billed.

    Args:
        budget: What jobs and sessions may cost together.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._timed: dict[str, str] = {}  # the backends of those whose time is billed, ended or not

    def note(self, info: SessionInfo) -> None:
        """Remembers how a session is billed."""
        if is_timed(info):
            self._timed[info.id] = info.backend

    def pays_for(self, record: Record) -> bool:
        """Tells whether a job is billed with its session: it was for that one's device, and is still there."""
        return self._timed.get(record.spec.session) == record.place

    def grant(self, wanted: OpenSession, price: SessionPrice) -> Grant:
        """Returns how long a session may be; nothing is reserved yet."""
        asked = wanted.seconds
        if price.second is None:
            if wanted.max_cost is None or price.by == "nothing":
                return Grant(asked)
            why = f"{price.how}, so that max_cost would bound nothing; limit them with %qbudget instead"
            return Grant(0, refused=f"no {wanted.mode} was opened on {wanted.provider}:{wanted.device}: {why}")
        least, grant = min(asked, _LEAST_SECONDS), Grant(asked)
        second, left = price.second, self._budget.left(price.second.currency)
        no = f"no {wanted.mode} was opened: {asked:,} s of wall time were asked, {_cost(asked, second)}"
        if wanted.max_cost is not None:
            most = Decimal(str(wanted.max_cost))
            seconds = int(most / second.amount)
            if seconds < least:
                return Grant(
                    0,
                    refused=f"{no}, and max_cost={wanted.max_cost:g} pays for {seconds} s; {_shortest(least)}: raise "
                    f"max_cost to {_cost(least, second)} or more, or ask for fewer seconds",
                )
            if seconds < asked:
                grant = Grant(seconds, f"{seconds:,} s of {asked:,} s were granted: max_cost is {Money(most)}")
        if left is not None and left < grant.seconds * second.amount:
            seconds = int(left / second.amount)
            if seconds < least:
                refusal = self._budget.refusal(Money(least * second.amount, second.currency))
                return Grant(0, refused=f"{no}; {_shortest(least)}, and {refusal}")
            of = f"the budget has room for {Money(left, second.currency)}"
            grant = Grant(seconds, f"{seconds:,} s of {asked:,} s were granted: {of}")
        return grant

    def reserve(self, info: SessionInfo, provider: str) -> None:
        """Reserves the most that a session can cost which was granted just now."""
        self.note(info)
        most = _most(info)
        if most is not None:
            self._budget.reserve(info.id, most, provider=provider, notebook=info.notebook)

    def release(self, id: str) -> None:
        """Gives back what was reserved for a session in which no job ran."""
        self._budget.release(id)

    def settle(self, info: SessionInfo, seconds: float | None) -> float | None:
        """Counts what a session was billed; called before its end is written.

        Args:
            info: The session.
            seconds: Its wall time, as its provider tells; None where that does not.

        Returns:
            What counts, in US dollars; None where that is not known.
        """
        most = _most(info)
        if info.price is None or info.price.second is None or most is None:
            return None if info.price is None else 0.0
        second = info.price.second
        billed = most if seconds is None else Money(Decimal(str(round(seconds, 6))) * second.amount, second.currency)
        self._budget.settle(info.id, billed)
        return float(billed.amount) if billed.currency == "USD" else None


def is_timed(info: SessionInfo) -> bool:
    """Tells whether a session's wall time is billed, and not its jobs."""
    return info.price is not None and info.price.by == "time"


def _most(info: SessionInfo) -> Money | None:
    """Returns the most that a session can cost; None where its time is not billed."""
    second = None if info.price is None else info.price.second
    return None if second is None else Money(info.limit * second.amount, second.currency)


def _cost(seconds: int, second: Money) -> str:
    return str(Money(seconds * second.amount, second.currency))


def _shortest(least: int) -> str:
    return f"{least} s are the least"
