"""The budget: what jobs may cost together, reserved before they are submitted and settled after.

For the manager, which calls it on its own thread (a session counts as a job here, by its id):

* `reserve` before a job goes to a provider, with the most that it can cost. None: go. A sentence: the job is HELD for
  that reason. Where a budget is set, a job that nothing bounds is held: no bound, no run. A job that is at its provider
  keeps its reservation over a restart; one that goes there again after it was settled reserves again.
* `settle` when it is known what was billed; `release` when nothing was. Either *before* the job's end is written. A
  reservation whose job has ended without either counts in full at the next start: never too little.
* `room` is called when a job that was held may have a chance now; it is called inside these calls, so only note it.

Writes go to the store in order. So a reservation is on disk before anything that is written after it: before the move
to SUBMITTING, whose commit the submit waits for. The law: at the moment of a grant, what is spent and reserved since
the budget's count began is not above its total. Only a provider that bills more than the bound can break it, and then
nothing else is granted. Amounts are whole millionths: a bound is rounded up.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

from msgspec import UNSET, UnsetType

from qmagic.errors import ErrorInfo, InputError
from qmagic.money import BudgetReport, Limit, Money, SetBudget, Spending
from qmagic.service import budget_rows as rows
from qmagic.service.store import Store

__all__ = ["Budget"]

log = logging.getLogger(__name__)

_UNIT = 1_000_000
#: Amounts up to this are taken; more is a mistake.
_MOST = Decimal(10**12)


@dataclasses.dataclass(slots=True)
class _Limits:
    """Limits of a currency, in millionths, and what has been spent since their count began."""

    total: int | None
    per_job: int | None
    since: float
    spent: int = 0


class Budget:
    """Limits, reservations and what was spent.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        found = store.ask(rows.load)
        self._limits = {row.currency: _Limits(row.total, row.per_job, row.since, row.spent) for row in found.limits}
        self._open = {row.job: row for row in found.open}
        self._spent_by_job: dict[str, int] = dict(found.spent_by_job)
        #: Called when a limit was raised or a reservation came back; a job that was held may try again.
        self.room: Callable[[], None] = lambda: None
        if found.left:
            log.warning("%d jobs ended without saying what they cost; their bounds count", found.left)

    def reserve(self, job: str, bound: Money | None, *, provider: str, notebook: str = "") -> str | None:
        """Reserves the most that a job can cost, in place of what is reserved for it.

        Args:
            job: The job's id.
            bound: The most that it can cost; None where nothing bounds it.
            provider: Who bills it, for the report.
            notebook: Where it comes from, for the report.

        Returns:
            None when it may go on; else why it is held, and then nothing is reserved.
        """
        amount = 0 if bound is None else _units(bound.amount, "the bound")
        currency = "" if bound is None else bound.currency
        if reason := self._refusal(job, bound, amount, currency):
            self.release(job)
            return reason
        charge = rows.Charge(job, provider, notebook, currency, amount)
        self._open[job] = charge
        self._write(rows.reserved(charge, time.time()))
        return None

    def note(self, job: str, bound: Money, *, provider: str, notebook: str = "") -> None:
        """Counts the most that a job can cost which is at its provider already: it went while no budget was set."""
        if job not in self._open:
            charge = rows.Charge(job, provider, notebook, bound.currency, _units(bound.amount, "the bound"))
            self._open[job] = charge
            self._write(rows.reserved(charge, time.time()))

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return bool(self._limits)

    def refusal(self, bound: Money | None) -> str:
        """Returns why a new job would be held now; "" where it would not."""
        amount = 0 if bound is None else _units(bound.amount, "the bound")
        return self._refusal("", bound, amount, "" if bound is None else bound.currency)

    def left(self, currency: str) -> Decimal | None:
        """Returns the most that something new may cost now; None where nothing limits it."""
        limits = self._limits.get(currency)
        if limits is None:
            return Decimal(0) if self._limits else None
        most = [] if limits.per_job is None else [limits.per_job]
        if limits.total is not None:
            most.append(limits.total - limits.spent - self._reserved(currency))
        return rows.decimal(max(0, min(most)))

    def settle(self, job: str, actual: Money | None = None, *, provider: str = "", notebook: str = "") -> Money | None:
        """Turns a job's reservation into what was billed, and returns what counts.

        Args:
            job: The job's id.
            actual: What was billed; None means that it is not known, and the bound counts. So it does where this is in
                another currency than the bound.
            provider: Who billed it, where nothing was reserved since nobody knew what it might cost.
            notebook: Where it comes from, likewise.

        Returns:
            What counts; None where nothing was reserved and nothing is known.
        """
        charge = self._open.pop(job, None)
        if charge is None:
            if actual is None or not provider:
                return None
            charge = rows.Charge(job, provider, notebook, actual.currency, 0)
            self._write(rows.reserved(charge, time.time()))
        amount = charge.bound
        if actual is not None and not charge.currency:
            charge = dataclasses.replace(charge, currency=actual.currency)
        if actual is not None:
            try:
                billed = _units(actual.amount, "what was billed")
            except InputError as error:
                log.warning("job %s: %s; its bound counts", job, error)
            else:
                if actual.currency == charge.currency:
                    amount = billed
                else:
                    log.warning("job %s was billed in %s and reserved in %s", job, actual.currency, charge.currency)
        if amount > charge.bound and charge.bound:
            log.warning("job %s was billed %d millionths, above its bound of %d", job, amount, charge.bound)
        if charge.currency in self._limits:
            self._limits[charge.currency].spent += amount
        self._spent_by_job[job] = self._spent_by_job.get(job, 0) + amount
        self._write(rows.settled(charge, amount, time.time()))
        if amount < charge.bound:
            self.room()
        return Money(rows.decimal(amount), charge.currency) if charge.currency else None

    def release(self, job: str) -> None:
        """Gives a job's reservation back: nothing was billed."""
        charge = self._open.pop(job, None)
        if charge is not None:
            self._write(rows.released(job))
            self.room()

    def change(self, wanted: SetBudget) -> None:
        """Changes limits, at once; they come to the disk before anything that follows.

        Raises:
            InputError: An amount is negative, or no amount.
        """
        currency = wanted.currency
        old = self._limits.get(currency) or _Limits(None, None, time.time())
        total, per_job = _chosen(wanted.total, old.total), _chosen(wanted.per_job, old.per_job)
        fresh = wanted.renew or currency not in self._limits
        new = _Limits(total, per_job, time.time() if fresh else old.since, 0 if fresh else old.spent)
        row = None
        if total is None and per_job is None:
            self._limits.pop(currency, None)
        else:
            self._limits[currency] = new
            row = rows.LimitRow(currency, total, per_job, new.since)
        self._write(rows.limited(currency, row, fresh=fresh))
        self.room()

    def ask(self, wanted: SetBudget | None, then: Callable[[BudgetReport | None, ErrorInfo | None], object]) -> None:
        """Changes limits, if asked to; `then` hears all of them and what was spent, as it is on disk."""

        def read(spending: list[Spending] | None, error: Exception | None) -> None:
            if spending is None:
                then(None, ErrorInfo("ServiceError", f"the store cannot be read: {error}"))
            else:
                then(BudgetReport(self.limits(), spending), None)

        try:
            if wanted is not None:
                self.change(wanted)
        except InputError as error:
            then(None, ErrorInfo.of(error))
        else:
            self._store.read(rows.spending, read)

    def limits(self) -> list[Limit]:
        """Returns the limits, and what counts against them."""
        return [
            Limit(
                currency,
                None if limits.total is None else rows.decimal(limits.total),
                None if limits.per_job is None else rows.decimal(limits.per_job),
                limits.since,
                rows.decimal(limits.spent),
                rows.decimal(self._reserved(currency)),
            )
            for currency, limits in sorted(self._limits.items())
        ]

    def _refusal(self, job: str, bound: Money | None, amount: int, currency: str) -> str:
        """Returns why a job is held; "" when it is not."""
        if bound is None:
            if not self._limits:
                return ""
            return (
                "a budget is set, and nothing bounds what this job costs there; "
                "run it elsewhere, or take the budget away with %qbudget off"
            )
        if amount == 0:
            return ""
        limits = self._limits.get(currency)
        if limits is None:
            if not self._limits:
                return ""
            others = " and ".join(sorted(self._limits))
            return (
                f"it costs up to {bound}, and the budget is in {others}; "
                f"set one, as in %qbudget {_whole(amount)} {currency}"
            )
        if limits.per_job is not None and amount + self._spent_by_job.get(job, 0) > limits.per_job:
            return (
                f"it costs up to {bound}, more than the {_money(limits.per_job, currency)} that a job may; "
                f"raise that with %qbudget --per-job {_whole(amount + self._spent_by_job.get(job, 0))} {currency}"
            )
        if limits.total is None:
            return ""
        before = self._open.get(job)
        taken = limits.spent + self._reserved(currency)
        taken -= before.bound if before is not None and before.currency == currency else 0
        if taken + amount <= limits.total:
            return ""
        return (
            f"it costs up to {bound}, and of {_money(limits.total, currency)} there are "
            f"{_money(max(0, limits.total - taken), currency)} left; "
            f"raise the budget with %qbudget {_whole(taken + amount)} {currency}"
        )

    def _reserved(self, currency: str) -> int:
        return sum(charge.bound for charge in self._open.values() if charge.currency == currency)

    def _write(self, statements: list[tuple[str, tuple[object, ...]]]) -> None:
        self._store.write(statements, lambda error: None, must=True)


def _chosen(wanted: Decimal | UnsetType | None, old: int | None) -> int | None:
    if wanted is UNSET:
        return old
    return None if wanted is None else _units(wanted, "the limit")


def _units(amount: Decimal, what: str) -> int:
    """Returns whole millionths, rounded up."""
    if not amount.is_finite() or amount < 0 or amount > _MOST:
        raise InputError(f"{what} is {amount}; expected a number from 0 to {_MOST:,}")
    return int((amount * _UNIT).to_integral_value(ROUND_CEILING))


def _money(units: int, currency: str) -> Money:
    return Money(rows.decimal(units), currency)


def _whole(units: int) -> int:
    return -(-units // _UNIT)
