"""What the service and a provider host say to each other."""

from __future__ import annotations

import msgspec

from qmagic.clouds import Device
from qmagic.money import Money
from qmagic.quotes import Quote

__all__ = ["Ask", "Told"]


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A question about one job, or about what a provider has.

    Attributes:
        number: Of this question.
        verb: ``submit``, ``find``, ``look``, ``fetch``, ``cancel``, ``quote`` or ``devices``; or what
            `engines.host_roads` has.
        key: What the job is found by at its provider.
        remote: The provider's id of it, where it has one.
        spec: The job's spec as the client encoded it, for ``submit``, ``fetch`` and ``quote``.
        seconds: For ``submit``, the billed time after which the provider is to stop the job; None for no limit.
        session: For ``submit``, the provider's id of the session that the job goes into; "" for none.
    """

    number: int
    verb: str
    key: str
    remote: str = ""
    spec: bytes = b""
    seconds: int | None = None
    session: str = ""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """The answer.

    Attributes:
        number: Of the question.
        trouble: What went wrong: ``doubt``, ``refused``, ``later``, ``auth``, ``rate``, ``gone``,
            ``partial``; "" for nothing.
        reason: In words; also why a job failed.
        wait: Seconds to wait after ``rate``.
        remotes: Ids at the provider: the new one after ``submit``, all that were found after ``find``; what
            is there of a job after ``partial``.
        status: After ``look``, where the job stands (`providers.base.RemoteStatus`).
        outcome: After ``fetch``, the outcome, packed; after a question of `engines.host_roads`, its answer, encoded.
        headline: After ``fetch``, the outcome in a line.
        seconds: After ``look``, the QPU seconds that were billed, where the provider says so.
        cost: After ``look``, what the provider says that it billed.
        quote: After ``quote``, the job's circuits on the device, and its price.
        devices: After ``devices``, what the account can reach.
    """

    number: int
    trouble: str = ""
    reason: str = ""
    wait: float = 0.0
    remotes: list[str] = []
    status: str = ""
    outcome: bytes = b""
    headline: str = ""
    seconds: float | None = None
    cost: Money | None = None
    quote: Quote | None = None
    devices: list[Device] = []
