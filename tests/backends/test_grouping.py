"""Qubit-wise commuting groups, and projectors as sums of Paulis."""

from __future__ import annotations

import pytest

from qmagic.backends.grouping import BASIS, groups, paulis_of
from qmagic.errors import InputError


def product(text):
    return tuple((letter, qubit) for qubit, letter in enumerate(reversed(text)) if letter != "I")


def test_groups_hold_every_product_once_and_agree():
    """Each product is in one group, whose basis is its own on every qubit it acts on; the identity is in none."""
    products = [product(t) for t in ("ZZI", "IZZ", "XXI", "IXX", "YII", "III", "0IZ", "+II", "ZIZ")]
    found = groups(products)
    assert sorted(i for _, members in found for i in members) == [0, 1, 2, 3, 4, 6, 7, 8]
    for basis, members in found:
        letters = {qubit: letter for letter, qubit in basis}
        for member in members:
            assert all(letters[qubit] == BASIS[letter] for letter, qubit in products[member])


def test_few_groups():
    """All-Z products need one circuit, and X products one more."""
    assert len(groups([product(t) for t in ("ZZII", "IIZZ", "1IIZ", "XXII", "IXXI")])) == 2


def test_projectors():
    """|0><0| Y |-><-| is the sum of four Pauli products."""
    found = {pauli: weight for weight, pauli in paulis_of(product("0Y-"))}
    assert found == {
        (("Y", 1),): 0.25,
        (("X", 0), ("Y", 1)): -0.25,
        (("Y", 1), ("Z", 2)): 0.25,
        (("X", 0), ("Y", 1), ("Z", 2)): -0.25,
    }


def test_too_many_projectors():
    """A product of many projectors is refused with a way out."""
    with pytest.raises(InputError, match="set shots"):
        list(paulis_of(product("0" * 20)))
