"""``%qconfig`` and ``%qbackends``: what a job gets by default, and where it can run."""

from __future__ import annotations

import dataclasses
from typing import Any

from qmagic import options
from qmagic.errors import NotFoundError, nearest
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split

__all__ = ["QBACKENDS", "QCONFIG", "list_backends", "show_options"]

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

QBACKENDS = Command(
    "qbackends",
    usage="%qbackends",
    about="Lists the simulators that %qrun --backend takes, the devices of the stub where one runs (%qstub start), and "
    "the device snapshots for --noise and --transpile-to.",
    flags=(Flag("--debug", "Show Python's full traceback when something is wrong."),),
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


def stub_devices() -> list[str]:
    """Returns the backends of the stub, where one runs; all of them are noisy devices."""
    from qmagic.backends.devices import snapshots
    from qmagic.client.stub import stub_place

    return [] if stub_place() is None else [f"ibm-stub:{name.removeprefix('fake_')}" for name in snapshots.names()]


def list_backends(call: Call) -> Any:
    """Lists the backends; imports no simulator."""
    from qmagic.backends import registry
    from qmagic.backends.devices import snapshots

    del call
    names = ["auto", *registry.names(), *stub_devices()]
    devices = ", ".join(snapshots.names())
    return Table(("backend",), [(name,) for name in names], names, note=f"For --noise and --transpile-to: {devices}")
