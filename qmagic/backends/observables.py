"""Observables of a job's spec as weights of products on the qubits of a circuit as it runs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmagic.errors import InputError

if TYPE_CHECKING:
    from qmagic.backends.base import Product
    from qmagic.backends.program import Program
    from qmagic.jobs import Observable, PubSpec

__all__ = ["check_observables", "label_of", "looked_at", "weights_of", "widened"]

_ALPHABET = frozenset("XYZ01+-rl")


def check_observables(pub: PubSpec) -> None:
    """Checks what a PUB wants estimated, and how well.

    Raises:
        InputError: An operator is unknown or doubled on a qubit, a coefficient is not finite, or both shots and
            precision are given.
    """
    if pub.shots is not None and pub.precision is not None:
        raise InputError(f"shots {pub.shots} and precision {pub.precision:g} are both given; expected one of them")
    for observable in pub.observables or ():
        for term in observable.terms:
            if len(term.operators) != len(term.qubits) or not _ALPHABET.issuperset(term.operators):
                raise InputError(
                    f"observable {label_of(observable)}: expected one of {''.join(sorted(_ALPHABET))} for each qubit"
                )
            if len(set(term.qubits)) != len(term.qubits):
                raise InputError(
                    f"observable {label_of(observable)} has two operators on one qubit in a term; multiply them"
                )
            if not math.isfinite(term.coefficient):
                raise InputError(
                    f"observable {label_of(observable)} has the coefficient {term.coefficient}; expected a number"
                )


def weights_of(observable: Observable, places: Sequence[int] | None) -> dict[Product, float]:
    """Returns the coefficient of each distinct product.

    Args:
        observable: A sum of terms.
        places: Where each qubit of the observable is in the circuit as it runs; None where it stayed.
    """
    weights: dict[Product, float] = {}
    for term in observable.terms:
        qubits = term.qubits if places is None else [places[qubit] for qubit in term.qubits]
        product = tuple(sorted(zip(term.operators, qubits, strict=True), key=lambda pair: pair[1]))
        weights[product] = weights.get(product, 0.0) + term.coefficient
    return weights


def widened(program: Program, pub: PubSpec, places: Sequence[int] | None) -> Program:
    """Returns the program with the qubits of the PUB's observables among the active ones."""
    wanted = {qubit for one in pub.observables or () for term in one.terms for qubit in term.qubits}
    if places is not None:
        wanted = {places[qubit] for qubit in wanted}
    if wanted.issubset(program.active):
        return program
    return dataclasses.replace(program, active=tuple(sorted(wanted.union(program.active))))


def looked_at(pub: PubSpec, places: Sequence[int] | None) -> dict[int, bool]:
    """Returns the qubits of a PUB's observables, True for those of which only Z and its projectors are asked."""
    found: dict[int, bool] = {}
    for one in pub.observables or ():
        for term in one.terms:
            for letter, qubit in zip(term.operators, term.qubits, strict=True):
                at = qubit if places is None else places[qubit]
                found[at] = found.get(at, True) and letter in "Z01"
    return found


def label_of(observable: Observable) -> str:
    """Returns the observable as the user wrote it, else spelled out: ``0.5*X0*X1 + Z3``."""
    if observable.label:
        return observable.label
    parts = []
    for term in observable.terms:
        letters = "*".join(f"{letter}{qubit}" for letter, qubit in zip(term.operators, term.qubits, strict=True)) or "I"
        parts.append(letters if term.coefficient == 1.0 else f"{term.coefficient:g}*{letters}")
    return " + ".join(parts) or "0"
