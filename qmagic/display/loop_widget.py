"""A hybrid loop's cockpit as an anywidget, for front ends without our JupyterLab extension; it needs anywidget.

The script is built from the same source as the extension's cockpit (``labextension/src/cockpit/widget.ts``) and travels
over the kernel's own channel: nothing is loaded from elsewhere. An order that is refused is answered with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from qmagic.errors import QmagicError

__all__ = ["LoopWidget"]

_STATIC = Path(__file__).parent / "static"
_VIEW = "application/vnd.jupyter.widget-view+json"

#: Does what a message from the cockpit asks for, and returns the number of an order.
Obey = Callable[[dict[str, Any]], int]


class LoopWidget(anywidget.AnyWidget):
    """One loop's cockpit.

    Attributes:
        loop: What it shows: `qmagic.display.loop_data`.
        landscape: The plane around a point of it, likewise; empty where nobody has asked for it.
        steerable: Whether its buttons reach the kernel; they do not while a cell waits for the loop.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    loop = traitlets.Dict().tag(sync=True)
    landscape = traitlets.Dict().tag(sync=True)
    steerable = traitlets.Bool(False).tag(sync=True)

    @classmethod
    def of(cls, loop: dict[str, Any], obey: Obey | None) -> LoopWidget | None:
        """Returns the widget of a loop; None where the script was not built (a checkout without npm)."""
        try:
            esm, css = ((_STATIC / name).read_text("utf-8") for name in ("cockpit.js", "cockpit.css"))
        except OSError:
            return None
        widget = cls(_esm=esm, _css=css, loop=loop, steerable=obey is not None)
        if obey is not None:
            widget.on_msg(lambda _widget, content, _buffers: widget.send(_answer(content, obey)))
        return widget

    def show(self, loop: dict[str, Any], landscape: dict[str, Any]) -> None:
        """Shows how the loop stands, and the landscape around it."""
        with self.hold_sync():
            self.loop, self.landscape = loop, landscape

    def view_bundle(self) -> dict[str, Any]:
        """Returns the view alone: text and HTML are the loop's static ones."""
        return {_VIEW: {"version_major": 2, "version_minor": 1, "model_id": self.model_id}}


def _answer(content: dict[str, Any], obey: Obey) -> dict[str, Any]:
    try:
        return {"kind": "obeyed", "number": obey(content)}
    except QmagicError as error:
        return {"kind": "refused", "message": str(error)}
