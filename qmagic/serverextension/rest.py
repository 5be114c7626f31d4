"""The REST routes: each checks what comes in, asks the service in a thread, and answers JSON. They decide nothing."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from qmagic import client
from qmagic import home as homes
from qmagic.client import view
from qmagic.jobs import JobStatus
from qmagic.protocol import Diagnose, Draw, Find
from qmagic.serverextension import asking, wire
from qmagic.serverextension.route import LONGEST_WORD, Route

__all__ = ["ROUTES"]

#: Jobs that one request may list.
_MOST_JOBS = 10_000
#: Characters of a text to look at.
_MOST_TEXT = 1_000_000


class Jobs(Route):
    """``GET jobs``: newest first."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Lists jobs."""
        limit = self.word("limit") or "1000"
        statuses = tuple(word for word in self.word("status").upper().split(",") if word)
        if not limit.isdecimal() or not 1 <= int(limit) <= _MOST_JOBS:
            raise web.HTTPError(400, log_message=f"limit is 1 to {_MOST_JOBS:,}, not {limit}")
        if not set(statuses) <= set(JobStatus):
            raise web.HTTPError(400, log_message=f"status is one of {', '.join(JobStatus)}")
        find = Find(
            limit=int(limit), status=statuses, tag=self.word("tag"), notebook=self.word("notebook"),
            before=self.word("before"), text=self.word("text"),
        )  # fmt: skip
        root = self.root
        self.answer(await self.ask(lambda: asking.listing(find, root)))


class OneJob(Route):
    """``GET jobs/ID``: all about one job."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """Shows a job."""
        root = self.root
        self.answer(await self.ask(lambda: asking.detail(id, root)))


class CancelJob(Route):
    """``POST jobs/ID/cancel``."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Stops a job."""
        self.body()
        self.answer({"job": wire.job_view(await self.ask(lambda: asking.cancel(id)), self.root)})


class RerunJob(Route):
    """``POST jobs/ID/rerun``."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Submits a job again, under a new id."""
        self.body()
        self.answer({"job": wire.job_view(await self.ask(lambda: asking.rerun(id)), self.root)}, 201)


class CancelJobs(Route):
    """``POST jobs/cancel``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Stops jobs; those that have ended, or do not exist, are passed over."""
        ids, root = self.ids(), self.root
        self.answer({"jobs": [wire.job_view(job, root) for job in await self.ask(lambda: asking.cancel_many(ids))]})


class DeleteJobs(Route):
    """``POST jobs/delete``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Deletes finished jobs with their results; others are left alone."""
        ids = self.ids()
        self.answer({"deleted": await self.ask(lambda: asking.delete(ids))})


class Status(Route):
    """``GET status``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Shows how the service is; never starts one."""
        self.answer(wire.status(await self.ask(view.status), str(homes.home_folder())))


class DiagnoseText(Route):
    """``POST diagnose``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Says what is wrong with a text."""
        text, language = _text(self.body(text=str, language=str))
        wanted = Diagnose(text, client.environment(), language)
        self.answer(await self.ask(lambda: view.ask_service("diagnose", wanted), reading=True))


class DrawCircuit(Route):
    """``POST draw``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Says what a circuit looks like: a job's, or that of a text."""
        body = self.body(job=str, circuit=int, transpiled=bool, text=str, language=str)
        text, language = _text(body)
        job, circuit, transpiled = body.get("job", ""), body.get("circuit", 0), body.get("transpiled", False)
        if bool(job) == bool(text) or len(job) > LONGEST_WORD or circuit < 0:
            raise web.HTTPError(400, log_message="expected a job and the number of its circuit, or a text")
        wanted = Draw(client.environment(), job, circuit, transpiled, text, language)
        self.answer(await self.ask(lambda: view.ask_service("draw", wanted), reading=True))


class OneLoop(Route):
    """``GET loops/ID?since=N&points=1``: how a loop stands, and its iterations after number N."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:
        """Shows a loop."""
        since, points = self.word("since") or "0", self.word("points") or "0"
        if not since.isdecimal() or len(since) > 9 or points not in ("0", "1"):
            raise web.HTTPError(400, log_message="since is the number of an iteration, points is 0 or 1")
        self.answer(await self.ask(lambda: asking.loop(id, int(since), points == "1")))


class OrderLoop(Route):
    """``POST loops/ID/order``: ``{"kind": KIND, "steps": 1, "settings": {}}``; the kinds are `_ORDERS`."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Gives an order."""
        body = self.body(kind=str, steps=int, settings=dict)
        kind, steps, settings = body.get("kind", ""), body.get("steps", 1), body.get("settings", {})
        if kind not in _ORDERS or not 1 <= steps <= 1_000_000 or (settings and kind != "set"):
            raise web.HTTPError(
                400, log_message=f"expected a kind, one of {', '.join(_ORDERS)}; steps; settings to set"
            )
        self.answer({"number": await self.ask(lambda: asking.order(id, kind, steps, settings))})


class ForkLoop(Route):
    """``POST loops/ID/fork``: ``{"iteration": N, "settings": {}}``; without an iteration, after the last one."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Starts another loop that goes the same way up to an iteration."""
        body, root = self.body(iteration=int, settings=dict), self.root
        job = await self.ask(lambda: asking.fork(id, body.get("iteration"), body.get("settings", {})))
        self.answer({"job": wire.job_view(job, root)}, 201)


class LoopLandscape(Route):
    """``POST loops/ID/landscape``: ``{"iteration": N}``; without an iteration, around the last one."""

    @web.authenticated
    @authorized
    async def post(self, id: str) -> None:
        """Starts a loop that evaluates the plane around a point of another."""
        body, root = self.body(iteration=int), self.root
        job = await self.ask(lambda: asking.landscape(id, body.get("iteration")))
        self.answer({"job": wire.job_view(job, root)}, 201)


class Nothing(Route):
    """Whatever else lies below our address."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """There is nothing here."""
        raise web.HTTPError(404, log_message="there is no such address")

    post = get


def _text(body: dict[str, Any]) -> tuple[str, str]:
    text, language = body.get("text", ""), body.get("language", "auto")
    if len(text) > _MOST_TEXT:
        raise web.HTTPError(413, log_message=f"the text is longer than {_MOST_TEXT:,} characters")
    if language not in ("auto", "openqasm2", "openqasm3"):
        raise web.HTTPError(400, log_message="language is auto, openqasm2 or openqasm3")
    return text, language


_ID = r"/qmagic/api/jobs/([0-9a-z]{1,40})"
_LOOP = r"/qmagic/api/loops/([0-9a-z]{1,40})"
_ORDERS = ("pause", "step", "resume", "stop", "set")

#: Below the server's base URL.
ROUTES: list[tuple[str, type[Route]]] = [
    (r"/qmagic/api/jobs", Jobs),
    (r"/qmagic/api/jobs/cancel", CancelJobs),
    (r"/qmagic/api/jobs/delete", DeleteJobs),
    (_ID, OneJob),
    (rf"{_ID}/cancel", CancelJob),
    (rf"{_ID}/rerun", RerunJob),
    (_LOOP, OneLoop),
    (rf"{_LOOP}/order", OrderLoop),
    (rf"{_LOOP}/fork", ForkLoop),
    (rf"{_LOOP}/landscape", LoopLandscape),
    (r"/qmagic/api/status", Status),
    (r"/qmagic/api/diagnose", DiagnoseText),
    (r"/qmagic/api/draw", DrawCircuit),
    (r"/qmagic/api/(?!events$).*", Nothing),
]
