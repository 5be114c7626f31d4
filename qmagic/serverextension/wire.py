"""What the browser is told, as JSON: one function for each message. Pure; `tests/fixtures/wire.json` has one of each.

A `JobView` is a `JobInfo` with every field. Times are seconds since the epoch, `expected` and `elapsed` seconds. The
notebook's path is the Jupyter server's own where the file lies below its root folder, and absolute where it does not.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from qmagic.events import Event
from qmagic.jobs import JobInfo, JobSpec
from qmagic.outcomes import Outcome
from qmagic.protocol import Listing, Live, ServiceStatus
from qmagic.tapes import Function, LoopSpec, LoopView, Pulse, Rows

__all__ = [
    "detail", "error", "event_view", "events", "job_view", "listing", "live", "loop", "loops", "offline", "online",
    "plain", "snapshot", "spec_view", "status",
]  # fmt: skip

Json = dict[str, Any]

#: A noise model's own text is as long as the model; a list shows that there is one.
_LONGEST_NOISE = 200
_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode


def job_view(info: JobInfo, root: str = "") -> Json:
    """Returns a job as the browser sees it; `root` is the Jupyter server's root folder."""
    return info.to_json() | {"notebook_path": _below(root, info.notebook_path)}


def event_view(event: Event, root: str = "") -> Json:
    """Returns one stored fact, with the job as it stood after it; null where the job is gone."""
    view = None if event.view is None else job_view(event.view, root)
    return {
        "seq": event.seq, "job": event.job, "kind": event.kind, "time": event.time, "status": event.status,
        "detail": event.detail, "view": view,
    }  # fmt: skip


# -- REST -------------------------------------------------------------------------------------------------------------


def listing(found: Listing, root: str = "") -> Json:
    """Returns jobs as they stood at event `seq`: what an event after it said of one of them is newer.

    `reached`, where it is not "", is the job before which a search for a text has to go on.
    """
    return {"seq": found.seq, "jobs": [job_view(info, root) for info in found.jobs], "reached": found.reached}


def detail(
    info: JobInfo,
    history: Iterable[Event],
    spec: JobSpec,
    outcome: Outcome | None = None,
    result: Mapping[str, Any] | None = None,
    note: str = "",
    root: str = "",
) -> Json:
    """Returns all about one job.

    Args:
        info: The job.
        history: Its events, oldest first.
        spec: What was asked.
        outcome: What came out, where it has ended well.
        result: The outcome as our renderer takes it.
        note: Why there is no result, where that needs a word.
        root: The Jupyter server's root folder.
    """
    return {
        "job": job_view(info, root),
        "events": [event_view(event, root) for event in history],
        "spec": spec_view(spec, root) | {"versions": dict(outcome.versions) if outcome else {}},
        "result": None if result is None else dict(result),
        "note": note,
        "transpiled": [dict(one) for one in outcome.transpiled] if outcome else [],
        "seconds": dict(outcome.seconds) if outcome else {},
        "notes": list(outcome.notes) if outcome else [],
    }


def spec_view(spec: JobSpec, root: str = "") -> Json:
    """Returns what was asked for. `source` is null where circuits came as objects: then they can only be drawn."""
    text = None if spec.source.language in ("qpy", "loop", "remote") else spec.source.data.decode("utf-8", "replace")
    noise = spec.noise if spec.noise is None or len(spec.noise) <= _LONGEST_NOISE else "a noise model"
    labels = [one.label for pub in spec.pubs[:1] for one in pub.observables or ()]
    return {
        "language": spec.source.language,
        "source": text,
        "circuits": 0 if _of_function(spec) else 1 + max((pub.circuit for pub in spec.pubs), default=0),
        "pubs": len(spec.pubs),
        "kind": spec.kind,
        "backend": spec.backend,
        "noise": noise,
        "transpile": None if spec.transpile is None else plain(spec.transpile),
        "seed": spec.seed,
        "shots": [pub.shots for pub in spec.pubs[:100]],
        "observables": labels[:100],
        "tags": list(spec.tags),
        "name": spec.name,
        "cell": spec.cell,
        "cell_id": spec.cell_id,
        "notebook": spec.notebook,
        "notebook_path": _below(root, spec.notebook_path),
        "timeout": spec.timeout,
        "priority": spec.priority,
        "rerun_of": spec.rerun_of,
        "environment": {"executable": spec.environment.executable, "python": spec.environment.python},
    }


