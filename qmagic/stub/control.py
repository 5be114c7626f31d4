"""The stub's own routes, for who owns it: how it stands, how it behaves, what goes wrong, what was asked.

Under ``/qstub``, JSON, with ``Authorization: Bearer <token>``. ``%qstub`` and the tests use them.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from qmagic.errors import InputError
from qmagic.home import StubPlace
from qmagic.stub.engine import Engine
from qmagic.stub.faults import Fault
from qmagic.stub.pointers import pointers
from qmagic.stub.settings import changed
from qmagic.stub.transcript import Transcript

__all__ = ["control"]

_FAULTS = msgspec.json.Decoder(tuple[Fault, ...])


def control(engine: Engine, transcript: Transcript, place: StubPlace, stop: Callable[[], None]) -> list[BaseRoute]:
    """Returns the routes; see `app.app`."""
    return _Control(engine, transcript, place, stop).routes()


class _Control:
    def __init__(self, engine: Engine, transcript: Transcript, place: StubPlace, stop: Callable[[], None]) -> None:
        self._engine, self._transcript, self._place, self._stop = engine, transcript, place, stop

    def routes(self) -> list[BaseRoute]:
        return [
            self._route("GET", "/status", self._status),
            self._route("GET", "/settings", self._settings),
            self._route("POST", "/set", self._set),
            self._route("POST", "/faults", self._faults),
            self._route("GET", "/jobs", self._jobs),
            self._route("GET", "/groups", self._groups),
            self._route("GET", "/pointers", self._pointers),
            self._route("GET", "/transcript", self._lines),
            self._route("POST", "/clear", self._clear),
            self._route("POST", "/stop", self._end),
        ]

    def _route(self, method: str, path: str, action: Callable[[Request], Awaitable[Any]]) -> Route:
        async def answer(request: Request) -> Response:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given, self._place.token):
                return JSONResponse({"error": "the token is not this stub's"}, 401)
            try:
                return JSONResponse(msgspec.to_builtins(await action(request)))
            except (InputError, msgspec.MsgspecError) as error:
                return JSONResponse({"error": str(error)}, 400)

        return Route(f"/qstub{path}", answer, methods=[method])

    async def _status(self, request: Request) -> Any:
        jobs: dict[str, dict[str, int]] = {}
        for cloud in ("ibm", "braket", "azure", "ionq"):
            counts: dict[str, int] = {}
            for job in self._engine.jobs(cloud):
                counts[job.status] = counts.get(job.status, 0) + 1
            jobs[cloud] = counts
        return {
            "settings": self._engine.settings,
            "jobs": jobs,
            "skipped_seconds": round(self._engine.clock.skipped, 3),
            "unknown": list(self._transcript.unknown),
        }

    async def _settings(self, request: Request) -> Any:
        return self._engine.settings

    async def _set(self, request: Request) -> Any:
        words = msgspec.json.decode(await request.body(), type=list[str])
        self._engine.set(changed(self._engine.settings, words))
        return {"settings": self._engine.settings}

    async def _faults(self, request: Request) -> Any:
        self._engine.faults.plan(_FAULTS.decode(await request.body()))
        return {}

    async def _jobs(self, request: Request) -> Any:
        jobs = self._engine.jobs(request.query_params.get("cloud", "ibm"))
        return [{name: getattr(job, name) for name in job.__struct_fields__} for job in jobs]

    async def _groups(self, request: Request) -> Any:
        groups = self._engine.groups(request.query_params.get("cloud", "ibm"))
        return [{name: getattr(group, name) for name in group.__struct_fields__} for group in groups]

    async def _pointers(self, request: Request) -> Any:
        return pointers(self._place)

    async def _lines(self, request: Request) -> Any:
        return {"lines": self._transcript.lines(), "unknown": list(self._transcript.unknown)}

    async def _clear(self, request: Request) -> Any:
        self._engine.clear()
        self._transcript.clear()
        return {}

    async def _end(self, request: Request) -> Any:
        self._stop()
        return {}
