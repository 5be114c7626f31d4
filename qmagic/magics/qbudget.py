"""``%qbudget``: what jobs may cost, all providers together, and what they did cost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from qmagic.client import budget
from qmagic.errors import InputError
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split
from qmagic.money import Limit, Money, SetBudget

__all__ = ["QBUDGET", "show_budget"]

_AMOUNT = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?|\.[0-9]+)([A-Za-z]{3,8})?")
_CURRENCY = re.compile(r"[A-Za-z]{3,8}")
_SAID = "expected an amount and a currency, as in 20 USD"


def _amount(text: str) -> Decimal | None:
    """Reads the value of ``--per-job``."""
    if text == "none":
        return None
    if _AMOUNT.fullmatch(text) is None or not text[-1].isdigit():
        raise ValueError("an amount such as 2 or 0.50, or none")
    return Decimal(text)


QBUDGET = Command(
    "qbudget",
    usage="%qbudget                       limits, and what was spent\n"
    "%qbudget 20 USD                what jobs may cost together\n"
    "%qbudget 20 USD --per-job 2    and one of them\n"
    "%qbudget off                   no limits",
    about="Limits what jobs may cost, all providers together. Before a job goes to a provider the most that it can "
    "cost is reserved, and afterwards what was billed is counted; a job for which too little is left is HELD until the "
    "budget is raised or another job costs less than it might have. While there is a budget, a job whose cost nothing "
    "bounds does not run. A session counts with its wall time, and gets less of it where the budget pays for less. "
    "Prices are the providers' published ones (the table says of which day), without your "
    "discounts, credits and taxes: the provider's bill is the truth. Each currency has limits of its own; Quantinuum's "
    "credits are HQC.",
    words="amount",
    flags=(
        Flag("--per-job", "What one job may cost at most; none takes that limit away.", "AMOUNT", read=_amount),
        Flag("--renew", "Count from 0 again; what is reserved still counts."),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %qbudget 20 USD --per-job 2
        %qbudget 50 HQC
        %qbudget 20 USD --renew
    """,
    errors="""
        %qbudget twenty: expected an amount and a currency, as in 20 USD
    """,
)


def show_budget(call: Call) -> Any:
    """Changes limits, if any are given, and shows them with what was spent."""
    words = [expanded(word, call.namespace) for word in split(call.parsed.words)]
    per_job = call.parsed.get("per_job", UNSET)
    renew = bool(call.parsed.get("renew"))
    if words[:1] == ["off"]:
        if per_job is not UNSET or renew:
            raise InputError("%qbudget off takes no flags")
        currencies = [_currency(" ".join(words[1:]))] if words[1:] else [one.currency for one in budget().limits]
        for currency in currencies:
            budget(SetBudget(currency, None, None))
        return _shown()
    if words or per_job is not UNSET or renew:
        total, currency = _read(words)
        budget(SetBudget(currency, total, per_job, renew))
    return _shown()


def _read(words: list[str]) -> tuple[Decimal | UnsetType, str]:
    """Returns the amount and the currency that some words say; dollars where they name none."""
    text = " ".join(words)
    found = _AMOUNT.fullmatch(text.replace(" ", "").removeprefix("$"))
    if found is None:
        return UNSET, "USD" if not words else _currency(text)
    return Decimal(found[1]), (found[2] or "USD").upper()


def _currency(text: str) -> str:
    if _CURRENCY.fullmatch(text) is None:
        raise InputError(f"%qbudget {text}: {_SAID}")
    return text.upper()


def _shown() -> Table:
    report = budget()
    rows = [
        (
            one.day, one.provider, one.notebook.rsplit("/", 1)[-1], str(one.jobs or ""), str(one.sessions or ""),
            str(Money(one.spent, one.currency)), str(Money(one.reserved, one.currency)) if one.reserved else "",
        )
        for one in report.spending
    ]  # fmt: skip
    return Table(
        ("day", "provider", "notebook", "jobs", "sessions", "spent", "reserved"), rows, report.spending,
        empty="Nothing was spent.",
        note=" ".join(map(_sentence, report.limits)) or "There is no budget: set one, as in %qbudget 20 USD",
    )  # fmt: skip


def _sentence(limit: Limit) -> str:
    money = lambda amount: str(Money(amount, limit.currency))
    parts = []
    if limit.total is not None:
        left = max(Decimal(0), limit.total - limit.spent - limit.reserved)
        parts.append(
            f"Budget {money(limit.total)}: {money(limit.spent)} spent, {money(limit.reserved)} reserved, "
            f"{money(left)} left."
        )
    if limit.per_job is not None:
        parts.append(f"A job may cost {money(limit.per_job)}.")
    return " ".join(parts)
