"""The live card as an anywidget, for front ends without our JupyterLab extension; it needs anywidget installed.

The script is built from the same source as the extension's card (``labextension/src/widget.ts``) and travels over the
kernel's own channel: nothing is loaded from elsewhere. The widget is closed when its job ends, and its output replaced.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from qmagic.display.card import job_view
from qmagic.jobs import JobInfo
from qmagic.protocol import Live

__all__ = ["JobWidget"]

_STATIC = Path(__file__).parent / "static"
_VIEW = "application/vnd.jupyter.widget-view+json"


@functools.cache
def _text(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


class JobWidget(anywidget.AnyWidget):
    """One job's card.

    Attributes:
        job: What the card shows.
        live: What is not stored of it, while it runs; `Live` as JSON.
        cancellable: Whether its button reaches the kernel; it does not while a cell waits for the job.
        hint: How else it can be cancelled.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    job = traitlets.Dict().tag(sync=True)
    live = traitlets.Any(None).tag(sync=True)
    cancellable = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    @classmethod
    def of(cls, info: JobInfo, cancel: Callable[[], bool] | None, hint: str = "") -> JobWidget | None:
        """Returns the widget of a job; None where the script was not built (a checkout without npm)."""
        try:
            esm, css = _text("card.js"), _text("card.css")
        except OSError:
            return None
        widget = cls(_esm=esm, _css=css, job=job_view(info), cancellable=cancel is not None, hint=hint)
        if cancel is not None:
            widget.on_msg(lambda _widget, content, _buffers: cancel() if content.get("kind") == "cancel" else None)
        return widget

    def show(self, info: JobInfo, live: Live | None = None) -> None:
        """Shows how the job stands; nothing is sent where nothing has changed."""
        with self.hold_sync():
            self.job = job_view(info)
            self.live = None if live is None else live.to_json()

    def view_bundle(self) -> dict[str, Any]:
        """Returns the view alone: text and HTML are the card's static ones."""
        return {_VIEW: {"version_major": 2, "version_minor": 1, "model_id": self.model_id}}
