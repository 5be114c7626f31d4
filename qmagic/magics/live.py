"""A job's card in the output of its cell: live while the job waits and runs, replaced by what lasts when it has ended.

Only where a notebook is open before a person: in a kernel that a Jupyter server, VS Code or Colab started for one, and
not where `headless`. Everywhere else a cell has exactly one output. In JupyterLab our extension draws the card from the
server, and nothing passes through the kernel until the end; an anywidget stands in where the extension is not.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qmagic.client import Loop
from qmagic.display.card import job_bundle
from qmagic.display.headless import headless
from qmagic.display.loop_data import LOOP_TYPE
from qmagic.errors import JobTimeoutError, QmagicError
from qmagic.magics.loop_widget_door import LoopWidgetDoor

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.client import Job
    from qmagic.jobs import JobInfo
    from qmagic.results import Result

__all__ = ["LiveCard", "is_watched", "show_no_more"]

#: Seconds between two looks at a job that a widget shows; what happens on screen in between is the clock.
_LOOK = 0.5


def is_watched(shell: InteractiveShell) -> bool:
    """Tells whether a notebook is open before a person, who would see a card live."""
    if headless() or not hasattr(shell, "kernel"):
        return False
    return bool(
        os.environ.get("JPY_SESSION_NAME") or "__vsc_ipynb_file__" in shell.user_ns or "google.colab" in sys.modules
    )


class LiveCard:
    """The card of one job, under a display id of its own. `end` may be called from any thread, and counts once.

    Args:
        shell: IPython.
        job: The job.
        blocking: Whether the kernel waits for it: then a widget's button would not reach the kernel.
        hint: What a widget says in place of that button.
    """

    def __init__(self, shell: InteractiveShell, job: Job, *, blocking: bool, hint: str = "") -> None:
        self._shell, self._job = shell, job
        self._over = threading.Event()
        self._lock = threading.Lock()
        info = job.info()
        self._door = LoopWidgetDoor(job) if isinstance(job, Loop) else None
        self._widget = _widget(job, info, None if blocking else self._door or job.cancel, hint)
        self._publish(self._bundle(info) | (self._widget.view_bundle() if self._widget else {}), update=False)
        if not blocking or self._widget:
            target = self._follow_widget if self._widget else self._await_end
            threading.Thread(target=target, name=f"qmagic-card-{job.id}", daemon=True).start()

    def end(self, result: Result | None = None) -> None:
        """Replaces the card by the result; without one, by how the job stands now."""
        with self._lock:
            if self._over.is_set():
                return
            self._over.set()
        if self._widget:
            self._widget.close()
        shown: Any = self._job if result is None and isinstance(self._job, Loop) else result
        views = shown._repr_mimebundle_() if shown is not None else self._bundle(self._job.info())
        self._publish(views, update=True)

    def _bundle(self, info: JobInfo) -> dict[str, Any]:
        """Returns the job's views; a loop's are its own besides."""
        views = job_bundle(info)
        if isinstance(self._job, Loop):
            views |= {LOOP_TYPE: self._job._repr_mimebundle_().get(LOOP_TYPE)}
        return views

    def _publish(self, data: dict[str, Any], *, update: bool) -> None:
        transient = {"display_id": f"qmagic-{self._job.id}"}
        self._shell.display_pub.publish(data=data, metadata={}, transient=transient, update=update)

    def _await_end(self) -> None:
        """Waits in pieces, so that the thread ends soon after somebody else has put the end on the card."""
        result = None
        while not self._over.is_set():
            try:
                result = self._job.result(timeout=5.0)
            except JobTimeoutError:
                continue
            except QmagicError:
                pass  # the card says how it ended
            with contextlib.suppress(QmagicError):
                self.end(result)
            return

    def _follow_widget(self) -> None:
        """Tells the widget what changes, at most twice a second."""
        assert self._widget is not None
        while not self._over.wait(_LOOK):
            try:
                info, live = self._job.info(), self._job.live()
            except QmagicError:
                continue
            if info.status.final:
                self._await_end()
                return
            stored, around = None, {}
            if self._door:
                with contextlib.suppress(QmagicError):
                    around = self._door.landscape()
                stored = self._job._repr_mimebundle_().get(LOOP_TYPE)
            with self._lock:
                if self._over.is_set():
                    continue
                if self._door:
                    self._widget.show(stored or self._widget.loop, around)
                else:
                    self._widget.show(info, live)


def _widget(job: Job, info: JobInfo, obey: Callable[..., Any] | None, hint: str) -> Any:
    """Returns the widget that stands in for our extension; None where anywidget is not installed.

    Its buttons are without effect where `obey`, which cancels a job or takes what a loop's cockpit asks for, is None.
    """
    try:
        from qmagic.display.loop_widget import LoopWidget
        from qmagic.display.widgets import JobWidget
    except ImportError:
        return None
    if isinstance(job, Loop):
        stored = job._repr_mimebundle_().get(LOOP_TYPE)
        return LoopWidget.of(stored, obey) if stored else None
    return JobWidget.of(info, obey, hint)


_shown: list[Any] = []


def show_no_more(shell: InteractiveShell, value: Any) -> None:
    """Makes IPython keep `value` as the cell's value (``Out``, ``_``) without showing it: its card shows it."""
    _shown[:] = [value]
    # A printer that raises NotImplementedError leaves the value to the usual ones.
    formatter: Any = shell.display_formatter
    formatter.ipython_display_formatter.for_type(type(value), _skip_once)


def _skip_once(value: Any) -> None:
    if not (_shown and _shown[0] is value):
        raise NotImplementedError
    _shown.clear()
