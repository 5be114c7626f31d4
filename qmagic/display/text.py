"""The terminal's view: plain text, at most about 100 columns, the same on every run where nobody is looking."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmagic.display.axis import scale
from qmagic.display.headless import headless
from qmagic.display.histogram import Histogram, histogram, order_note, shortened
from qmagic.display.numbers import exact, parameter, percent, with_error
from qmagic.display.states import state_lines
from qmagic.display.views import MOST_PUBS, Curve, compared, curves, transpiled_lines
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.headline import headline
from qmagic.results.points import Axis, Estimate, estimates
from qmagic.results.result import Result
from qmagic.results.state import State

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = ["comparison_text", "result_text"]

_BAR = 32
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MOST_ROWS = 24


def result_text(result: Result) -> str:
    """Returns a result as plain text."""
    lines = [headline(result.outcome, result.info, result.spec, lasting=headless())]
    if result.outcome.states:
        return "\n".join([*lines, *state_lines(State(result)), *result.outcome.notes])
    many = len(result) > 1
    notes: dict[str, None] = {}
    for i in range(min(len(result), MOST_PUBS)):
        if many:
            lines.append(f"[{i}]")
        lines += _pub_lines(result, i, most=8 if many else 16)
        if isinstance(pub := result.outcome.pubs[i], SampledPub):
            notes[order_note(pub)] = None
    lines += notes
    if len(result) > MOST_PUBS:
        lines.append(f"… and {len(result) - MOST_PUBS} more; result.counts(i) has each")
    lines += transpiled_lines(result)
    lines += list(result.outcome.notes)
    return "\n".join(lines)


def comparison_text(comparison: Comparison) -> str:
    """Returns two distributions side by side."""
    bars = compared(comparison)
    width = max([len(shortened(bar.label)) for bar in bars] + [7])
    first, second = max(8, len(comparison.label_a)), max(8, len(comparison.label_b))
    lines = [comparison.headline, comparison.details]
    lines.append(f"{'':>{width}}  {comparison.label_a:>{first}}  {comparison.label_b:>{second}}")
    lines += [
        f"{shortened(bar.label):>{width}}  {percent(bar.values[0][0]):>{first}}  {percent(bar.values[1][0]):>{second}}"
        for bar in bars
    ]
    return "\n".join([*lines, "qubit 0 rightmost"])


def _pub_lines(result: Result, i: int, most: int) -> list[str]:
    pub = result.outcome.pubs[i]
    if isinstance(pub, EstimatedPub):
        return _estimate_lines(result, i, pub)
    if not pub.shape:
        return _histogram_lines(histogram(pub, most=most))
    return _point_lines(pub)


def _histogram_lines(one: Histogram) -> list[str]:
    if not one.bars:
        return ["no shots"]
    width = max(len(shortened(bar.label)) for bar in one.bars)
    most = max(bar.value for bar in one.bars if not bar.others) if len(one.bars) > 1 else 1.0
    digits = max(len(f"{bar.count:,}") for bar in one.bars)
    return [
        f"{shortened(bar.label):>{width}}  {_blocks(bar.value / most):<{_BAR}}  "
        f"{bar.count:>{digits},}  {percent(bar.value):>7}"
        for bar in one.bars
    ]


def _blocks(part: float) -> str:
    """Returns a bar of `part` of the full width, to an eighth of a character; an arrow where it is longer than that."""
    if part > 1:
        return "█" * (_BAR - 1) + "▶"
    whole, eighth = divmod(max(1, round(part * _BAR * 8)) if part else 0, 8)
    return "█" * whole + (_EIGHTHS[eighth] if eighth else "")


def _point_lines(pub: SampledPub) -> list[str]:
    lines = []
    places = list(itertools.product(*map(range, pub.shape)))
    for place in places[:_MOST_ROWS]:
        one = histogram(pub, place, most=5)
        found = "  ".join(f"{shortened(bar.label, 24)} {percent(bar.value)}" for bar in one.bars)
        lines.append(f"{_index(place)}  {found}")
    if len(places) > _MOST_ROWS:
        lines.append(f"… and {len(places) - _MOST_ROWS} more points; result.counts(i, point) has each")
    return lines


def _estimate_lines(result: Result, i: int, pub: EstimatedPub) -> list[str]:
    if (sweep := curves(result, i)) is not None:
        return _sweep_lines(*sweep, pub.exact)
    values = estimates(result, i)
    rows = [
        (
            one.label + "".join(f"  {name}={parameter(number)}" for name, number in list(one.parameters.items())[:3]),
            *_told(one, pub),
        )
        for one in values[:_MOST_ROWS]
    ]
    wide, long = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    lines = [f"{name:<{wide}}  {value:>{long}}  {std}" for name, value, std in rows]
    if len(values) > _MOST_ROWS:
        lines.append(f"… and {len(values) - _MOST_ROWS} more; result.evs has all")
    return lines


def _told(one: Estimate, pub: EstimatedPub) -> tuple[str, str]:
    if pub.exact:
        return exact(one.value), "exact"
    value, std = with_error(one.value, one.std)
    return value, f"± {std}"


def _sweep_lines(axis: Axis, found: Sequence[Curve], is_exact: bool) -> list[str]:
    """Returns a row for each point: the parameter, each curve's value, and for one curve where it lies."""
    shown = found[:4]
    cells = [[axis.name, *(curve.label for curve in shown)]]
    for at, x in enumerate(axis.values):
        row = [parameter(x)]
        for curve in shown:
            std = (curve.high[at] - curve.low[at]) / 2
            row.append(f"{curve.values[at] + 0.0:.4f}" if is_exact else " ± ".join(with_error(curve.values[at], std)))
        cells.append(row)
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in cells]
    if len(shown) == 1:
        span = scale([*shown[0].low, *shown[0].high])
        lines[0] += f"  {span.ticks[0][1]:<{_BAR // 2}}{span.ticks[-1][1]:>{_BAR // 2 + 1}}"
        for at, value in enumerate(shown[0].values):
            place = round(span.place(value) * _BAR)
            lines[at + 1] += "  " + "·" * place + "●" + "·" * (_BAR - place)
    if len(lines) > _MOST_ROWS + 1:
        lines[_MOST_ROWS + 1 :] = [f"… and {len(lines) - _MOST_ROWS - 1} more points; result.evs has all"]
    if len(found) > len(shown):
        lines.append(f"… and {len(found) - len(shown)} more observables")
    return lines


def _index(place: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, place)) + "]"
