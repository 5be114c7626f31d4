"""The same views as Matplotlib figures, for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmagic.display.axis import scale
from qmagic.display.histogram import histogram, order_note, shortened
from qmagic.display.palette import DASHES, LIGHT
from qmagic.display.views import MOST_CURVES, MOST_PUBS, curves, grid
from qmagic.errors import InputError
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.points import estimates
from qmagic.results.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["figure"]


def figure(result: Result) -> Figure:
    """Returns a figure with one panel for each PUB (at most 12).

    Raises:
        InputError: Matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib import pyplot
    except ImportError as error:
        raise InputError("plot() needs Matplotlib, which is not installed: pip install matplotlib") from error
    number = min(len(result), MOST_PUBS)
    columns = min(number, 3)
    rows = -(-number // columns)
    drawn, panels = pyplot.subplots(
        rows, columns, squeeze=False, figsize=(6.4 if number == 1 else 4 * columns, 4.0 if number == 1 else 3.2 * rows),
        layout="constrained",
    )  # fmt: skip
    for i, axes in enumerate(panels.flat):
        if i < number:
            _panel(result, i, axes)
            if number > 1:
                axes.set_title(f"[{i}]", fontsize="medium", loc="left")
        else:
            axes.set_visible(False)
    if "inline" in matplotlib.get_backend():
        pyplot.close(drawn)  # else the notebook shows it twice
    return drawn


def _panel(result: Result, i: int, axes: Axes) -> None:
    pub = result.outcome.pubs[i]
    if (sweep := curves(result, i)) is not None:
        axis, found = sweep
        for n, curve in enumerate(found[:MOST_CURVES]):
            dashes = "-" if DASHES[n] == "none" else (0, tuple(map(float, DASHES[n].split())))
            axes.plot(axis.values, curve.values, color=LIGHT[n], label=curve.label, linestyle=dashes)
            axes.fill_between(axis.values, curve.low, curve.high, color=LIGHT[n], alpha=0.2, linewidth=0)
        ticks = scale(axis.values, ticks=6, round_ends=False, angles=axis.name != "point").ticks
        axes.set_xticks([value for value, _ in ticks], [label for _, label in ticks])
        axes.set_xlabel(axis.name)
        axes.set_ylabel("expectation value" if isinstance(pub, EstimatedPub) else f"probability ({order_note(pub)})")
        axes.legend()
    elif (cells := grid(result, i)) is not None:
        image = axes.pcolormesh(cells.x.values, cells.y.values, cells.values, shading="nearest", cmap="RdBu_r")
        axes.figure.colorbar(image, ax=axes, label=cells.label)
        axes.set_xlabel(cells.x.name)
        axes.set_ylabel(cells.y.name)
    elif isinstance(pub, SampledPub):
        _bars(pub, axes)
    else:
        values = estimates(result, i)[:32]
        places = range(len(values))
        axes.errorbar(
            [one.value for one in values], places, xerr=[one.std for one in values], fmt="o", color=LIGHT[0], capsize=3
        )
        axes.set_yticks(places, [one.label for one in values])
        axes.invert_yaxis()
        axes.set_xlabel("expectation value")


def _bars(pub: SampledPub, axes: Axes) -> None:
    one = histogram(pub)
    bars = [bar for bar in one.bars if not bar.others]
    below = [bar.value - bar.lower for bar in bars]
    above = [bar.upper - bar.value for bar in bars]
    labels = [shortened(bar.label, 24) for bar in bars]
    axes.bar(range(len(bars)), [bar.value for bar in bars], color=LIGHT[0], yerr=[below, above], capsize=3)
    axes.set_xticks(range(len(bars)), labels, rotation=0 if len(bars) * len(labels[0] if labels else "") <= 40 else 60)
    axes.set_ylabel("probability")
    rest = one.distinct - len(bars)
    axes.set_xlabel(one.order + (f"; {rest:,} other outcomes are not drawn" if rest else ""))
