"""How limits and charges lie in the store. Amounts are whole millionths.

A charge is one row: open (``spent`` is null) while its bound is reserved, then what was billed. A job that is tried
again after it was billed has two. A session has one, under its own id. Charges outlive their jobs: what was spent is
known when the jobs are deleted.
``past`` marks what a budget that was begun or renewed later does not count.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from decimal import Decimal

from qmagic.money import Spending
from qmagic.service.store import Statement

__all__ = [
    "Charge", "LimitRow", "Loaded", "decimal", "limited", "load", "released", "reserved", "settled", "spending",
]  # fmt: skip

_MOST_REPORTED = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Charge:
    """What is reserved for a job. `currency` is "" where nothing bounds it, and `bound` 0."""

    job: str
    provider: str
    notebook: str
    currency: str
    bound: int


@dataclasses.dataclass(frozen=True, slots=True)
class LimitRow:
    """A currency's limits, since when they count, and what was spent since."""

    currency: str
    total: int | None
    per_job: int | None
    since: float
    spent: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """What an earlier service left: `open` are the reservations of jobs that go on, `left` counts those that ended."""

    limits: list[LimitRow]
    open: list[Charge]
    left: int
    spent_by_job: list[tuple[str, int]]


def load(connection: sqlite3.Connection) -> Loaded:
    """Returns limits and reservations as they lie on disk; settles those of jobs that ended without it, in full."""
    left = connection.execute(
        """
        UPDATE charges SET spent = bound WHERE spent IS NULL AND job NOT IN (SELECT id FROM jobs WHERE final = 0)
            AND job NOT IN (SELECT id FROM sessions WHERE over = 0)
        """
    ).rowcount
    limits = connection.execute(
        """
        SELECT currency, total, per_job, since,
            (SELECT coalesce(sum(spent), 0) FROM charges c WHERE c.currency = b.currency AND past = 0)
        FROM budgets b
        """
    )
    charges = connection.execute("SELECT job, provider, notebook, currency, bound FROM charges WHERE spent IS NULL")
    by_job = connection.execute(
        "SELECT c.job, sum(spent) FROM charges c JOIN jobs j ON j.id = c.job "
        "WHERE j.final = 0 AND spent IS NOT NULL GROUP BY c.job"
    )
    return Loaded([LimitRow(*row) for row in limits], [Charge(*row) for row in charges], left, by_job.fetchall())


def reserved(charge: Charge, now: float) -> list[Statement]:
    """Returns what puts a reservation in place of the one that the job has."""
    return [
        *released(charge.job),
        (
            "INSERT INTO charges (job, provider, notebook, currency, bound, time) VALUES (?, ?, ?, ?, ?, ?)",
            (charge.job, charge.provider, charge.notebook, charge.currency, charge.bound, now),
        ),
    ]


def released(job: str) -> list[Statement]:
    """Returns what takes a job's reservation away."""
    return [("DELETE FROM charges WHERE job = ? AND spent IS NULL", (job,))]


def settled(charge: Charge, spent: int, now: float) -> list[Statement]:
    """Returns what turns a job's reservation into what was billed."""
    return [
        (
            "UPDATE charges SET spent = ?, currency = ?, time = ? WHERE job = ? AND spent IS NULL",
            (spent, charge.currency, now, charge.job),
        )
    ]


def limited(currency: str, limits: LimitRow | None, *, fresh: bool) -> list[Statement]:
    """Returns what sets a currency's limits; None takes them away. `fresh` begins their count anew."""
    statements: list[Statement] = [("DELETE FROM budgets WHERE currency = ?", (currency,))]
    if limits is not None:
        row = (limits.currency, limits.total, limits.per_job, limits.since)
        statements.append(("INSERT INTO budgets VALUES (?, ?, ?, ?)", row))
    if fresh:
        statements.append(("UPDATE charges SET past = 1 WHERE currency = ? AND spent IS NOT NULL", (currency,)))
    return statements


def spending(connection: sqlite3.Connection) -> list[Spending]:
    """Returns what was spent and is reserved, by day, provider and notebook; what is free is left out."""
    query = """
        SELECT date(time, 'unixepoch', 'localtime') AS day, provider, notebook, currency,
            count(DISTINCT CASE WHEN s.id IS NULL THEN job END), count(DISTINCT s.id),
            coalesce(sum(spent), 0), sum(CASE WHEN spent IS NULL THEN bound ELSE 0 END)
        FROM charges LEFT JOIN sessions s ON s.id = job WHERE currency != '' AND coalesce(spent, bound) > 0
        GROUP BY day, provider, notebook, currency ORDER BY day DESC, provider, notebook, currency LIMIT ?
    """
    return [
        Spending(day, provider, notebook, currency, jobs, decimal(spent), decimal(reserved), sessions)
        for day, provider, notebook, currency, jobs, sessions, spent, reserved in connection.execute(
            query, (_MOST_REPORTED,)
        )
    ]


def decimal(units: int) -> Decimal:
    """Returns millionths as an amount."""
    return Decimal(units).scaleb(-6)
