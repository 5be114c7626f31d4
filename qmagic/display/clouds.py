"""What a job at a cloud would do, as text and as HTML: does it fit, how likely it goes well, and what it costs.

Circuits whose fate is the same are told once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qmagic.display.numbers import percent
from qmagic.display.page import escaped, note, page
from qmagic.display.plans import about

if TYPE_CHECKING:
    from qmagic.clouds import Device
    from qmagic.forecast import Forecast
    from qmagic.quotes import CloudPlan, OnDevice, Quote

__all__ = ["cloud_plan_html", "cloud_plan_text", "device_facts"]

#: Circuits that are told one by one, and qubits of a layout.
_MOST_CIRCUITS, _MOST_QUBITS = 8, 12


def cloud_plan_text(plan: CloudPlan) -> str:
    """Returns a plan as plain text."""
    rows = list(_rows(plan))
    width = max((len(name) for name, _, _ in rows), default=0)
    return "\n".join([_head(plan), *(f"  {name:{width}}  {what}{more}" for name, what, more in rows), *_notes(plan)])


def cloud_plan_html(plan: CloudPlan) -> str:
    """Returns a plan as HTML without scripts."""
    rows = [
        f'<tr><th scope="row" class="qm-soft">{escaped(name)}</th>'
        f'<td class="qm-text"><b>{escaped(what)}</b>{escaped(more)}</td></tr>'
        for name, what, more in _rows(plan)
    ]
    table = f'<table class="qm-t qm-list qm-told"><tbody>{"".join(rows)}</tbody></table>'
    return page(_head(plan), table + note(_notes(plan)))


def device_facts(device: Device) -> str:
    """Returns how a device stands, in a line: its queue, its size, its errors."""
    parts = [f"{device.qubits} qubits"] if device.qubits else []
    if device.queue is not None:
        parts.insert(0, f"{device.queue:,} job{'s' * (device.queue != 1)} in its queue")
    if device.status != "online":
        parts.insert(0, device.status)
    if device.two_qubit_error is not None:
        parts.append(f"median two-qubit error {percent(device.two_qubit_error)}")
    if device.readout_error is not None:
        parts.append(f"readout error {percent(device.readout_error)}")
    return ", ".join(parts)


def _head(plan: CloudPlan) -> str:
    if plan.quote is None:
        return f"{plan.backend} · cannot run"
    return f"{plan.backend} · {_asked(plan.quote)} · {plan.quote.price.brief}" + " · would be held" * plan.held


def _asked(quote: Quote) -> str:
    shots = sum(one.shots * one.executions for one in quote.circuits)
    number = len(quote.circuits)
    return f"{number:,} circuits, {shots:,} shots" if number > 1 else f"{shots:,} shot{'s' * (shots != 1)}"


def _rows(plan: CloudPlan) -> Iterator[tuple[str, str, str]]:
    """Yields a name, what matters most of it, and what else is to be said."""
    if plan.error:
        yield "reason", "", plan.error
    if plan.quote is not None:
        groups = [(one, len(list(same))) for one, same in itertools.groupby(plan.quote.circuits)]
        for one, number in groups[:_MOST_CIRCUITS]:
            yield from _of_circuit(one, f"{number} circuits, each" if number > 1 else "circuit")
        if len(groups) > _MOST_CIRCUITS:
            yield "", "", f"… and {len(groups) - _MOST_CIRCUITS} more; .quote.circuits has all"
        price = plan.quote.price
        if price.seconds is not None:
            yield "QPU time", about(price.seconds), ""
        unbounded = "; nothing bounds it" if price.bound is None and price.estimate is not None else ""
        yield "price", price.brief, f": {price.how}{unbounded}"
    if plan.device is not None:
        yield "device", "", device_facts(plan.device)
    if plan.budget:
        yield "budget", "would be held" * plan.held, f": {plan.budget}" if plan.held else plan.budget


def _of_circuit(one: OnDevice, name: str) -> Iterator[tuple[str, str, str]]:
    parts = []
    found = one.forecast
    if one.fits is not None:
        parts.append("in the device's own gates already" if one.fits else "compiled for the device")
    if found is not None:
        before = "" if one.fits else f" ({one.before:,} before)"
        parts.append(f"depth {found.depth:,}")
        parts.append(f"{found.two_qubit:,} two-qubit gate{'s' * (found.two_qubit != 1)}{before}")
    if one.layout:
        shown = ", ".join(map(str, one.layout[:_MOST_QUBITS])) + ", …" * (len(one.layout) > _MOST_QUBITS)
        parts.append(f"on qubit{'s' * (len(one.layout) > 1)} {shown}")
    if one.executions > 1:
        parts.append(f"{one.executions:,} times {one.shots:,} shots")
    if parts:
        yield name, "", ", ".join(parts)
    if found is not None:
        yield "success", *_success(found)


def _success(found: Forecast) -> tuple[str, str]:
    if found.success is None:
        return "", "; ".join(found.notes)
    parts = f"gates {percent(found.gates)}, readout {percent(found.readout)}, waiting {percent(found.idle)}"
    rest = "; ".join([f" of the shots: {parts}; crosstalk not counted", *found.notes])
    return percent(found.success), rest


def _notes(plan: CloudPlan) -> list[str]:
    lines = []
    if plan.quote is not None and plan.quote.price.date:
        price = plan.quote.price
        lines.append(f"prices of {price.date} ({price.source}), without your discounts, credits and taxes")
    return [*lines, f"planned in {about(plan.planning).removeprefix('about ')}; nothing was submitted"]
