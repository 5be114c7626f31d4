"""Amazon Braket by its own SDK: OpenQASM 3 tasks, one for each circuit.

A task is made under a `clientToken` that follows from the job's key, so that Amazon makes one task however often it is
asked; a doubt is solved by asking again. Amazon's client tries nothing again by itself. Each task carries the key as a
tag, by which `find` knows it; a job of several circuits is several tasks (`parts`). A task on a QPU of another region
is made, kept and asked for in that region, with a bucket there.
"""

from __future__ import annotations

import datetime
import functools
import json
import threading
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.clouds import Device
from qmagic.providers.base import (
    PartialError,
    RefusedError,
    RemotePub,
    RemoteStatus,
    Standing,
)
from qmagic.providers.braket_devices import Machine, machine_of
from qmagic.providers.braket_errors import code_of, doubting, translating
from qmagic.providers.braket_programs import program_of
from qmagic.providers.braket_roads import KEY, STATES, BraketRoads
from qmagic.providers.measured import Shots, combine, expand, shots_of
from qmagic.providers.parts import Parts, joined

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.outcomes import EstimatedPub, SampledPub
    from qmagic.providers.pace import Pace

__all__ = ["Braket"]

_PART = "qmagic-part"
_FOLDER = "tasks"
_HOME = "us-east-1"
#: Days for which a submit in doubt is looked for.
_DAYS = 30
_CONNECT_SECONDS, _READ_SECONDS = 10, 40


