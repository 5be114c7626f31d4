"""What the service and a provider host say to each other."""

from __future__ import annotations

import msgspec

__all__ = ["Ask", "Told"]


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A question about one job.

    Attributes:
        number: Of this question.
        verb: ``submit``, ``find``, ``look``, ``fetch`` or ``cancel``; or what `engines.host_roads` has.
        key: What the job is found by at its provider.
        remote: The provider's id of it, where it has one.
        spec: The job's spec as the client encoded it, for ``submit`` and ``fetch``.
        session: For ``submit``, the provider's id of the session that the job goes into; "" for none.
    """

    number: int
    verb: str
    key: str
    remote: str = ""
    spec: bytes = b""
    session: str = ""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """The answer.

    Attributes:
        number: Of the question.
        trouble: What went wrong: ``doubt``, ``refused``, ``later``, ``auth``, ``rate``, ``gone``; "" for nothing.
        reason: In words; also why a job failed.
        wait: Seconds to wait after ``rate``.
        remotes: Ids at the provider: the new one after ``submit``, all that were found after ``find``.
        status: After ``look``, where the job stands (`providers.base.RemoteStatus`).
        outcome: After ``fetch``, the outcome, packed; after a question of `engines.host_roads`, its answer, encoded.
        headline: After ``fetch``, the outcome in a line.
    """

    number: int
    trouble: str = ""
    reason: str = ""
    wait: float = 0.0
    remotes: list[str] = []
    status: str = ""
    outcome: bytes = b""
    headline: str = ""
