"""How sessions and batches are billed, by the published prices.

Of IBM's session the wall time is billed, "from when the first job starts until the session goes inactive, is closed, or
when its last job completes, whichever happens last" (`Session.usage` of IBM's client); of a batch its jobs' QPU time,
as of jobs without one. Nobody else bills a session: its jobs are billed one by one.
"""

from __future__ import annotations

from qmagic.money import Money
from qmagic.providers.rates import Free, Seconds, row_of
from qmagic.sessions import SessionPrice

__all__ = ["session_price"]


def session_price(provider: str, device: str, mode: str) -> SessionPrice:
    """Returns how a session or a batch is billed; a plan that is not known is the dearest one.

    Args:
        provider: Such as ``"ibm"``.
        device: The device's name there.
        mode: ``"session"`` or ``"batch"``.
    """
    row = row_of(provider, device)
    if row is not None and isinstance(row.rate, Free):
        return SessionPrice(by="nothing", how="free of charge")
    if row is None or not isinstance(row.rate, Seconds) or mode != "session":
        return SessionPrice(by="jobs", how=f"its jobs are billed one by one, the {mode} is not")
    second = Money(max(row.rate.usd_per_second.values()))
    return SessionPrice(
        by="time", second=second, how=f"{second} for a second of wall time, from its first job to its end"
    )