class Braket(BraketRoads):
    """Amazon's adapter; the account is the one that AWS's own configuration names."""

    def __init__(self, pace: Pace) -> None:
        self._lock = threading.RLock()
        self._sessions: dict[str, Any] = {}
        self._storages: dict[str, Any] = {}
        self._machines: dict[str, Machine] = {}
        #: Tasks of a job whose submit broke off, by key and part: what was found of it.
        self._found: dict[str, dict[int, str]] = {}
        self._parts = Parts(self._look, self._cancel, pace)

    def devices(self) -> list[Device]:
        """Returns all devices that run circuits and are not retired; see `base.Provider`."""
        with translating():
            found = self._parts.each(self._listed, self._arns())
            return [one.device for one in found if one is not None]

    def target(self, device: str) -> Target | None:
        """Returns a device's gates with their errors, as if all its qubits were joined; see `base.Provider`."""
        with translating():
            return self._machine(device).target

    def compiled(self, device: str, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit in a device's gates, which Amazon places on its qubits; see `base.Provider`."""
        with translating():
            return self._machine(device).compiler.compiled(circuit)

    def submit(self, device: str, pubs: Sequence[RemotePub], key: str, seconds: int | None = None) -> str:
        """Submits a task for each circuit; see `base.Provider`. Braket limits no task's time: `seconds` is no use."""
        with translating():
            machine = self._machine(device)
            experiments = expand(pubs)
            for one in experiments:
                machine.check(one.shots)
            programs = [program_of(circuit, machine.idle) for circuit in machine.compiler.bound(experiments)]
            session = self._session(_region(machine.arn))
            bucket = self._bucket(session)
            known = self._found.pop(key, {})

        def submit_one(number: int) -> str:
            if number in known:
                return known[number]
            with doubting():
                made: str = session.create_quantum_task(
                    clientToken=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{number}")),
                    deviceArn=machine.arn,
                    action=programs[number],
                    shots=experiments[number].shots,
                    outputS3Bucket=bucket,
                    outputS3KeyPrefix=_FOLDER,
                    tags={KEY: key, _PART: f"{number} of {len(programs)}"},
                )
                return made

        return self._parts.submit(len(programs), submit_one)

    def find(self, key: str) -> list[str]:
        """Returns the job under a key, once all its tasks are there; see `base.Provider`."""
        with translating():
            found: dict[int, str] = {}
            count = 0
            for task in self._tasks():
                tags = task.get("tags") or {}
                if tags.get(KEY) == key and task["status"] not in ("CANCELLED", "CANCELLING"):
                    number, _, count = (int(word) if word.isdigit() else 0 for word in tags[_PART].split())
                    found[number] = task["quantumTaskArn"]
        if len(found) == count:
            return [joined([found[i] for i in range(count)])] if found else []
        self._found[key] = found
        raise PartialError(f"{len(found)} of {count} tasks of the job are there", joined(list(found.values())))

    def look(self, id: str) -> Standing:
        """Returns where a job stands; see `base.Provider`."""
        return self._parts.look(id)

    def fetch(self, id: str, pubs: Sequence[RemotePub]) -> list[SampledPub | EstimatedPub]:
        """Returns the result of each PUB; see `base.Provider`."""
        return combine(pubs, self._parts.fetch(self._shots, id), {"job": id})

    def cancel(self, id: str) -> None:
        """Asks for a job to be stopped; see `base.Provider`."""
        self._parts.cancel(id)

    # one task

    def _task(self, arn: str) -> dict[str, Any]:
        """Returns what Amazon tells of a task."""
        task: dict[str, Any] = self._session(_region(arn)).get_quantum_task(arn)
        return task

    def _look(self, arn: str) -> Standing:
        with translating():
            task = self._task(arn)
            status = STATES.get(task["status"], RemoteStatus.RUNNING)  # a word that it has not had: it is not over
            position = (task.get("queueInfo") or {}).get("position") or ""
            return Standing(
                status,
                task.get("failureReason", "") if status is RemoteStatus.FAILED else "",
                ahead=int(position) - 1 if position.isdigit() else None,
            )

    def _cancel(self, arn: str) -> None:
        with translating():
            try:
                self._session(_region(arn)).cancel_quantum_task(arn)
            except Exception as error:
                if code_of(error) != "ConflictException":  # it has ended
                    raise

    def _shots(self, arn: str) -> Shots:
        with translating():
            task = self._task(arn)
            place = {"Bucket": task["outputS3Bucket"], "Key": f"{task['outputS3Directory']}/results.json"}
            result = json.loads(self._storage(_region(arn)).get_object(**place)["Body"].read())
            return _shots(result)

    # the account

    def _session(self, region: str) -> Any:
        """Returns the SDK's session for a region, which tries nothing again."""
        import boto3
        from botocore.config import Config
        from braket.aws import AwsSession

        with self._lock:
            if region not in self._sessions:
                config = Config(
                    retries={"mode": "standard", "total_max_attempts": 1},
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                    max_pool_connections=32,
                )
                boto = boto3.Session(region_name=region)
                self._sessions[region] = AwsSession(boto_session=boto, config=config)
                self._storages[region] = boto.client("s3", config=config)
            return self._sessions[region]

    def _storage(self, region: str) -> Any:
        self._session(region)
        return self._storages[region]

    def _bucket(self, session: Any) -> str:
        with self._lock:
            bucket: str = session.default_bucket()
            return bucket

    def _arns(self) -> list[str]:
        """Returns the ARNs of the devices of all regions."""
        found = {
            one["deviceArn"]: None
            for region in _regions()
            for one in self._session(region).search_devices()
            if one["deviceStatus"] != "RETIRED"
        }
        return list(found)

    def _described(self, arn: str) -> Machine:
        return machine_of(self._told(arn))

    def _told(self, arn: str) -> dict[str, Any]:
        """Returns what Amazon tells of a device."""
        told: dict[str, Any] = self._session(_region(arn)).get_device(arn)
        return told

    def _listed(self, arn: str) -> Machine | None:
        """Returns a device; None for one that runs no circuits."""
        try:
            return self._described(arn)
        except RefusedError:
            return None

    def _machine(self, name: str) -> Machine:
        from qmagic.errors import nearest

        with self._lock:
            if name not in self._machines:
                arns = self._arns() if not name.startswith("arn:") else [name]
                fits = [arn for arn in arns if arn.rpartition("/")[2].lower() == name.rpartition("/")[2].lower()]
                if not fits:
                    names = [arn.rpartition("/")[2] for arn in arns]
                    raise RefusedError(
                        f"Braket has no device {name!r}{nearest(name, names)}; there are {', '.join(names)}"
                    )
                self._machines[name] = self._described(fits[0])
            return self._machines[name]

    def _tasks(self) -> Iterator[dict[str, Any]]:
        """Yields the tasks of the last days in all regions."""
        since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=_DAYS)
        filters = [{"name": "createdAt", "operator": "GTE", "values": [since.strftime("%Y-%m-%dT%H:%M:%SZ")]}]
        for region in _regions():
            client = self._session(region).braket_client
            for page in client.get_paginator("search_quantum_tasks").paginate(filters=filters):
                yield from page["quantumTasks"]


def _regions() -> Sequence[str]:
    from braket.aws import AwsDevice

    regions: Sequence[str] = AwsDevice.REGIONS
    return regions


def _region(arn: str) -> str:
    """Returns the region of a device or task; Amazon's simulators are in all of them."""
    return arn.split(":")[3] or _own_region()


@functools.cache
def _own_region() -> str:
    """Returns the account's usual region; boto3 takes 10 ms to find it."""
    import boto3

    return boto3.Session().region_name or _HOME


def _shots(result: dict[str, Any]) -> Shots:
    """Returns the shots of a result, which some devices give as shares of outcomes."""
    order = result.get("measuredQubits") or []
    places = sorted(range(len(order)), key=order.__getitem__)
    if result.get("measurements"):
        shots = shots_of(result["measurements"])
    elif not result.get("measurementProbabilities"):
        raise RefusedError(f"task {result['taskMetadata']['id']!r} has no counts")
    else:
        shares, total = result["measurementProbabilities"], result["taskMetadata"]["shots"]
        rows = [[int(bit) for bit in outcome] for outcome in shares]
        shots = shots_of(rows, [round(share * total) for share in shares.values()])
    return Shots(shots.bits[:, places], shots.counts)
