"""``%qstub``: the clouds, played on this machine, started, shaped and stopped from a notebook."""

from __future__ import annotations

import os
from typing import Any

from qmagic.client.stub import change_stub, start_stub, stop_stub, stub_place, stub_pointers, stub_status
from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split

__all__ = ["QSTUB", "run_stub"]

_VERBS = ("start", "stop", "status", "set", "connect")

QSTUB = Command(
    "qstub",
    usage="%qstub start               start the stub, or say where it runs\n"
    "%qstub set name=value ...  change how its clouds behave\n"
    "%qstub status              settings, jobs, and requests that it does not play\n"
    "%qstub connect             point this kernel's official clients at it, and show the code\n"
    "%qstub stop                end it; its jobs and settings stay on disk",
    about="The stub plays IBM Quantum, Amazon Braket, Azure Quantum and IonQ on this machine (loopback only), so that "
    "the clouds' official clients work without an account. Jobs are simulated with the noise of real devices' "
    "published calibrations; nothing is billed and nothing leaves the machine. Settings: queue=30s (time in the "
    "queue), run=2s (time on the device at least), fail=0.1 (part of the jobs that fail), drop=0.05 and "
    "truncate=0.05 (part of the replies that are lost or cut), rate=5/s (submits), maintenance=ibm_manila,... (or "
    "all, none), drift=0.1 (of the calibrations), price=real (or free), time=virtual (a poll moves time on; or real), "
    "seed=7 (or none).",
    words="stub",
    flags=(
        Flag("--port", "Where to listen (default: the port of the last time, or a free one).", "N", read=int),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %qstub start
        %qstub set queue=30s fail=0.1 rate=5/s drop=0.05 price=real
        %qstub set maintenance=ibm_torino
    """,
    errors="""
        the stub has no setting 'queu'; did you mean 'queue'?
        no stub runs; start it with %qstub start
    """,
)


def run_stub(call: Call) -> Any:
    """Does what the first word says."""
    verb, *rest = [expanded(word, call.namespace) for word in split(call.parsed.words)] or ["status"]
    if verb not in _VERBS:
        raise NotFoundError(f"%qstub {verb}: expected {', '.join(_VERBS)}{nearest(verb, _VERBS)}")
    if rest and verb != "set":
        raise InputError(f"%qstub {verb} takes no further words, and got {' '.join(rest)!r}")
    if verb == "set":
        return _settings(change_stub(rest))
    if verb == "stop":
        stopped = stop_stub()
        return Table(("stub",), [("stopped" if stopped else "none ran",)])
    if verb == "connect":
        return _connect()
    if verb == "start":
        place = start_stub(call.parsed.get("port", 0))
        return Table(
            ("stub", "process"),
            [(place.url, str(place.pid))],
            note="%qstub connect points this kernel's official clients at it",
        )
    return _status()


def _status() -> Table:
    status, place = stub_status(), stub_place()
    if status is None or place is None:
        return Table(("stub",), [], empty="no stub runs; start it with %qstub start")
    table = _settings(status["settings"])
    jobs = [
        f"{cloud}: " + ", ".join(f"{count} {name}" for name, count in counts.items())
        for cloud, counts in status["jobs"].items()
        if counts
    ]
    unknown = {f"{one['method']} {one['path']}" for one in status["unknown"]}
    notes = [f"{place.url}, process {place.pid}", *jobs, *(f"not played: {one}" for one in sorted(unknown))]
    table.note = "; ".join(notes)
    return table


def _settings(values: dict[str, Any]) -> Table:
    return Table(("setting", "value"), [(name, _text(name, value)) for name, value in values.items()])


def _text(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value) or "none"
    unit = {"queue": "s", "run": "s", "rate": "/s"}.get(name, "")
    return "none" if value is None else f"{value:g}{unit}" if isinstance(value, float) else str(value)


def _connect() -> Table:
    """Sets what the official clients read from their environment; its values hold the token, so they are not shown."""
    found = stub_pointers()
    for one in found:
        os.environ.update(one["environment"])
    return Table(
        ("cloud", "code"),
        [(one["cloud"], one["code"]) for one in found],
        note="This kernel's clients now go to the stub; restart the kernel to undo that.",
    )
