"""Hands jobs to the service: they exist when this returns, and a lost reply makes no second one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from qmagic.client.choose import placed
from qmagic.client.connection import ENDS, PATIENCE, Connection, connection
from qmagic.client.handle import Job
from qmagic.client.origin import with_origin
from qmagic.client.sessions import in_session
from qmagic.jobs import JobSpec
from qmagic.protocol import Reply, Submit

__all__ = ["run_in_place", "submit", "submit_many", "submit_once"]

_ENCODE = msgspec.msgpack.Encoder().encode

_in_place: Callable[[Sequence[JobSpec]], list[Job]] | None = None


def run_in_place(run: Callable[[Sequence[JobSpec]], list[Job]]) -> None:
    """Has jobs run by `run`, in place of the service: in a loop's process, where they are part of its own."""
    global _in_place
    _in_place = run


def submit(spec: JobSpec) -> Job:
    """Submits a job and returns its handle as soon as it is on disk.

    Raises:
        InputError: Its input cannot run; nothing was submitted.
        ServiceError: The service cannot take it now.
    """
    return submit_many([spec])[0]


def submit_many(specs: Sequence[JobSpec]) -> list[Job]:
    """Submits jobs in one message and returns their handles as soon as all are on disk; see `submit`."""
    if not specs:
        return []
    if _in_place is not None:
        return _in_place(specs)
    line = connection()
    specs = in_session([placed(spec) for spec in with_origin(specs)])
    data = [msgspec.Raw(_ENCODE(spec)) for spec in specs]
    ids = [spec.id for spec in specs]
    number = line.send("submit", Submit(data, follow=True))
    line.ends.expect(number, ids)
    try:
        reply = _answer(line, number)
        if reply is None:  # the service went away, or its answer got lost: it may have taken them, or not
            line.ask("submit", Submit(data, again=True), None)
        else:
            line.ends.keep(line.open(reply, ENDS))
    except BaseException:
        line.ends.forget(ids)
        raise
    return [Job(spec.id, spec=spec) for spec in specs]


def submit_once(spec: JobSpec) -> Job:
    """Submits a job whose id follows from what it is for; one that the service has already is not made again.

    Raises:
        InputError: Its input cannot run; nothing was submitted.
        ServiceError: The service cannot take it now.
    """
    connection().ask("submit", Submit([msgspec.Raw(_ENCODE(spec))], again=True), None)
    return Job(spec.id, spec=spec)


def _answer(line: Connection, number: int) -> Reply | None:
    try:
        return line.wait(number, time.monotonic() + PATIENCE)
    except TimeoutError:
        return None
