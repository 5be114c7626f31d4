"""Products of single-qubit operators: their Pauli expansion, and groups that one measurement serves.

Two products commute *qubit-wise* when on every qubit that both act on they need the same basis. Such a group is
measured by one circuit, whose last layer turns each qubit's basis to Z.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from qmagic.backends.base import Product
from qmagic.errors import InputError

__all__ = ["BASIS", "VALUES", "groups", "paulis_of", "qubits_of"]

#: The basis in which an operator is diagonal.
BASIS = {"X": "X", "Y": "Y", "Z": "Z", "0": "Z", "1": "Z", "+": "X", "-": "X", "r": "Y", "l": "Y"}
#: An operator's value for the bit 0 and for the bit 1, measured in its basis.
VALUES = {
    "X": (1.0, -1.0), "Y": (1.0, -1.0), "Z": (1.0, -1.0),
    "0": (1.0, 0.0), "1": (0.0, 1.0), "+": (1.0, 0.0), "-": (0.0, 1.0), "r": (1.0, 0.0), "l": (0.0, 1.0),
}  # fmt: skip
#: A product of more projectors than this is not expanded into Paulis: it would have 2**k terms.
_MOST_PROJECTORS = 12


def qubits_of(products: Iterable[Product]) -> set[int]:
    """Returns the qubits that any of the products acts on."""
    return {qubit for product in products for _, qubit in product}


def paulis_of(product: Product) -> Iterator[tuple[float, Product]]:
    """Yields ``(weight, Pauli product)`` with projectors written as ``(1 + P) / 2`` or ``(1 - P) / 2``.

    Raises:
        InputError: The product has more than 12 projectors.
    """
    choices: list[tuple[tuple[float, tuple[tuple[str, int], ...]], ...]] = []
    projectors = 0
    for letter, qubit in product:
        zero, one = VALUES[letter]
        pauli = ((BASIS[letter], qubit),)
        if zero + one == 0.0:
            choices.append(((1.0, pauli),))
        else:
            projectors += 1
            choices.append(((0.5, ()), (zero - 0.5, pauli)))
    if projectors > _MOST_PROJECTORS:
        raise InputError(
            f"a term with {projectors} projectors expands into 2^{projectors} Pauli terms; "
            f"at most {_MOST_PROJECTORS} projectors are exact: set shots, or write fewer"
        )
    for picked in itertools.product(*choices):
        weight = 1.0
        letters: tuple[tuple[str, int], ...] = ()
        for factor, part in picked:
            weight *= factor
            letters += part
        yield weight, letters


def groups(products: Sequence[Product]) -> list[tuple[Product, list[int]]]:
    """Sorts products into groups that commute qubit-wise.

    The longest products come first, each into the first group that it fits (greedy colouring): a fixed order, so
    that equal observables always give equal groups. Products without operators need no measurement and are left out.

    Returns:
        For each group its basis, ascending by qubit, and the indices of its products.
    """
    bases: list[dict[int, str]] = []
    members: list[list[int]] = []
    order = sorted((i for i in range(len(products)) if products[i]), key=lambda i: (-len(products[i]), i))
    for i in order:
        wanted = {qubit: BASIS[letter] for letter, qubit in products[i]}
        for basis, inside in zip(bases, members, strict=True):
            if all(basis.get(qubit, letter) == letter for qubit, letter in wanted.items()):
                basis.update(wanted)
                inside.append(i)
                break
        else:
            bases.append(wanted)
            members.append([i])
    return [
        (tuple((letter, qubit) for qubit, letter in sorted(basis.items())), inside)
        for basis, inside in zip(bases, members, strict=True)
    ]
