"""Azure's sessions: opened and named by the client, closed by it, over when all their jobs are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qmagic.stub.clock import iso
from qmagic.stub.door import Entry, RefusedError
from qmagic.stub.engine import Engine
from qmagic.stub.jobs import Group, StubJob, StubStatus

__all__ = ["AzureSessions"]


class AzureSessions:
    """The sessions of the stub's workspace.

    Args:
        engine: The jobs.
        told: How a job is written.
    """

    def __init__(self, engine: Engine, told: Callable[[StubJob], dict[str, Any]]) -> None:
        self._engine, self._told_job = engine, told

    def entries(self, at: str) -> list[Entry]:
        """Returns the routes."""
        return [
            Entry("GET", f"{at}/sessions", "session", self._list),
            Entry("POST", f"{at}/sessions/{{id}}:close", "session", self._close),
            Entry("GET", f"{at}/sessions/{{id}}/jobs", "session", self._jobs),
            Entry("PUT", f"{at}/sessions/{{id}}", "session", self._open),
            Entry("GET", f"{at}/sessions/{{id}}", "session", self._details),
            Entry("GET", f"{at}/topLevelItems", "poll", self._items),
        ]

    def admit(self, id: str, target: str) -> None:
        """Checks that a job may join a session; "" is none.

        Raises:
            RefusedError: There is no such session, it is closed, or it is for another target.
        """
        if not id:
            return
        group = self._engine.group(id)
        if group is None:
            raise RefusedError(404, f"Session {id} not found", "SessionNotFound")
        if not group.open:
            raise RefusedError(409, f"Session {id} is closed", "SessionClosed")
        if group.device != target:
            raise RefusedError(400, f"Session {id} is for {group.device}, not {target}", "InvalidTarget")

    async def _open(self, request: Request) -> Response:
        body = await request.json()
        id = request.path_params["id"]
        if self._engine.group(id) is None:
            now = self._engine.clock.now()
            self._engine.save_group(Group(id=id, cloud="azure", device=body["target"], created=now, facts=body))
        return JSONResponse(self._told(self._found(request)), 201)

    async def _details(self, request: Request) -> Response:
        return JSONResponse(self._told(self._found(request)))

    async def _close(self, request: Request) -> Response:
        group = self._found(request)
        if group.open:
            group.open, group.closed = False, self._engine.clock.now()
            self._engine.save_group(group)
        return JSONResponse(self._told(group))

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"value": [self._told(group) for group in self._engine.groups("azure")]})

    async def _jobs(self, request: Request) -> Response:
        members = self._engine.members(self._found(request).id)
        return JSONResponse({"value": [self._told_job(job) for job in members]})

    async def _items(self, request: Request) -> Response:
        alone = [self._told_job(job) for job in self._engine.jobs("azure") if not job.group]
        return JSONResponse({"value": alone + [self._told(group) for group in self._engine.groups("azure")]})

    def _told(self, group: Group) -> dict[str, Any]:
        jobs = self._engine.members(group.id)
        failed = any(job.status is StubStatus.FAILED for job in jobs)
        if group.open or any(not job.status.final for job in jobs):
            status = "Executing" if jobs else "Waiting"
        else:
            status = "Failed" if failed else "Succeeded"
        ended = [job.ended for job in jobs if job.ended is not None]
        over = status in ("Failed", "Succeeded")
        return {
            **group.facts,
            "id": group.id,
            "itemType": "Session",
            "status": status,
            "creationTime": iso(group.created),
            "beginExecutionTime": iso(jobs[0].created) if jobs else None,
            "endExecutionTime": iso(max([*ended, group.closed or group.created])) if over else None,
        }

    def _found(self, request: Request) -> Group:
        group = self._engine.group(request.path_params["id"])
        if group is None or group.cloud != "azure":
            raise RefusedError(404, f"Session {request.path_params['id']} not found", "SessionNotFound")
        return group
