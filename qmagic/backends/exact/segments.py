"""A wide circuit cut into segments: each acts on the few qubits whose amplitudes fit into the cache together.

In a segment the state goes through the cache tile by tile, once, whatever the number of steps. A segment takes every
step on its qubits that no waiting step blocks, so that a layered ansatz needs about as many segments as windows of
qubits, not as layers. Phases may lie across: for a tile, the qubits outside are constants; such tables are built again
for each tile.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from qmagic.backends.exact.runs import Pending, Run, runs
from qmagic.backends.exact.steps import Flip, Phase, Step, Turn

__all__ = ["LOW", "Segment", "segments"]

#: The lowest qubits are in every segment: a vector's worth, and long enough to be copied at full speed.
LOW = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """What is done to some qubits, ascending, while the others stand still."""

    qubits: tuple[int, ...]
    runs: tuple[Run, ...]


def segments(steps: Sequence[Step], width: int, size: int) -> list[Segment]:
    """Returns the segments that do what the steps do, each on `size` qubits (all, where there are fewer)."""
    if width <= size:
        return [Segment(tuple(range(width)), tuple(runs(steps)))]
    found: list[Segment] = []
    # Flips that only carry a phase to another qubit and back are gone before they could force qubits together.
    rest = [step for run in runs(steps) for step in run.steps]
    while rest or not found:
        best, taken, left = (1 << size) - 1, list[Step](), rest
        for across in (False, True):
            for qubits in dict.fromkeys(_candidates(rest, width, size)):
                now, later = _take(rest, qubits, across=across)
                if _worth(now) > _worth(taken):
                    best, taken, left = qubits, now, later
            if taken:
                break
        assert taken or not rest, "a step does not fit into a tile"
        found.append(Segment(tuple([q for q in range(width) if best >> q & 1]), tuple(runs(taken))))
        rest = left
    return found


def _worth(steps: Iterable[Step]) -> int:
    """Returns how much a segment gets done: turns are most of the work."""
    return sum(3 if isinstance(step, Turn) else 2 if isinstance(step, Flip) else 1 for step in steps)


def _candidates(rest: Sequence[Step], width: int, size: int) -> Iterable[int]:
    """Yields sets of qubits, as masks: every window, and the qubits of the first steps that fit."""
    low = (1 << LOW) - 1
    for start in range(width - size, -1, -1):
        window = (1 << size) - 1 if start == 0 else low | ((1 << size - LOW) - 1) << start + LOW
        yield window
    for order in (rest, [step for step in rest if not isinstance(step, Phase)]):
        grown = low
        for step in order:
            wanted = grown | _support(step)
            if wanted.bit_count() <= size:
                grown = wanted
        spare = [qubit for qubit in range(width) if not grown >> qubit & 1]
        for qubit in spare[: size - grown.bit_count()]:
            grown |= 1 << qubit
        yield grown


def _take(rest: Sequence[Step], qubits: int, *, across: bool) -> tuple[list[Step], list[Step]]:
    pending = Pending()
    taken: list[Step] = []
    left: list[Step] = []
    for number, step in enumerate(rest):
        if not qubits & ~pending.other:  # nothing more can be taken
            return taken, left + list(rest[number:])
        inside = not _support(step) & ~qubits or (across and isinstance(step, Phase) and bool(step.mask & qubits))
        if inside and not pending.blocks(step):
            taken.append(step)
        else:
            pending.add(step)
            left.append(step)
    return taken, left


def _support(step: Step) -> int:
    if isinstance(step, Phase):
        return step.mask
    if isinstance(step, Flip):
        return step.controls | 1 << step.qubit
    return 1 << step.qubit if isinstance(step, Turn) else 0
