"""A sweep as an inline SVG: a curve for each observable or outcome with its error band, ticks at sensible places."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qmagic.display.axis import scale
from qmagic.display.frame import Frame
from qmagic.display.page import escaped
from qmagic.display.palette import DASHES, fill, stroke
from qmagic.display.views import Curve
from qmagic.results.points import Axis

__all__ = ["legend", "sweep_svg"]

#: Up to this many points each is marked.
_MARKED = 41


def sweep_svg(axis: Axis, curves: Sequence[Curve], y_label: str) -> str:
    """Returns the plot of `curves` over `axis`."""
    frame = Frame(
        scale(axis.values, ticks=6, round_ends=False, angles=axis.name != "point"),
        scale([number for curve in curves for number in (*curve.low, *curve.high)]),
        axis.name,
        y_label,
    )
    names = ", ".join(curve.label for curve in curves)
    drawn = "".join(_curve(axis, curve, n, frame) for n, curve in enumerate(curves))
    return frame.svg(drawn, f"{names} over {axis.name}")


def legend(labels: Sequence[str]) -> str:
    """Returns the names of curves with their colours and dashes."""
    items = "".join(
        f'<span><svg width="26" height="10" aria-hidden="true"><line {stroke(n)} stroke-width="2.5" '
        f'x1="1" x2="25" y1="5" y2="5"{_dash(n)}/></svg>{escaped(label)}</span>'
        for n, label in enumerate(labels)
    )
    return f'<div class="qm-legend">{items}</div>'


def _curve(axis: Axis, curve: Curve, n: int, frame: Frame) -> str:
    points = sorted(
        (frame.x(x), frame.y(value), frame.y(low), frame.y(high))
        for x, value, low, high in zip(axis.values, curve.values, curve.low, curve.high, strict=True)
        if math.isfinite(value) and math.isfinite(low) and math.isfinite(high)
    )
    band = ""
    if any(low != high for _, _, low, high in points):
        edge = [f"{x:.1f},{high:.1f}" for x, _, _, high in points]
        edge += [f"{x:.1f},{low:.1f}" for x, _, low, _ in reversed(points)]
        band = f'<polygon {fill(n)} fill-opacity=".18" points="{" ".join(edge)}"/>'
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in points)
    shown = points if len(points) <= _MARKED else []
    marks = "".join(f'<circle {fill(n)} cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y, _, _ in shown)
    return (
        f'{band}<polyline {stroke(n)} fill="none" stroke-width="1.8" stroke-linejoin="round"{_dash(n)} '
        f'points="{line}"/>{marks}'
    )


def _dash(n: int) -> str:
    return "" if DASHES[n] == "none" else f' stroke-dasharray="{DASHES[n]}"'
