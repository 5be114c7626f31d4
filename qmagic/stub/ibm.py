"""IBM Quantum Platform: the routes that ``qiskit-ibm-runtime`` calls, and the three services around it.

/ibm/iam, /ibm/search, /ibm/catalog    tokens, the account's instances, their plan  (IAM_URL, GLOBAL_SEARCH_URL, ...)
/ibm/experimental                      the runtime itself; without this word in the URL the client drops the port
"""

from __future__ import annotations

import datetime
import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from qmagic.errors import NotFoundError
from qmagic.stub import ibm_devices
from qmagic.stub.calibration import calibrated, epoch_of
from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.ibm_account import CRN, PLAN, IbmAccount
from qmagic.stub.ibm_groups import IbmGroups
from qmagic.stub.jobs import StubJob, StubStatus
from qmagic.stub.prices import IBM_USD_PER_SECOND, ibm_seconds
from qmagic.stub.programs import Answer

__all__ = ["Ibm"]

_STATES = {
    StubStatus.QUEUED: "Queued",
    StubStatus.RUNNING: "Running",
    StubStatus.DONE: "Completed",
    StubStatus.FAILED: "Failed",
    StubStatus.CANCELLED: "Cancelled",
}
_PROGRAMS = ("sampler", "estimator", "executor")


