"""A sweep as an inline SVG: a curve for each observable or outcome, with its error band, over ticks at sensible places."""

from __future__ import annotations

from collections.abc import Sequence

from qmagic.display.axis import Scale, scale
from qmagic.display.page import escaped
from qmagic.display.palette import DASHES, LIGHT
from qmagic.display.views import Curve, Grid
from qmagic.results.points import Axis

__all__ = ["heatmap_svg", "legend", "plot_svg"]

_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 12, 44
#: Up to this many points each is marked.
_MARKED = 41
#: Shades of a heat map between 0 and the largest value.
_LEVELS = 24


def plot_svg(axis: Axis, curves: Sequence[Curve], y_label: str) -> str:
    """Returns the plot of `curves` over `axis`."""
    across = scale(axis.values, ticks=6, round_ends=False, angles=axis.name != "point")
    up = scale([number for curve in curves for number in (*curve.low, *curve.high)], ticks=5)
    drawn = "".join(_curve(axis, curve, n, across, up) for n, curve in enumerate(curves))
    names = ", ".join(curve.label for curve in curves)
    return (
        f'<svg class="qm-plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-size="12" role="img" '
        f'aria-label="{escaped(f"{names} over {axis.name}")}">{_frame(across, up, axis.name, y_label)}{drawn}</svg>'
    )


def heatmap_svg(grid: Grid) -> str:
    """Returns a sweep over two parameters as coloured cells: blue below 0, orange above, paper at 0."""
    across = scale(_edges(grid.x.values), ticks=6, round_ends=False)
    up = scale(_edges(grid.y.values), ticks=5, round_ends=False)
    largest = max((abs(value) for row in grid.values for value in row), default=1.0) or 1.0
    xs, ys = _edges(grid.x.values), _edges(grid.y.values)
    paths: dict[tuple[int, int], list[str]] = {}
    for row, low, high in zip(grid.values, ys[:-1], ys[1:], strict=True):
        for value, left, right in zip(row, xs[:-1], xs[1:], strict=True):
            level = round(abs(value) / largest * _LEVELS)
            if level:
                x, y = _x(across, left), _y(up, low)
                paths.setdefault((int(value > 0), level), []).append(
                    f"M{x:.1f} {y:.1f}H{_x(across, right):.1f}V{_y(up, high):.1f}H{x:.1f}z"
                )
    # One path for each shade: a cell takes 30 bytes instead of 150.
    cells = "".join(
        f'<path class="qm-f{sign}" fill="{LIGHT[sign]}" fill-opacity="{level / _LEVELS:.3f}" d="{"".join(paths[sign, level])}"/>'
        for sign, level in sorted(paths)
    )
    shown = (
        scale(grid.x.values, ticks=6, round_ends=False, angles=True),
        scale(grid.y.values, ticks=5, round_ends=False, angles=True),
    )
    across = Scale(across.low, across.high, shown[0].ticks)
    up = Scale(up.low, up.high, shown[1].ticks)
    label = f"{grid.label} over {grid.x.name} and {grid.y.name}"
    return (
        f'<svg class="qm-plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-size="12" role="img" aria-label="{escaped(label)}">'
        f'<g shape-rendering="crispEdges">{cells}</g>{_frame(across, up, grid.x.name, grid.y.name, lines=False)}</svg>'
        + _colour_scale(largest)
    )


def legend(labels: Sequence[str], *, dashed: bool = True) -> str:
    """Returns the names of series with their colours; "" for none."""
    items = "".join(
        f'<span><svg width="26" height="10" aria-hidden="true"><line class="qm-s{n}" stroke="{LIGHT[n]}" stroke-width="2.5" '
        f'x1="1" x2="25" y1="5" y2="5"{_dash(n) if dashed else ""}/></svg>{escaped(label)}</span>'
        for n, label in enumerate(labels)
    )
    return f'<div class="qm-legend">{items}</div>' if items else ""


