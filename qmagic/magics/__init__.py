"""IPython's door: the magics, and Tab on their lines.

    words → flags → call → qrun | qplan | jobs | settings → show        values → complete

`load` and `unload` are what ``%load_ext qmagic`` and ``%unload_ext qmagic`` run. Loading starts the service and a
warm worker in the background and returns at once; nothing of Qiskit is imported in the kernel.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from IPython.core.magic import needs_local_scope, no_var_expand

from qmagic import options
from qmagic.errors import QmagicError
from qmagic.magics import complete, values
from qmagic.magics.call import Call, run
from qmagic.magics.flags import Command
from qmagic.magics.jobs import QCANCEL, QJOBS, QRESULT, cancel_jobs, list_jobs, show_result
from qmagic.magics.qbackends import QBACKENDS, list_backends
from qmagic.magics.qbudget import QBUDGET, show_budget
from qmagic.magics.qloop import QLOOP, start_loop
from qmagic.magics.qplan import QPLAN, show_plan
from qmagic.magics.qrun import QRUN, run_circuits
from qmagic.magics.qstate import QSTATE, show_state
from qmagic.magics.qstub import QSTUB, run_stub
from qmagic.magics.settings import QCONFIG, show_options

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["MAGICS", "load", "unload"]

#: Every magic: its command, what it does, and whether it takes a line or, too, a cell.
MAGICS: tuple[tuple[Command, Callable[[Call], Any], str], ...] = (
    (QRUN, run_circuits, "line_cell"),
    (QPLAN, show_plan, "line_cell"),
    (QLOOP, start_loop, "line_cell"),
    (QSTATE, show_state, "line_cell"),
    (QJOBS, list_jobs, "line"),
    (QRESULT, show_result, "line"),
    (QCANCEL, cancel_jobs, "line"),
    (QCONFIG, show_options, "line"),
    (QBACKENDS, list_backends, "line"),
    (QBUDGET, show_budget, "line"),
    (QSTUB, run_stub, "line"),
)


def load(shell: InteractiveShell) -> None:
    """Registers the magics and their completion; a second call changes nothing."""
    for command, action, kind in MAGICS:
        register = cast("Any", shell).register_magic_function  # a trait, whose signature mypy takes for another
        register(_magic(shell, command, action), magic_kind=kind, magic_name=command.name)
    complete.install(shell, [command for command, _, _ in MAGICS])
    from qmagic import client

    values.refresh(after=client.warm())
    _prepare()


def _prepare() -> None:
    """Readies what a first cell needs, while the service starts: in a thread it would fight that cell for the lock."""
    for name in ("qmagic.cells", "qmagic.display", "qmagic.magics.live", "qmagic.results"):
        importlib.import_module(name)
    QRUN.parse("", {})
    with contextlib.suppress(QmagicError):  # the cell that needs the options says what is wrong with them
        options.defaults()


def unload(shell: InteractiveShell) -> None:
    """Takes everything out again that `load` put in."""
    complete.remove(shell)
    for command, _, _ in MAGICS:
        for kind in ("line", "cell"):
            shell.magics_manager.magics[kind].pop(command.name, None)


def _magic(shell: InteractiveShell, command: Command, action: Callable[[Call], Any]) -> Callable[..., Any]:
    """Returns the function that IPython calls; flags replace variables themselves, word by word (`words.expanded`)."""

    def magic(line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        return run(command, action, shell, line, cell, local_ns)

    magic.__name__ = magic.__qualname__ = command.name
    magic.__doc__ = command.text
    function: Callable[..., Any] = no_var_expand(needs_local_scope(magic))
    return function
