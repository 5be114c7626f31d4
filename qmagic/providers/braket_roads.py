"""What Amazon Braket does besides running tasks: how a device stands, the account's old tasks; see `providers.roads`.

Tasks are those of the last days in all regions. A task's result does not say which classical bits its circuit had: bit
i is the i-th measured qubit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qmagic.clouds import AccountJob
from qmagic.providers.base import GoneError, RemoteStatus
from qmagic.providers.braket_devices import Machine
from qmagic.providers.braket_errors import translating
from qmagic.providers.measured import Shots, recovered
from qmagic.providers.parts import Parts, separate, together

if TYPE_CHECKING:
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["KEY", "STATES", "BraketRoads"]

#: What Braket calls a task's status.
STATES = {
    "CREATED": RemoteStatus.QUEUED,
    "QUEUED": RemoteStatus.QUEUED,
    "RUNNING": RemoteStatus.RUNNING,
    "CANCELLING": RemoteStatus.RUNNING,
    "COMPLETED": RemoteStatus.DONE,
    "FAILED": RemoteStatus.FAILED,
    "CANCELLED": RemoteStatus.CANCELLED,
}
#: The tag that has a job's key.
KEY = "qmagic"
_TASK = "arn:aws:braket:"


class BraketRoads:
    """The part of Amazon's adapter that is `roads.Health` and `roads.History`."""

    _parts: Parts

    def _machine(self, name: str) -> Machine:
        raise NotImplementedError

    def _told(self, arn: str) -> dict[str, Any]:
        raise NotImplementedError

    def _task(self, arn: str) -> dict[str, Any]:
        raise NotImplementedError

    def _tasks(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def _shots(self, arn: str) -> Shots:
        raise NotImplementedError

    def standing_of(self, device: str) -> str:
        """Returns how a device stands; see `roads.Health`. One outside its hours is online: its queue takes tasks."""
        with translating():
            status: str = self._told(self._machine(device).arn)["deviceStatus"]
        return status.lower()

    def jobs(self, limit: int) -> list[AccountJob]:
        """Returns the account's newest tasks; see `roads.History`."""
        with translating():
            found = {task["quantumTaskArn"]: _described(task) for task in self._tasks()}
        return sorted(found.values(), key=lambda job: job.created, reverse=True)[:limit]

    def describe(self, id: str) -> AccountJob:
        """Returns one task, or a job of several; see `roads.History`."""
        return together(self._parts.each(self._described_task, separate(id)))

    def recover(self, id: str) -> list[SampledPub | EstimatedPub]:
        """Returns a job's counts without its circuits; see `roads.History`."""
        metadata = {"backend": self.describe(id).device, "job": id}
        return [recovered(shots, metadata) for shots in self._parts.fetch(self._shots, id)]

    def _described_task(self, arn: str) -> AccountJob:
        if not arn.startswith(_TASK):
            raise GoneError(f"Braket names its tasks by ARN ({_TASK}...); got {arn!r}")
        with translating():
            return _described(self._task(arn))


def _described(task: dict[str, Any]) -> AccountJob:
    return AccountJob(
        id=task["quantumTaskArn"],
        device=task["deviceArn"].rpartition("/")[2],
        status=STATES.get(task["status"], RemoteStatus.RUNNING).value,
        created=task["createdAt"].timestamp(),
        key=(task.get("tags") or {}).get(KEY, ""),
    )
