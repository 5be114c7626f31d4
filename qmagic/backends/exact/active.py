"""Circuits with idle qubits: a state over the qubits that something happens to, or that the observable asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from qmagic.backends.exact.lowering import Lowered
from qmagic.backends.exact.paulis import Term
from qmagic.backends.exact.steps import Dense, Flip, Phase, Step, Turn

__all__ = ["compact"]


def compact(lowered: Lowered, terms: Sequence[Term]) -> tuple[Lowered, list[Term], tuple[int, ...]]:
    """Returns a circuit and a Pauli sum on as few qubits as they need, and which these are, ascending.

    On an idle qubit Z is 1, and a term that flips it is 0.

    Args:
        lowered: The circuit.
        terms: The Pauli sum.
    """
    touched = 0
    for step in lowered.steps:
        touched |= _support(step)
    qubits = tuple([qubit for qubit in range(lowered.width) if touched >> qubit & 1])
    place = {qubit: i for i, qubit in enumerate(qubits)}
    steps = lowered.steps if len(qubits) == lowered.width else tuple([_moved(one, place) for one in lowered.steps])
    weights: dict[tuple[int, int], float] = {}
    for term in terms:
        if not term.x & ~touched:
            masks = _packed(term.x, place), _packed(term.z & touched, place)
            weights[masks] = weights.get(masks, 0.0) + term.coefficient
    kept = [Term(x, z, coefficient) for (x, z), coefficient in weights.items()]
    return dataclasses.replace(lowered, width=len(qubits), steps=steps), kept, qubits


def _support(step: Step) -> int:
    if isinstance(step, Phase):
        return step.mask
    if isinstance(step, Dense):
        return sum(1 << qubit for qubit in step.qubits)
    return 1 << step.qubit | (step.controls if isinstance(step, Flip) else 0)


def _moved(step: Step, place: dict[int, int]) -> Step:
    if isinstance(step, Phase):
        return Phase(_packed(step.mask, place), step.angle)
    if isinstance(step, Turn):
        return Turn(place[step.qubit], step.angle)
    if isinstance(step, Flip):
        return Flip(place[step.qubit], _packed(step.controls, place))
    return Dense(tuple([place[qubit] for qubit in step.qubits]), step.matrix)


def _packed(mask: int, place: dict[int, int]) -> int:
    return sum(1 << i for qubit, i in place.items() if mask >> qubit & 1)
