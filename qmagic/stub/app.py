"""The ASGI app: every cloud's routes, the stub's own, and 501 for whatever no route is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Router

from qmagic.home import StubPlace
from qmagic.stub.azure import Azure
from qmagic.stub.braket import Braket
from qmagic.stub.control import control
from qmagic.stub.door import Cloud, routes
from qmagic.stub.engine import Engine
from qmagic.stub.ibm import Ibm
from qmagic.stub.ionq import Ionq
from qmagic.stub.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

__all__ = ["app"]


def app(engine: Engine, place: StubPlace, stop: Callable[[], None]) -> Router:
    """Returns the app.

    Args:
        engine: The jobs.
        place: Where it listens, and the token that every client has to know.
        stop: Ends the server.
    """
    transcript, token = Transcript(), place.token
    clouds: list[Cloud] = [Ibm(engine, token), Braket(engine, token), Azure(engine, token), Ionq(engine, token)]
    made = control(engine, transcript, place, stop)
    for cloud in clouds:
        made += routes(cloud, engine, transcript)

    async def unknown(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        transcript.add(request.url.path.split("/")[1], request.url.path, "", request, await request.body())
        message = f"qmagic's stub does not play {request.method} {request.url.path}; it was noted down"
        error = {"code": "NotImplemented", "message": message}
        await JSONResponse({"error": error, "errors": [error], "message": message}, 501)(scope, receive, send)

    return Router(made, redirect_slashes=False, default=unknown)
