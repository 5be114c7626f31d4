"""A result or a comparison as HTML."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import msgspec

from qmagic.display.bars import bars, overlaid_bars
from qmagic.display.headless import headless
from qmagic.display.histogram import histogram, order_note
from qmagic.display.numbers import exact, parameter, percent, with_error
from qmagic.display.page import escaped, note, page
from qmagic.display.states import state_tables
from qmagic.display.views import MOST_CURVES, MOST_PUBS, Curve, compared, curves, grid, transpiled_lines
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.headline import headline
from qmagic.results.points import Axis, estimates
from qmagic.results.result import Result
from qmagic.results.state import State

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = ["comparison_html", "result_html"]

#: The most rows of a table of values.
_MOST_ROWS = 101


class _View(msgspec.Struct, frozen=True):
    """A PUB's HTML, the small print under it, how many colours it uses, and what is folded away."""

    html: str
    notes: tuple[str, ...] = ()
    series: int = 1
    folded: str = ""


def result_html(result: Result) -> str:
    """Returns a result as HTML without scripts."""
    if result.outcome.states:
        head = headline(result.outcome, result.info, result.spec, lasting=headless())
        return page(head, state_tables(State(result)) + note(result.outcome.notes))
    many = len(result) > 1
    views = [_view(result, i, many) for i in range(min(len(result), MOST_PUBS))]
    parts = [f'<div><div class="qm-name">[{i}]</div>{view.html}{view.folded}</div>' for i, view in enumerate(views)]
    body = f'<div class="qm-many">{"".join(parts)}</div>' if many else views[0].html
    small = list(dict.fromkeys(line for view in views for line in view.notes))
    if len(result) > len(views):
        small.insert(0, f"… and {len(result) - len(views)} more; result.counts(i) has each")
    small += [*transpiled_lines(result), *result.outcome.notes]
    head = headline(result.outcome, result.info, result.spec, lasting=headless())
    folded = "" if many else views[0].folded
    return page(head, body + note(small) + folded, series=max(view.series for view in views))


def comparison_html(comparison: Comparison) -> str:
    """Returns two distributions over each other as HTML."""
    labels = (comparison.label_a, comparison.label_b)
    small = note([comparison.details, "qubit 0 rightmost · whiskers: 95 % Wilson interval"])
    return page(comparison.headline, overlaid_bars(compared(comparison), labels) + small, series=2)


def _view(result: Result, i: int, many: bool) -> _View:
    pub = result.outcome.pubs[i]
    if isinstance(pub, SampledPub) and not pub.shape:
        html, lines = bars(histogram(pub, most=8 if many else 16), ticks=3 if many else 4)
        return _View(html, tuple(lines))
    if (sweep := curves(result, i)) is not None:
        return _sweep_view(result, i, *sweep)
    if (cells := grid(result, i)) is not None:
        from qmagic.display.heatmap import heatmap_svg

        return _View(heatmap_svg(cells), (cells.label,), 2, _values(result, i))
    if isinstance(pub, EstimatedPub):
        return _View(_estimate_table(result, i, pub))
    return _View(_point_table(pub), (order_note(pub),))


def _sweep_view(result: Result, i: int, axis: Axis, found: list[Curve]) -> _View:
    from qmagic.display.sweep import legend, sweep_svg

    pub = result.outcome.pubs[i]
    drawn = found[:MOST_CURVES]
    names = [curve.label for curve in drawn]
    notes = [] if len(drawn) == len(found) else [f"{len(drawn)} curves are drawn; to_dataframe() has all"]
    if isinstance(pub, EstimatedPub):
        y_label = names[0] if len(names) == 1 else "expectation value"
        notes += [] if pub.exact else ["band: ± one standard error"]
    else:
        y_label = "probability"
        notes.append(f"{order_note(pub)} · band: 95 % Wilson interval")
    named = legend(names) if len(names) > 1 or isinstance(pub, SampledPub) else ""
    return _View(sweep_svg(axis, drawn, y_label) + named, tuple(notes), len(drawn), _values(result, i))


def _values(result: Result, i: int) -> str:
    """Returns the numbers behind a plot, folded away."""
    pub = result.outcome.pubs[i]
    inner = _estimate_table(result, i, pub) if isinstance(pub, EstimatedPub) else _point_table(pub)
    return f"<details><summary>values</summary><div>{inner}</div></details>"


def _estimate_table(result: Result, i: int, pub: EstimatedPub) -> str:
    values = estimates(result, i)
    names = list(values[0].parameters) if values and len(values[0].parameters) <= 4 and pub.shape else []
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
    rows = []
    for one in values[:_MOST_ROWS]:
        value, std = (exact(one.value), "exact") if pub.exact else with_error(one.value, one.std)
        given = "".join(f"<td>{parameter(one.parameters[name])}</td>" for name in names)
        std = std if pub.exact else f"± {std}"
        key = f'<th scope="row" class="qm-key">{escaped(one.label)}</th>'
        rows.append(f'<tr>{key}{given}<td>{value}</td><td class="qm-soft">{std}</td></tr>')
    more = [f"… and {len(values) - _MOST_ROWS} more; result.evs has all"] if len(values) > _MOST_ROWS else []
    return (
        '<table class="qm-t qm-list"><thead><tr><th scope="col">observable</th>'
        f'{head}<th scope="col">value</th><th></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{note(more)}"
    )


def _point_table(pub: SampledPub) -> str:
    places = list(itertools.product(*map(range, pub.shape)))
    rows = []
    for place in places[:_MOST_ROWS]:
        found = histogram(pub, place, most=6)
        cells = ", ".join(f"{bar.label} {percent(bar.value)}" for bar in found.bars)
        rows.append(f'<tr><th scope="row">{", ".join(map(str, place))}</th><td class="qm-key">{cells}</td></tr>')
    more = (
        [f"… and {len(places) - _MOST_ROWS} more points; result.counts(i, point) has each"]
        if len(places) > _MOST_ROWS
        else []
    )
    return (
        '<table class="qm-t qm-list"><thead><tr><th scope="col">point</th><th scope="col">outcomes</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{note(more)}"
    )
