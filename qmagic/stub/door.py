"""The way in to every route: who asks, what goes wrong, what is remembered.

A cloud is a list of `Entry` and the way it refuses. Each request passes, in this order: the fault that is due, the
token, the rate of submits, the route's own function; its reply passes the fault again. Requests are remembered as
`transcript` has it, faults included.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from qmagic.stub.engine import Engine
from qmagic.stub.faults import Fault, Stage
from qmagic.stub.rate import Bucket
from qmagic.stub.transcript import Transcript

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Cloud", "Entry", "RefusedError", "routes"]

Action = Callable[[Request], Awaitable[Response]]


class RefusedError(Exception):
    """What a route's function raises instead of answering: the cloud writes it in its own way.

    Args:
        status: The HTTP status.
        message: What is wrong, in a sentence.
        code: The cloud's own word or number for it.
        headers: Headers of the answer.
    """

    def __init__(self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.headers = status, message, code, dict(headers or {})


@dataclasses.dataclass(frozen=True)
class Entry:
    """One route: methods and path as Starlette has them, what it is for, who answers; `free` ones ask for no token."""

    methods: str
    path: str
    stage: Stage
    action: Action
    free: bool = False


class Cloud(Protocol):
    """A face of the stub."""

    #: ``"ibm"``.
    name: str
    #: What all its paths start with.
    root: str

    def entries(self) -> list[Entry]:
        """Returns its routes, those first that are to be tried first."""
        ...

    def knows(self, request: Request) -> bool:
        """Tells whether a request carries the stub's token."""
        ...

    def refuse(self, refusal: RefusedError) -> Response:
        """Returns a refusal as this cloud writes it."""
        ...


def routes(cloud: Cloud, engine: Engine, transcript: Transcript) -> list[BaseRoute]:
    """Returns a cloud's routes, each behind its door."""
    bucket = Bucket(engine.clock.now)
    made: list[BaseRoute] = []
    for entry in cloud.entries():
        door = _Door(cloud, entry, engine, transcript, bucket)
        made.append(_Exact(f"{cloud.root}{entry.path}", door, methods=entry.methods.split()))
    return made


class _Exact(Route):
    """A route that another method than its own passes by, so that it is noted as not played."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL else (Match.NONE, {})


class _Door:
    """One route as an ASGI app."""

    def __init__(self, cloud: Cloud, entry: Entry, engine: Engine, transcript: Transcript, bucket: Bucket) -> None:
        self._cloud, self._entry, self._engine, self._transcript = cloud, entry, engine, transcript
        self._bucket = bucket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self._transcript.add(self._cloud.name, self._cloud.root + self._entry.path, self._entry.stage, request, body)
        fault = self._engine.faults.draw(self._cloud.name, self._entry.stage, self._engine.settings)
        if fault is not None and not fault.strikes_after:
            await self._spoil(fault, None, scope, receive, send)
            return
        response = await self._answer(request)
        if fault is not None:
            await self._spoil(fault, response, scope, receive, send)
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        settings = self._engine.settings
        try:
            if not self._entry.free and not self._cloud.knows(request):
                raise RefusedError(
                    401, "the token is not this stub's; `python -m qmagic stub` prints it", "Unauthorized"
                )
            if self._entry.stage == "submit" and (wait := self._bucket.wait(settings.rate)):
                raise RefusedError(
                    429,
                    f"more than {settings.rate:g} submits per second",
                    "TooManyRequests",
                    {"Retry-After": str(wait)},
                )
            return await self._entry.action(request)
        except RefusedError as refusal:
            return self._cloud.refuse(refusal)

    async def _spoil(self, fault: Fault, response: Response | None, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "slow":
            assert response is not None
            await asyncio.sleep(fault.seconds)
            await response(scope, receive, send)
        elif fault.kind == "drop":
            await _hang_up(send)
        elif fault.kind == "truncated":
            assert response is not None
            body = bytes(response.body)
            await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await _hang_up(send, politely=True)
        else:
            headers = {"Retry-After": str(round(fault.seconds))} if fault.kind == "429" else {}
            refusal = RefusedError(
                int(fault.kind), f"a fault of the stub's: {fault.kind} at {fault.stage}", headers=headers
            )
            await self._cloud.refuse(refusal)(scope, receive, send)


async def _hang_up(send: Any, politely: bool = False) -> None:
    """Cuts the connection: at once, or after what was already said.

    ASGI has no word for it; uvicorn's own `send` belongs to the object that holds the connection.
    """
    transport = send.__self__.transport
    if politely:
        transport.close()
    else:
        transport.abort()
    await asyncio.sleep(0)  # the connection's end is noted before uvicorn looks for an answer
    await asyncio.sleep(0)
