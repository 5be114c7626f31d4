"""A line of qubits in which those that meet lie side by side: what matrix product states want.

Qubits that meet a quarter of all others (the ancilla of a swap test) say nothing about the line and go first. The rest
are walked breadth first from an end of their graph, neighbours with few others before those with many (Cuthill and
McKee, Proc. 24th ACM National Conference, 157, 1969): a chain stays a chain, and a ladder becomes rung after rung.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from qmagic.backends.entanglement import Crossing, crossing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qmagic.backends.program import Step

__all__ = ["line", "shorter"]


#: A bond that no other order need improve.
_LOW = 2


def line(steps: Sequence[Step], wires: tuple[int, ...]) -> tuple[int, ...]:
    """Returns `wires` in a good order for `steps`."""
    near: dict[int, set[int]] = {wire: set() for wire in wires}
    for _, qubits in steps:
        if len(qubits) == 2:
            a, b = qubits
            near[a].add(b)
            near[b].add(a)
        elif len(qubits) > 2:
            for qubit in qubits:
                near[qubit].update(qubits)
                near[qubit].discard(qubit)
    hubs = [wire for wire in wires if len(near[wire]) > max(8, len(wires) // 4)]
    for hub in hubs:
        for other in near.pop(hub):
            if other in near:
                near[other].discard(hub)
    found: list[int] = []
    left = dict.fromkeys(near)
    while left:
        walk = _walk(_walk([min(left, key=lambda wire: len(near[wire]))], near)[-1:], near)
        found += walk
        for wire in walk:
            del left[wire]
    return (*hubs, *found)


def shorter(
    steps: Sequence[Step], wires: tuple[int, ...], natural: Crossing | None = None
) -> tuple[tuple[int, ...], int, float]:
    """Returns the better one of `wires` and `line`, with its bounds (`entanglement.Crossing.bounds`).

    Args:
        steps: What happens.
        wires: The qubits.
        natural: What the steps do to `wires` as they are, where that is known already.
    """
    as_given = (natural or crossing(steps, wires)).bounds()
    if as_given[0] <= _LOW:
        return wires, *as_given
    found = line(steps, wires)
    bounds = crossing(steps, found).bounds()
    return (found, *bounds) if bounds[1] < as_given[1] else (wires, *as_given)


def _walk(start: list[int], near: dict[int, set[int]]) -> list[int]:
    """Returns what can be reached from `start`, breadth first."""
    seen = set(start)
    queue, found = deque(start), []
    while queue:
        wire = queue.popleft()
        found.append(wire)
        for other in sorted(near[wire] - seen, key=lambda other: (len(near[other]), other)):
            seen.add(other)
            queue.append(other)
    return found
