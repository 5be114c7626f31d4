"""What can be said of a job at a cloud before it runs, as data: its circuits on the device, and its price.

A `Quote` is made where the cloud's client is (a provider host); a `CloudPlan` is a quote with what only the service
knows: how the device stands, and what the budget says. `display.clouds` draws it.
"""

from __future__ import annotations

import msgspec

from qmagic.clouds import Device
from qmagic.forecast import Forecast
from qmagic.jobs import Environment
from qmagic.money import Price

__all__ = ["AskDevices", "CloudDevices", "CloudPlan", "OnDevice", "Quote"]


class OnDevice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One circuit of a job as it goes to its device.

    Attributes:
        shots: Shots of one execution.
        executions: How often the circuit goes there: parameter points times groups of observables measured together.
        qubits: How many qubits it uses there.
        forecast: Its size and its chances; None where the device publishes no gates.
        fits: Whether it was written in the device's own gates already; None where that is not known.
        before: Gates on two qubits before it was compiled.
        layout: The device's qubit of each qubit of the circuit; empty where that is not known.
    """

    shots: int
    executions: int = 1
    qubits: int = 0
    forecast: Forecast | None = None
    fits: bool | None = None
    before: int = 0
    layout: tuple[int, ...] = ()


class Quote(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A job's circuits on their device, and its price."""

    price: Price
    circuits: tuple[OnDevice, ...] = ()

    @property
    def brief(self) -> str:
        """The most that matters, in a line: the chances of the circuit that has the worst, and the price."""
        return "; ".join(filter(None, (self.chances, self.price.brief)))

    @property
    def chances(self) -> str:
        """Size and chances of the circuit that has the worst; "" where they are not known."""
        known = [one.forecast for one in self.circuits if one.forecast is not None]
        chances = [one.success for one in known if one.success is not None]
        parts = []
        if known:
            worst = min(known, key=lambda one: 1.0 if one.success is None else one.success)
            parts.append(f"depth {worst.depth:,}, {worst.two_qubit:,} two-qubit gate{'s' * (worst.two_qubit != 1)}")
        if chances:
            parts.append(f"a shot succeeds with {100 * min(chances):.3g} % (crosstalk not counted)")
        return "; ".join(parts)


class CloudPlan(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a job at a cloud would do. Nothing was submitted.

    Attributes:
        backend: The backend that was asked for.
        kind: ``"sample"`` or ``"estimate"``.
        quote: Its circuits there, and its price; None where it cannot run.
        error: Why it cannot; "" where it can.
        device: How the device stands; None where that could not be learnt.
        budget: What the budget says; "" where none is set.
        held: Whether the budget would hold it.
        planning: Seconds that this took.
    """

    backend: str
    kind: str
    quote: Quote | None = None
    error: str = ""
    device: Device | None = None
    budget: str = ""
    held: bool = False
    planning: float = 0.0

    def __repr__(self) -> str:
        from qmagic.display.clouds import cloud_plan_text

        return cloud_plan_text(self)

    def _repr_html_(self) -> str:
        from qmagic.display.clouds import cloud_plan_html

        return cloud_plan_html(self)


class AskDevices(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question for devices: those that are remembered, at once, while what is old is asked for again.

    Attributes:
        providers: Whose, such as ``("ibm", "ibm-stub")``.
        environment: The asker's environment.
        refresh: Whether to wait until all of them were asked anew.
        wait: Whether to wait a little for who was never asked.
    """

    providers: tuple[str, ...]
    environment: Environment
    refresh: bool = False
    wait: bool = False


class CloudDevices(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The devices of a provider as they were last told.

    Attributes:
        provider: Its name.
        devices: What it has.
        read: When they were told, seconds since the epoch; 0 for never.
        asked: When that was asked for last, with or without an answer.
        trouble: Why the last question had no answer, of the kinds of `engines.host_messages.Told`; "" where it had one.
        reason: The same in words.
        asking: Whether it is being asked now.
    """

    provider: str
    devices: tuple[Device, ...] = ()
    read: float = 0.0
    asked: float = 0.0
    trouble: str = ""
    reason: str = ""
    asking: bool = False
