"""A bound on the entanglement across each cut of a line of qubits: log2 of the Schmidt rank, without simulating.

A gate across a cut multiplies the rank by at most its own operator Schmidt rank. Gates with a common control (for CX
also: with a common target) between which nothing else turns that qubit are one gate in this respect: their
product is a sum of two terms, one for each value of the control. The rank of a cut is at most twice that of its
neighbours, and 2 to the number of qubits on its smaller side.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

from qmagic.backends.meaning import CONTROLS, DIAGONAL, RANK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qmagic.backends.program import Step

__all__ = ["Crossing", "crossing"]


def crossing(steps: Iterable[Step], wires: tuple[int, ...]) -> Crossing:
    """Returns what `steps` do to the cuts of `wires`, a line in this order."""
    place = {wire: i for i, wire in enumerate(wires)}
    found = Crossing(len(wires))
    for instruction, qubits in steps:
        name = instruction.name
        if len(qubits) > 1:
            found.gate(name, [place[qubit] for qubit in qubits])
        elif name not in DIAGONAL:
            found.turn(place[qubits[0]], flip=name == "x")
    return found


class Crossing:
    """How much each cut of a line of `width` qubits is crossed. Gates are told in order, by places on the line."""

    def __init__(self, width: int) -> None:
        self._width = width
        #: Steps of the sum over gates of the bits that they add to the cuts between their qubits.
        self._steps = [0] * (width + 1)
        self._gates: list[tuple[int, int]] = []
        #: For each qubit and each role the cuts that its present epoch has paid for: ``[first, last)``.
        self._control: list[tuple[int, int] | None] = [None] * width
        self._target: list[tuple[int, int] | None] = [None] * width

    def turn(self, at: int, *, flip: bool) -> None:
        """A gate that is not diagonal acts on one qubit: as a control it is another one from here on."""
        if not flip:  # X only exchanges the two cases, and commutes with being a target
            self._control[at] = None
            self._target[at] = None

    def gate(self, name: str, places: list[int]) -> None:
        """A gate on several qubits."""
        first, last = min(places), max(places)
        self._gates.append((first, last))
        controls = CONTROLS.get(name, 0)
        if controls == 1:
            self._controlled(name, places[0], places[1:], first, last)
            return
        rank = RANK.get(name) or 2 * (len(places) // 2)
        self._steps[first] += rank
        self._steps[last] -= rank
        for at in places[controls:]:
            if name not in DIAGONAL:
                self.turn(at, flip=False)

    def _controlled(self, name: str, control: int, targets: list[int], first: int, last: int) -> None:
        paid = self._control[control]
        if name == "cx":
            self._control[targets[0]] = None
            mirrored = self._target[targets[0]]
            self._target[control] = None
            if mirrored is not None and (paid is None or _length(mirrored) > _length(paid)):
                self._target[targets[0]] = self._pay(mirrored, first, last)
                return
            self._target[targets[0]] = (first, last)
        elif name not in DIAGONAL:
            for target in targets:
                self.turn(target, flip=False)
        if len(targets) > 1:  # what is controlled may itself cross cuts
            inner = sorted(targets)
            self._steps[inner[0]] += 2
            self._steps[inner[-1]] -= 2
            first, last = min(control, inner[0]), max(control, inner[0])
        if name in DIAGONAL:
            other = self._control[targets[0]]
            if other is not None and (paid is None or _length(other) > _length(paid)):
                self._control[targets[0]] = self._pay(other, first, last)
                return
        self._control[control] = self._pay(paid, first, last)

    def _pay(self, paid: tuple[int, int] | None, first: int, last: int) -> tuple[int, int]:
        """Adds one bit to the cuts from `first` to `last` that the epoch has not paid for yet."""
        if paid is None:
            self._steps[first] += 1
            self._steps[last] -= 1
            return first, last
        low, high = paid
        if first < low:
            self._steps[first] += 1
            self._steps[low] -= 1
        if last > high:
            self._steps[high] += 1
            self._steps[last] -= 1
        return min(first, low), max(last, high)

    def bounds(self) -> tuple[int, float]:
        """Returns the worst bond, and log2 of the sum over gates of 8**bond; both at most."""
        width = self._width
        if width < 2 or not self._gates:
            return 0, 0.0
        cuts = list(accumulate(self._steps))[: width - 1]
        bound = [min(bits, i + 1, width - 1 - i) for i, bits in enumerate(cuts)]
        for i in range(1, len(bound)):
            bound[i] = min(bound[i], bound[i - 1] + 1)
        for i in range(len(bound) - 2, -1, -1):
            bound[i] = min(bound[i], bound[i + 1] + 1)
        # a gate between qubits that lie apart swaps its way through every cut in between
        visits = [0] * (width + 1)
        for first, last in self._gates:
            visits[first] += 1
            visits[last] -= 1
        total = sum(8.0**bits * number for bits, number in zip(bound, accumulate(visits), strict=False))
        return max(bound), math.log2(max(1.0, total))


def _length(paid: tuple[int, int]) -> int:
    return paid[1] - paid[0]
