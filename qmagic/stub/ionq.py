"""IonQ's own cloud, version 0.4 of its API: what ``cirq-ionq`` and ``qiskit-ionq`` call.

``cirq-ionq`` keeps nothing of an address but host and port, so these routes start at the root.
"""

from __future__ import annotations

import hmac
import json
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.backends.noise_text import parse_settings
from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.jobs import StubJob, StubStatus
from qmagic.stub.prices import ARIA_NOISE, ARIA_SECONDS, ionq_usd
from qmagic.stub.programs import Answer

__all__ = ["IONQ_DEVICES", "Ionq"]

#: Name to qubits and noise.
IONQ_DEVICES = {"simulator": (24, ""), "qpu.aria-1": (25, ARIA_NOISE)}
_ALIASES = {"qpu": "qpu.aria-1", "qpu.qpu": "qpu.aria-1"}
_STATES = {
    StubStatus.QUEUED: "ready",
    StubStatus.RUNNING: "started",
    StubStatus.DONE: "completed",
    StubStatus.FAILED: "failed",
    StubStatus.CANCELLED: "canceled",
}
_TYPES = ("ionq.circuit.v1", "ionq.multi-circuit.v1")
_MANY = "ionq.multi-circuit.v1"


class Ionq:
    """IonQ's face.

    Args:
        engine: The jobs.
        token: The stub's token, which is the API key.
    """

    name = "ionq"
    root = "/v0.4"

    def __init__(self, engine: Engine, token: str) -> None:
        self._engine, self._token = engine, token
        engine.on_finish(self.name, self._finish)

    def entries(self) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("GET", "/backends", "list", self._devices, free=True),
            Entry("GET", "/backends/{name}", "list", self._device, free=True),
            Entry("GET", "/backends/{name}/characterizations", "list", self._characterizations, free=True),
            Entry("POST", "/jobs", "submit", self._submit),
            Entry("GET", "/jobs", "poll", self._jobs),
            Entry("GET", "/jobs/estimate", "check", self._estimate),
            Entry("GET", "/jobs/{id}", "poll", self._job),
            Entry("DELETE", "/jobs/{id}", "cancel", self._delete),
            Entry("PUT", "/jobs/{id}/status/cancel", "cancel", self._cancel),
            Entry("GET", "/jobs/{id}/results/probabilities", "result", self._result),
            Entry("GET", "/jobs/{id}/results/probabilities/aggregated", "result", self._results),
        ]

    def knows(self, request: Request) -> bool:
        """Tells whether the API key is the token."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "apikey" and hmac.compare_digest(given, self._token)

    def refuse(self, refusal: RefusedError) -> Response:
        """Returns a refusal as IonQ writes it."""
        body = {"statusCode": refusal.status, "error": refusal.code or str(refusal.status), "message": refusal.message}
        return JSONResponse(body, refusal.status, refusal.headers)

    async def _devices(self, request: Request) -> Response:
        return JSONResponse([self._described(name) for name in IONQ_DEVICES])

    async def _device(self, request: Request) -> Response:
        name = _ALIASES.get(request.path_params["name"], request.path_params["name"])
        if name not in IONQ_DEVICES:
            raise RefusedError(404, f"backend {name!r} not found; there are {', '.join(IONQ_DEVICES)}", "NotFound")
        return JSONResponse(self._described(name))

    def _described(self, name: str) -> dict[str, Any]:
        return {
            "backend": name,
            "status": "unavailable" if self._engine.settings.is_down(name) else "available",
            "qubits": IONQ_DEVICES[name][0],
            "average_queue_time": round(1000 * self._engine.settings.queue),
            "last_updated": iso(self._engine.clock.now()),
            "degraded": False,
        }

    async def _characterizations(self, request: Request) -> Response:
        name = _ALIASES.get(request.path_params["name"], request.path_params["name"])
        if name not in IONQ_DEVICES:
            raise RefusedError(404, f"backend {name!r} not found; there are {', '.join(IONQ_DEVICES)}", "NotFound")
        qubits, noise = IONQ_DEVICES[name]
        if not noise:
            return JSONResponse({"characterizations": []})
        settings = parse_settings(noise)
        newest = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "backend": name,
            "date": iso(self._engine.clock.now()),
            "qubits": qubits,
            "connectivity": [[a, b] for a in range(qubits) for b in range(a + 1, qubits)],
            # a depolarizing channel of parameter p on d levels has the average infidelity p (d - 1) / d
            "fidelity": {
                "1q": {"median": 1 - settings.depolarizing1 / 2},
                "2q": {"median": 1 - settings.depolarizing2 * 3 / 4},
                "spam": {"median": 1 - settings.p01},
            },
            "timing": ARIA_SECONDS,
        }
        return JSONResponse({"characterizations": [newest]})

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        if body.get("type") not in _TYPES:
            raise RefusedError(400, f"job type {body.get('type')!r}; the stub plays {', '.join(_TYPES)}", "BadRequest")
        device = _ALIASES.get(body["backend"], body["backend"])
        if device not in IONQ_DEVICES:
            raise RefusedError(400, f"backend {device!r}; there are {', '.join(IONQ_DEVICES)}", "BadRequest")
        model = (body.get("noise") or {}).get("model", "ideal")
        facts = {
            "name": body.get("name") or "",
            "type": body["type"],
            "shots": int(body.get("shots") or 100),
            "noise": IONQ_DEVICES[device][1] or ("" if model == "ideal" else ARIA_NOISE),
            "qubits": body["input"]["qubits"],
            "metadata": body.get("metadata") or {},
            "dry_run": bool(body.get("dry_run")),
        }
        job = self._engine.submit(self.name, device, await request.body(), "ionq", facts, id=str(uuid.uuid4()))
        return JSONResponse({"id": job.id, "status": "submitted", "session_id": None}, 201)

    async def _jobs(self, request: Request) -> Response:
        wanted = request.query_params.get("status")
        jobs = [job for job in self._engine.jobs(self.name) if wanted in (None, _STATES[job.status])]
        limit, offset = int(request.query_params.get("limit", 25)), int(request.query_params.get("next", 0))
        shown = [self._told(job) for job in jobs[offset : offset + limit]]
        following = {"next": str(offset + limit)} if len(jobs) > offset + limit else {}
        return JSONResponse({"jobs": shown, **following})

    async def _job(self, request: Request) -> Response:
        job = self._found(request)
        told = self._told(job)
        self._engine.polled(job)
        return JSONResponse(told)

    def _told(self, job: StubJob) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": job.id,
            "status": _STATES[job.status],
            "type": job.facts["type"],
            "backend": job.device,
            "name": job.facts["name"],
            "shots": job.facts["shots"],
            "metadata": job.facts["metadata"],
            "dry_run": job.facts["dry_run"],
            "submitted_at": iso(job.created),
            "started_at": iso(job.started),
            "completed_at": iso(job.ended),
            "stats": {"qubits": job.facts["qubits"], "circuits": len(job.facts.get("gates", [()]))},
            "cost_usd": job.cost,
            "results": None,
        }
        if job.status is StubStatus.DONE:
            path = f"/v0.4/jobs/{job.id}/results/probabilities"
            many = "/aggregated" if job.facts["type"] == _MANY else ""
            told["results"] = {"probabilities": {"url": path + many}}
            told["execution_duration_ms"] = round(1000 * ((job.ended or 0.0) - (job.started or 0.0)))
        if job.status is StubStatus.FAILED:
            told["failure"] = {"code": "InternalError", "error": job.error}
        return told

    async def _result(self, request: Request) -> Response:
        return JSONResponse(self._histograms(request)[0])

    async def _results(self, request: Request) -> Response:
        return JSONResponse({f"circuit-{i:04d}": one for i, one in enumerate(self._histograms(request))})

    def _histograms(self, request: Request) -> list[dict[str, float]]:
        job = self._found(request)
        if job.status is not StubStatus.DONE:
            raise RefusedError(404, f"job {job.id} has no results: it is {_STATES[job.status]}", "NotFound")
        found: list[dict[str, float]] = json.loads(self._engine.result(job))
        return found

    async def _cancel(self, request: Request) -> Response:
        job = self._found(request)
        if not self._engine.cancel(job):
            raise RefusedError(409, f"job {job.id} is {_STATES[job.status]}", "Conflict")
        return JSONResponse({"id": job.id, "status": "canceled"})

    async def _delete(self, request: Request) -> Response:
        job = self._found(request)
        self._engine.delete(job)
        return JSONResponse({"id": job.id, "status": "deleted"})

    async def _estimate(self, request: Request) -> Response:
        asked = request.query_params
        ones, twos, shots = (int(asked.get(name, 0)) for name in ("1q_gates", "2q_gates", "shots"))
        billed = asked.get("backend", "").startswith("qpu") and self._engine.settings.price == "real"
        return JSONResponse({
            "input_values": dict(asked),
            "estimated_cost": ionq_usd(ones, twos, shots) if billed else 0.0,
            "cost_unit": "usd",
            "estimated_at": iso(self._engine.clock.now()),
            "estimated_execution_time": 0,
            "current_predicted_queue_time": self._engine.settings.queue,
        })  # fmt: skip

    def _found(self, request: Request) -> StubJob:
        job = self._engine.job(request.path_params["id"])
        if job is None or job.cloud != self.name:
            raise RefusedError(404, f"job {request.path_params['id']} not found", "NotFound")
        return job

    def _finish(self, job: StubJob, answer: Answer) -> None:
        gates = answer.facts.get("gates", [])
        job.facts = {**job.facts, "gates": gates}
        if self._engine.settings.price == "real" and job.device.startswith("qpu") and not answer.error:
            job.cost = sum(ionq_usd(one, two, job.facts["shots"]) for one, two in gates)