def _colour_scale(largest: float) -> str:
    shades = "".join(
        f'<rect class="qm-f{n > 0:d}" fill="{LIGHT[n > 0]}" fill-opacity="{abs(n) / 8:g}" x="{(n + 8) * 8}" width="8" height="10"/>'
        for n in range(-8, 9)
    )
    low, high = (escaped(f"{value:.3g}").replace("-", "\N{MINUS SIGN}") for value in (-largest, largest))
    return (
        f'<div class="qm-legend"><span>{low} <svg width="136" height="10" style="margin:0 5px" aria-hidden="true">{shades}</svg>'
        f"{high}</span></div>"
    )


def _curve(axis: Axis, curve: Curve, n: int, across: Scale, up: Scale) -> str:
    xs = [_x(across, value) for value in axis.values]
    points = sorted(zip(xs, curve.values, curve.low, curve.high, strict=True))
    band = ""
    if any(low != high for _, _, low, high in points):
        edge = [f"{x:.1f},{_y(up, high):.1f}" for x, _, _, high in points]
        edge += [f"{x:.1f},{_y(up, low):.1f}" for x, _, low, _ in reversed(points)]
        band = f'<polygon class="qm-f{n}" fill="{LIGHT[n]}" fill-opacity=".18" points="{" ".join(edge)}"/>'
    line = " ".join(f"{x:.1f},{_y(up, value):.1f}" for x, value, _, _ in points)
    marks = "".join(
        f'<circle class="qm-f{n}" fill="{LIGHT[n]}" cx="{x:.1f}" cy="{_y(up, value):.1f}" r="2.6"/>'
        for x, value, _, _ in (points if len(points) <= _MARKED else ())
    )
    return (
        f'{band}<polyline class="qm-s{n}" stroke="{LIGHT[n]}" fill="none" stroke-width="1.8" stroke-linejoin="round"'
        f'{_dash(n)} points="{line}"/>{marks}'
    )


def _frame(across: Scale, up: Scale, x_label: str, y_label: str, lines: bool = True) -> str:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    across_lines = "".join(
        f'<line x1="{_LEFT}" x2="{right}" y1="{_y(up, v):.1f}" y2="{_y(up, v):.1f}"/>' for v, _ in up.ticks if lines
    )
    marks = "".join(
        f'<line x1="{_x(across, v):.1f}" x2="{_x(across, v):.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
        for v, _ in across.ticks
    )
    numbers = "".join(
        f'<text x="{_LEFT - 7}" y="{_y(up, v) + 4:.1f}" text-anchor="end">{text}</text>' for v, text in up.ticks
    )
    numbers += "".join(
        f'<text x="{_x(across, v):.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>'
        for v, text in across.ticks
    )
    middle = (_TOP + bottom) / 2
    return (
        f'<g class="qm-grid" stroke="#d5dae0">{across_lines}</g><g class="qm-axis" stroke="#59636e">'
        f'<line x1="{_LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>{marks}</g>{numbers}'
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escaped(x_label)}</text>'
        f'<text transform="translate(13 {middle:g}) rotate(-90)" text-anchor="middle">{escaped(y_label)}</text>'
    )


def _x(across: Scale, value: float) -> float:
    return _LEFT + across.place(value) * (_WIDTH - _LEFT - _RIGHT)


def _y(up: Scale, value: float) -> float:
    return _HEIGHT - _BOTTOM - up.place(value) * (_HEIGHT - _BOTTOM - _TOP)


def _dash(n: int) -> str:
    return "" if DASHES[n] == "none" else f' stroke-dasharray="{DASHES[n]}"'


def _edges(values: Sequence[float]) -> list[float]:
    """Returns the borders of cells whose middles are `values`."""
    between = [(a + b) / 2 for a, b in zip(values[:-1], values[1:], strict=True)]
    return [2 * values[0] - between[0], *between, 2 * values[-1] - between[-1]]
