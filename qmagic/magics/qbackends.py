"""``%qbackends``: where a job can run: simulators here, and the devices of the clouds as they stand."""

from __future__ import annotations

import time
from typing import Any

from qmagic.client import devices
from qmagic.client.clouds import providers
from qmagic.clouds import CLOUDS, Device
from qmagic.display.numbers import percent
from qmagic.errors import NotFoundError, nearest
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split
from qmagic.quotes import CloudDevices

__all__ = ["QBACKENDS", "list_backends"]

QBACKENDS = Command(
    "qbackends",
    usage="%qbackends               simulators here, and every device of the clouds that can be reached\n"
    "%qbackends ibm           only those whose names have this word in them\n"
    "%qbackends --check ibm   whether a cloud can be used from here, or what is missing",
    about="Lists what %qrun --backend takes. Devices come from a cache on disk with its age; what is older than a "
    "minute is asked for again in the background. Where a stub runs (%qstub start), its devices are there too. Price "
    "is the published rate. Below: the device snapshots for --noise and --transpile-to.",
    words="provider",
    flags=(
        Flag("--refresh", "Ask the clouds now, and wait for their answers."),
        Flag("--check", "Say whether a cloud can be used: is its client there, is there an account, does it answer.",
             "CLOUD", values="provider"),
        Flag("--debug", "Show Python's full traceback when something is wrong."),
    ),
    examples="""
        %qbackends ibm --refresh
        %qbackends --check braket
    """,
    errors="""
        there is no cloud 'imb'; did you mean 'ibm'?
    """,
)  # fmt: skip

_HEADINGS = ("backend", "qubits", "queue", "two-qubit error", "readout error", "price", "status")


def list_backends(call: Call) -> Any:
    """Lists the backends, or checks a cloud; imports no simulator."""
    from qmagic.backends import registry
    from qmagic.backends.devices import snapshots

    checked = call.parsed.get("check")
    if checked is not None:
        print(_checked(checked))
        return None
    words = [expanded(word, call.namespace).lower() for word in split(call.parsed.words)]
    fits = lambda name: all(word in name.lower() for word in words)
    named = [one for one in providers() if any(word in one for word in words)]
    found = devices(named or providers(), refresh=bool(call.parsed.get("refresh")), wait=bool(named))
    rows: list[tuple[str, ...]] = [(name, *[""] * 5, "here") for name in ["auto", *registry.names()] if fits(name)]
    for each in found:
        rows += [_row(each.provider, device) for device in each.devices if fits(f"{each.provider}:{device.name}")]
    notes = [note for each in found if (note := _age(each))]
    if not words:
        notes.append(f"For --noise and --transpile-to: {', '.join(snapshots.names())}")
    asking = any(each.asking for each in found)
    empty = "" if asking else f"no backend has {' and '.join(map(repr, words))} in its name"
    return Table(_HEADINGS, rows, [row[0] for row in rows], empty=empty, note="\n".join(notes))


def _row(provider: str, device: Device) -> tuple[str, ...]:
    errors = ["" if error is None else percent(error) for error in (device.two_qubit_error, device.readout_error)]
    queue = "" if device.queue is None else f"{device.queue:,}"
    return f"{provider}:{device.name}", str(device.qubits or ""), queue, *errors, device.price, device.status


def _age(of: CloudDevices) -> str:
    """Returns how old a provider's devices are, or why it has none, in a sentence."""
    asking = ", being asked again" if of.asking else ""
    if of.read:
        trouble = f" (since then: {of.reason})" if of.trouble else ""
        return f"{of.provider}: {_ago(of.read)}{asking}{trouble}."
    if of.asking or not of.asked:
        return f"{of.provider}: being asked; %qbackends shows it in a moment."
    return f"{of.provider}: {_missing(of)}"


def _ago(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    for unit, size in (("s", 1), ("min", 60), ("h", 3600)):
        if seconds < (48 if unit == "h" else 100) * size:
            return f"as of {seconds / size:.0f} {unit} ago"
    return f"as of {seconds / 86_400:.0f} days ago"


def _checked(cloud: str) -> str:
    """Returns in a sentence whether a cloud can be used, or what is missing."""
    known = providers()
    if cloud in [f"{one}-stub" for one in CLOUDS] and cloud not in known:
        return f"{cloud}: no stub runs; start it with %qstub start"
    if cloud not in known:
        raise NotFoundError(f"there is no cloud {cloud!r}{nearest(cloud, known)}; there are {', '.join(known)}")
    [of] = devices([cloud], refresh=True)
    if of.asking:
        return f"{cloud}: it has not answered yet; it is still being asked"
    if of.trouble:
        return f"{cloud}: {_missing(of)}"
    number = len(of.devices)
    names = ", ".join(one.name for one in of.devices[:8]) + ", …" * (number > 8)
    return f"{cloud}: fine, {number} device{'s' * (number != 1)}" + f" ({names})" * bool(number)


def _missing(of: CloudDevices) -> str:
    """Returns what has to be done before a cloud can be used."""
    if of.trouble in ("refused", "auth"):
        return of.reason
    return f"it cannot be reached: {of.reason}"
