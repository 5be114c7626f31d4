"""Observables as a person writes them: ``"ZZ; 0.5*XX + YY; Z0*Z3"``.

Semicolons separate observables. Each is a sum of real numbers times Pauli operators, in one of two notations:
*dense* labels (``ZZI``: one letter for each qubit, the rightmost is qubit 0), which fix the width, and *sparse*
ones (``Z0*Z3`` or ``Z0 Z3``), which fit every circuit that has those qubits. A lone ``I`` is the identity on any width.
Products and parentheses are multiplied out by Pauli's rules (``X0*Y0`` is ``i Z0``); the sum must be Hermitian, that
is, all coefficients real.

Pure Python: a kernel needs no NumPy for it.
"""

from __future__ import annotations

import re

from qmagic.errors import InputError
from qmagic.jobs import Observable, Term

__all__ = ["parse_observable", "parse_observables"]

#: Operators by qubit, ascending: the key of a term while it is multiplied out.
_Key = tuple[tuple[int, str], ...]
_Sum = dict[_Key, complex]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<sparse>(?:[IXYZ]_?\d+)+)(?![IXYZ])"
    r"|(?P<dense>[IXYZ]+)"
    r"|(?P<sign>[-+*/()]))"
)
_FACTOR = re.compile(r"([IXYZ])_?(\d+)")
_MOST_TERMS = 100_000
_MOST_NESTING = 50
_MOST_DIGITS = 7

# a*b for a != b: the letter that is neither, with the sign of i.
_PRODUCT = {
    "XY": ("Z", 1j), "YZ": ("X", 1j), "ZX": ("Y", 1j),
    "YX": ("Z", -1j), "ZY": ("X", -1j), "XZ": ("Y", -1j),
}  # fmt: skip


def parse_observables(text: str) -> tuple[Observable, ...]:
    """Returns the observables in a text such as ``"ZZ; 0.5*XX + YY; Z0*Z3"``.

    Raises:
        InputError: Not of that form, empty, not Hermitian, or labels of different widths in one sum.
    """
    parts = [part.strip() for part in text.split(";")]
    if parts and not parts[-1]:
        parts.pop()  # a closing semicolon
    if not parts:
        raise InputError("--observables is empty; expected Pauli operators such as 'ZZ; 0.5*XX + YY; Z0*Z3'")
    return tuple(parse_observable(part) for part in parts)


def parse_observable(text: str) -> Observable:
    """Returns one observable, such as ``"0.5*XX + YY"``; its label is the text.

    Raises:
        InputError: As `parse_observables`.
    """
    parser = _Parser(text)
    terms = parser.parse()
    biggest = max((abs(value) for value in terms.values()), default=0.0)
    kept = []
    for key, value in terms.items():
        if not abs(value) < float("inf"):
            raise InputError(f"the observable {text!r} has a coefficient that is not finite")
        if abs(value.imag) > 1e-12 * biggest:
            raise InputError(f"the observable {text!r} is not Hermitian: the coefficient of {_name(key)} is not real")
        if value.real != 0.0:
            kept.append(Term("".join(letter for _, letter in key), tuple(qubit for qubit, _ in key), value.real))
    return Observable(tuple(kept) or (Term("", (), 0.0),), parser.width, text.strip())