class Ibm:
    """IBM's face.

    Args:
        engine: The jobs.
        token: The stub's token, which is the API key.
    """

    name = "ibm"
    root = "/ibm"

    def __init__(self, engine: Engine, token: str) -> None:
        self._engine = engine
        self._account = IbmAccount(token)
        self._groups = IbmGroups(engine)
        engine.on_finish(self.name, self._finish)

    def entries(self) -> list[Entry]:
        """Returns the routes."""
        api = "/experimental"
        return [
            *self._account.entries(),
            Entry("GET", f"{api}/backends", "list", self._devices),
            Entry("GET", f"{api}/backends/{{name}}/configuration", "list", self._configuration),
            Entry("GET", f"{api}/backends/{{name}}/properties", "list", self._properties),
            Entry("GET", f"{api}/backends/{{name}}/status", "check", self._status),
            Entry("GET", f"{api}/instances/usage", "check", self._usage),
            Entry("POST", f"{api}/jobs", "submit", self._submit),
            Entry("GET", f"{api}/jobs", "poll", self._jobs),
            Entry("GET", f"{api}/jobs/{{id}}", "poll", self._job),
            Entry("DELETE", f"{api}/jobs/{{id}}", "cancel", self._delete),
            Entry("GET", f"{api}/jobs/{{id}}/results", "result", self._result),
            Entry("GET", f"{api}/jobs/{{id}}/logs", "result", self._logs),
            Entry("GET", f"{api}/jobs/{{id}}/metrics", "result", self._metrics),
            Entry("POST", f"{api}/jobs/{{id}}/cancel", "cancel", self._cancel),
            Entry("PUT", f"{api}/jobs/{{id}}/tags", "other", self._tags),
            *self._groups.entries(api),
        ]

    def knows(self, request: Request) -> bool:
        """Tells whether the request has the key, or a token that was given for it."""
        return self._account.knows(request)

    def refuse(self, refusal: RefusedError) -> Response:
        """Returns a refusal as IBM writes it."""
        error = {"code": refusal.code or str(refusal.status), "message": refusal.message, "more_info": ""}
        return JSONResponse({"errors": [error]}, refusal.status, refusal.headers)

    # devices

    async def _usage(self, request: Request) -> Response:
        used = sum(job.seconds for job in self._engine.jobs(self.name) if job.status is StubStatus.DONE)
        return JSONResponse({
            "instance_id": CRN, "plan_id": PLAN, "usage_consumed_seconds": round(used), "usage_limit_reached": False,
        })  # fmt: skip

    async def _devices(self, request: Request) -> Response:
        return JSONResponse({"devices": [self._entry(name) for name in ibm_devices.devices()]})

    def _entry(self, name: str) -> dict[str, Any]:
        down = self._engine.settings.is_down(name)
        return {
            "name": name,
            "status": {"name": "offline", "reason": "maintenance"}
            if down
            else {"name": "online", "reason": "available"},
            "queue_length": self._engine.waiting(name),
            "qubits": calibrated(ibm_devices.snapshot_name(name), 0.0, 0).num_qubits,
            "is_simulator": False,
            "processor_type": {"family": "stub", "revision": "1"},
        }

    async def _configuration(self, request: Request) -> Response:
        name = self._device(request)
        return JSONResponse(ibm_devices.configuration(name, calibrated(ibm_devices.snapshot_name(name), 0.0, 0)))

    async def _properties(self, request: Request) -> Response:
        name, drift = self._device(request), self._engine.settings.drift
        device = calibrated(ibm_devices.snapshot_name(name), drift, epoch_of(self._engine.clock.now(), drift))
        return JSONResponse(ibm_devices.properties(name, device))

    async def _status(self, request: Request) -> Response:
        name = self._device(request)
        down = self._engine.settings.is_down(name)
        return JSONResponse({
            "state": not down, "status": "maintenance" if down else "active", "message": "",
            "length_queue": self._engine.waiting(name), "backend_version": "1.0.0",
        })  # fmt: skip

    def _device(self, request: Request) -> str:
        name: str = request.path_params["name"]
        if name not in ibm_devices.devices():
            raise RefusedError(404, f"Backend {name} not found", "1216")
        return name

    # jobs

    async def _submit(self, request: Request) -> Response:
        body = await request.json()
        program, device = body.get("program_id", ""), body.get("backend", "")
        if program not in _PROGRAMS:
            raise RefusedError(501, f"the stub plays {', '.join(_PROGRAMS)}, not the program {program!r}", "501")
        try:
            snapshot = ibm_devices.snapshot_name(device)
        except NotFoundError as error:
            raise RefusedError(404, str(error), "1216") from None
        group = body.get("session_id") or ""
        self._groups.admit(group, device)
        facts = {
            "snapshot": snapshot,
            "program": program,
            "runtime": body.get("runtime"),
            "private": bool(body.get("private")),
            "limit": body.get("cost"),
        }
        job = self._engine.submit(
            self.name, device, await request.body(), "ibm", facts, tags=body.get("tags", ()), group=group
        )
        return JSONResponse({"id": job.id, "backend": device, "session_id": group or None})

    async def _jobs(self, request: Request) -> Response:
        asked = request.query_params
        jobs = [job for job in self._engine.jobs(self.name) if self._fits(job, request)]
        if asked.get("sort") == "ASC":
            jobs.reverse()
        limit, offset = int(asked.get("limit", 200)), int(asked.get("offset", 0))
        shown = [self._told(job) for job in jobs[offset : offset + limit]]
        return JSONResponse({"jobs": shown, "count": len(jobs), "limit": limit, "offset": offset})

    def _fits(self, job: StubJob, request: Request) -> bool:
        asked = request.query_params
        wanted = {"backend": job.device, "program": job.facts["program"], "session_id": job.group}
        return (
            all(asked.get(name, value) == value for name, value in wanted.items())
            and set(asked.getlist("tags")) <= set(job.tags)
            and asked.get("pending") in (None, "false" if job.status.final else "true")
            and (iso(job.created) or "") >= _utc(asked.get("created_after", ""))
            and (iso(job.created) or "") <= _utc(asked.get("created_before", "9"))
        )

    async def _job(self, request: Request) -> Response:
        job = self._found(request)
        told = self._told(job)
        if request.query_params.get("exclude_params") != "true":
            told["params"] = json.loads(self._engine.input(job))["params"]
        self._engine.polled(job)
        return JSONResponse(told)

    def _told(self, job: StubJob) -> dict[str, Any]:
        state: dict[str, Any] = {"status": _STATES[job.status]}
        if job.error and job.status is StubStatus.FAILED:
            state |= {"reason": job.error, "reason_code": 9999}
        return {
            "id": job.id,
            "backend": job.device,
            "state": state,
            "status": state["status"],
            "created": iso(job.created),
            "ended": iso(job.ended),
            "program": {"id": job.facts["program"]},
            "tags": list(job.tags),
            "session_id": job.group or None,
            "cost": job.facts["limit"] or 10_000,
            "estimated_running_time_seconds": job.seconds,
            "estimated_max_running_time_seconds": job.seconds,
            "usage": {"seconds": job.seconds if job.status is StubStatus.DONE else 0.0},
            "runtime": job.facts["runtime"],
            "private": job.facts["private"],
            "user_id": "stub",
        }

    async def _result(self, request: Request) -> Response:
        job = self._found(request)
        if job.status is StubStatus.FAILED:  # the client reads why a job failed from here
            return PlainTextResponse(job.error)
        if job.status is not StubStatus.DONE:
            raise RefusedError(404, f"Job result for {job.id} not found: it is {job.status}", "1291")
        return Response(self._engine.result(job), media_type="application/json")

    async def _logs(self, request: Request) -> Response:
        job = self._found(request)
        return PlainTextResponse(f"{iso(job.created)} accepted by qmagic's stub\n{job.error}")

    async def _metrics(self, request: Request) -> Response:
        job = self._found(request)
        ended = job.status.final
        return JSONResponse({
            "timestamps": {"created": iso(job.created), "running": iso(job.started), "finished": iso(job.ended)},
            "bss": {"seconds": math.ceil(job.seconds)},
            "usage": {
                "status": "finished" if ended else "pending",
                "quantum_seconds": job.seconds,
                "qpu_charge_time_seconds": job.seconds if job.status is StubStatus.DONE else 0.0,
            },
            "num_circuits": job.facts.get("executions", 0),
        })  # fmt: skip

    async def _cancel(self, request: Request) -> Response:
        job = self._found(request)
        if not self._engine.cancel(job):
            raise RefusedError(409, f"Job {job.id} is {job.status} and cannot be cancelled", "1293")
        return Response(status_code=204)

    async def _delete(self, request: Request) -> Response:
        self._engine.delete(self._found(request))
        return Response(status_code=204)

    async def _tags(self, request: Request) -> Response:
        self._engine.tag(self._found(request), (await request.json())["tags"])
        return Response(status_code=204)

    def _found(self, request: Request) -> StubJob:
        job = self._engine.job(request.path_params["id"])
        if job is None or job.cloud != self.name:
            raise RefusedError(404, f"Job {request.path_params['id']} not found", "1291")
        return job

    def _finish(self, job: StubJob, answer: Answer) -> None:
        job.seconds = ibm_seconds(answer.executions, answer.shots)
        job.cost = job.seconds * IBM_USD_PER_SECOND if self._engine.settings.price == "real" else 0.0
        job.facts = {**job.facts, "executions": answer.executions}


def _utc(text: str) -> str:
    """Returns a time that a client gave as `iso` writes it, to be compared as text."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return iso(moment.timestamp()) or ""
