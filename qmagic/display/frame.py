"""The frame of an SVG plot: its size, axes, ticks and labels, and where a value lies in it."""

from __future__ import annotations

import msgspec

from qmagic.display.axis import Scale
from qmagic.display.page import escaped

__all__ = ["Frame"]

_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 546, 12, 256


class Frame(msgspec.Struct, frozen=True):
    """Two axes with their labels."""

    across: Scale
    up: Scale
    x_label: str
    y_label: str

    def x(self, value: float) -> float:
        """Returns where `value` lies from left to right."""
        return _LEFT + self.across.place(value) * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        """Returns where `value` lies from top to bottom."""
        return _BOTTOM - self.up.place(value) * (_BOTTOM - _TOP)

    def svg(self, inside: str, what: str, *, lines: bool = True) -> str:
        """Returns the whole plot.

        Args:
            inside: What is drawn between the axes.
            what: What the plot shows, for those who cannot see it.
            lines: Whether ticks of the vertical axis have lines.
        """
        return (
            f'<svg class="qm-plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-size="13" role="img" '
            f'aria-label="{escaped(what)}">{self._lines() if lines else ""}{self._axis()}{inside}{self._text()}</svg>'
        )

    def _lines(self) -> str:
        lines = "".join(
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>'
            for value, _ in self.up.ticks
        )
        return f'<g class="qm-grid" stroke="#d5dae0">{lines}</g>'

    def _axis(self) -> str:
        marks = "".join(
            f'<line x1="{self.x(value):.1f}" x2="{self.x(value):.1f}" y1="{_BOTTOM}" y2="{_BOTTOM + 4}"/>'
            for value, _ in self.across.ticks
        )
        return (
            f'<g class="qm-axis" stroke="#59636e">'
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{_BOTTOM}" y2="{_BOTTOM}"/>{marks}</g>'
        )

    def _text(self) -> str:
        below = "".join(
            f'<text x="{self.x(value):.1f}" y="{_BOTTOM + 18}" text-anchor="middle">{label}</text>'
            for value, label in self.across.ticks
        )
        left = "".join(
            f'<text x="{_LEFT - 7}" y="{self.y(value) + 4:.1f}" text-anchor="end">{label}</text>'
            for value, label in self.up.ticks
        )
        return (
            f'{below}{left}<text x="{(_LEFT + _RIGHT) // 2}" y="{_HEIGHT - 6}" text-anchor="middle">'
            f'{escaped(self.x_label)}</text><text transform="translate(13 {(_TOP + _BOTTOM) // 2}) rotate(-90)" '
            f'text-anchor="middle">{escaped(self.y_label)}</text>'
        )
