"""What IonQ does besides running jobs: how a device stands, the account's old jobs; see `providers.roads`.

IonQ measures all qubits of a circuit: bit i is qubit i.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qmagic.clouds import AccountJob
from qmagic.providers.base import GoneError, RefusedError, RemoteStatus
from qmagic.providers.compiling import Compiler
from qmagic.providers.ionq_errors import translating
from qmagic.providers.measured import Shots, recovered

if TYPE_CHECKING:
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["KEY", "STATES", "IonqRoads", "standing"]

#: What IonQ calls a job's status.
STATES = {
    "submitted": RemoteStatus.QUEUED,
    "ready": RemoteStatus.QUEUED,
    "started": RemoteStatus.RUNNING,
    "running": RemoteStatus.RUNNING,
    "completed": RemoteStatus.DONE,
    "failed": RemoteStatus.FAILED,
    "canceled": RemoteStatus.CANCELLED,
}
#: The entry of a job's metadata that has its key.
KEY = "qmagic"
_ONLINE = ("available", "running")
_DELETED = "deleted"


def standing(status: str) -> str:
    """Returns ``online``, or IonQ's word for a device that takes no jobs."""
    return "online" if status in _ONLINE else status


class IonqRoads:
    """The part of IonQ's adapter that is `roads.Health` and `roads.History`."""

    def _machine(self, name: str) -> tuple[dict[str, Any], Compiler]:
        raise NotImplementedError

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _once(self, method: str, *arguments: Any, **options: Any) -> Any:
        raise NotImplementedError

    def _newest(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def _drawn(self, job: dict[str, Any]) -> list[Shots]:
        raise NotImplementedError

    def standing_of(self, device: str) -> str:
        """Returns how a device stands; see `roads.Health`."""
        with translating():
            name = self._machine(device)[0]["backend"]
            return standing(self._get(f"backends/{name}")["status"])

    def jobs(self, limit: int) -> list[AccountJob]:
        """Returns the account's newest jobs; see `roads.History`."""
        with translating():
            kept = (job for job in self._newest() if job["status"] != _DELETED)
            return [_described(job) for job in itertools.islice(kept, limit)]

    def describe(self, id: str) -> AccountJob:
        """Returns one job; see `roads.History`."""
        with translating():
            return _described(self._kept(id))

    def recover(self, id: str) -> list[SampledPub | EstimatedPub]:
        """Returns a job's counts without its circuits; see `roads.History`."""
        with translating():
            job = self._kept(id)
            if "probabilities" not in (job.get("results") or {}):
                raise RefusedError(f"job {id} ({job['type']}) has no counts")
            metadata = {"backend": job["backend"], "job": id}
            return [recovered(shots, metadata) for shots in self._drawn(job)]

    def _kept(self, id: str) -> dict[str, Any]:
        job: dict[str, Any] = self._once("retrieve_job", id)
        if job["status"] == _DELETED:
            raise GoneError(f"job {id} was deleted")
        return job


def _described(job: dict[str, Any]) -> AccountJob:
    created = job.get("submitted_at")
    return AccountJob(
        id=job["id"],
        device=job["backend"],
        status=STATES.get(job["status"], RemoteStatus.RUNNING).value,
        created=datetime.datetime.fromisoformat(created).timestamp() if created else 0.0,
        key=(job.get("metadata") or {}).get(KEY, ""),
    )
