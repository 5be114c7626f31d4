"""Qiskit's Clifford gates in stim's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import stim

from qmagic.backends.clifford import PLAIN, images
from qmagic.backends.program import Step

__all__ = ["lines_of", "not_clifford", "text_of"]

#: A gate in stim's words: names, and which of its qubits each acts on.
Word = tuple[tuple[str, tuple[int, ...]], ...]


def word_of(instruction: Any) -> Word | None:
    """Returns a gate in stim's words, None when it is not Clifford."""
    if instruction.is_standard_gate() and (word := PLAIN.get(instruction.name)) is not None:
        return word
    found = images(instruction)
    return None if found is None else _word(found)


@functools.lru_cache(maxsize=4096)
def _word(found: tuple[str, ...]) -> Word:
    """Returns gates that make these images of each X and each Z."""
    half = len(found) // 2
    strings = [stim.PauliString(one) for one in found]
    tableau = stim.Tableau.from_conjugated_generators(xs=strings[:half], zs=strings[half:])
    word: list[tuple[str, tuple[int, ...]]] = []
    for one in tableau.to_circuit():
        size = 2 if one.name in ("CX", "CY", "CZ", "SWAP") else 1
        targets = [target.value for target in one.targets_copy()]
        word += [(one.name, tuple(targets[i : i + size])) for i in range(0, len(targets), size)]
    return tuple(word)


def not_clifford(steps: Sequence[Step]) -> str:
    """Returns the first gate that is not Clifford, as ``"t on qubit 3"``; "" when all are."""
    for instruction, qubits in steps:
        if instruction.name in PLAIN and instruction.is_standard_gate():
            continue
        if images(instruction) is None:
            return f"{instruction.name} on qubit{'s' * (len(qubits) > 1)} {', '.join(map(str, qubits))}"
    return ""


def lines_of(step: Step, place: Mapping[int, int]) -> list[str]:
    """Returns a gate as lines of a stim circuit."""
    instruction, qubits = step
    word = word_of(instruction)
    assert word is not None
    return [f"{name} {' '.join([str(place[qubits[i]]) for i in at])}" for name, at in word]


def text_of(steps: Sequence[Step], place: Mapping[int, int]) -> str:
    """Returns Clifford gates as the text of a stim circuit.

    Args:
        steps: The gates.
        place: stim's number of each qubit.
    """
    lines = []
    for instruction, qubits in steps:
        word = PLAIN.get(instruction.name)
        if word is not None and len(word) == 1 and instruction.is_standard_gate():
            # Text is the quickest way into stim, and nearly all gates go this way.
            name = word[0][0]
            lines.append(
                f"{name} {place[qubits[0]]}" if len(qubits) == 1 else f"{name} {place[qubits[0]]} {place[qubits[1]]}"
            )
        else:
            lines += lines_of((instruction, qubits), place)
    return "\n".join(lines)
