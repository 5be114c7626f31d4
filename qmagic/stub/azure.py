"""Azure Quantum: one workspace, its targets, jobs and sessions, and the storage account beside it.

A client comes with the token as API key and ``_quantum_endpoint`` (plain HTTP; `azure-core` sends bearer tokens over
TLS only). Files lie under ``/azure/{container}/{blob}``: for an address with a number ``azure-storage-blob`` takes the
first part of the path for the account. The signature in a file's address (``sig``) is made of the token.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.stub.azure_files import AzureFiles
from qmagic.stub.azure_sessions import AzureSessions
from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.jobs import StubJob, StubStatus
from qmagic.stub.prices import ARIA_NOISE, ionq_usd
from qmagic.stub.programs import Answer

__all__ = ["AZURE_TARGETS", "Azure"]

#: Name to qubits and noise.
AZURE_TARGETS = {"ionq.simulator": (24, ""), "ionq.qpu.aria-1": (25, ARIA_NOISE), "rigetti.sim.qvm": (20, "")}
_STATES = {
    StubStatus.QUEUED: "Waiting",
    StubStatus.RUNNING: "Executing",
    StubStatus.DONE: "Succeeded",
    StubStatus.FAILED: "Failed",
    StubStatus.CANCELLED: "Cancelled",
}
_WORKSPACE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Quantum/workspaces/{workspace}"
#: What a client may change about a job.
_MUTABLE = ("name", "tags", "priority")


class Azure:
    """Microsoft's face.

    Args:
        engine: The jobs.
        token: The stub's token, which is the API key.
    """

    name = "azure"
    root = "/azure"

    def __init__(self, engine: Engine, token: str) -> None:
        self._engine, self._token = engine, token
        self._signature = hmac.digest(token.encode(), b"azure files", hashlib.sha256).hex()
        self._files = AzureFiles(engine, self._signature, self._output)
        self._sessions = AzureSessions(engine, self._told)
        engine.on_finish(self.name, self._finish)

    def entries(self) -> list[Entry]:
        """Returns the routes; those of the files take whatever path is left."""
        at = _WORKSPACE
        return [
            Entry("GET", f"{at}/providerStatus", "list", self._targets),
            Entry("GET", f"{at}/quotas", "check", self._quotas),
            Entry("GET", f"{at}/quotaUsages", "check", self._quotas),
            Entry("POST", f"{at}/storage/sasUri", "storage", self._files.address),
            Entry("GET", f"{at}/jobs", "poll", self._jobs),
            Entry("POST", f"{at}/jobs/{{id}}:cancel", "cancel", self._cancel),
            Entry("PUT", f"{at}/jobs/{{id}}", "submit", self._submit),
            Entry("GET", f"{at}/jobs/{{id}}", "poll", self._job),
            Entry("PATCH", f"{at}/jobs/{{id}}", "other", self._change),
            Entry("DELETE", f"{at}/jobs/{{id}}", "cancel", self._delete),
            *self._sessions.entries(at),
            *self._files.entries(),
        ]

    def knows(self, request: Request) -> bool:
        """Tells whether the API key is the token, or a file's address is signed."""
        given = request.headers.get("x-ms-quantum-api-key", "")
        signed = request.query_params.get("sig", "")
        return hmac.compare_digest(given, self._token) or hmac.compare_digest(signed, self._signature)

    def refuse(self, refusal: RefusedError) -> Response:
        """Returns a refusal as Azure writes it."""
        code = refusal.code or str(refusal.status)
        headers = {"x-ms-error-code": code, **refusal.headers}
        return JSONResponse({"error": {"code": code, "message": refusal.message}}, refusal.status, headers)

    # workspace

    async def _targets(self, request: Request) -> Response:
        providers: dict[str, list[dict[str, Any]]] = {}
        for name, (qubits, _) in AZURE_TARGETS.items():
            target: dict[str, Any] = {
                "id": name,
                "currentAvailability": "Unavailable" if self._engine.settings.is_down(name) else "Available",
                "averageQueueTime": round(self._engine.settings.queue),
                "statusPage": None,
                "numQubits": qubits,
                "targetProfile": "Base",
                "metadata": {},
            }
            providers.setdefault(name.partition(".")[0], []).append(target)
        value = [
            {"id": provider, "currentAvailability": "Available", "targets": targets}
            for provider, targets in providers.items()
        ]
        return JSONResponse({"value": value})

    async def _quotas(self, request: Request) -> Response:
        return JSONResponse({"value": []})

    # jobs

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        target = body["target"]
        if target not in AZURE_TARGETS:
            raise RefusedError(400, f"target {target!r}; there are {', '.join(AZURE_TARGETS)}", "InvalidTarget")
        session = body.get("sessionId") or ""
        self._sessions.admit(session, target)
        data = self._files.read(body["inputDataUri"])
        if data is None:
            raise RefusedError(400, "the input file does not exist", "BlobNotFound")
        parameters = body.get("inputParams") or {}
        facts = {
            "format": body["inputDataFormat"],
            "output": body.get("outputDataFormat") or "microsoft.quantum-results.v2",
            "shots": int(parameters.get("shots") or parameters.get("count") or 100),
            "noise": AZURE_TARGETS[target][1],
            "body": body,
        }
        job = self._engine.submit(self.name, target, data, "azure", facts, id=request.path_params["id"], group=session)
        return JSONResponse(self._told(job), 201)

    async def _jobs(self, request: Request) -> Response:
        return JSONResponse({"value": [self._told(job) for job in self._engine.jobs(self.name)]})

    async def _job(self, request: Request) -> Response:
        job = self._found(request)
        told = self._told(job)
        self._engine.polled(job)
        return JSONResponse(told)

    def _told(self, job: StubJob) -> dict[str, Any]:
        body = job.facts["body"]
        done = job.status is StubStatus.DONE
        told = {
            **body,
            "id": job.id,
            "itemType": "Job",
            "status": _STATES[job.status],
            "creationTime": iso(job.created),
            "beginExecutionTime": iso(job.started),
            "endExecutionTime": iso(job.ended) if job.status is not StubStatus.CANCELLED else None,
            "cancellationTime": iso(job.ended) if job.status is StubStatus.CANCELLED else None,
            "isCancelling": False,
            "outputDataUri": self._files.output_address(body),
            "quantumComputingData": {"count": 1},
        }
        if done:
            told["costEstimate"] = {
                "currencyCode": "USD",
                "estimatedTotal": job.cost,
                "events": [{
                    "dimensionId": "shots", "dimensionName": "shots", "measureUnit": "shot",
                    "amountBilled": job.shots, "amountConsumed": job.shots, "unitPrice": 0.0,
                }],
            }  # fmt: skip
        if job.status is StubStatus.FAILED:
            told["errorData"] = {"code": "ExecutionFailed", "message": job.error}
        return told

    async def _change(self, request: Request) -> Response:
        job = self._found(request)
        changes = {name: value for name, value in (await request.json()).items() if name in _MUTABLE}
        job.facts = {**job.facts, "body": {**job.facts["body"], **changes}}
        self._engine.tag(job, job.tags)
        return JSONResponse(self._told(job))

    async def _cancel(self, request: Request) -> Response:
        job = self._found(request)
        self._engine.cancel(job)
        return JSONResponse(self._told(job))

    async def _delete(self, request: Request) -> Response:
        self._engine.cancel(self._found(request))
        return Response(status_code=204)

    def _found(self, request: Request) -> StubJob:
        job = self._engine.job(request.path_params["id"])
        if job is None or job.cloud != self.name:
            raise RefusedError(404, f"Job {request.path_params['id']} not found", "JobNotFound")
        return job

    def _output(self, container: str, blob: str) -> bytes | None:
        """Returns the output file of the job that a container belongs to, None where there is none."""
        job = self._engine.job(container.removeprefix("job-"))
        if job is None or blob != "outputData" or job.status is not StubStatus.DONE:
            return None
        return self._engine.result(job)

    def _finish(self, job: StubJob, answer: Answer) -> None:
        gates = answer.facts.get("gates") or [[0, 0]]
        if self._engine.settings.price == "real" and "qpu" in job.device and not answer.error:
            job.cost = sum(ionq_usd(one, two, answer.shots) for one, two in gates)
