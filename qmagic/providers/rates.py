"""How providers charge: the kinds of rates, and the table of them (``prices.toml``), each with its day and source."""

from __future__ import annotations

import functools
import tomllib
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import ClassVar

import msgspec

__all__ = ["Credits", "Free", "Gates", "Minutes", "Rate", "Row", "Seconds", "Task", "row_of"]


class Seconds(msgspec.Struct, frozen=True, tag_field="kind", tag="seconds", forbid_unknown_fields=True):
    """By seconds of QPU time, by plan: ``overhead + (delay + length) * executions`` of them."""

    usd_per_second: dict[str, Decimal]
    overhead_seconds: Decimal
    delay_seconds: Decimal
    usual_length_seconds: Decimal
    most_seconds: int

    @property
    def text(self) -> str:
        """The rate, for a list of devices."""
        return f"{self.usd_per_second['pay-as-you-go'].normalize():f} USD/s"


class Task(msgspec.Struct, frozen=True, tag_field="kind", tag="task", forbid_unknown_fields=True):
    """By task (one circuit) and shot, in USD; whatever the gates."""

    task: Decimal
    shot: Decimal

    @property
    def text(self) -> str:
        """The rate, for a list of devices."""
        return f"{self.task:.2f} USD + {self.shot.normalize():f} USD/shot"


class Minutes(msgspec.Struct, frozen=True, tag_field="kind", tag="minutes", forbid_unknown_fields=True):
    """By minutes that a simulation takes, in USD: at least and at most so many seconds of a task."""

    minute: Decimal
    least_seconds: Decimal
    most_seconds: Decimal

    @property
    def text(self) -> str:
        """The rate, for a list of devices."""
        return f"{self.minute.normalize():f} USD/min"


class Gates(msgspec.Struct, frozen=True, tag_field="kind", tag="gates", forbid_unknown_fields=True):
    """By gates on one and on two qubits times shots, in USD, with a minimum for a circuit.

    `own` says that an account has rates of its own, and that these only stand in for them.
    """

    one: Decimal
    two: Decimal
    least: Decimal
    least_mitigated: Decimal
    own: bool = False

    @property
    def text(self) -> str:
        """The rate, for a list of devices."""
        return f"from {self.least:.2f} USD, by gates"


class Credits(msgspec.Struct, frozen=True, tag_field="kind", tag="credits", forbid_unknown_fields=True):
    """By Quantinuum's formula, in its own credits: ``5 + shots (N1 + 10 N2 + 5 Nm) / 5000`` for a circuit."""

    currency: str

    @property
    def text(self) -> str:
        """The rate, for a list of devices."""
        return f"from 5 {self.currency}, by gates"


class Free(msgspec.Struct, frozen=True, tag_field="kind", tag="free", forbid_unknown_fields=True):
    """Free of charge."""

    text: ClassVar[str] = "free"


Rate = Seconds | Task | Minutes | Gates | Credits | Free


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rate, the devices that have it, and when and where it was read."""

    provider: str
    devices: tuple[str, ...]
    date: str
    source: str
    rate: Rate


class _Table(msgspec.Struct, frozen=True):
    table: tuple[Row, ...]


@functools.cache
def table() -> tuple[Row, ...]:
    """Returns all rows."""
    data = tomllib.loads(Path(__file__).with_name("prices.toml").read_text("utf-8"))
    return msgspec.convert(data, _Table, strict=False).table


def row_of(provider: str, device: str) -> Row | None:
    """Returns the row of a device, None where there is no published price.

    Args:
        provider: Such as ``"braket"``, or ``"braket-stub"``, whose prices are the same.
        device: Its name there; of an ARN the last part counts.
    """
    name, provider = device.lower().rpartition("/")[2], provider.removesuffix("-stub")
    for row in table():
        if row.provider == provider and any(fnmatchcase(name, pattern) for pattern in row.devices):
            return row
    return None