def _of_function(spec: JobSpec) -> bool:
    """Tells whether a job is a loop over a function, which has no circuit."""
    return spec.kind == "loop" and isinstance(_LOOP(spec.source.data).objective, Function)


def loop(found: LoopView) -> Json:
    """Returns a loop: how it stands, iterations as columns, and what else its tape says in that stretch.

    `more` says that there are more iterations: ask again, since the last one here. `points` has a row of parameters for
    each iteration where they were asked for.
    """
    size = 8 * len(found.labels)
    data = found.rows.x
    rows = [data[i : i + size] for i in range(0, len(data), size)] if size else []
    return {
        "id": found.job,
        "state": plain(found.state),
        "labels": list(found.labels),
        "exact": found.exact,
        "rows": _rows(found.rows),
        "points": [[value for (value,) in struct.iter_unpack("<d", row)] for row in rows],
        "orders": [
            {"index": one.index, "kind": one.order.kind, "number": one.order.number, "steps": one.order.steps,
             "settings": msgspec.to_builtins(one.order.changes), "reason": one.order.reason}
            for one in found.orders
        ],
        "notes": [{"iteration": one.iteration, "kind": one.kind, "text": one.text} for one in found.notes],
        "more": found.more,
    }  # fmt: skip


def _rows(rows: Rows) -> Json:
    return {name: getattr(rows, name) for name in rows.__struct_fields__ if name != "x"}


def status(found: ServiceStatus | None, home: str) -> Json:
    """Returns the service's state; its `pid` is null when none runs. `home` tells which jobs this server can see."""
    return {"pid": None, "home": home} if found is None else found.to_json()


def error(message: str) -> Json:
    """Returns why a request failed, in one line."""
    return {"message": " ".join(message.split()) or "the request failed"}


# -- WebSocket --------------------------------------------------------------------------------------------------------


def snapshot(found: Listing, root: str = "") -> Json:
    """Returns where everything stands: the newest of `total` jobs; `unfinished` counts all that have not ended."""
    counts = {"unfinished": found.unfinished, "total": found.total}
    return {"type": "snapshot", **listing(found, root), **counts}


def events(told: list[Event], root: str = "") -> Json:
    """Returns facts in their order; `seq` is the last one's, from which to go on after a reconnect."""
    return {"type": "events", "seq": told[-1].seq, "events": [event_view(event, root) for event in told]}


def live(told: Iterable[Live]) -> Json:
    """Returns what is not stored: the newest place in line, times and counts of jobs that wait or run."""
    return {"type": "live", "jobs": [one.to_json() for one in told]}


def loops(told: Iterable[Pulse]) -> Json:
    """Returns what is new of loops: how each stands, and its newest iterations.

    Who misses iterations between what it has and ``rows.iteration[0]`` asks for them: ``GET loops/ID?since=N``.
    """
    return {
        "type": "loops",
        "loops": [{"id": one.job, "state": plain(one.state), "rows": _rows(one.rows)} for one in told],
    }


def offline(message: str) -> Json:
    """Returns that what was said before may no longer hold."""
    return {"type": "offline", "message": error(message)["message"]}


def online() -> Json:
    """Returns that what is said from now on holds again."""
    return {"type": "online"}


def _below(root: str, path: str) -> str:
    """Returns a path as the Jupyter server has it (relative, with ``/``); unchanged where it lies elsewhere."""
    if not root or not os.path.isabs(path):
        return path
    for folder in dict.fromkeys((root, os.path.realpath(root))):
        if path.startswith(folder.rstrip(os.sep) + os.sep):
            return os.path.relpath(path, folder).replace(os.sep, "/")
    return path


def plain(struct: msgspec.Struct) -> Json:
    """Returns a struct as plain data, with every field."""
    return {name: msgspec.to_builtins(getattr(struct, name)) for name in struct.__struct_fields__}
