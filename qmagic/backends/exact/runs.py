"""Steps gathered into runs, each of which is one sweep over the amplitudes.

    Turns        RY on some qubits, in any order
    Diagonal     one table of phases: Z masks and how far each turns
    Permutation  one map of indices: X, CX, CCX, swaps, one after the other

A step may be taken before others that commute with it: phases and controls are diagonal, targets and turns are not.
Phases between flips are pulled to the front of the permutation or to its end, where their masks have fewer qubits:
behind ``CX(a, b)``, Z on b is what Z on a and b is before it. Behind a CCX no mask says what it is: it waits.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from qmagic.backends.exact.steps import Flip, Phase, Step, Sum, Turn

__all__ = ["Diagonal", "Permutation", "Run", "Turns", "runs", "split_product", "without_idle"]


@dataclasses.dataclass(frozen=True, slots=True)
class Turns:
    """How far each qubit turns about Y."""

    angles: dict[int, Sum]

    @property
    def steps(self) -> list[Step]:
        """The same as steps."""
        return [Turn(qubit, angle) for qubit, angle in self.angles.items()]


@dataclasses.dataclass(frozen=True, slots=True)
class Diagonal:
    """How far each mask turns about Z...Z."""

    angles: dict[int, Sum]

    @property
    def steps(self) -> list[Step]:
        """The same as steps."""
        return [Phase(mask, angle) for mask, angle in self.angles.items()]


@dataclasses.dataclass(frozen=True, slots=True)
class Permutation:
    """Flips, in order."""

    flips: tuple[Flip, ...]

    @property
    def steps(self) -> list[Step]:
        """The same as steps."""
        return list(self.flips)


Run = Turns | Diagonal | Permutation


class Pending:
    """Which qubits have a step that waits, so that what does not commute with it has to wait too."""

    def __init__(self) -> None:
        self.diagonal = 0
        self.other = 0

    def add(self, step: Step) -> None:
        """Lets a step wait."""
        if isinstance(step, Phase):
            self.diagonal |= step.mask
        elif isinstance(step, Flip):
            self.other |= 1 << step.qubit
            self.diagonal |= step.controls
        elif isinstance(step, Turn):
            self.other |= 1 << step.qubit

    def blocks(self, step: Step) -> bool:
        """Tells whether a step cannot be taken before those that wait."""
        if isinstance(step, Phase):
            return bool(step.mask & self.other)
        if isinstance(step, Flip):
            return bool(1 << step.qubit & (self.other | self.diagonal) or step.controls & self.other)
        return isinstance(step, Turn) and bool(1 << step.qubit & (self.other | self.diagonal))


def without_idle(steps: Sequence[Step]) -> list[Step]:
    """Returns the steps without those by an angle of 0, and without what does nothing to qubits that are still 0.

    X on such a qubit is a turn by pi.
    """
    touched = 0
    kept: list[Step] = []
    for step in steps:
        if isinstance(step, Turn | Phase) and step.angle == Sum():
            continue
        if isinstance(step, Phase):
            if step.mask & touched:
                kept.append(Phase(step.mask & touched, step.angle))
        elif isinstance(step, Flip):
            if step.controls & ~touched:
                continue
            fresh = not step.controls and not touched >> step.qubit & 1
            kept.append(Turn(step.qubit, Sum(math.pi)) if fresh else step)
            touched |= 1 << step.qubit
        elif isinstance(step, Turn):
            kept.append(step)
            touched |= 1 << step.qubit
    return kept


def split_product(steps: Sequence[Step]) -> tuple[Turns, list[Step]]:
    """Returns the turns that act on |0...0>, which make a product state, and the other steps."""
    return _turns(steps)


def runs(steps: Sequence[Step]) -> list[Run]:
    """Returns the runs that do what the steps do."""
    found: list[Run] = []
    rest = list(steps)
    while rest:
        turns, rest = _turns(rest)
        if turns.angles:
            found.append(turns)
        others, rest = _phases_and_flips(rest)
        found += others
    return found


def _turns(steps: Sequence[Step]) -> tuple[Turns, list[Step]]:
    pending, rest = Pending(), []
    angles: dict[int, Sum] = {}
    for step in steps:
        if isinstance(step, Turn) and not pending.blocks(step):
            angles[step.qubit] = angles.get(step.qubit, Sum()) + step.angle
        else:
            pending.add(step)
            rest.append(step)
    return Turns(angles), rest


def _phases_and_flips(steps: Sequence[Step]) -> tuple[list[Run], list[Step]]:
    pending, rest, frame = Pending(), [], _Frame()
    phases: list[tuple[int, int, Sum]] = []
    for step in steps:
        if isinstance(step, Turn) or pending.blocks(step):
            pass
        elif isinstance(step, Flip):
            frame.flip(step)
            continue
        elif isinstance(step, Phase) and (before := frame.before(step.mask)) is not None:
            phases.append((*before, step.angle))
            continue
        pending.add(step)
        rest.append(step)
    first: dict[int, Sum] = {}
    last: dict[int, Sum] = {}
    for mask, sign, angle in phases:
        behind = frame.behind(mask)
        side = first
        if behind is not None and behind[0].bit_count() < mask.bit_count():
            side, mask, sign = last, behind[0], sign ^ behind[1]  # noqa: PLW2901 - the same phase, seen from behind
        if mask:
            side[mask] = side.get(mask, Sum()) + (-angle if sign else angle)
    parts: list[Run] = [Diagonal(first)] if first else []
    if not frame.idle:
        parts.append(Permutation(tuple(frame.flips)))
    if last:
        parts.append(Diagonal(last))
    return parts, rest


class _Frame:
    """What a qubit behind some flips is, as a parity of the qubits before them, and the other way round."""

    def __init__(self) -> None:
        self.flips: list[Flip] = []
        #: ``(mask, constant)`` for each qubit that is not itself; None where it is no parity.
        self._rows: dict[int, tuple[int, int] | None] = {}
        self._back: dict[int, tuple[int, int]] = {}
        self._linear = True

    def flip(self, step: Flip) -> None:
        """Adds a flip at the end."""
        self.flips.append(step)
        target, controls = step.qubit, _bits(step.controls)
        row = self._row(target)
        if len(controls) > 1:
            self._rows[target], self._linear = None, False
            return
        other = self._row(controls[0]) if controls else (0, 1)
        self._rows[target] = None if row is None or other is None else (row[0] ^ other[0], row[1] ^ other[1])
        for qubit in {*self._back, target}:
            mask, constant = self._back.get(qubit, (1 << qubit, 0))
            if mask >> target & 1:
                self._back[qubit] = (mask ^ step.controls, constant) if controls else (mask, constant ^ 1)

    @property
    def idle(self) -> bool:
        """Whether the flips undo one another: the ladders of a Pauli rotation, once its phase is pulled out."""
        return self._linear and all(row == (1 << qubit, 0) for qubit, row in self._rows.items())

    def _row(self, qubit: int) -> tuple[int, int] | None:
        return self._rows.get(qubit, (1 << qubit, 0))

    def before(self, mask: int) -> tuple[int, int] | None:
        """Returns what a parity behind the flips is before them, and whether it is negated; None where it is none."""
        total, constant = 0, 0
        for qubit in _bits(mask):
            row = self._row(qubit)
            if row is None:
                return None
            total, constant = total ^ row[0], constant ^ row[1]
        return total, constant

    def behind(self, mask: int) -> tuple[int, int] | None:
        """Returns what a parity before the flips is behind them; None where some flip is no parity."""
        if not self._linear:
            return None
        total, constant = 0, 0
        for qubit in _bits(mask):
            row = self._back.get(qubit, (1 << qubit, 0))
            total, constant = total ^ row[0], constant ^ row[1]
        return total, constant


def _bits(mask: int) -> list[int]:
    return [qubit for qubit in range(mask.bit_length()) if mask >> qubit & 1]
