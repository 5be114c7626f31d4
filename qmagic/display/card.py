"""A job's card as a notebook stores it: id and last known state, for who draws it live, and static views.

Our JupyterLab extension asks the server how the job stands now; all else shows the HTML, which says how it stood.
"""

from __future__ import annotations

import time
from typing import Any

from qmagic.display.headless import headless
from qmagic.display.oneline import job_line
from qmagic.display.page import note, page
from qmagic.jobs import JobInfo

__all__ = ["JOB_TYPE", "job_bundle", "job_view"]

JOB_TYPE = "application/vnd.qmagic.job.v1+json"

#: What is stored of a job: what a card shows, and nothing of where it ran.
_SHOWN = (
    "id", "status", "kind", "name", "backend", "shots", "created", "started", "ended", "attempt", "position", "error",
    "headline", "expected", "why",
)  # fmt: skip


def job_bundle(info: JobInfo, text: str = "") -> dict[str, Any]:
    """Returns the views of a job, keyed by MIME type; the text alone where outputs must not differ between runs.

    Args:
        info: How the job stands.
        text: What plain text says; a line about the job where "".
    """
    line = job_line(info)
    views: dict[str, Any] = {"text/plain": text or line}
    if headless():
        return views
    small = []
    if not info.status.final:
        clock = time.strftime("%H:%M:%S", time.localtime())
        small = [f"as of {clock}; qmagic.job({info.id!r}).result() waits for the result"]
    elif info.headline:
        small = [info.headline]
    return views | {"text/html": page(line, note(small)), JOB_TYPE: job_view(info)}


def job_view(info: JobInfo) -> dict[str, Any]:
    """Returns what a card shows of a job."""
    every = info.to_json()
    return {name: every[name] for name in _SHOWN}
