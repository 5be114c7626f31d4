"""What the jobs of this process record of it: its Python environment, and the notebook it belongs to."""

from __future__ import annotations

import functools
import os
import platform
import sys

from qmagic.jobs import Environment

__all__ = ["environment", "notebook"]

_last: tuple[tuple[str, ...], str, Environment] | None = None


def environment() -> Environment:
    """Returns this process's interpreter, import path (without ``""``, which moves) and folder."""
    global _last
    path, folder = tuple(entry for entry in sys.path if entry), _folder()
    if _last is None or _last[0] != path or _last[1] != folder:
        _last = (path, folder, Environment(sys.executable, path, folder, platform.python_version()))
    return _last[2]


def _folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""  # it was deleted under us


def notebook() -> str:
    """Returns what tells this notebook from others: its path where the Jupyter server says it, else the kernel's id."""
    return os.environ.get("JPY_SESSION_NAME") or _kernel(os.getpid())


@functools.cache
def _kernel(pid: int) -> str:
    app = sys.modules.get("ipykernel.kernelapp")  # looked for, never imported: only a kernel has it
    if app is None or not app.IPKernelApp.initialized():
        return f"process-{pid}"
    # the connection file keeps its name when the kernel restarts
    return os.path.basename(str(app.IPKernelApp.instance().connection_file)).removesuffix(".json")
