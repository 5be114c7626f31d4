"""The jobs of a group while they are under way: a line for each, where it runs and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qmagic.display.page import escaped, page
from qmagic.jobs import JobInfo

__all__ = ["jobs_bundle"]

_HEAD = ("backend", "status", "job", "")
_MOST = 50


def jobs_bundle(infos: Sequence[JobInfo]) -> dict[str, Any]:
    """Returns the views of a group's jobs, keyed by MIME type."""
    ended = sum(info.status.final for info in infos)
    head = f"{len(infos)} jobs, {ended} ended"
    rows = [(info.backend, info.status.value, info.id, info.error or info.headline) for info in infos[:_MOST]]
    width = [max(len(row[n]) for row in [_HEAD, *rows]) for n in range(3)]
    lines = ["  ".join([*(f"{row[n]:<{width[n]}}" for n in range(3)), row[3]]).rstrip() for row in rows]
    names = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
    cells = "".join(
        f'<tr><th scope="row">{escaped(row[0])}</th><td>{row[1]}</td><td class="qm-id">{row[2]}</td>'
        f'<td class="qm-text">{escaped(row[3])}</td></tr>'
        for row in rows
    )
    table = f'<table class="qm-t qm-list"><thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>'
    return {"text/plain": "\n".join([head, *lines]), "text/html": page(head, table)}
