"""Histograms in HTML: a table with a row for each outcome, whose bar is an inline SVG.

A table, because labels of any length wrap, numbers can be copied and read aloud, and everything but the bars is still
there where a viewer removes SVG. All bars share one scale, with Wilson's interval as a whisker; the bar of all others
is cut off where it would flatten the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmagic.display.axis import Scale, scale
from qmagic.display.histogram import Bar, Histogram, shortened
from qmagic.display.numbers import percent
from qmagic.display.page import escaped
from qmagic.display.palette import fill
from qmagic.display.views import Overlaid

__all__ = ["bars", "overlaid_bars"]

_HEIGHT = 20
_WHISKERS = "whiskers: 95 % Wilson interval"


def bars(one: Histogram, *, ticks: int = 4) -> tuple[str, list[str]]:
    """Returns a histogram's HTML, with about `ticks` ticks, and the small print under it."""
    if not one.bars:
        return '<div class="qm-name">no shots</div>', [one.order]
    tops = [bar.upper for bar in one.bars if not bar.others] or [1.0]
    axis = _percents(max(tops), ticks)
    lines = _grid(axis)
    rows = "".join(_row(bar, one.widths, axis, lines) for bar in one.bars)
    return _table(rows, axis), [f"{one.order} · {_WHISKERS}"]


def overlaid_bars(rows: Sequence[Overlaid], labels: Sequence[str]) -> str:
    """Returns several distributions as groups of bars, a colour for each."""
    tops = [high for row in rows if not row.others for _, _, high in row.values] or [1.0]
    axis = _percents(max(tops), 4)
    lines = _grid(axis, _group_height(len(labels)))
    cells = "".join(_group(row, axis, lines) for row in rows)
    head = "".join(
        f'<th scope="col" class="qm-wrap"><span><svg width="10" height="10" aria-hidden="true"><rect {fill(n)} '
        f'width="10" height="10" rx="2"/></svg> {escaped(label).replace(":", ":</span><wbr><span>")}</span></th>'
        for n, label in enumerate(labels)
    )
    return _table(cells, axis, f"<thead><tr><th></th><th></th>{head}</tr></thead>", len(labels))


def _group_height(bars: int) -> int:
    return 4 + 11 * bars


def _row(bar: Bar, widths: tuple[int, ...], axis: Scale, lines: str) -> str:
    key = f'<th scope="row" class="qm-soft">{bar.label}</th>' if bar.others else _key(bar.label, widths)
    drawn = _bar(bar.value, axis, 4, 12, 0, bar.others)
    if not bar.others:
        drawn += _whisker(bar.lower, bar.upper, axis, 10)
    return (
        f'<tr>{key}<td class="qm-bar"><svg width="100%" height="{_HEIGHT}" aria-hidden="true">{lines}{drawn}</svg></td>'
        f'<td>{bar.count:,}</td><td class="qm-soft">{percent(bar.value)}</td></tr>'
    )


def _group(row: Overlaid, axis: Scale, lines: str) -> str:
    key = f'<th scope="row" class="qm-soft">{row.label}</th>' if row.others else _key(row.label, (len(row.label),))
    drawn = ""
    for n, (value, low, high) in enumerate(row.values):
        drawn += _bar(value, axis, 3 + 11 * n, 9, n, False)
        if low < high and not row.others:
            drawn += _whisker(low, high, axis, 7.5 + 11 * n)
    height = _group_height(len(row.values))
    numbers = "".join(f"<td>{percent(value)}</td>" for value, _, _ in row.values)
    return (
        f'<tr>{key}<td class="qm-bar"><svg width="100%" height="{height}" aria-hidden="true">{lines}{drawn}</svg></td>'
        f"{numbers}</tr>"
    )


def _key(label: str, widths: tuple[int, ...]) -> str:
    """Returns the cell of a bitstring, with a gap between registers (not copied) and places to wrap."""
    if len(label) > 64:
        return f'<th scope="row" class="qm-key" title="{label}">{shortened(label)}</th>'
    parts, at = [], 0
    for width in widths:
        part = label[at : at + width]
        # Break before whole pairs of bytes, counted from the right.
        start = width % 16
        pieces = ([part[:start]] if start else []) + [part[k : k + 16] for k in range(start, width, 16)]
        parts.append("<wbr>".join(pieces))
        at += width
    inner = parts[0] + "".join(f"<wbr><span>{part}</span>" for part in parts[1:])
    if len(label) <= 24:
        return f'<th scope="row" class="qm-key">{inner.replace("<wbr>", "")}</th>'
    return (
        f'<th scope="row" class="qm-key qm-long" style="min-width:min({len(label) + len(widths)}ch,40vw)">{inner}</th>'
    )


def _bar(value: float, axis: Scale, top: int, height: int, series: int, others: bool) -> str:
    style = 'class="qm-rest" fill="#59636e" opacity=".45"' if others else fill(series)
    part = axis.place(value)
    if part <= 1:
        return f'<rect {style} y="{top}" width="{part * 100:.2f}%" height="{height}" rx="2"/>'
    # Cut off: the bar goes on beyond the scale, and says so.
    middle = top + height / 2
    return f'<rect {style} y="{top}" width="92%" height="{height}" rx="2"/>' + "".join(
        f'<circle {style} cx="{x}%" cy="{middle:g}" r="1.5"/>' for x in (94.5, 96.5, 98.5)
    )


def _whisker(lower: float, upper: float, axis: Scale, y: float) -> str:
    low, high = (f"{axis.place(bound) * 100:.2f}%" for bound in (lower, upper))
    ends = "".join(f'<line x1="{x}" x2="{x}" y1="{y - 3}" y2="{y + 3}"/>' for x in (low, high))
    return (
        f'<g class="qm-whisker" stroke="#1f2328" stroke-width="1.2">'
        f'<line x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>{ends}</g>'
    )


def _percents(top: float, ticks: int) -> Scale:
    found = scale((0.0, top * 100), ticks=ticks)
    kept = [(value / 100, label) for value, label in found.ticks if value <= 100]
    # Only the last tick says what the numbers are.
    labels = ["0", *(label for _, label in kept[1:-1]), f"{kept[-1][1]} %"]
    ticks_shown = tuple((value, label) for (value, _), label in zip(kept, labels, strict=True))
    return Scale(0.0, min(1.0, found.high / 100), ticks_shown)


def _grid(axis: Scale, height: int = _HEIGHT) -> str:
    places = [f"{axis.place(value) * 100:.4g}%" for value, _ in axis.ticks]
    lines = "".join(f'<line x1="{x}" x2="{x}" y2="{height}"/>' for x in places)
    return f'<g class="qm-grid" stroke="#d5dae0">{lines}</g>'


def _table(rows: str, axis: Scale, head: str = "", columns: int = 2) -> str:
    labels = "".join(
        f'<text x="{axis.place(value) * 100:.4g}%" y="12" font-size="11" text-anchor="middle">{label}</text>'
        for value, label in axis.ticks
    )
    foot = f'<svg width="100%" height="16" aria-hidden="true">{labels}</svg>'
    return (
        f'<table class="qm-t qm-bars">{head}<tbody>{rows}</tbody>'
        f'<tfoot><tr><td></td><td class="qm-bar">{foot}</td>{"<td></td>" * columns}</tr></tfoot></table>'
    )
