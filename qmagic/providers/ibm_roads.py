"""What IBM does besides running jobs: the account's old jobs, sessions and batches; see `providers.roads`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.clouds import AccountJob, SessionState
from qmagic.errors import nearest
from qmagic.providers.base import GoneError, InDoubtError, LaterError, RefusedError, RemotePub, RemoteStatus
from qmagic.providers.containers import estimated_pub, sampled_pub
from qmagic.providers.ibm_errors import translating

if TYPE_CHECKING:
    from qmagic.outcomes import EstimatedPub, SampledPub

__all__ = ["STATES", "IbmRoads"]

#: What IBM's client calls a job's status.
STATES = {
    "INITIALIZING": RemoteStatus.QUEUED,
    "QUEUED": RemoteStatus.QUEUED,
    "RUNNING": RemoteStatus.RUNNING,
    "DONE": RemoteStatus.DONE,
    "ERROR": RemoteStatus.FAILED,
    "CANCELLED": RemoteStatus.CANCELLED,
}
_OURS = "qmagic-"
_MODES = ("session", "batch")


class IbmRoads:
    """The part of IBM's adapter that is `roads.Health`, `roads.History` and `roads.Sessions`."""

    _service: Any

    def _backend(self, name: str) -> tuple[Any, Any]:
        raise NotImplementedError

    def _submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None, session: str = "") -> str:
        raise NotImplementedError

    def standing_of(self, device: str) -> str:
        """Returns how a device stands; see `roads.Health`."""
        with translating():
            status = self._backend(device)[0].status()
        return "online" if status.operational else str(status.status_msg or "offline")

    # -- old jobs -----------------------------------------------------------------------------------------------------

    def jobs(self, limit: int) -> list[AccountJob]:
        """Returns the account's newest jobs; see `roads.History`."""
        with translating():
            return [_described(job) for job in self._service.jobs(limit=limit, descending=True)]

    def describe(self, id: str) -> AccountJob:
        """Returns one job; see `roads.History`."""
        with translating():
            return _described(self._service.job(id))

    def recover(self, id: str) -> list[SampledPub | EstimatedPub]:
        """Returns a job's result without its circuits; see `roads.History`."""
        from qiskit.circuit import ClassicalRegister, QuantumCircuit

        with translating():
            job = self._service.job(id)
            results = job.result()
            metadata = {"backend": job.backend().name, "job": id}
        found: list[SampledPub | EstimatedPub] = []
        for result in results:
            data = result.data
            if "evs" in data:
                found.append(estimated_pub(data, (), metadata))
            else:
                registers = [ClassicalRegister(data[name].num_bits, name) for name in data]
                found.append(sampled_pub(QuantumCircuit(*registers), data, metadata))
        return found

    # -- sessions -----------------------------------------------------------------------------------------------------

    def open_session(self, device: str, mode: str, seconds: int, key: str) -> str:
        """Opens a session or a batch; see `roads.Sessions`. Billing starts with its first job; IBM takes no key."""
        from qiskit_ibm_runtime import Batch, Session

        if mode not in _MODES:
            raise RefusedError(f"IBM has no {mode!r}{nearest(mode, _MODES)}; there are {', '.join(_MODES)}")
        backend, _ = self._backend(device)
        try:
            with translating():
                opened = (Session if mode == "session" else Batch)(backend=backend, max_time=seconds)
        except LaterError as error:
            raise InDoubtError(str(error)) from None
        id: str | None = opened.session_id
        if id is None:
            raise RefusedError(f"{device} takes no sessions")
        return id

    def submit_in(
        self, session: str, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None
    ) -> str:
        """Submits a job in a session; see `roads.Sessions`."""
        return self._submit(device, pubs, key, seconds, session)

    def look_session(self, session: str, device: str) -> SessionState:
        """Returns where a session stands; see `roads.Sessions`."""
        with translating():
            found = self._held(session).details() or {}
        usage = found.get("usage_time")
        if usage is None and found and found.get("last_job_started") is None:
            usage = 0.0  # the first job starts the meter
        return SessionState(
            open=bool(found.get("accepting_jobs")),
            over=found.get("state") == "closed",
            seconds=None if usage is None else float(usage),
        )

    def close_session(self, session: str, device: str) -> None:
        """Lets a session take no more jobs; see `roads.Sessions`."""
        with translating():
            self._held(session).close()

    def _held(self, session: str) -> Any:
        """Returns IBM's own handle of a session or batch."""
        from qiskit_ibm_runtime import Batch, Session
        from qiskit_ibm_runtime.exceptions import IBMInputValueError

        try:
            return Session.from_id(session, self._service)
        except IBMInputValueError as error:
            if "execution mode" not in str(error):
                raise GoneError(str(error)) from None
            return Batch.from_id(session, self._service)


def _described(job: Any) -> AccountJob:
    keys = [tag for tag in job.tags or [] if tag.startswith(_OURS)]
    backend, created = job.backend(), job.creation_date
    return AccountJob(
        id=job.job_id(),
        device="" if backend is None else backend.name,
        status=STATES.get(str(job.status()), RemoteStatus.RUNNING).value,
        created=0.0 if created is None else created.timestamp(),
        key=keys[0] if keys else "",
        kind="estimate" if "estimator" in str(job.primitive_id) else "sample",
    )
