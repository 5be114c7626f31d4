"""OpenQASM 3 tokens to statements, by recursive descent.

What OpenQASM 3 has and this subset does not is refused here by name, on its line.
"""

from __future__ import annotations

from collections.abc import Callable

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.declarations import REFUSED, SCALARS, DeclarationParser

__all__ = ["Parser", "Program"]

_ASSIGNMENTS = frozenset(("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**="))
_MODIFIERS = frozenset(("ctrl", "negctrl", "inv", "pow"))


class Program:
    """A parsed text: whether it has a version header, and its statements."""

    __slots__ = ("has_header", "statements")

    def __init__(self, has_header: bool, statements: list[s.Statement]) -> None:
        self.has_header = has_header
        self.statements = statements


class Parser(DeclarationParser):
    """Parses a program. `parse` gives all of it, or raises a `SourceError` at the first thing that is wrong."""

    def parse(self) -> Program:
        """Returns the program.

        Raises:
            SourceError: The text is not OpenQASM 3, or uses what is not supported.
        """
        has_header = self._header()
        statements = []
        while self.kinds[self.at] != "end":
            statements.append(self._statement())
        return Program(has_header, statements)

    def _header(self) -> bool:
        if not self._take("OPENQASM"):
            return False
        version = self._text()
        if version.split(".")[0] != "3":
            raise self._error(f"expected version 3.0 or 3.1 of OpenQASM, got {version!r}")
        self.at += 1
        self._expect(";")
        return True

    def _statement(self) -> s.Statement:
        kind, text, at = self.kinds[self.at], self.texts[self.at], self.offsets[self.at]
        if kind == "name":
            keyword = _KEYWORDS.get(text)
            if keyword is not None:
                self.at += 1
                return keyword(self, at)
            following = self.texts[self.at + 1]
            if following in _ASSIGNMENTS or following == "[":
                return self._assignment(at)
            return self._gate_call(at)
        if text == "{":
            return s.Block(self._block(), at)
        if kind == "pragma":
            raise self._error("pragmas are not supported")
        raise self._unexpected("a statement")

    def _block(self) -> list[s.Statement]:
        """Reads ``{ ... }``, or one statement."""
        self._enter()
        if self._take("{"):
            body = []
            while not self._take("}"):
                if self.kinds[self.at] == "end":
                    raise self._unexpected("'}'")
                body.append(self._statement())
        else:
            body = [self._statement()]
        self.depth -= 1
        return body

    def _gate_call(self, at: int) -> s.GateCall:
        modifiers: list[s.Modifier] = []
        while self.texts[self.at] in _MODIFIERS:
            modifiers.append(self._modifier())
        name = self._name("the name of a gate")
        arguments = self._arguments() if self._take("(") else []
        if self._text() == "[":
            raise self._error("gates with a duration are not supported")
        operands = [] if self._text() == ";" else self._operands()
        if not operands and name != "gphase":
            raise self._unexpected(f"the qubits of {name!r}")
        self._expect(";")
        return s.GateCall(name, arguments, operands, modifiers, at)

    def _modifier(self) -> s.Modifier:
        at, name = self.offsets[self.at], self.texts[self.at]
        self.at += 1
        argument = None
        if name != "inv" and self._take("("):
            argument = self._expression()
            self._expect(")")
        if name == "pow" and argument is None:
            raise self._unexpected("an exponent, as in pow(2) @")
        self._expect("@")
        return s.Modifier(name, argument, at)

    def _arguments(self) -> list[s.Expression]:
        arguments = []
        while not self._take(")"):
            arguments.append(self._expression())
            if not self._take(","):
                self._expect(")")
                break
        return arguments

    def _operands(self) -> list[s.Expression]:
        operands = [self._operand()]
        while self._take(","):
            operands.append(self._operand())
        return operands

    def _assignment(self, at: int) -> s.Assignment:
        target = self._operand()
        operator = self._text()
        if operator not in _ASSIGNMENTS:
            raise self._unexpected("'=' or an operand")
        self.at += 1
        value = self._value()
        self._expect(";")
        return s.Assignment(target, operator, value, at)

    def _measure(self, at: int) -> s.Statement:
        value = s.Measure(self._operand(), at)
        target = self._operand() if self._take("->") else None
        self._expect(";")
        return s.Assignment(target, "=", value, at)

    def _gate(self, at: int) -> s.Statement:
        name = self._name("the name of the gate")
        parameters = self._names(")") if self._take("(") else []
        qubits = self._names("{")
        if not qubits:
            raise self._error(f"the gate {name!r} names no qubits")
        self.at -= 1
        return s.GateDefinition(name, parameters, qubits, self._block(), at)

    def _names(self, end: str) -> list[str]:
        names: list[str] = []
        while not self._take(end):
            name = self._name("a name")
            if name in names:
                raise self._error(f"the name {name!r} is given twice")
            names.append(name)
            if not self._take(","):
                self._expect(end)
                break
        return names

    def _reset(self, at: int) -> s.Statement:
        operand = self._operand()
        self._expect(";")
        return s.Reset(operand, at)

    def _barrier(self, at: int) -> s.Statement:
        operands = [] if self._text() == ";" else self._operands()
        self._expect(";")
        return s.Barrier(operands, at)

    def _delay(self, at: int) -> s.Statement:
        self._expect("[")
        duration = self._expression()
        self._expect("]")
        operands = [] if self._text() == ";" else self._operands()
        self._expect(";")
        return s.Delay(duration, operands, at)

    def _condition(self) -> s.Expression:
        self._expect("(")
        condition = self._expression()
        self._expect(")")
        return condition

    def _if(self, at: int) -> s.Statement:
        condition = self._condition()
        then = self._block()
        return s.If(condition, then, self._block() if self._take("else") else [], at)

    def _while(self, at: int) -> s.Statement:
        return s.While(self._condition(), self._block(), at)

    def _for(self, at: int) -> s.Statement:
        self._type()
        name = self._name("the loop's variable")
        self._expect("in")
        start = self.offsets[self.at]
        if self._take("["):
            values = self._range(start)
            if not isinstance(values, s.Range):
                raise self._error("a loop runs over a range such as [0:3] or a set such as {0, 2}")
            self._expect("]")
        elif self._text() == "{":
            values = self._set()
        else:
            raise self._unexpected("a range such as [0:3] or a set such as {0, 2}")
        return s.For(name, values, self._block(), at)

    def _box(self, at: int) -> s.Statement:
        if self._text() == "[":
            raise self._error("a box with a duration is not supported")
        return s.Block(self._block(), at)

    def _jump(self, at: int) -> s.Statement:
        name = self.texts[self.at - 1]
        self._expect(";")
        return s.Jump(name, at)

    def _end(self, at: int) -> s.Statement:
        self._expect(";")
        return s.End(at)

    def _refuse(self, at: int) -> s.Statement:
        self.at -= 1
        raise self._refused() or self._unexpected("a statement")


_KEYWORDS: dict[str, Callable[[Parser, int], s.Statement]] = {
    "include": Parser._include, "qubit": Parser._qubit, "bit": Parser._bit, "qreg": Parser._qreg, "creg": Parser._creg,
    "const": Parser._constant, "input": Parser._input, "output": Parser._output, "let": Parser._let,
    "gate": Parser._gate, "measure": Parser._measure, "reset": Parser._reset, "barrier": Parser._barrier,
    "delay": Parser._delay, "if": Parser._if, "while": Parser._while, "for": Parser._for, "box": Parser._box,
    "break": Parser._jump, "continue": Parser._jump, "end": Parser._end,
    **dict.fromkeys(SCALARS, Parser._scalar), **dict.fromkeys(REFUSED, Parser._refuse),
}  # fmt: skip
