"""Money, prices and budgets, as data that crosses processes.

Amounts are exact decimals. A currency is a code of its own: ``USD``, or what a provider counts in where it publishes no
price of it (Quantinuum's ``HQC``). Amounts of two currencies are never added.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

__all__ = ["AskBudget", "BudgetReport", "Limit", "Money", "Price", "SetBudget", "Spending"]


class Money(msgspec.Struct, frozen=True, omit_defaults=True):
    """An amount in a currency."""

    amount: Decimal
    currency: str = "USD"

    def __str__(self) -> str:
        return f"{_digits(self.amount)} {self.currency}"


def _digits(amount: Decimal) -> str:
    """Returns at least two decimals, and of a small amount the first two that say something."""
    places = max(2, 1 - amount.adjusted()) if amount else 2
    return f"{amount:,.{min(places, 6)}f}"


class Price(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a job costs at a provider.

    Attributes:
        estimate: What it will cost, as far as can be told; None where the price is not known.
        bound: What it costs at most; None where nothing bounds it. It holds only if `limit_seconds` is set on the job.
        how: How the amounts come about, in words.
        date: The day on which the provider's table was read, ISO 8601; "" for the provider's own answer.
        source: Where it was read.
        seconds: Estimated seconds of QPU time, where the provider bills time.
        limit_seconds: The time limit that must be set on the job for `bound` to hold.
        second: What a second costs, where the provider bills time.
        least_seconds: How many are billed at least.
    """

    estimate: Money | None = None
    bound: Money | None = None
    how: str = ""
    date: str = ""
    source: str = ""
    seconds: float | None = None
    limit_seconds: int | None = None
    second: Money | None = None
    least_seconds: float = 0.0

    @property
    def is_free(self) -> bool:
        """Whether it surely costs nothing."""
        return self.bound is not None and self.bound.amount == 0

    @property
    def brief(self) -> str:
        """The amounts alone, in a few words."""
        if self.estimate is None:
            return "price not known"
        if self.is_free:
            return "free of charge"
        most = f", at most {self.bound}" if self.bound is not None and self.bound != self.estimate else ""
        return f"about {self.estimate}{most}" if most or self.bound is None else str(self.estimate)

    def billed(self, seconds: float | None) -> Money | None:
        """Returns what a job that ran was billed; None where that cannot be told.

        Args:
            seconds: What the provider says that it took, where it bills time.
        """
        if self.second is not None:
            if seconds is None:
                return None
            return Money(Decimal(str(max(seconds, self.least_seconds))) * self.second.amount, self.second.currency)
        return self.estimate if self.bound in (None, self.estimate) else None

    def __str__(self) -> str:
        of = f", prices of {self.date}" if self.date else ""
        if self.estimate is None:
            return f"price not known: {self.how}{of}"
        most = f" (at most {self.bound})" if self.bound is not None and self.bound != self.estimate else ""
        unbounded = "" if self.bound is not None else " (nothing bounds it)"
        return f"{self.estimate}{most}{unbounded}: {self.how}{of}"


class SetBudget(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of the limits in one currency. What is unset stays as it is, None takes a limit away.

    The first limit in a currency starts its count at 0, and so does `renew`; what is reserved then still counts.
    """

    currency: str = "USD"
    total: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    per_job: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    renew: bool = False


class AskBudget(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question for the `BudgetReport`, after a change of limits where there is one."""

    change: SetBudget | None = None


class Limit(msgspec.Struct, frozen=True):
    """The limits in a currency, when their count began (seconds since the epoch), and what counts against them."""

    currency: str
    total: Decimal | None
    per_job: Decimal | None
    since: float
    spent: Decimal
    reserved: Decimal


class Spending(msgspec.Struct, frozen=True):
    """What jobs and sessions cost, or have reserved, at a provider by a notebook on a day (ISO 8601, local time)."""

    day: str
    provider: str
    notebook: str
    currency: str
    jobs: int
    spent: Decimal
    reserved: Decimal
    sessions: int = 0


class BudgetReport(msgspec.Struct, frozen=True):
    """All limits, and the spending that they and others saw, newest day first."""

    limits: list[Limit]
    spending: list[Spending]
