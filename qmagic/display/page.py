"""The frame of an HTML view: the style sheet, escaping, the headline and the notes.

Every rule begins with ``.qmagic``, so that nothing leaks onto the page. Colours come from JupyterLab's variables, else VS Code's, else
from ``prefers-color-scheme``; a theme that the page itself declares wins over the latter. Each view has its own background, so
that it stays readable on a page whose colour we do not know.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Sequence

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
    return (
        f'<div class="qmagic"><style>{_style(series)}</style>'
        f'<div class="qm-head">{escaped(head)}</div>{body}</div>'
    )


def note(lines: Sequence[str]) -> str:
    """Returns plain lines as small print."""
    return "".join(f'<div class="qm-note">{escaped(line)}</div>' for line in lines)


_RULES = """
.qmagic{background:var(--qm-paper);color:var(--qm-ink);font:13px/1.45 var(--jp-ui-font-family,system-ui,-apple-system,'Segoe UI',sans-serif);max-width:760px;padding:6px 8px;box-sizing:border-box}
.qmagic .qm-head{font-weight:600;margin:0 0 6px;overflow-wrap:anywhere}
.qmagic .qm-note{color:var(--qm-soft);font-size:12px;margin:4px 0 0;overflow-wrap:anywhere}
.qmagic .qm-t.qm-t{border-collapse:collapse;border:0;margin:0;table-layout:auto;font-size:13px;color:inherit;background:none}
.qmagic .qm-t.qm-t tr{background:none;border:0}
.qmagic .qm-t.qm-t :is(td,th){background:none;border:0;padding:0 0 0 12px;text-align:right;vertical-align:middle;white-space:nowrap;font-weight:400;font-variant-numeric:tabular-nums;line-height:20px;color:inherit}
.qmagic .qm-t.qm-t :is(td,th):first-child{padding-left:0}
.qmagic .qm-t.qm-t thead th{color:var(--qm-soft);border-bottom:1px solid var(--qm-line);font-size:12px}
.qmagic .qm-t.qm-t .qm-key{font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);white-space:normal;overflow-wrap:anywhere}
.qmagic .qm-t.qm-t .qm-soft{color:var(--qm-soft)}
.qmagic .qm-t.qm-t .qm-bar{padding-left:8px}
.qmagic .qm-t.qm-t.qm-bars{width:100%}
.qmagic .qm-bars .qm-bar{width:60%;min-width:90px}
.qmagic .qm-bars svg{display:block;overflow:visible}
.qmagic .qm-key span{margin-left:.45em}
.qmagic .qm-many{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr));gap:14px 28px}
.qmagic .qm-name{color:var(--qm-soft);font-size:12px;margin:0 0 2px}
.qmagic .qm-plot{display:block;width:100%;height:auto;max-width:640px}
.qmagic .qm-grid{stroke:var(--qm-line)}
.qmagic .qm-axis{stroke:var(--qm-soft)}
.qmagic .qm-whisker{stroke:var(--qm-ink)}
.qmagic .qm-rest{fill:var(--qm-soft)}
.qmagic svg text{fill:var(--qm-soft);font-family:inherit}
.qmagic .qm-legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:12px;margin:2px 0 0}
.qmagic .qm-legend svg{vertical-align:middle;margin-right:5px}
.qmagic details{margin:6px 0 0;font-size:12px}
.qmagic summary{cursor:pointer;color:var(--qm-soft)}
.qmagic details>div{max-height:320px;overflow:auto}
"""


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
    colours = "".join(f".qmagic .qm-f{n}{{fill:var(--qm-{n})}}.qmagic .qm-s{n}{{stroke:var(--qm-{n})}}" for n in range(series))
    declared_light = '[data-jp-theme-light="true"],.vscode-light,html[theme=light],html[data-theme=light]'
    declared_dark = '[data-jp-theme-light="false"],.vscode-dark,html[theme=dark],html[data-theme=dark]'
    return (
        f".qmagic{{{light}}}@media (prefers-color-scheme:dark){{.qmagic{{{dark}}}}}"
        f":is({declared_light}) .qmagic{{{light}}}:is({declared_dark}) .qmagic{{{dark}}}"
        + _RULES.replace("\n", "")
        + colours
    )
