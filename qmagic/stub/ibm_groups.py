"""IBM's sessions and batches: opened, closed to new jobs, cancelled with all that wait in them."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.jobs import Group, StubJob, StubStatus

__all__ = ["IbmGroups"]

#: Seconds that a session without jobs keeps its device.
_IDLE = 60


class IbmGroups:
    """The sessions and batches of an engine's jobs.

    Args:
        engine: The jobs.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entries(self, api: str) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("POST", f"{api}/sessions", "session", self._open),
            Entry("GET", f"{api}/sessions/{{id}}", "session", self._details),
            Entry("PATCH", f"{api}/sessions/{{id}}", "session", self._change),
            Entry("DELETE", f"{api}/sessions/{{id}}/close", "session", self._cancel),
        ]

    def admit(self, id: str, device: str) -> None:
        """Checks that a job may join a session; "" is none.

        Raises:
            RefusedError: There is no such session, it is closed, or it is for another device.
        """
        if not id:
            return
        group = self._engine.group(id)
        if group is None:
            raise RefusedError(404, f"Session {id} not found", "1240")
        if not group.open:
            raise RefusedError(400, f"Session {id} is closed and takes no more jobs", "1241")
        if group.device and group.device != device:
            raise RefusedError(400, f"Session {id} is for {group.device}, not {device}", "1242")

    async def _open(self, request: Request) -> Response:
        body = await request.json()
        facts = {"mode": body.get("mode", "dedicated"), "max_ttl": body.get("max_ttl") or 28_800}
        group = Group(
            id=secrets.token_hex(10),
            cloud="ibm",
            device=body.get("backend", ""),
            created=self._engine.clock.now(),
            facts=facts,
        )
        self._engine.save_group(group)
        return JSONResponse(self._told(group))

    async def _details(self, request: Request) -> Response:
        return JSONResponse(self._told(self._found(request)))

    async def _change(self, request: Request) -> Response:
        group = self._found(request)
        if (await request.json()).get("accepting_jobs") is False:
            self._close(group)
        return Response(status_code=204)

    async def _cancel(self, request: Request) -> Response:
        group = self._found(request)
        for job in self._engine.members(group.id):
            self._engine.cancel(job)
        self._close(group)
        return Response(status_code=204)

    def _close(self, group: Group) -> None:
        if group.open:
            group.open, group.closed = False, self._engine.clock.now()
            self._engine.save_group(group)

    def _told(self, group: Group) -> dict[str, Any]:
        jobs = self._engine.members(group.id)
        started = [job.started for job in jobs if job.started is not None]
        ended = [job.ended for job in jobs if job.ended is not None]
        busy = any(not job.status.final for job in jobs)
        state = (
            ("active" if started and busy else "inactive" if started else "open") if group.open or busy else "closed"
        )
        last = max(ended, default=None)
        return {
            "id": group.id,
            "backend_name": group.device,
            "mode": group.facts["mode"],
            "state": state,
            "accepting_jobs": group.open,
            "interactive_ttl": _IDLE,
            "max_ttl": group.facts["max_ttl"],
            "active_ttl": group.facts["max_ttl"],
            "last_job_started": iso(max(started, default=None)),
            "last_job_completed": iso(last),
            "started_at": iso(min(started, default=None)),
            "activated_at": iso(min(started, default=None)),
            "closed_at": iso(group.closed),
            "elapsed_time": round(self._used(group, jobs), 3),
            "timestamps": [],
        }

    def _used(self, group: Group, jobs: list[StubJob]) -> float:
        """Returns the seconds that are billed.

        Of a batch its jobs' QPU time; of a session the time from its first job's start until it goes inactive, is
        closed, or its last job ends, whichever is last (IBM's client, `Session.usage`).
        """
        started = [job.started for job in jobs if job.started is not None]
        ended = [job.ended for job in jobs if job.ended is not None]
        if group.facts["mode"] == "batch":
            return sum(job.seconds for job in jobs if job.status is StubStatus.DONE)
        if not started:
            return 0.0
        now = self._engine.clock.now()
        if any(job.status is StubStatus.RUNNING for job in jobs):
            return now - min(started)
        idle = min(now if group.closed is None else group.closed, max(ended) + _IDLE)
        return max(idle, *ended) - min(started)

    def _found(self, request: Request) -> Group:
        group = self._engine.group(request.path_params["id"])
        if group is None or group.cloud != "ibm":
            raise RefusedError(404, f"Session {request.path_params['id']} not found", "1240")
        return group
