"""What the routes ask, in threads that may wait: each function asks the service and returns what is to be sent."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from qmagic import client
from qmagic.client import view
from qmagic.client.landscape import landscape as look_around
from qmagic.client.loop import changes_of
from qmagic.client.loop import fork as fork_loop
from qmagic.client.loop import order as give
from qmagic.errors import NotFoundError
from qmagic.jobs import JobInfo, JobSpec, JobStatus
from qmagic.orders import Changes, Order
from qmagic.protocol import Find
from qmagic.serverextension import wire

__all__ = ["cancel", "cancel_many", "delete", "detail", "fork", "landscape", "listing", "loop", "order", "rerun"]

_RESULT = "application/vnd.qmagic.result.v1+json"
_SPEC = msgspec.msgpack.Decoder(JobSpec).decode


def listing(find: Find, root: str) -> bytes:
    """Returns the jobs that are meant, as JSON."""
    return _json(wire.listing(view.listing(find), root))


def detail(id: str, root: str) -> bytes:
    """Returns all about one job, as JSON."""
    found = view.found_job(id)
    spec = _SPEC(found.spec)
    outcome = None
    views: dict[str, Any] = {}
    note = ""
    if found.info.status is JobStatus.DONE:
        outcome, note = view.outcome_of(id)
    if outcome is not None:
        from qmagic.results import Result
        from qmagic.results.loop import LoopResult

        result = (Result if outcome.loop is None else LoopResult)(outcome, found.info, spec)
        views = result._repr_mimebundle_()
    elif spec.kind == "loop" and found.info.status.final:
        views = view.frozen_loop(found.info)  # what it reached before it failed or was cancelled
    body = wire.detail(found.info, found.events, spec, outcome, views.pop(_RESULT, None), note, root)
    return _json(body | {"stored": views})  # what else a notebook stores of it: text and HTML


def cancel(id: str) -> JobInfo:
    """Stops a job and returns how it stands now.

    Raises:
        NotFoundError: There is no such job.
    """
    jobs = cancel_many([id])
    if not jobs:
        raise NotFoundError(f"there is no job {id!r}")
    return jobs[0]


def cancel_many(ids: list[str]) -> list[JobInfo]:
    """Stops jobs and returns how those that exist stand now."""
    view.wake()
    client.cancel(ids)
    return view.listing(Find(ids=tuple(ids), limit=len(ids))).jobs


def rerun(id: str) -> JobInfo:
    """Submits a job again, under a new id, and returns the new one."""
    view.wake()
    return client.Job(id).rerun().info()


def delete(ids: list[str]) -> int:
    """Deletes those of the jobs that have ended, and returns how many."""
    view.wake()
    return client.purge(ids=ids)


def loop(id: str, since: int, points: bool) -> bytes:
    """Returns how a loop stands, and its iterations after number `since`, as JSON."""
    return _json(wire.loop(view.loop_view(id, since, points=points)))


def order(id: str, kind: str, steps: int, settings: dict[str, Any]) -> int:
    """Gives an order to a loop and returns its number.

    Raises:
        InputError: A setting cannot be.
        NotFoundError: There is no such loop that runs.
    """
    view.wake()
    changes = Changes()
    if kind == "set":
        changes = changes_of(settings, view.loop_view(id, 2**31, points=False).state.optimizer)
    reason = "stopped by the user" if kind == "stop" else ""
    return give(id, Order(kind, steps=steps, changes=changes, reason=reason))


def fork(id: str, iteration: int | None, settings: dict[str, Any]) -> JobInfo:
    """Starts another loop that goes the same way up to an iteration, and returns its job."""
    view.wake()
    return fork_loop(id, iteration, settings).info()


def landscape(id: str, iteration: int | None) -> JobInfo:
    """Starts a loop that evaluates the plane around an iteration of another, and returns its job."""
    view.wake()
    return look_around(id, iteration).info()


def _json(body: wire.Json) -> bytes:
    """Encodes a long answer here, in the thread."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
