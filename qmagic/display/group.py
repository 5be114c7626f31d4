"""A group's result as text, HTML, and JSON for our own renderer."""

from __future__ import annotations

from typing import Any

from qmagic.display.bars import overlaid_bars
from qmagic.display.group_data import Laid, Scattered, Table, headline, view_of
from qmagic.display.headless import headless
from qmagic.display.histogram import shortened
from qmagic.display.mime import MIME_TYPE
from qmagic.display.numbers import percent
from qmagic.display.page import escaped, note, page
from qmagic.display.scatter import scatter_table
from qmagic.display.views import MOST_PUBS
from qmagic.results.group import GroupResult

__all__ = ["group_bundle", "group_text"]

#: The most outcomes of one PUB in the JSON, and elsewhere.
_MOST_STORED, _MOST = 32, 16


def group_bundle(group: GroupResult) -> dict[str, Any]:
    """Returns all views of a group's result, keyed by MIME type."""
    return {"text/plain": group_text(group), "text/html": _html(group), MIME_TYPE: _summary(group)}


def group_text(group: GroupResult) -> str:
    """Returns a group's result as plain text."""
    lines = [headline(group, lasting=headless())]
    pubs = _pubs(group)
    for i in range(pubs):
        lines += [f"[{i}]"] if pubs > 1 else []
        view = view_of(group, i, _MOST)
        if isinstance(view, Laid):
            cells = [(shortened(row.label), *(percent(one[0]) for one in row.values)) for row in view.rows]
            lines += [*_aligned([("", *view.labels), *cells]), *_table_text(view.distances)]
        elif isinstance(view, Scattered):
            rows = [(shortened(one.label), *map(percent, (one.mean, one.std, one.shot_noise))) for one in view.outcomes]
            lines += _aligned([("", "mean", "std", "shot noise"), *rows])
            lines += [f"… and {view.left_out:,} more outcomes"] if view.left_out else []
        else:
            lines += _table_text(view)
        lines += [view.note] if view.note else []
    return "\n".join([*lines, *_small(group)])


def _html(group: GroupResult) -> str:
    pubs, parts, series = _pubs(group), "", 1
    for i in range(pubs):
        view = view_of(group, i, _MOST)
        if isinstance(view, Laid):
            parts += overlaid_bars(view.rows, view.labels) + note([view.note]) + _table_html(view.distances)
            series = max(series, len(view.labels))
        elif isinstance(view, Scattered):
            parts += scatter_table(view) + note([view.note])
        else:
            parts += _table_html(view)
    return page(headline(group, lasting=headless()), parts + note(_small(group)), series=series)


def _summary(group: GroupResult) -> dict[str, Any]:
    return {
        "headline": headline(group, lasting=headless()),
        "kind": "group",
        "pubs": [_stored(group, i) for i in range(_pubs(group))],
        "num_pubs": len(group.results[0]),
        "notes": _small(group),
    }


def _stored(group: GroupResult, i: int) -> dict[str, Any]:
    view = view_of(group, i, _MOST_STORED)
    if isinstance(view, Laid):
        rows = [[row.label, [[round(x, 12) for x in one] for one in row.values], row.others] for row in view.rows]
        laid = {"labels": view.labels, "rows": rows, "note": view.note, "distances": _stored_table(view.distances)}
        return {"laid": laid}
    if isinstance(view, Scattered):
        outcomes = [
            [one.label, *(round(x, 12) for x in (one.mean, one.std, one.shot_noise)), [round(x, 12) for x in one.runs]]
            for one in view.outcomes
        ]
        return {"scattered": {"outcomes": outcomes, "left_out": view.left_out, "note": view.note}}
    return {"table": _stored_table(view)}


def _stored_table(table: Table) -> dict[str, Any]:
    return {"head": table.head, "rows": table.rows, "total": table.total, "note": table.note}


def _table_text(table: Table) -> list[str]:
    more = [f"… and {table.total - len(table.rows)} more"] if table.total > len(table.rows) else []
    return [*_aligned([table.head, *table.rows]), *more] if table.rows else []


def _table_html(table: Table) -> str:
    if not table.rows:
        return ""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escaped(row[0])}</th>{"".join(f"<td>{escaped(cell)}</td>" for cell in row[1:])}</tr>'
        for row in table.rows
    )
    more = [f"… and {table.total - len(table.rows)} more"] if table.total > len(table.rows) else []
    return f'<table class="qm-t qm-list qm-below"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' + note(
        [*more, *([table.note] if table.note else [])]
    )


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]


def _pubs(group: GroupResult) -> int:
    return min(len(group.results[0]), MOST_PUBS)


def _small(group: GroupResult) -> list[str]:
    """Returns what became of jobs that gave nothing, and what results say of themselves."""
    lines = [f"no result from {where}: {why}" for where, why in group.failures.items()]
    lines += [f"{m.label}: {line}" for m in group.members for r in m.results for line in r.outcome.notes]
    return list(dict.fromkeys(lines))[:20]
