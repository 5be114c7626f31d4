"""Repeated runs in HTML: for each outcome a dot for each run, at its distance from the mean of all runs.

The band is what shot noise alone would give; all rows share one scale, so that the outcome that drifts stands out.
"""

from __future__ import annotations

from qmagic.display.group_data import Scattered
from qmagic.display.histogram import shortened
from qmagic.display.numbers import percent
from qmagic.display.page import escaped
from qmagic.display.palette import fill
from qmagic.results.spread import Outcome

__all__ = ["scatter_table"]

_HEIGHT = 22


def scatter_table(view: Scattered) -> str:
    """Returns the table: outcome, runs, mean, standard deviation, shot noise."""
    reach = _reach(view)
    rows = "".join(_row(one, reach) for one in view.outcomes)
    more = f'<tr><th class="qm-soft" scope="row">{view.left_out:,} others</th></tr>' if view.left_out else ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("mean", "std", "shot noise"))
    return (
        f'<table class="qm-t qm-bars"><thead><tr><th></th><th></th>{heads}</tr></thead><tbody>{rows}{more}</tbody>'
        f'<tfoot><tr><td></td><td class="qm-bar">{_ticks(reach)}</td><td></td><td></td><td></td></tr></tfoot></table>'
    )


def _reach(view: Scattered) -> float:
    """Returns the largest distance from a mean that the scale has to hold; above 0."""
    far = [abs(run - one.mean) for one in view.outcomes for run in one.runs]
    return 1.08 * max([*far, *(one.shot_noise for one in view.outcomes)], default=0.0) or 0.01


def _row(one: Outcome, reach: float) -> str:
    def place(distance: float) -> float:
        return 50 * (1 + distance / reach)

    low, high = place(-one.shot_noise), place(one.shot_noise)
    middle = _HEIGHT / 2
    band = f'<rect {fill(0)} opacity=".18" x="{low:.2f}%" width="{high - low:.2f}%" y="3" height="{_HEIGHT - 6}"/>'
    mean = f'<line class="qm-axis" stroke="#59636e" x1="50%" x2="50%" y2="{_HEIGHT}"/>'
    dots = "".join(
        f'<circle {fill(0)} fill-opacity=".75" cx="{place(run - one.mean):.2f}%" cy="{middle:g}" r="3.5"/>'
        for run in one.runs
    )
    return (
        f'<tr><th scope="row" class="qm-key">{escaped(shortened(one.label, 32))}</th><td class="qm-bar">'
        f'<svg width="100%" height="{_HEIGHT}" aria-hidden="true">{band}{mean}{dots}</svg></td>'
        f"<td>{percent(one.mean)}</td><td>{percent(one.std)}</td>"
        f'<td class="qm-soft">{percent(one.shot_noise)}</td></tr>'
    )


def _ticks(reach: float) -> str:
    half = reach / 2
    labels = "".join(
        f'<text x="{x}%" y="12" font-size="11" text-anchor="middle">{text}</text>'
        for x, text in ((25, f"−{percent(half)}"), (50, "mean"), (75, f"+{percent(half)}"))
    )
    return f'<svg width="100%" height="16" aria-hidden="true">{labels}</svg>'
