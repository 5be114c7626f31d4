"""Azure Quantum by ``azure-quantum``: QIR jobs, one for each circuit.

The id of a job there follows from the job's key, so that Azure makes one however often it is asked; a doubt is solved
by asking again, and `find` looks under that id. Azure's client tries nothing again by itself. A job of several circuits
is several there (`parts`); the first says how many.
"""

from __future__ import annotations

import functools
import json
import os
import threading
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qmagic.clouds import Device
from qmagic.errors import nearest
from qmagic.providers.azure_errors import doubting, translating
from qmagic.providers.azure_roads import KEY, STATES, AzureRoads, standing
from qmagic.providers.base import (
    AuthError,
    GoneError,
    PartialError,
    RefusedError,
    RemotePub,
    RemoteStatus,
    Standing,
)
from qmagic.providers.compiling import Compiler
from qmagic.providers.measured import Shots, combine, expand, shots_of
from qmagic.providers.parts import Parts, joined
from qmagic.providers.qir import ENTRY_POINT, GATES, program_of
from qmagic.providers.redacted import line

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.outcomes import EstimatedPub, SampledPub
    from qmagic.providers.pace import Pace

__all__ = ["Azure"]

_PARTS = "qmagic-parts"
_INPUT, _OUTPUT = "qir.v1", "microsoft.quantum-results.v2"
#: What a provider calls the number of shots, where it is not "shots".
_SHOTS = {"quantinuum": "count"}
_CONNECT_SECONDS, _READ_SECONDS = 10, 40
_STUB_WORKSPACE = {
    "subscription_id": "00000000-0000-0000-0000-000000000000",
    "resource_group": "stub",
    "name": "stub",
    "location": "eastus",
}


