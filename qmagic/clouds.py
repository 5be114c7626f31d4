"""The names of the clouds, and of the stub's copies of them: what a backend's name says about where it runs.

``ibm:ibm_torino`` is IBM's device, ``ibm-stub:ibm_torino`` the stub's. Everything else runs on this machine.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "BY_WALL_TIME",
    "CLOUDS",
    "KEYED_SESSIONS",
    "PLACING",
    "REMOTE",
    "AccountJob",
    "Device",
    "SessionState",
    "device_of",
    "provider_of",
]

#: The clouds that have an adapter (`providers/`).
CLOUDS = ("ibm", "braket", "azure", "ionq")
#: Of these the clouds that take a circuit which is on the device already, and run it as it is (`RemotePub.placed`).
PLACING = ("ibm",)
#: The clouds that bill a session by its wall time, and not its jobs.
BY_WALL_TIME = ("ibm",)
#: The clouds where asking again for a session, under the same key, opens no second one.
KEYED_SESSIONS = ("azure",)
#: The language of an adopted job's source: the data is the provider's id of it, the circuit stayed there.
REMOTE = "remote"
_STUB = "-stub"


def provider_of(backend: str) -> str:
    """Returns which provider a backend belongs to, such as ``"ibm-stub"``; "" for one on this machine."""
    provider, colon, device = backend.partition(":")
    known = provider.removesuffix(_STUB) in CLOUDS
    return provider if colon and device and known else ""


def device_of(backend: str) -> str:
    """Returns the device's name at its provider."""
    return backend.partition(":")[2]


class Device(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A device at a provider, as the provider describes it now.

    Attributes:
        name: What ``--backend provider:name`` takes.
        qubits: How many it has.
        status: ``online``, or the provider's word for why not (``offline``, ``maintenance``, ``retired``).
        queue: Jobs that wait there; None where the provider does not say.
        simulator: Whether it is no QPU.
        two_qubit_error: The median over its two-qubit gates; None where nothing is published.
        readout_error: The same over its qubits.
        price: What it charges, in a few words; "" where no price is published.
    """

    name: str
    qubits: int
    status: str = "online"
    queue: int | None = None
    simulator: bool = False
    two_qubit_error: float | None = None
    readout_error: float | None = None
    price: str = ""


class AccountJob(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A job as its provider lists it, whoever submitted it.

    Attributes:
        id: The provider's id.
        device: Where it runs.
        status: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
        created: Seconds since the epoch; 0 where the provider does not say.
        key: Ours, where qmagic submitted it.
        kind: ``sample`` or ``estimate``, as far as the provider tells.
    """

    id: str
    device: str
    status: str
    created: float = 0.0
    key: str = ""
    kind: str = "sample"


class SessionState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A session as its provider describes it now.

    Attributes:
        open: Whether it takes jobs.
        over: Whether it has ended: nothing in it runs any more.
        seconds: Wall time that is billed so far; None where the provider does not say.
    """

    open: bool
    over: bool = False
    seconds: float | None = None
