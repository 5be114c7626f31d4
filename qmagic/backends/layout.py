"""Control flow laid out as one flat list: nested blocks one after the other, with jumps between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from qmagic.backends.classical import Value
from qmagic.backends.flow import Choose, Instruction, Jump

__all__ = ["Block", "Control", "laid_out"]


#: A block that is nested: the values that lead there, None for all others, and its parts.
Block = tuple[tuple[int, ...] | None, list[Any]]


@dataclasses.dataclass(slots=True)
class Control:
    """Control flow, not yet laid out: blocks with the qubits and bits that they may touch."""

    kind: str
    value: Value
    blocks: list[Block]
    qubits: frozenset[int]
    bits: set[int]


def laid_out(parts: list[Any]) -> list[Instruction]:
    """Returns instructions and `Control` as instructions only."""
    layout = _Layout()
    layout.add(parts)
    return layout.code


class _Layout:
    """The list as it grows; a jump's target is filled in when its place is known."""

    def __init__(self) -> None:
        self.code: list[Instruction] = []
        #: For each loop around: jumps to its next round, and to its end.
        self._loops: list[tuple[list[Jump], list[Jump]]] = []

    def add(self, parts: list[Any]) -> None:
        for part in parts:
            if isinstance(part, Control):
                self._control(part)
            else:
                self.code.append(part)

    def _control(self, part: Control) -> None:
        if part.kind == "if":
            self._if(part)
        elif part.kind == "while":
            start = len(self.code)
            choose = Choose(part.value, {}, 0)
            self.code.append(choose)
            choose.targets = {1: len(self.code)}
            with_ends = self._loop(part.blocks[0][1])
            self._here(with_ends[0])
            self.code.append(Jump(start))
            choose.default = len(self.code)
            self._here(with_ends[1])
        elif part.kind == "for":
            ends: list[Jump] = []
            for _, block in part.blocks:
                again, out = self._loop(block)
                self._here(again)
                ends += out
            self._here(ends)
        else:
            jump = Jump(0)
            self.code.append(jump)
            self._loops[-1][part.kind == "break_loop"].append(jump)

    def _if(self, part: Control) -> None:
        choose = Choose(part.value, {}, -1)
        self.code.append(choose)
        ends = []
        for labels, block in part.blocks:
            here = len(self.code)
            if labels is None:
                choose.default = here if choose.default < 0 else choose.default
            for label in labels or ():
                choose.targets.setdefault(label, here)
            self.add(block)
            jump = Jump(0)
            ends.append(jump)
            self.code.append(jump)
        if choose.default < 0:
            choose.default = len(self.code)
        self._here(ends)

    def _loop(self, block: list[Any]) -> tuple[list[Jump], list[Jump]]:
        self._loops.append(([], []))
        self.add(block)
        return self._loops.pop()

    def _here(self, jumps: Iterable[Jump]) -> None:
        for jump in jumps:
            jump.target = len(self.code)
