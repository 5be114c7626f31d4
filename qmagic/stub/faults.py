"""What goes wrong, as data: at which stage of a client's work, which fault, how often.

A fault strikes *before* the request does anything, or *after* it did all its work and only the reply is spoilt: a
client cannot tell a connection that was cut before from one cut after, and that is the point of it.
"""

from __future__ import annotations

import random
from typing import Annotated, Literal

import msgspec

from qmagic.stub.settings import Settings

__all__ = ["KINDS", "STAGES", "Fault", "Faults", "Stage"]

#: What a route is for. ``check`` is what clients ask by the way: usage, quotas, a device's status.
Stage = Literal["auth", "list", "check", "submit", "poll", "result", "cancel", "session", "storage", "other"]
Kind = Literal["500", "502", "503", "429", "401", "404", "drop", "slow", "truncated"]

STAGES: tuple[str, ...] = ("auth", "list", "check", "submit", "poll", "result", "cancel", "session", "storage", "other")
KINDS: tuple[str, ...] = ("500", "502", "503", "429", "401", "404", "drop", "slow", "truncated")


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong.

    Attributes:
        stage: Where.
        kind: A status, or what happens to the connection or the reply.
        cloud: Only at this cloud; "" for all.
        after: Whether the request does its work first. A slow or truncated reply always comes after.
        times: How many requests it hits.
        skip: How many requests at this stage pass before the first hit.
        seconds: How long a slow reply takes; what ``Retry-After`` says with 429.
    """

    stage: Stage
    kind: Kind
    cloud: str = ""
    after: bool = False
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0
    seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 1.0

    @property
    def strikes_after(self) -> bool:
        """Whether the request does its work before the fault shows."""
        return self.after or self.kind in ("slow", "truncated")


class Faults:
    """The faults that are still to come; those by chance (``drop``, ``truncate`` of the settings) come on top."""

    def __init__(self) -> None:
        self._planned: list[tuple[Fault, list[int]]] = []
        self._random = random.Random()

    def plan(self, faults: tuple[Fault, ...]) -> None:
        """Replaces what is still to come."""
        self._planned = [(fault, [0]) for fault in faults]

    def draw(self, cloud: str, stage: Stage, settings: Settings) -> Fault | None:
        """Returns what hits this request, None for nothing."""
        for fault, seen in self._planned:
            if fault.stage != stage or fault.cloud not in ("", cloud) or seen[0] >= fault.skip + fault.times:
                continue
            seen[0] += 1
            if seen[0] > fault.skip:
                return fault
        if settings.drop and self._random.random() < settings.drop:
            return Fault(stage=stage, kind="drop", after=self._random.random() < 0.5)
        if settings.truncate and self._random.random() < settings.truncate:
            return Fault(stage=stage, kind="truncated")
        return None
