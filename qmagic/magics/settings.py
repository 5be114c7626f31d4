"""``%qconfig``: what a job gets by default, and where each value comes from."""

from __future__ import annotations

import dataclasses
from typing import Any

from qmagic import options
from qmagic.errors import NotFoundError, nearest
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split

__all__ = ["QCONFIG", "show_options"]

QCONFIG = Command(
    "qconfig",
    usage="%qconfig                  all options, and where each value comes from\n"
    "%qconfig name=value ...   set options for this session",
    about="Defaults of jobs. A flag of %qrun wins over %qconfig, that over [tool.qmagic] in the nearest "
    "pyproject.toml, that over what is built in. The service's options (workers, memory, retention) stand in its own "
    "file and are shown, not set.",
    words="option",
    flags=(
        Flag("--reset", "Forget what this session has set."),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %qconfig shots=4096 backend=aer.statevector
        %qconfig seed=none
        %qconfig --reset
    """,
    errors="""
        there is no option 'shot'; did you mean 'shots'?
        %qconfig shots = 'many', expected a whole number from 1 to 1,000,000,000
    """,
)


def show_options(call: Call) -> Any:
    """Shows the options, or sets some for this session."""
    if call.parsed.get("reset"):
        options.reset()
    changes: dict[str, str] = {}
    asked: list[str] = []
    for word in split(call.parsed.words):
        name, equals, value = expanded(word, call.namespace).partition("=")
        name = name.replace("-", "_")
        if equals:
            changes[name] = value.strip("'\"")
        elif name not in options.EXPECTED:
            raise NotFoundError(f"there is no option {name!r}{nearest(name, options.EXPECTED)}")
        else:
            asked.append(name)
    if changes:
        options.configure(**changes)
        asked += changes
    rows = [(name, _text(value), where) for name, value, where in options.layers() if not asked or name in asked]
    if asked:
        return Table(("option", "value", "set by"), rows)
    file, service = _service()
    return Table(("option", "value", "set by"), rows + service, note=f"The service's options: {file}")


def _service() -> tuple[str, list[tuple[str, str, str]]]:
    """Returns the file of the service's options, and what it says."""
    from qmagic import home

    folder = home.home_folder()
    chosen = dataclasses.asdict(home.service_options(folder))
    built_in = dataclasses.asdict(home.ServiceOptions())
    rows = [
        (f"service: {name}", _text(value), "built in" if value == built_in[name] else "config.toml")
        for name, value in chosen.items()
    ]
    return str(folder / "config.toml"), rows


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value) or "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
