"""A job in one line, while it waits and when it ended."""

from __future__ import annotations

import time

from qmagic.jobs import JobInfo, JobStatus
from qmagic.results.headline import duration

__all__ = ["job_line"]

_WORDS = {
    JobStatus.CREATED: "created",
    JobStatus.HELD: "held",
    JobStatus.READY: "waiting",
    JobStatus.SUBMITTING: "being submitted",
    JobStatus.IN_DOUBT: "in doubt: the provider is being asked",
    JobStatus.QUEUED: "queued",
    JobStatus.RUNNING: "running",
    JobStatus.FETCHING: "fetching the result",
    JobStatus.CANCELLING: "being cancelled",
    JobStatus.DONE: "done",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
    JobStatus.LOST: "lost at the provider",
}


def job_line(info: JobInfo, *, now: float | None = None) -> str:
    """Returns such as ``job 01j… (bell) · running for 3.2 s · aer · attempt 2``.

    Args:
        info: What the service says of the job.
        now: Seconds since the epoch; the present when None.
    """
    parts = [f"job {info.id}" + (f" ({info.name})" if info.name else "")]
    state = _WORDS[info.status]
    if info.status is JobStatus.RUNNING and info.started is not None:
        state += f" for {duration(max(0.0, (time.time() if now is None else now) - info.started))}"
    elif info.position is not None and not info.status.final:
        state += f", {info.position} ahead" if info.position else ", next"
    elif info.status is JobStatus.DONE and info.started is not None and info.ended is not None:
        state += f" in {duration(max(0.0, info.ended - info.started))}"
    parts += [state, info.backend]
    if info.attempt > 1:
        parts.append(f"attempt {info.attempt}")
    if info.error:
        parts.append(info.error.splitlines()[0])
    return " · ".join(parts)
