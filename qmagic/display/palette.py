"""The colours of series, light and dark.

Eight hues in the order of Okabe and Ito's set (distinct under the common colour blindnesses), darkened or lightened
until each has a contrast of at least 3:1 against its paper. Series differ by dash as well, so that colour is never
alone.
"""

from __future__ import annotations

__all__ = ["DARK", "DASHES", "LIGHT", "fill", "stroke"]

LIGHT = ("#2563c9", "#c2410c", "#0d7f5f", "#a21caf", "#8a6a00", "#0e7490", "#b4234b", "#57534e")
DARK = ("#7aa7ff", "#ff9d5c", "#4fd1a5", "#e59bf0", "#e3c04f", "#5ccfe6", "#ff8fab", "#c4bdb6")
DASHES = ("none", "7 3", "2 3", "9 3 2 3", "none", "7 3", "2 3", "9 3 2 3")


def fill(series: int) -> str:
    """Returns the attributes that fill a shape with a series' colour, with or without the style sheet."""
    return f'class="qm-f{series}" fill="{LIGHT[series]}"'


def stroke(series: int) -> str:
    """Returns the attributes that draw a line in a series' colour."""
    return f'class="qm-s{series}" stroke="{LIGHT[series]}"'
