"""A result or a comparison as HTML."""

from __future__ import annotations

import itertools

from qmagic.display.bars import bars, compared_bars
from qmagic.display.headless import headless
from qmagic.display.histogram import histogram
from qmagic.display.numbers import exact, parameter, percent, with_error
from qmagic.display.page import escaped, note, page
from qmagic.display.plot import heatmap_svg, legend, plot_svg
from qmagic.display.views import MOST_CURVES, MOST_PUBS, compared, curves, grid, transpiled_lines
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.comparison import Comparison
from qmagic.results.headline import headline
from qmagic.results.points import estimates
from qmagic.results.result import Result

__all__ = ["comparison_html", "result_html"]

#: The most rows of a table of values.
_MOST_ROWS = 101


def result_html(result: Result) -> str:
    """Returns a result as HTML without scripts."""
    shown = min(len(result), MOST_PUBS)
    parts, small, series = [], [], 1
    for i in range(shown):
        part, lines, used = _pub(result, i, most=8 if len(result) > 1 else 16)
        parts.append(part if len(result) == 1 else f'<div><div class="qm-name">[{i}]</div>{part}</div>')
        small += [line for line in lines if line not in small]
        series = max(series, used)
    body = parts[0] if len(result) == 1 else f'<div class="qm-many">{"".join(parts)}</div>'
    if len(result) > shown:
        small.insert(0, f"… and {len(result) - shown} more; result.counts(i) has each")
    small += [*transpiled_lines(result), *result.outcome.notes]
    head = headline(result.outcome, result.info, result.spec, lasting=headless())
    return page(head, body + note(small), series=series)


def comparison_html(comparison: Comparison) -> str:
    """Returns two distributions over each other as HTML."""
    labels = (comparison.label_a, comparison.label_b)
    return page(comparison.headline, compared_bars(compared(comparison), labels) + note(["qubit 0 rightmost"]), series=2)


def _pub(result: Result, i: int, most: int) -> tuple[str, list[str], int]:
    """Returns a PUB's HTML, the small print under it, and how many colours it uses."""
    pub = result.outcome.pubs[i]
    if isinstance(pub, SampledPub) and not pub.shape:
        return *bars(histogram(pub, most=most)), 1
    if (sweep := curves(result, i)) is not None:
        axis, found = sweep
        drawn = found[:MOST_CURVES]
        small = [] if len(drawn) == len(found) else [f"the first {len(drawn)} of several curves; to_dataframe() has all"]
        if isinstance(pub, EstimatedPub):
            y_label, names = "expectation value", [curve.label for curve in drawn]
            small += ["exact" if pub.exact else "band: ± one standard error"]
            y_label = names[0] if len(names) == 1 else y_label
        else:
            y_label, names = "probability", [curve.label for curve in drawn]
            small += [f"{histogram(pub).order} · band: 95 % Wilson interval"]
        svg = plot_svg(axis, drawn, y_label)
        return svg + (legend(names) if len(names) > 1 or isinstance(pub, SampledPub) else "") + _values(result, i), small, len(drawn)
    if (map_ := grid(result, i)) is not None:
        return heatmap_svg(map_) + _values(result, i), [f"{map_.label}: first colour below 0, second above"], 2
    if isinstance(pub, EstimatedPub):
        return _estimate_table(result, i, pub), [], 1
    return _point_table(pub), [histogram(pub).order], 1


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
        f'<table class="qm-t"><thead><tr><th scope="col">observable</th>{head}<th scope="col">value</th><th></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{note(more)}"
    )


def _point_table(pub: SampledPub) -> str:
    places = list(itertools.product(*map(range, pub.shape)))
    rows = []
    for place in places[:_MOST_ROWS]:
        found = histogram(pub, place, most=6)
        cells = ", ".join(f"{bar.label} {percent(bar.value)}" for bar in found.bars)
        rows.append(f'<tr><th scope="row">{", ".join(map(str, place))}</th><td class="qm-key">{cells}</td></tr>')
    more = [f"… and {len(places) - _MOST_ROWS} more points; result.counts(i, point) has each"] if len(places) > _MOST_ROWS else []
    return (
        '<table class="qm-t"><thead><tr><th scope="col">point</th><th scope="col">outcomes</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{note(more)}"
    )