class _Parser:
    """Recursive descent over one observable; `width` is that of its dense labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.width: int | None = None
        self._tokens = self._tokenize()
        self._at = 0
        self._depth = 0

    def parse(self) -> _Sum:
        if not self._tokens:
            raise self._error("is empty")
        result = self._sum()
        if self._at < len(self._tokens):
            raise self._error(f"cannot be read from {self._tokens[self._at][1]!r} on")
        return result

    def _tokenize(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        text = self.text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                rest = text[at:].strip()
                hint = ""
                if re.match(r"[ixyz]+\d*", rest):
                    hint = f"; operators are capital letters: {rest.split()[0].upper()[:20]!r}"
                raise self._error(f"cannot be read from {rest[:20]!r} on{hint}")
            tokens.append((str(found.lastgroup), found[0].strip()))
            at = found.end()
        return tokens

    def _error(self, what: str) -> InputError:
        given = self.text.strip()[:80]
        return InputError(f"the observable {given!r} {what}; expected one such as '0.5*XX + YY' or 'Z0*Z3'")

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _sum(self) -> _Sum:
        self._depth += 1
        if self._depth > _MOST_NESTING:
            raise self._error("is nested too deeply")
        total = self._product()
        while self._peek()[1] in ("+", "-") and self._peek()[0] == "sign":
            sign = self._sign()
            for key, value in self._product().items():
                total[key] = total.get(key, 0.0) + sign * value
        self._depth -= 1
        return total

    def _sign(self) -> int:
        """Reads any run of signs."""
        sign = 1
        while self._peek() in (("sign", "+"), ("sign", "-")):
            if self._peek()[1] == "-":
                sign = -sign
            self._at += 1
        return sign

    def _product(self) -> _Sum:
        sign = self._sign()
        result = self._factor()
        while True:
            kind, word = self._peek()
            if word == "*" and kind == "sign":
                self._at += 1
                inner = self._sign()
                sign *= inner
                result = self._multiply(result, self._factor())
            elif word == "/" and kind == "sign":
                self._at += 1
                kind, word = self._peek()
                if kind != "number" or float(word) == 0.0:
                    raise self._error("divides by something that is not a number other than 0")
                self._at += 1
                result = {key: value / float(word) for key, value in result.items()}
            elif kind in ("sparse", "dense") or word == "(":
                result = self._multiply(result, self._factor())
            else:
                return result if sign == 1 else {key: -value for key, value in result.items()}

    def _factor(self) -> _Sum:
        kind, word = self._peek()
        self._at += 1
        if kind == "number":
            value = float(word)
            if value == float("inf"):
                raise self._error("has a number that is too large")
            return {(): value + 0j}
        if kind == "sparse":
            return self._sparse(word)
        if kind == "dense":
            return self._dense(word)
        if word == "(":
            inner = self._sum()
            if self._peek()[1] != ")":
                raise self._error("has a '(' that is not closed")
            self._at += 1
            return inner
        raise self._error("ends too early" if kind == "end" else f"has a {word!r} where an operator was expected")

    def _dense(self, label: str) -> _Sum:
        # A lone I is the identity on any number of qubits.
        if label != "I":
            if self.width not in (None, len(label)):
                raise self._error(f"mixes labels of {self.width} and {len(label)} qubits")
            self.width = len(label)
        return {tuple((qubit, letter) for qubit, letter in enumerate(reversed(label)) if letter != "I"): 1.0 + 0j}

    def _sparse(self, word: str) -> _Sum:
        result: _Sum = {(): 1.0 + 0j}
        for letter, digits in _FACTOR.findall(word):
            if len(digits) > _MOST_DIGITS:
                raise self._error(f"names qubit {digits[:20]}, which is too many")
            result = self._multiply(result, {((int(digits), letter),) if letter != "I" else (): 1.0 + 0j})
        return result

    def _multiply(self, left: _Sum, right: _Sum) -> _Sum:
        if len(left) * len(right) > _MOST_TERMS:
            raise self._error(f"has more than {_MOST_TERMS:,} terms")
        result: _Sum = {}
        for a, x in left.items():
            for b, y in right.items():
                key, phase = _multiply_keys(a, b)
                result[key] = result.get(key, 0.0) + x * y * phase
        return result


def _multiply_keys(left: _Key, right: _Key) -> tuple[_Key, complex]:
    if not left or not right or left[-1][0] < right[0][0]:
        return left + right, 1.0
    phase: complex = 1.0
    letters = dict(left)
    for qubit, letter in right:
        old = letters.pop(qubit, None)
        if old is None:
            letters[qubit] = letter
        elif old != letter:
            letters[qubit], factor = _PRODUCT[old + letter]
            phase *= factor
    return tuple(sorted(letters.items())), phase


def _name(key: _Key) -> str:
    return "*".join(f"{letter}{qubit}" for qubit, letter in key) or "the identity"
