"""Hands jobs to the service: they exist when this returns, and a lost reply makes no second one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qmagic.client.connection import connection
from qmagic.client.handle import Job
from qmagic.jobs import JobSpec
from qmagic.protocol import Submit

__all__ = ["submit", "submit_many"]

_ENCODE = msgspec.msgpack.Encoder().encode


def submit(spec: JobSpec) -> Job:
    """Submits a job and returns its handle as soon as it is on disk.

    Raises:
        InputError: Its input cannot run; nothing was submitted.
        ServiceError: The service cannot take it now.
    """
    line = connection()
    data = msgspec.Raw(_ENCODE(spec))
    number = line.send("submit", Submit([data], follow=True))
    reply = line.wait(number)
    if reply is None:
        line.ask("submit", Submit([data], again=True), None, again=Submit([data], again=True))
        return Job(spec.id, spec=spec)
    line.open(reply, None)
    line.follow(number)
    return Job(spec.id, spec=spec, follow=(line, number))


def submit_many(specs: Sequence[JobSpec]) -> list[Job]:
    """Submits jobs in one message and returns their handles as soon as all are on disk; see `submit`."""
    if not specs:
        return []
    data = [msgspec.Raw(_ENCODE(spec)) for spec in specs]
    connection().ask("submit", Submit(data), None, again=Submit(data, again=True))
    return [Job(spec.id, spec=spec) for spec in specs]
