"""Amazon Braket: devices and quantum tasks, and what the SDK needs beside them: STS, S3, the price list.

All under one address, as an AWS profile's ``endpoint_url`` has it: botocore sends every service there. S3 comes
path-style (``/bucket/key``), since the address is a number. Signatures (SigV4) are not checked, only the access key,
which is the token.
"""

from __future__ import annotations

import hmac
import json
import re
import uuid
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from qmagic.stub import aws_services
from qmagic.stub.braket_devices import DEVICES, BraketDevice, named
from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.jobs import StubJob, StubStatus
from qmagic.stub.prices import BRAKET_QPU, BRAKET_USD_PER_MINUTE
from qmagic.stub.programs import Answer

__all__ = ["Braket"]

_ACCOUNT, _REGION = "000000000000", "us-east-1"
_STATES = {
    StubStatus.QUEUED: "QUEUED",
    StubStatus.RUNNING: "RUNNING",
    StubStatus.DONE: "COMPLETED",
    StubStatus.FAILED: "FAILED",
    StubStatus.CANCELLED: "CANCELLED",
}
_ERRORS = {400: "ValidationException", 401: "AccessDeniedException", 404: "ResourceNotFoundException",
           409: "ConflictException", 429: "ThrottlingException", 501: "NotImplementedException"}  # fmt: skip
#: The least that a task on a simulator is billed for, in milliseconds.
_LEAST = 3000


