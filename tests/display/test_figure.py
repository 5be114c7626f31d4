"""Matplotlib figures."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from tests.display.test_display import KINDS

mpl.use("agg")

RESULTS = {kind: one for kind, one in KINDS.items() if kind != "comparison"}


@pytest.mark.parametrize("kind", RESULTS)
def test_every_kind_is_drawn(kind):
    """plot() gives a figure that renders, with a panel for each PUB up to 12."""
    from matplotlib import pyplot

    figure = RESULTS[kind].plot()
    try:
        figure.canvas.draw()
        panels = [axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"]
        assert len(panels) == min(len(RESULTS[kind]), 12)
    finally:
        pyplot.close(figure)


def test_bars_have_wilsons_interval():
    """The bars of a histogram are the probabilities, with error bars at Wilson's ends."""
    from matplotlib import pyplot

    figure = KINDS["bell"].plot()
    (axes,) = figure.axes
    found = [patch.get_height() for patch in axes.patches]
    expected = KINDS["bell"].probabilities()
    assert found == [one.value for one in expected.values()]
    (errors,) = [one for one in axes.collections if one.get_segments()]
    ends = [tuple(point[1] for point in segment) for segment in errors.get_segments()]
    assert ends == [pytest.approx((one.lower, one.upper)) for one in expected.values()]
    assert "qubit 0 rightmost" in axes.get_xlabel()
    pyplot.close(figure)
