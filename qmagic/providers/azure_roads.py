"""What Azure does besides running jobs: how a target stands, old jobs, sessions; see `providers.roads`.

Outcomes are the lists of results that a program wrote down. Programs that Azure made of Qiskit's circuits write the
last bit first, register by register, as Qiskit prints them; of all others, ours among them, bit i is the i-th result.
IonQ's own circuits come back as numbers, whose bit i is qubit i.

A session's id follows from its key, as a job's does: it is opened once, however often that is asked. Azure bills the
jobs in it and no time; we close it when its time is over, Azure does not.
"""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.clouds import AccountJob, SessionState
from qmagic.providers.azure_errors import doubting, translating
from qmagic.providers.base import InDoubtError, LaterError, RefusedError, RemotePub, RemoteStatus
from qmagic.providers.measured import Shots, recovered, shots_of
from qmagic.providers.parts import Parts, separate, together
from qmagic.providers.shares import shots_of_shares

if TYPE_CHECKING:
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["KEY", "STATES", "AzureRoads", "standing"]

#: What Azure calls a job's status.
STATES = {
    "Queued": RemoteStatus.QUEUED,
    "Waiting": RemoteStatus.QUEUED,
    "Succeeded": RemoteStatus.DONE,
    "Completed": RemoteStatus.DONE,
    "Failed": RemoteStatus.FAILED,
    "Cancelled": RemoteStatus.CANCELLED,
}
#: The entry of a job's metadata that has its key.
KEY = "qmagic"
_PAGE = 100
#: How often an opening without an answer is asked again, and the seconds between.
_TRIES, _PAUSE = 4, 0.5
_ONLINE = ("Available", "Degraded")


def standing(availability: str) -> str:
    """Returns ``online``, or Azure's word for a target that takes no jobs; a degraded one takes them."""
    return "online" if availability in _ONLINE else availability.lower()


class AzureRoads:
    """The part of Azure's adapter that is `roads.Health`, `roads.History` and `roads.Sessions`."""

    _parts: Parts
    _workspace: Any

    def _told(self, name: str) -> tuple[str, Any]:
        raise NotImplementedError

    def _details(self, id: str) -> Any:
        raise NotImplementedError

    def _file(self, id: str, address: str) -> Any:
        raise NotImplementedError

    def _submit(self, device: str, pubs: Sequence[RemotePub], key: str, session: str = "") -> str:
        raise NotImplementedError

    def standing_of(self, device: str) -> str:
        """Returns how a target stands; see `roads.Health`."""
        with translating():
            return standing(self._told(device)[1].current_availability)

    def jobs(self, limit: int) -> list[AccountJob]:
        """Returns the workspace's newest jobs; see `roads.History`."""
        with translating():
            newest = self._workspace.list_jobs_paginated(
                top=min(limit, _PAGE), orderby_property="CreationTime", is_asc=False
            )
            return [_described(details) for details in itertools.islice(newest, limit)]

    def describe(self, id: str) -> AccountJob:
        """Returns one job, or one of several; see `roads.History`."""
        return together(self._parts.each(lambda one: _described(self._details(one)), separate(id)))

    def recover(self, id: str) -> list[SampledPub | EstimatedPub]:
        """Returns a job's counts without its circuits; see `roads.History`."""
        metadata = {"backend": self.describe(id).device, "job": id}
        return [recovered(shots, metadata) for shots in self._parts.fetch(self._recovered, id)]

    def open_session(self, device: str, mode: str, seconds: int, key: str) -> str:
        """Opens a session, which goes on when a job in it fails; see `roads.Sessions`."""
        from azure.quantum.job.session import Session, SessionJobFailurePolicy

        if mode != "session":
            raise RefusedError(f"Azure has no {mode!r}; there is session")
        with translating():
            provider, _ = self._told(device)
        id, policy = str(uuid.uuid5(uuid.NAMESPACE_URL, key)), SessionJobFailurePolicy.CONTINUE
        for left in reversed(range(_TRIES)):
            try:
                with doubting():
                    self._workspace.open_session(
                        Session(
                            self._workspace,
                            target=device,
                            provider_id=provider,
                            id=id,
                            name=key,
                            job_failure_policy=policy,
                        )
                    )
                break
            except (InDoubtError, LaterError):  # the same again opens no second one
                if not left:
                    raise
                time.sleep(_PAUSE)
        return id

    def submit_in(
        self, session: str, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None
    ) -> str:
        """Submits a job in a session; see `roads.Sessions`."""
        return self._submit(device, pubs, key, session)

    def look_session(self, session: str, device: str) -> SessionState:
        """Returns where a session stands; see `roads.Sessions`. Azure bills no time of it."""
        with translating():
            over = self._workspace.get_session(session).details.status not in ("Waiting", "Executing")
        return SessionState(open=not over, over=over)

    def close_session(self, session: str, device: str) -> None:
        """Lets a session take no more jobs; see `roads.Sessions`."""
        with translating():
            self._workspace.close_session(self._workspace.get_session(session))

    def _recovered(self, id: str) -> Shots:
        details = self._details(id)
        with translating():
            output = self._file(id, details.output_data_uri)
            if "histogram" in output:
                given = self._file(id, details.input_data_uri)
                return _of_numbers(output["histogram"], given.get("input", given)["qubits"], details)
            if "Results" not in output:
                raise RefusedError(f"job {id} has a result that qmagic does not read ({details.output_data_format})")
            histogram = output["Results"][0]["Histogram"]
            return shots_of([_bits(one["Outcome"], details) for one in histogram], [one["Count"] for one in histogram])


def _of_numbers(shares: dict[str, float], width: int, details: Any) -> Shots:
    """Returns shots of which IonQ tells the shares of outcomes."""
    given = details.input_params or {}
    shots = int(given.get("shots") or given.get("count") or 0)
    if not shots:
        raise RefusedError(f"job {details.id} does not say its shots")
    return shots_of_shares(shares, width, shots, details.id if "simulator" in details.target else "")


def _bits(outcome: Any, details: Any) -> list[int]:
    """Returns an outcome with bit 0 first."""
    bits = list(_flat(outcome))
    if any(bit not in (0, 1) for bit in bits):
        raise RefusedError(f"job {details.id} has results that are no bits: {json.dumps(outcome)}")
    return bits[::-1] if (details.metadata or {}).get("qiskit") == "True" else bits


def _flat(outcome: Any) -> Iterator[Any]:
    for one in outcome if isinstance(outcome, list) else [outcome]:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one


def _described(details: Any) -> AccountJob:
    created = details.creation_time
    return AccountJob(
        id=details.id,
        device=details.target,
        status=STATES.get(details.status, RemoteStatus.RUNNING).value,
        created=0.0 if created is None else created.timestamp(),
        key=(details.metadata or {}).get(KEY, ""),
    )
