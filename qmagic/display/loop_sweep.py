"""A sweep's loops as small multiples: a chart for each, all with the same words; text, HTML and JSON.

The JSON (`SWEEP_TYPE`) has ``id`` and ``members``: the stored view of each loop (`qmagic.display.loop_data`) without
its points.
"""

from __future__ import annotations

from typing import Any

from qmagic.display.headless import headless
from qmagic.display.loop import of_view, sparkline, thumbnail
from qmagic.display.loop_data import data
from qmagic.display.numbers import exact
from qmagic.display.page import escaped, page
from qmagic.jobs import JobInfo
from qmagic.tapes import LoopView

__all__ = ["SWEEP_TYPE", "sweep_bundle"]

SWEEP_TYPE = "application/vnd.qmagic.sweep.v1+json"
_MOST_DRAWN = 48


def sweep_bundle(id: str, members: list[tuple[JobInfo, LoopView]]) -> dict[str, Any]:
    """Returns all views of a sweep, keyed by MIME type."""
    done = sum(info.status.final for info, _ in members)
    head = f"{len(members)} loops, {done} ended" + ("" if headless() else f" · sweep {id}")
    width = max(len(info.name) for info, _ in members)
    lines = [f"{info.name:<{width}}  {_value(view):>14}  {sparkline(view.rows.value, 24)}" for info, view in members]
    cells = "".join(
        f'<div><div class="qm-name">{escaped(info.name)} · {_value(view)}</div>{thumbnail(of_view(info, view))}</div>'
        for info, view in members[:_MOST_DRAWN]
    )
    stored = [data(of_view(info, view)) for info, view in members]
    return {
        "text/plain": "\n".join([head, *lines]),
        "text/html": page(head, f'<div class="qm-many">{cells}</div>', series=3),
        SWEEP_TYPE: {"id": "" if headless() else id, "members": stored},
    }


def _value(view: LoopView) -> str:
    best = view.state.best
    return "" if best is None else exact(best)
