"""Declarations of OpenQASM 3: qubits, bits, constants, variables, inputs, aliases, includes."""

from __future__ import annotations

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.expressions import ExpressionParser

__all__ = ["REFUSED", "SCALARS", "DeclarationParser"]

#: The types of classical values.
SCALARS = frozenset(("int", "uint", "float", "angle", "bool", "duration"))

#: What the language has and we do not, and what to do instead.
REFUSED = {
    "def": "subroutines ('def') are not supported; write a gate, or repeat the statements",
    "return": "subroutines ('return') are not supported",
    "extern": "'extern' functions are not supported",
    "array": "arrays are not supported; use qubit, bit or const declarations",
    "complex": "complex numbers are not supported",
    "stretch": "stretchable durations ('stretch') are not supported; give a duration, such as delay[100ns] q;",
    "switch": "'switch' is not supported; use if and else",
    "cal": "pulse calibrations ('cal') are not supported",
    "defcal": "pulse calibrations ('defcal') are not supported",
    "defcalgrammar": "pulse calibrations ('defcalgrammar') are not supported",
    "opaque": "'opaque' belongs to OpenQASM 2; define the gate with 'gate'",
    "OPENQASM": "the version must be the first statement",
}


class DeclarationParser(ExpressionParser):
    """Reads one declaration, whose keyword was passed and stands at the offset `at`."""

    def _include(self, at: int) -> s.Statement:
        if self.kinds[self.at] != "string":
            raise self._unexpected("the name of a file in quotes")
        file = self.texts[self.at][1:-1]
        self.at += 1
        self._expect(";")
        return s.Include(file, at)

    def _size(self) -> s.Expression | None:
        if not self._take("["):
            return None
        size = self._expression()
        self._expect("]")
        return size

    def _qubit(self, at: int) -> s.Statement:
        size = self._size()
        name = self._name("the name of the qubits")
        self._expect(";")
        return s.Qubits(name, size, at)

    def _bit(self, at: int) -> s.Statement:
        size = self._size()
        name = self._name("the name of the bits")
        value = self._value() if self._take("=") else None
        self._expect(";")
        return s.Bits(name, size, value, at)

    def _qreg(self, at: int) -> s.Statement:
        name = self._name("the name of the qubits")
        size = self._size()
        self._expect(";")
        return s.Qubits(name, size, at)

    def _creg(self, at: int) -> s.Statement:
        name = self._name("the name of the bits")
        size = self._size()
        self._expect(";")
        return s.Bits(name, size, None, at)

    def _type(self) -> str:
        name = self._text()
        if name not in SCALARS:
            raise self._refused() or self._unexpected("a type: " + ", ".join(sorted(SCALARS)))
        self.at += 1
        self._size()  # widths do not change a value that fits them, and none that we take does not
        return name

    def _constant(self, at: int) -> s.Statement:
        if self._text() == "bit":
            raise self._error("constant bits are not supported")
        return self._variable(at, constant=True)

    def _variable(self, at: int, *, constant: bool = False) -> s.Statement:
        type_ = self._type()
        name = self._name("a name")
        value = self._expression() if self._take("=") else None
        if constant and value is None:
            raise self._unexpected("'=' and the constant's value")
        self._expect(";")
        return s.Variable(type_, name, value, constant, at)

    def _input(self, at: int) -> s.Statement:
        type_ = self._text()
        if type_ not in ("float", "angle"):
            raise self._error(f"only float and angle inputs are supported, not {type_!r}; use const for a fixed value")
        self._type()
        name = self._name("the name of the input")
        self._expect(";")
        return s.Input(type_, name, at)

    def _output(self, at: int) -> s.Statement:
        if not self._take("bit"):
            raise self._error(f"only bit outputs are supported, not {self._text()!r}")
        return self._bit(at)

    def _let(self, at: int) -> s.Statement:
        name = self._name("a name")
        self._expect("=")
        start = self.offsets[self.at]
        parts = [self._operand()]
        while self._take("++"):
            parts.append(self._operand())
        self._expect(";")
        return s.Alias(name, parts[0] if len(parts) == 1 else s.Concatenation(parts, start), at)

    def _scalar(self, at: int) -> s.Statement:
        self.at -= 1
        return self._variable(at)

    def _value(self) -> s.Expression:
        at = self.offsets[self.at]
        return s.Measure(self._operand(), at) if self._take("measure") else self._expression()

    def _refused(self) -> Exception | None:
        reason = REFUSED.get(self._text())
        return None if reason is None else self._error(reason)