class Azure(AzureRoads):
    """Microsoft's adapter; the workspace is the one that the client's environment variables name."""

    def __init__(self, pace: Pace) -> None:
        self._lock = threading.RLock()
        self._machines: dict[str, tuple[str, str, Compiler]] = {}
        self._parts = Parts(self._look, self._cancel, pace)

    @functools.cached_property
    def _workspace(self) -> Any:
        from azure.core.credentials import AzureKeyCredential
        from azure.identity import DefaultAzureCredential
        from azure.quantum import Workspace

        stub = os.environ.get("AZURE_QUANTUM_STUB")
        try:
            if stub:  # no variable of the client's sets the address
                key = AzureKeyCredential(os.environ["AZURE_QUANTUM_STUB_KEY"])
                made = Workspace(**_STUB_WORKSPACE, credential=key, _quantum_endpoint=stub)
            elif os.environ.get("AZURE_QUANTUM_CONNECTION_STRING"):
                made = Workspace()
            else:
                made = Workspace(credential=DefaultAzureCredential())  # which opens no browser
        except Exception as error:
            raise AuthError(f"no workspace at Azure Quantum: {line(error)}") from None
        made._client._config.retry_policy.total_retries = 0
        return made

    def devices(self) -> list[Device]:
        """Returns the targets of the workspace; see `base.Provider`. Azure tells no errors and no queue lengths."""
        with translating():
            return [
                Device(
                    name=one.id,
                    qubits=one.num_qubits or 0,
                    status=standing(one.current_availability),
                    simulator=".qpu" not in one.id,
                )
                for _, one in self._targets()
            ]

    def target(self, device: str) -> Target | None:
        """Returns None: Azure publishes no calibration; see `base.Provider`."""
        return None

    def compiled(self, device: str, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit in gates of QIR, which the target's provider places on qubits; see `base.Provider`."""
        with translating():
            return self._machine(device)[2].compiled(circuit)

    def submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None) -> str:
        """Submits a job for each circuit; see `base.Provider`. Azure limits no job's time: `seconds` is no use."""
        return self._submit(device, pubs, key)

    def _submit(self, device: str, pubs: Sequence[RemotePub], key: str, session: str = "") -> str:
        with translating():
            target, provider, compiler = self._machine(device)
            experiments = expand(pubs)
            programs = [program_of(circuit) for circuit in compiler.bound(experiments)]

        def submit_one(number: int) -> str:
            id = _id(key, number)
            with translating():
                container = self._workspace.get_container_uri(job_id=id)
                address = _Blob(container, "inputData").upload(programs[number])
            with doubting():
                self._create(
                    id=id,
                    name=key,
                    target=target,
                    provider_id=provider,
                    container_uri=container,
                    input_data_uri=address,
                    input_data_format=_INPUT,
                    output_data_format=_OUTPUT,
                    input_params={
                        _SHOTS.get(provider, "shots"): experiments[number].shots,
                        "items": [{"entryPoint": ENTRY_POINT, "arguments": []}],
                    },
                    metadata={KEY: key, _PARTS: str(len(programs))},
                    session_id=session or None,
                )
            return id

        return self._parts.submit(len(programs), submit_one)

    def find(self, key: str) -> list[str]:
        """Returns the job under a key, once all of it is there; see `base.Provider`."""
        try:
            first = self._details(_id(key, 0))  # it is submitted first, and alone
        except GoneError:
            return []
        ids = [_id(key, number) for number in range(int((first.metadata or {}).get(_PARTS, "1")))]
        alive = [one.id for one in self._parts.each(self._alive, ids) if one is not None]
        if not alive:
            return []
        if len(alive) < len(ids):
            raise PartialError(f"{len(alive)} of {len(ids)} jobs of the job are there", joined(alive))
        return [joined(ids)]

    def look(self, id: str) -> Standing:
        """Returns where a job stands; see `base.Provider`."""
        return self._parts.look(id)

    def fetch(self, id: str, pubs: Sequence[RemotePub]) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB; see `base.Provider`."""
        return combine(pubs, self._parts.fetch(self._shots, id), {"job": id})

    def cancel(self, id: str) -> None:
        """Asks for a job to be stopped; see `base.Provider`."""
        self._parts.cancel(id)

    # one job there

    def _details(self, id: str) -> Any:
        with translating():
            return self._workspace.get_job(id).details

    def _alive(self, id: str) -> Any:
        """Returns what Azure says of a job that was not cancelled; None where there is none."""
        try:
            details = self._details(id)
        except GoneError:
            return None
        return None if details.status == "Cancelled" else details

    def _look(self, id: str) -> Standing:
        details = self._details(id)
        status = STATES.get(details.status, RemoteStatus.RUNNING)  # Executing, Finishing, Cancelling; a new word
        error = details.error_data
        return Standing(status, str(error.message) if status is RemoteStatus.FAILED and error is not None else "")

    def _cancel(self, id: str) -> None:
        from azure.core.exceptions import HttpResponseError

        with translating():
            try:
                self._workspace.cancel_job(self._workspace.get_job(id))
            except HttpResponseError as error:
                if error.status_code != 409:  # it has ended
                    raise

    def _shots(self, id: str) -> Shots:
        details = self._details(id)
        with translating():
            histogram = self._file(id, details.output_data_uri)["Results"][0]["Histogram"]
            return shots_of([one["Outcome"] for one in histogram], [one["Count"] for one in histogram])

    def _file(self, id: str, address: str) -> Any:
        """Returns a file of a job."""
        name = urlsplit(address).path.rpartition("/")[2]
        container = self._workspace.get_container_uri(job_id=id)  # signed anew: the old address has its day
        return json.loads(_Blob(container, name).download())

    def _create(self, **details: Any) -> None:
        from azure.core.exceptions import HttpResponseError
        from azure.quantum import Job, JobDetails

        try:
            self._workspace.submit_job(Job(self._workspace, JobDetails(**details)))
        except HttpResponseError as error:
            if error.status_code != 409 or not self._is_there(details["id"]):  # a closed session is a conflict too
                raise

    def _is_there(self, id: str) -> bool:
        try:
            self._workspace.get_job(id)
        except Exception as error:
            if getattr(error, "status_code", None) == 404:
                return False
            raise
        return True

    # targets

    def _targets(self) -> list[tuple[str, Any]]:
        """Returns all targets with their providers; what is public of the client leaves out the number of qubits."""
        found: list[tuple[str, Any]] = self._workspace._get_target_status()
        return found

    def _told(self, name: str) -> tuple[str, Any]:
        """Returns a target's provider, and what Azure tells of it."""
        known = {one.id: (provider, one) for provider, one in self._targets()}
        if name not in known:
            raise RefusedError(f"Azure has no device {name!r}{nearest(name, known)}; there are {', '.join(known)}")
        return known[name]

    def _machine(self, name: str) -> tuple[str, str, Compiler]:
        """Returns a target's full name, its provider, and what writes circuits in gates of QIR."""
        with self._lock:
            if name not in self._machines:
                provider, one = self._told(name)
                self._machines[name] = name, provider, Compiler(name, one.num_qubits or 0, list(GATES))
            return self._machines[name]


class _Blob:
    """A file of a container, whose address is signed."""

    def __init__(self, container: str, name: str) -> None:
        from azure.storage.blob import ContainerClient

        client = ContainerClient.from_container_url(
            container, retry_total=0, connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS
        )
        self._client = client.get_blob_client(name)

    def upload(self, data: bytes) -> str:
        """Writes the file and returns its address without the signature."""
        self._client.upload_blob(data, overwrite=True)
        url: str = self._client.url
        return url.partition("?")[0]

    def download(self) -> bytes:
        """Returns what is in the file."""
        data: bytes = self._client.download_blob().readall()
        return data


def _id(key: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{number}"))
