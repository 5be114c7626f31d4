"""The Python environment of this process, as its jobs record it."""

from __future__ import annotations

import os
import platform
import sys

from qmagic.jobs import Environment

__all__ = ["environment"]

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
