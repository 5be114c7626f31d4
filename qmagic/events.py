"""What happened to jobs, as facts: stored, ordered by one store-wide number, and pushed to whoever listens.

Kinds: ``job.created``, ``job.started``, ``job.returned`` (back to READY, with the reason),
``job.rerouted`` (its simulator turned out badly and another takes its place, with the reason), ``job.cancelling``,
``job.held`` (a paused loop gave its process back; a job waits for its budget),
``job.done``, ``job.failed``, ``job.cancelled``; of jobs at providers also ``job.submitting``, ``job.queued``,
``job.in_doubt``, ``job.fetching``, ``job.lost``, ``job.adopted`` (it was there already), ``job.leaving`` (its device is
down, and its cancel there is awaited), ``job.moved`` (to another device). What need not last (position, progress) is no
event: it is asked for.
"""

from __future__ import annotations

from typing import Any

import msgspec

from qmagic.jobs import JobInfo

__all__ = ["Event"]


class Event(msgspec.Struct, frozen=True):
    """One fact about one job. `time` is seconds since the epoch (UTC); order is by `seq`, never by time.

    `view` is the job as it stood right after, for those who listen; it is not stored, and None where the job is gone.
    """

    seq: int
    job: str
    kind: str
    time: float
    status: str
    detail: dict[str, Any] = {}
    view: JobInfo | None = None
