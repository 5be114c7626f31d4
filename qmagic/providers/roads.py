"""What an adapter may do besides running jobs: tell of old ones, hold sessions. An adapter has these methods or not.

* `Health`: how one device stands now; without it no job moves on from a device.
* `History`: the account's jobs, whoever submitted them, and their results without the circuits.
* `Sessions`: time on a device that is billed as a whole. An open one costs money, so `close_session` may be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from qmagic.clouds import AccountJob, SessionState
from qmagic.providers.base import Provider, RefusedError, RemotePub

if TYPE_CHECKING:
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["Health", "History", "Sessions", "health", "history", "sessions"]


@runtime_checkable
class Health(Protocol):
    """An adapter that can tell of one device how it stands, at the price of one request."""

    def standing_of(self, device: str) -> str:
        """Returns ``online``, or the provider's word for why a device takes no jobs now."""
        ...


@runtime_checkable
class History(Protocol):
    """An adapter that knows the account's jobs."""

    def jobs(self, limit: int) -> list[AccountJob]:
        """Returns the account's newest jobs, at most so many, newest first."""
        ...

    def describe(self, id: str) -> AccountJob:
        """Returns one job.

        Raises:
            GoneError: There is no such job.
        """
        ...

    def recover(self, id: str) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB of a job that is done, with registers from the result or its circuit."""
        ...


@runtime_checkable
class Sessions(Protocol):
    """An adapter whose cloud has sessions, batches, or both."""

    def open_session(self, device: str, mode: str, seconds: int, key: str) -> str:
        """Opens a session (`mode` ``"session"``) or a batch (``"batch"``) and returns the provider's id of it.

        Where its time is billed the provider ends it after `seconds`, whatever becomes of us. `key` is ours, for a
        provider that takes one: it opens no second session under it.

        Raises:
            RefusedError: It has no such mode.
            InDoubtError: Nobody knows whether one was opened; it ends by its limit.
        """
        ...

    def submit_in(
        self, session: str, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None
    ) -> str:
        """Submits a job in a session; otherwise as `Provider.submit`."""
        ...

    def look_session(self, session: str, device: str) -> SessionState:
        """Returns where a session stands.

        Raises:
            GoneError: There is no such session.
        """
        ...

    def close_session(self, session: str, device: str) -> None:
        """Lets a session take no more jobs and end with those it has; one that is closed stays so."""
        ...


def health(provider: Provider, cloud: str) -> Health:
    """Returns the adapter as one that tells how a device stands.

    Raises:
        RefusedError: It does not.
    """
    if not isinstance(provider, Health):
        raise RefusedError(f"qmagic cannot tell when a device of {cloud} goes down")
    return provider


def history(provider: Provider, cloud: str) -> History:
    """Returns the adapter as one that knows old jobs.

    Raises:
        RefusedError: It does not.
    """
    if not isinstance(provider, History):
        raise RefusedError(f"qmagic cannot list or adopt old jobs of {cloud} yet")
    return provider


def sessions(provider: Provider, cloud: str) -> Sessions:
    """Returns the adapter as one that holds sessions.

    Raises:
        RefusedError: Its cloud has none, or qmagic cannot open them.
    """
    if not isinstance(provider, Sessions):
        raise RefusedError(f"{cloud} has no sessions that qmagic could open; run the jobs without one")
    return provider
