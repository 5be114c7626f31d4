"""Expressions of OpenQASM 3, by precedence climbing, and the small steps that every parser takes."""

from __future__ import annotations

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.tokens import Tokens, located
from qmagic.errors import SourceError

__all__ = ["KEYWORDS", "ExpressionParser"]

#: Words that are no names.
KEYWORDS = frozenset((
    "include", "qubit", "bit", "qreg", "creg", "const", "input", "output", "let", "gate", "measure", "reset", "barrier",
    "delay", "if", "else", "while", "for", "in", "box", "break", "continue", "end", "int", "uint", "float", "angle",
    "bool", "duration", "def", "return", "extern", "array", "complex", "stretch", "switch", "cal", "defcal",
    "defcalgrammar", "opaque", "OPENQASM", "ctrl", "negctrl", "inv", "pow", "true", "false",
))  # fmt: skip
# Types are also casts, and pow is also a function.
_CALLABLE_KEYWORDS = frozenset(("int", "uint", "float", "angle", "bool", "pow"))

_LEVELS = ("||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<< >>", "+ -", "* / %", "", "**")
_PRECEDENCE = {sign: level for level, signs in enumerate(_LEVELS, 1) for sign in signs.split()}
_OF_UNARY = 11
_MOST_NESTING = 100
_BASES = {"0x": 16, "0b": 2, "0o": 8}


class ExpressionParser:
    """Reads expressions and operands from a text's tokens; `at` is the index of the next token."""

    def __init__(self, source: str) -> None:
        tokens = Tokens(source)
        self.source = source
        self.kinds, self.texts, self.offsets = tokens.kinds, tokens.texts, tokens.offsets
        self.at = 0
        self.depth = 0

    # The next token.

    def _text(self) -> str:
        return self.texts[self.at]

    def _take(self, text: str) -> bool:
        """Passes the next token if it is `text`."""
        if self.texts[self.at] == text and self.kinds[self.at] != "string":
            self.at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if self.texts[self.at] != text:
            raise self._unexpected(f"'{text}'")
        self.at += 1

    def _name(self, what: str) -> str:
        name = self.texts[self.at]
        if self.kinds[self.at] != "name" or name[0] == "$" or (name in KEYWORDS):
            raise self._unexpected(what)
        self.at += 1
        return name

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _MOST_NESTING:
            raise self._error(f"nested deeper than {_MOST_NESTING} levels")

    def _error(self, message: str) -> SourceError:
        return located(message, self.source, self.offsets[self.at])

    def _unexpected(self, expected: str) -> SourceError:
        if self.kinds[self.at] == "end":
            # Point at the end of what is there, not behind the blank lines after it.
            last = self.offsets[self.at - 1] + len(self.texts[self.at - 1]) if self.at else 0
            return located(f"the text ends where {expected} was expected", self.source, last)
        before = self.offsets[self.at - 1] if self.at else -1
        if expected == "';'" and "\n" in self.source[before : self.offsets[self.at]]:
            # A forgotten semicolon is on the line before.
            end = before + len(self.texts[self.at - 1])
            return located("expected ';' at the end of this statement", self.source, end)
        return self._error(f"expected {expected}, got {self._text()[:40]!r}")

    # Expressions.

    def _expression(self, lowest: int = 1) -> s.Expression:
        self._enter()
        left = self._unary()
        while True:
            operator = self.texts[self.at]
            level = _PRECEDENCE.get(operator, 0)
            if level < lowest or self.kinds[self.at] != "sign":
                break
            at = self.offsets[self.at]
            self.at += 1
            # ** binds to the right, everything else to the left.
            left = s.Binary(operator, left, self._expression(level if operator == "**" else level + 1), at)
        self.depth -= 1
        return left

    def _unary(self) -> s.Expression:
        if self.texts[self.at] in ("-", "!", "~") and self.kinds[self.at] == "sign":
            operator, at = self.texts[self.at], self.offsets[self.at]
            self.at += 1
            return s.Unary(operator, self._expression(_OF_UNARY), at)
        return self._operand()

    def _operand(self) -> s.Expression:
        """Reads a literal, a name, a call or something in parentheses, with the indices behind it."""
        kind, text, at = self.kinds[self.at], self.texts[self.at], self.offsets[self.at]
        operand: s.Expression
        if kind == "name":
            operand = self._named(text, at)
        elif kind == "number":
            self.at += 1
            operand = self._number(text, at)
        elif kind == "duration":
            self.at += 1
            digits = text.rstrip("dtnusµm")
            operand = s.Duration(float(digits.replace("_", "")), text[len(digits) :].replace("µs", "us"), at)
        elif kind == "string" and text.strip("\"'").replace("_", "").strip("01") == "" and len(text) > 2:
            self.at += 1
            operand = s.Literal(int(text.strip("\"'").replace("_", ""), 2), at)
        elif text == "(":
            self.at += 1
            operand = self._expression()
            self._expect(")")
        else:
            raise self._unexpected("a value or an operand")
        while self.texts[self.at] == "[":
            where = self.offsets[self.at]
            self.at += 1
            index = self._set() if self.texts[self.at] == "{" else self._range(where)
            self._expect("]")
            operand = s.Index(operand, index, at)
        return operand

    def _named(self, text: str, at: int) -> s.Expression:
        self.at += 1
        if text in ("true", "false"):
            return s.Literal(text == "true", at)
        if self.texts[self.at] == "(" or text in _CALLABLE_KEYWORDS:
            if text in KEYWORDS and text not in _CALLABLE_KEYWORDS:
                self.at -= 1
                raise self._unexpected("a value or an operand")
            if self.texts[self.at] == "[":  # the width of a cast
                self.at += 1
                self._expression()
                self._expect("]")
            self._expect("(")
            arguments = []
            while not self._take(")"):
                arguments.append(self._expression())
                if not self._take(","):
                    self._expect(")")
                    break
            return s.Call(text, arguments, at)
        if text in KEYWORDS:
            self.at -= 1
            raise self._unexpected("a value or an operand")
        return s.Name(text, at)

    def _number(self, text: str, at: int) -> s.Literal:
        digits = text.replace("_", "")
        if len(digits) > 100:
            raise located("the number has more than 100 digits", self.source, at)
        base = _BASES.get(digits[:2].lower())
        if base is not None:
            return s.Literal(int(digits[2:] or "0", base), at)
        if digits.isdigit():
            return s.Literal(int(digits), at)
        return s.Literal(float(digits), at)

    def _range(self, at: int) -> s.Expression:
        """Reads what stands between ``[`` and ``]``: an index or a range."""
        parts: list[s.Expression | None] = []
        while True:
            parts.append(None if self.texts[self.at] in (":", "]") else self._expression())
            if not self._take(":"):
                break
        if len(parts) == 1:
            if parts[0] is None:
                raise self._unexpected("an index")
            return parts[0]
        if len(parts) > 3:
            raise self._error("a range is start:stop or start:step:stop")
        return s.Range(parts[0], parts[1] if len(parts) == 3 else None, parts[-1], at)

    def _set(self) -> s.Set:
        at = self.offsets[self.at]
        self._expect("{")
        values = []
        while not self._take("}"):
            values.append(self._expression())
            if not self._take(","):
                self._expect("}")
                break
        return s.Set(values, at)
