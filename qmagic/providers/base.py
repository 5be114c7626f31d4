"""The seam between qmagic and clouds: what an adapter is, and what it owes.

* **A submit happens once.** The client's own retries of a submit are off. What is not certain is `InDoubtError`.
* **The key travels with the job** so that `find` finds it, whoever submitted it and whatever became of the reply.
* **One failure idiom.** Whatever a client does with a job that failed, `look` says FAILED and why. Everything else that
  goes wrong is one of the errors here; none of them says anything about the job.
* **Counts in Qiskit's order, for the circuit that was given**: an adapter brings it onto the device and undoes that.
* Tokens stay in the client: they are in no message, no error and no log.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.clouds import Device
    from qmagic.money import Money
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = [
    "AuthError", "GoneError", "InDoubtError", "LaterError", "PartialError", "Provider", "ProviderError", "RateError",
    "RefusedError", "RemotePub", "RemoteStatus", "Standing",
]  # fmt: skip


class RemoteStatus(enum.StrEnum):
    """Where a job stands at its provider."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where a job stands at its provider.

    Attributes:
        status: Its status.
        reason: Why it failed, where it did.
        seconds: QPU seconds that were billed, of a job that has ended and where the provider bills time and says so.
        ahead: Jobs before it in the queue; None where the provider does not say.
        cost: What the provider itself says that it billed, of a job that has ended; None where it does not say.
    """

    status: RemoteStatus
    reason: str = ""
    seconds: float | None = None
    ahead: int | None = None
    cost: Money | None = None


@dataclasses.dataclass(frozen=True)
class RemotePub:
    """One PUB for a provider.

    Attributes:
        circuit: As it was given.
        values: The values of each parameter, by name, all of the same shape; empty for none.
        observables: Operators (``SparsePauliOp``) on the circuit's qubits; None for counts.
        shape: The shape of the observables' array.
        shots: Shots; None for the provider's usual number.
        precision: Standard error that is asked for.
        placed: Whether the circuit is on the device, in its own gates, and is to run just so (`clouds.PLACING`).
    """

    circuit: QuantumCircuit
    values: dict[str, Any]
    observables: tuple[Any, ...] | None = None
    shape: tuple[int, ...] = ()
    shots: int | None = None
    precision: float | None = None
    placed: bool = False


class ProviderError(Exception):
    """Something went wrong that is not the job's own failure; the message is one line."""


class InDoubtError(ProviderError):
    """A submit may or may not have been accepted."""


class RefusedError(ProviderError):
    """The provider refuses the job as it is; sending it again would not help."""


class LaterError(ProviderError):
    """Nothing happened; it may be tried again."""


class AuthError(ProviderError):
    """The provider does not accept who asks."""


class GoneError(ProviderError):
    """The provider says that it has no such job."""


class PartialError(ProviderError):
    """Only some of a job's parts are there. To submit it again is safe: what is there stays, the rest follows.

    Args:
        message: In a line.
        id: The id of what is there, as of a job.
    """

    def __init__(self, message: str, id: str) -> None:
        super().__init__(message)
        self.id = id


class RateError(ProviderError):
    """Too many requests.

    Args:
        message: In a line.
        wait: Seconds to wait.
    """

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Provider(Protocol):
    """A cloud. Its methods may be called from several threads."""

    def devices(self) -> list[Device]:
        """Returns the devices that this account can reach."""
        ...

    def target(self, device: str) -> Target | None:
        """Returns a device's gates with their published errors and durations; None where nothing is published."""
        ...

    def compiled(self, device: str, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit as it is submitted to a device, with its layout; what the price is made from."""
        ...

    def submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None) -> str:
        """Submits a job under a key and returns the provider's id of it.

        With `seconds` the provider stops the job after so much billed time, where it bills time.

        Raises:
            InDoubtError: Nobody knows whether it was accepted.
            ProviderError: It was not.
        """
        ...

    def find(self, key: str) -> list[str]:
        """Returns the ids of all jobs under a key that were not cancelled, oldest first.

        Raises:
            PartialError: A submit broke off in the middle of a job.
        """
        ...

    def look(self, id: str) -> Standing:
        """Returns where a job stands.

        Raises:
            GoneError: There is no such job.
        """
        ...

    def fetch(self, id: str, pubs: Sequence[RemotePub]) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB of a job that is done."""
        ...

    def cancel(self, id: str) -> None:
        """Asks for a job to be stopped; one that has ended already is none of this method's business."""
        ...
