"""The frame of an HTML view: the style sheet, escaping, the headline and the notes.

Every rule begins with ``.qmagic``, so that nothing leaks onto the page. Colours come from JupyterLab's variables,
else VS Code's, else from ``prefers-color-scheme``; a theme that the page itself declares wins over the latter. Each
view has its own background, so that it stays readable on a page whose colour we do not know.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Sequence
from pathlib import Path

from qmagic.display.palette import DARK, LIGHT

__all__ = ["escaped", "note", "page"]

escaped = html.escape


def page(head: str, body: str, *, series: int = 1) -> str:
    """Returns a whole view.

    Args:
        head: The headline, plain text.
        body: HTML.
        series: How many colours of series it uses.
    """
    return f'<div class="qmagic"><style>{_style(series)}</style><div class="qm-head">{escaped(head)}</div>{body}</div>'


def note(lines: Sequence[str]) -> str:
    """Returns plain lines as small print."""
    return "".join(f'<div class="qm-note">{escaped(line)}</div>' for line in lines)


@functools.cache
def _rules() -> str:
    """Returns the style sheet without blanks and comments: it is in every output."""
    sheet = (Path(__file__).parent / "static" / "view.css").read_text("utf-8")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", sheet)).replace(": ", ":").replace(";}", "}").strip()


@functools.cache
def _style(series: int) -> str:
    light = (
        "--qm-paper:var(--jp-layout-color0,var(--vscode-editor-background,#fff));"
        "--qm-ink:var(--jp-content-font-color1,var(--vscode-editor-foreground,#1f2328));"
        "--qm-soft:var(--jp-content-font-color2,var(--vscode-descriptionForeground,#59636e));"
        "--qm-line:var(--jp-border-color2,#d5dae0);"
    )
    dark = light.replace("#fff)", "#111418)").replace("#1f2328", "#e6edf3").replace("#59636e", "#a3adb8")
    dark = dark.replace("#d5dae0", "#3a424b")
    for n in range(series):
        light += f"--qm-{n}:{LIGHT[n]};"
        dark += f"--qm-{n}:{DARK[n]};"
    colours = "".join(
        f".qmagic .qm-f{n}{{fill:var(--qm-{n})}}.qmagic .qm-s{n}{{stroke:var(--qm-{n})}}" for n in range(series)
    )
    declared_light = '[data-jp-theme-light="true"],.vscode-light,html[theme=light],html[data-theme=light]'
    declared_dark = '[data-jp-theme-light="false"],.vscode-dark,html[theme=dark],html[data-theme=dark]'
    return (
        f".qmagic{{{light}}}@media (prefers-color-scheme:dark){{.qmagic{{{dark}}}}}"
        f":is({declared_light}) .qmagic{{{light}}}:is({declared_dark}) .qmagic{{{dark}}}" + _rules() + colours
    )
