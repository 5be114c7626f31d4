"""Static views: what a cell's output holds once a job has ended, readable for years and without a front end.

    mime        the bundle: text, HTML with inline SVG, JSON
    headless    whether an output must be the same on every run
    histogram   which outcomes are shown; views: what else all views have in common
    text        the terminal's view
    hypertext   HTML, put together from page (frame and style), bars, sweep and heatmap
    axis        ticks; frame: axes; numbers: how values are written; palette: colours
    figure      Matplotlib
    oneline     a job in one line

HTML has no scripts, and everything that a user named is escaped. Where a viewer removes SVG and style (GitHub, an
untrusted notebook), plain tables with all numbers remain.
"""

from __future__ import annotations

from qmagic.display.headless import headless
from qmagic.display.mime import mimebundle
from qmagic.display.oneline import job_line

__all__ = ["headless", "job_line", "mimebundle"]
