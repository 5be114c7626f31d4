"""A plan as data: what would run where, why, what else could, and what could not. `display.plans` draws it."""

from __future__ import annotations

import msgspec

from qmagic.clouds import provider_of
from qmagic.plans.facts import Facts
from qmagic.quotes import CloudPlan

__all__ = ["Choice", "Plan", "PubPlan", "Refused", "opened"]


class Choice(msgspec.Struct, frozen=True):
    """A backend that can run a circuit.

    Attributes:
        backend: Its name.
        seconds: How long it would take, estimated; infinite where nobody can say.
        memory: Bytes that it would take.
        why: Why it would; "" for an alternative.
    """

    backend: str
    seconds: float
    memory: float
    why: str = ""


class Refused(msgspec.Struct, frozen=True):
    """A backend that cannot run a circuit, and why not."""

    backend: str
    why: str


class PubPlan(msgspec.Struct, frozen=True, omit_defaults=True):
    """The plan of one circuit.

    Attributes:
        chosen: What runs it.
        alternatives: What else could, the quickest first: if the choice turns out badly, they are next.
        refused: What cannot.
        facts: What the choice rests on, for each part that has to be simulated, the most gates first.
        saved: What need not be simulated, in words; "" for nothing.
        shots: Shots of each point; None for exact values.
        error: Why nothing here can run it, or not the backend that was asked for; "" where it can.
    """

    chosen: Choice
    alternatives: tuple[Choice, ...] = ()
    refused: tuple[Refused, ...] = ()
    facts: tuple[Facts, ...] = ()
    saved: str = ""
    shots: int | None = None
    error: str = ""


class Plan(msgspec.Struct, frozen=True):
    """What a job would do. Nothing has run.

    Attributes:
        pubs: One plan for each circuit.
        kind: ``"sample"`` or ``"estimate"``.
        backend: The backend that was asked for; ``"auto"`` goes on to the first alternative where the choice turns out
            badly.
        seconds: Estimated seconds of the whole; infinite where nobody can say.
        memory: Estimated bytes at its peak.
        planning: Seconds that planning took.
        missing: Packages that are not installed and would help, each with what it does.
    """

    pubs: tuple[PubPlan, ...]
    kind: str
    backend: str
    seconds: float
    memory: float
    planning: float
    missing: tuple[str, ...] = ()

    def __repr__(self) -> str:
        from qmagic.display.plans import plan_text

        return plan_text(self)

    def _repr_html_(self) -> str:
        from qmagic.display.plans import plan_html

        return plan_html(self)


def opened(data: bytes, backend: str) -> Plan | CloudPlan:
    """Returns the plan that the service made of a job for a backend: one at a cloud has a shape of its own."""
    if provider_of(backend):
        return msgspec.msgpack.decode(data, type=CloudPlan)
    return msgspec.msgpack.decode(data, type=Plan)
