"""What the service and a loop's process say to each other."""

from __future__ import annotations

import msgspec

from qmagic.engines.base import Done, Failed
from qmagic.orders import Order
from qmagic.tapes import Pulse

__all__ = ["Begin", "FromLoop", "Obey", "Over", "Pulsed", "Ready", "Recorded", "Rested", "ToLoop"]


class Begin(msgspec.Struct, frozen=True, array_like=True, tag="begin"):
    """The loop to run: the job's spec as the client encoded it, its tape so far, and every order that it ever got."""

    job: str
    attempt: int
    spec: bytes
    tape: list[bytes]
    orders: list[Order]


class Obey(msgspec.Struct, frozen=True, array_like=True, tag="obey"):
    """An order, which is on disk."""

    order: Order


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """The process has imported what every loop needs and takes one."""


class Recorded(msgspec.Struct, frozen=True, array_like=True, tag="recorded"):
    """The next chunk of the tape. `evaluations` and `iterations` count from the start of the tape to its end."""

    job: str
    attempt: int
    chunk: bytes
    evaluations: int
    iterations: int


class Pulsed(msgspec.Struct, frozen=True, array_like=True, tag="pulsed"):
    """How the loop stands; at most ten times a second."""

    pulse: Pulse


class Rested(msgspec.Struct, frozen=True, array_like=True, tag="rested"):
    """The loop has been paused for long: its tape is complete, and the process leaves."""

    job: str
    attempt: int


class Over(msgspec.Struct, frozen=True, array_like=True, tag="over"):
    """The loop's end, with what was not told before it: the last chunk of its tape, and how it stands.

    `lasts` says that the process takes another loop.
    """

    end: Done | Failed
    recorded: Recorded | None
    pulsed: Pulsed | None
    lasts: bool


ToLoop = Begin | Obey
FromLoop = Ready | Recorded | Pulsed | Rested | Over
