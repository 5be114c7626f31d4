"""Errors as a cell shows them: a few lines of what was given, what was expected and what to do; no Python traceback.

The cell has *failed* all the same ("Run all" stops, nbclient and nbval notice): the error itself is raised, and only
its rendering is set, through ``_render_traceback_``, which IPython asks for. ``--debug`` leaves Python's traceback
alone.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["interrupted", "is_rendered", "shortened", "trimmed"]

_Error = TypeVar("_Error", bound=BaseException)


def shortened(error: _Error) -> _Error:
    """Makes IPython show an error as its class and message alone."""
    lines = f"{type(error).__name__}: {error}".splitlines()
    return _rendered(error, lambda: lines)


def trimmed(error: _Error, traceback: TracebackType | None, shell: InteractiveShell) -> _Error:
    """Makes IPython show an error of the user's own code from `traceback` on, without our frames above it."""
    return _rendered(error, lambda: shell.InteractiveTB.structured_traceback(type(error), error, traceback))


def interrupted(message: str) -> KeyboardInterrupt:
    """Returns the interrupt that ends a cell whose wait was stopped, shown as one line."""
    error = KeyboardInterrupt(message)
    return _rendered(error, f"Interrupted: {message}".splitlines)


def is_rendered(error: BaseException) -> bool:
    """Tells whether an error's rendering was set already."""
    return hasattr(error, "_render_traceback_")


def _rendered(error: _Error, render: object) -> _Error:
    try:
        error._render_traceback_ = render  # type: ignore[attr-defined]
    except AttributeError:  # a class with slots: it is shown in full
        pass
    return error
