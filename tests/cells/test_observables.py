"""Laws of observables as text."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.quantum_info import Operator, Pauli, SparsePauliOp

from qmagic.cells.observables import parse_observable, parse_observables
from qmagic.errors import InputError
from qmagic.jobs import Observable, Term


def matrix(observable: Observable, width: int) -> np.ndarray:
    """The observable as a matrix, by Qiskit."""
    sparse = [(term.operators, list(term.qubits), term.coefficient) for term in observable.terms]
    return np.asarray(SparsePauliOp.from_sparse_list(sparse, num_qubits=width).to_matrix())


def test_the_forms_of_the_documentation() -> None:
    """The documented forms have the terms, widths and labels that they say."""
    zz, sum_, sparse = parse_observables("ZZ; 0.5*XX + YY; Z0*Z3")
    assert zz == Observable((Term("ZZ", (0, 1), 1.0),), 2, "ZZ")
    assert sum_ == Observable((Term("XX", (0, 1), 0.5), Term("YY", (0, 1), 1.0)), 2, "0.5*XX + YY")
    assert sparse == Observable((Term("ZZ", (0, 3), 1.0),), None, "Z0*Z3")


def test_the_rightmost_letter_is_qubit_0() -> None:
    """Dense labels are in Qiskit's order."""
    assert parse_observable("XYZ").terms == (Term("ZYX", (0, 1, 2), 1.0),)


@pytest.mark.parametrize(
    ("text", "terms", "width"),
    [
        ("-ZI", (Term("Z", (1,), -1.0),), 2),
        ("1e-3*X2", (Term("X", (2,), 1e-3),), None),
        ("I", (Term("", (), 1.0),), None),
        ("II", (Term("", (), 1.0),), 2),
        ("Z0 Z3", (Term("ZZ", (0, 3), 1.0),), None),
        ("Z3Z0", (Term("ZZ", (0, 3), 1.0),), None),
        ("Z_0*Z_3", (Term("ZZ", (0, 3), 1.0),), None),
        ("2 ZZ", (Term("ZZ", (0, 1), 2.0),), 2),
        (".5XX", (Term("XX", (0, 1), 0.5),), 2),
        ("1/2*XX", (Term("XX", (0, 1), 0.5),), 2),
        ("XX/4", (Term("XX", (0, 1), 0.25),), 2),
        ("2*(Z0 - Z1)", (Term("Z", (0,), 2.0), Term("Z", (1,), -2.0)), None),
        ("Z0*Z0", (Term("", (), 1.0),), None),
        ("X0*Y0*Z0*X1 - X0*Y0*Z0*X1", (Term("", (), 0.0),), None),
        ("3 - 2*I", (Term("", (), 1.0),), None),
        ("--Z0", (Term("Z", (0,), 1.0),), None),
        ("ZZ + Z0", (Term("ZZ", (0, 1), 1.0), Term("Z", (0,), 1.0)), 2),
        ("ZZ + ZZ", (Term("ZZ", (0, 1), 2.0),), 2),
    ],
)
def test_notations(text: str, terms: tuple[Term, ...], width: int | None) -> None:
    """Each notation has one meaning."""
    observable = parse_observable(text)
    assert (observable.terms, observable.width) == (terms, width)


_LABELS = st.text("IXYZ", min_size=3, max_size=3).filter(lambda label: label != "I")


@given(st.lists(st.tuples(st.floats(-3, 3), _LABELS), min_size=1, max_size=5))
def test_a_sum_is_qiskits_sum(terms: list[tuple[float, str]]) -> None:
    """A sum of dense labels is the matrix that Qiskit gives for it."""
    text = " + ".join(f"{coefficient!r}*{label}" for coefficient, label in terms).replace("+ -", "- ")
    expected = sum(coefficient * Pauli(label).to_matrix() for coefficient, label in terms)
    np.testing.assert_allclose(matrix(parse_observable(text), 3), expected, atol=1e-12)


def test_products_are_paulis_products() -> None:
    """A product of two operators is the product of their matrices, where that is Hermitian; else it is refused."""
    for a, b in itertools.product(("X0", "Y0", "Z0", "X1", "Y0*Z1", "X0*X1", "XY", "ZZ"), repeat=2):
        product = matrix(parse_observable(a), 2) @ matrix(parse_observable(b), 2)
        if np.allclose(product, product.conj().T):
            np.testing.assert_allclose(matrix(parse_observable(f"{a}*{b}"), 2), product, atol=1e-12)
        else:
            with pytest.raises(InputError, match="not Hermitian"):
                parse_observable(f"{a}*{b}")
    assert Operator(matrix(parse_observable("(X0 + Z0)*(X0 + Z0)"), 1)) == Operator(2 * np.eye(2))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is empty"),
        ("ZZ;;XX", "is empty"),
        ("ZZ + ZZZ", "mixes labels of 2 and 3 qubits"),
        ("zz", "capital letters: 'ZZ'"),
        ("ZZ +", "ends too early"),
        ("A0", "cannot be read from 'A0'"),
        ("Z0 * * Z1", "'*' where an operator was expected"),
        ("(ZZ", "not closed"),
        ("ZZ)", "cannot be read from ')'"),
        ("Z 0", "cannot be read from '0'"),
        ("X0*Y0", "not Hermitian"),
        ("ZZ/0", "divides"),
        ("1e999*ZZ", "too large"),
        ("Z123456789", "too many"),
        ("((((((((((" * 10, "nested too deeply"),
        ("*".join(f"(X{i}+Z{i})" for i in range(30)), "more than 100,000 terms"),
    ],
)
def test_an_error_is_one_sentence(text: str, part: str) -> None:
    """What is no observable is refused in one line that says why; nothing hangs."""
    with pytest.raises(InputError) as caught:
        parse_observables(text)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_product_of_many_sums_is_multiplied_out() -> None:
    """Products that stay few terms are multiplied out, however long they are written."""
    assert parse_observable("(X0+Z0)*" * 39 + "(X0+Z0)").terms == (Term("", (), 2.0**20),)


@given(st.text("XYZI0123456789+-*/(); .eE_", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text gives anything but observables or an InputError."""
    try:
        found = parse_observables(text)
    except InputError:
        return
    for observable in found:
        assert observable.terms
        for term in observable.terms:
            assert len(term.operators) == len(term.qubits) == len(set(term.qubits))
            assert list(term.qubits) == sorted(term.qubits)