class Braket:
    """Amazon's face.

    Args:
        engine: The jobs.
        token: The stub's token, which is the access key.
    """

    name = "braket"
    root = "/braket"

    def __init__(self, engine: Engine, token: str) -> None:
        self._engine, self._token = engine, token
        self._described: dict[str, str] = {}
        engine.on_finish(self.name, self._finish)

    def entries(self) -> list[Entry]:
        """Returns the routes; those of S3 take whatever path is left."""
        storage = aws_services.Storage(self._engine, self._result)
        return [
            Entry("POST", "/devices", "list", self._devices),
            Entry("GET", "/device/{arn:path}", "list", self._device),
            Entry("POST", "/quantum-task", "submit", self._submit),
            Entry("GET", "/quantum-task/{arn:path}", "poll", self._task),
            Entry("PUT", "/quantum-task/{arn:path}/cancel", "cancel", self._cancel),
            Entry("POST", "/quantum-tasks", "poll", self._tasks),
            Entry("GET", "/tags/{arn:path}", "other", self._tags),
            Entry("POST", "/tags/{arn:path}", "other", self._tag),
            Entry("GET", "/offers.csv", "other", self._offers, free=True),
            Entry("POST", "", "auth", aws_services.identity),
            *storage.entries(),
        ]

    def knows(self, request: Request) -> bool:
        """Tells whether the access key is the token."""
        given = re.search(r"Credential=([^/]+)/", request.headers.get("authorization", ""))
        return given is not None and hmac.compare_digest(given[1], self._token)

    def refuse(self, refusal: RefusedError) -> Response:
        """Returns a refusal as AWS writes it."""
        kind = _ERRORS.get(refusal.status, "InternalServiceException")
        if refusal.code.startswith("NoSuch"):
            return aws_services.missing(refusal)
        headers = {"x-amzn-ErrorType": kind, **refusal.headers}
        return JSONResponse({"message": refusal.message}, refusal.status, headers)

    # devices

    async def _devices(self, request: Request) -> Response:
        wanted = {one["name"]: one["values"] for one in (await request.json()).get("filters", [])}
        found = [self._summary(device) for device in DEVICES if device.arn in wanted.get("deviceArn", [device.arn])]
        return JSONResponse({"devices": found})

    async def _device(self, request: Request) -> Response:
        device = self._known(request.path_params["arn"])
        queue = [
            {
                "queue": "QUANTUM_TASKS_QUEUE",
                "queueSize": str(self._engine.waiting(device.arn)),
                "queuePriority": "Normal",
            },
            {"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "0", "queuePriority": "Priority"},
            {"queue": "JOBS_QUEUE", "queueSize": "0"},
        ]
        described = await self._described_as(device)
        return JSONResponse(self._summary(device) | {"deviceCapabilities": described, "deviceQueueInfo": queue})

    async def _described_as(self, device: BraketDevice) -> str:
        if device.arn not in self._described:
            answer = await self._engine.ask("braket", device.arn)
            self._described[device.arn] = answer.decode()
        return self._described[device.arn]

    def _summary(self, device: BraketDevice) -> dict[str, Any]:
        down = self._engine.settings.is_down(device.arn) or self._engine.settings.is_down(device.name)
        return {
            "deviceArn": device.arn,
            "deviceName": device.name,
            "providerName": device.provider,
            "deviceType": device.kind,
            "deviceStatus": "OFFLINE" if down else "ONLINE",
        }

    def _known(self, arn: str) -> BraketDevice:
        device = named(unquote(arn))
        if device is None:
            raise RefusedError(404, f"Device {arn} not found; there are {', '.join(one.arn for one in DEVICES)}")
        return device

    # tasks

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        device = self._known(body["deviceArn"])
        number = str(uuid.uuid5(uuid.NAMESPACE_URL, body["clientToken"]))
        arn = f"arn:aws:braket:{_REGION}:{_ACCOUNT}:quantum-task/{number}"
        facts = {
            "arn": arn,
            "noise": device.noise,
            "name": device.name,
            "shots": body["shots"],
            "bucket": body["outputS3Bucket"],
            "folder": f"{body['outputS3KeyPrefix']}/{number}",
            "parameters": body.get("deviceParameters", "{}"),
            "labels": body.get("tags", {}),
        }
        self._engine.submit(self.name, device.arn, await request.body(), "braket", facts, id=number)
        return JSONResponse({"quantumTaskArn": arn}, 201)

    async def _task(self, request: Request) -> Response:
        job = self._found(request)
        told = self._told(job) | {"deviceParameters": job.facts["parameters"]}
        told["actionMetadata"] = {"actionType": "braket.ir.openqasm.program"}
        if request.query_params.get("additionalAttributeNames") == "QueueInfo":
            ahead = [one for one in self._engine.jobs(self.name) if one.status is StubStatus.QUEUED]
            place = sum(one.device == job.device and one.created <= job.created for one in ahead)
            waits = job.status is StubStatus.QUEUED
            told["queueInfo"] = {
                "queue": "QUANTUM_TASKS_QUEUE",
                "position": str(place) if waits else "None",
                "queuePriority": "Normal",
                **(
                    {}
                    if waits
                    else {"message": f"Task is {told['status']}. AmazonBraket does not show queue position."}
                ),
            }
        self._engine.polled(job)
        return JSONResponse(told)

    async def _tasks(self, request: Request) -> Response:
        body = await request.json()
        jobs = [job for job in self._engine.jobs(self.name) if all(_fits(job, one) for one in body.get("filters", []))]
        return JSONResponse({"quantumTasks": [self._told(job) for job in jobs[: body.get("maxResults", 100)]]})

    def _told(self, job: StubJob) -> dict[str, Any]:
        told: dict[str, Any] = {
            "quantumTaskArn": job.facts["arn"],
            "status": _STATES[job.status],
            "deviceArn": job.device,
            "shots": job.facts["shots"],
            "outputS3Bucket": job.facts["bucket"],
            "outputS3Directory": job.facts["folder"],
            "createdAt": iso(job.created),
            "tags": job.facts["labels"],
        }
        if job.ended is not None:
            told["endedAt"] = iso(job.ended)
        if job.status is StubStatus.FAILED:
            told["failureReason"] = job.error
        return told

    async def _cancel(self, request: Request) -> Response:
        job = self._found(request)
        if not self._engine.cancel(job):
            raise RefusedError(409, f"The task is {_STATES[job.status]} and cannot be cancelled")
        return JSONResponse({"quantumTaskArn": job.facts["arn"], "cancellationStatus": "CANCELLED"})

    async def _tags(self, request: Request) -> Response:
        return JSONResponse({"tags": self._found(request).facts["labels"]})

    async def _tag(self, request: Request) -> Response:
        job = self._found(request)
        job.facts["labels"] |= (await request.json())["tags"]
        self._engine.tag(job, job.tags)
        return JSONResponse({})

    async def _offers(self, request: Request) -> Response:
        real = self._engine.settings.price == "real"
        return PlainTextResponse(aws_services.offers(_REGION, BRAKET_QPU, BRAKET_USD_PER_MINUTE, real=real))

    def _found(self, request: Request) -> StubJob:
        arn = unquote(request.path_params["arn"])
        job = self._engine.job(arn.rpartition("/")[2])
        if job is None or job.cloud != self.name:
            raise RefusedError(404, f"Quantum task {arn} not found")
        return job

    def _result(self, bucket: str, key: str) -> bytes | None:
        """Returns the result file that lies under a key, None where there is none (yet)."""
        folder, _, file = key.rpartition("/")
        job = self._engine.job(folder.rpartition("/")[2])
        if job is None or file != "results.json" or (bucket, folder) != (job.facts["bucket"], job.facts["folder"]):
            return None
        if job.status is not StubStatus.DONE:
            return None
        result = json.loads(self._engine.result(job))
        result["taskMetadata"] |= {"createdAt": iso(job.created), "endedAt": iso(job.ended), "status": "COMPLETED"}
        if job.facts["name"].upper() in BRAKET_USD_PER_MINUTE:
            result["additionalMetadata"]["simulatorMetadata"] = {
                "braketSchemaHeader": {"name": "braket.task_result.simulator_metadata", "version": "1"},
                "executionDuration": job.facts["milliseconds"],
            }
        return json.dumps(result).encode()

    def _finish(self, job: StubJob, answer: Answer) -> None:
        spent = answer.facts.get("milliseconds", 0)
        job.facts = {**job.facts, "milliseconds": spent}
        name = job.facts["name"]
        job.seconds = spent / 1000
        if self._engine.settings.price == "real" and not answer.error:
            task, shot = BRAKET_QPU.get(name, (0.0, 0.0))
            minutes = max(spent, _LEAST) / 60_000
            job.cost = task + shot * answer.shots + BRAKET_USD_PER_MINUTE.get(name.upper(), 0.0) * minutes


def _fits(job: StubJob, wanted: dict[str, Any]) -> bool:
    """Tells whether a task passes one of ``SearchQuantumTasks``' filters."""
    values = {
        "deviceArn": job.device,
        "quantumTaskArn": job.facts["arn"],
        "status": _STATES[job.status],
        "createdAt": iso(job.created) or "",
    }
    given, (first, *_) = values.get(wanted["name"], ""), wanted["values"]
    tests = {
        "EQUAL": given in wanted["values"],
        "LT": given < first,
        "LTE": given <= first,
        "GT": given > first,
        "GTE": given >= first,
        "BETWEEN": wanted["values"][0] <= given <= wanted["values"][-1],
    }
    return bool(tests.get(wanted["operator"], False))
