"""What the names of a program stand for, and the values of its expressions."""

from __future__ import annotations

import dataclasses
from typing import Any

from qiskit.circuit import ClassicalRegister, Clbit, ParameterExpression, Qubit

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.tokens import located
from qmagic.cells.openqasm3.values import CONSTANTS, Value, binary, call, unary
from qmagic.errors import SourceError, nearest

__all__ = ["Bits", "Names", "Qubits", "Variable"]


class Qubits(list[Qubit]):
    """A register of qubits, or some of one."""


class Bits(list[Clbit]):
    """Some classical bits of a register; a whole register is a `ClassicalRegister`."""


@dataclasses.dataclass(slots=True)
class Variable:
    """A classical variable whose value is known: `depth` counts the blocks around it that depend on measurements."""

    type: str
    value: Value
    depth: int


class Names:
    """Scopes of names, innermost last, over the text `source`."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.scopes: list[dict[str, Any]] = [dict(CONSTANTS)]
        self.physical: list[Qubit] = []

    def error(self, message: str, at: int) -> SourceError:
        """Returns an error at an offset of the text."""
        return located(message, self.source, at)

    def declare(self, name: str, value: Any, at: int) -> None:
        """Gives a name a meaning in the innermost scope."""
        scope = self.scopes[-1]
        if name in scope and name not in CONSTANTS:
            raise self.error(f"{name!r} is already declared", at)
        scope[name] = value

    def look_up(self, name: str, at: int) -> Any:
        """Returns what a name stands for; of a variable, its value now."""
        for scope in reversed(self.scopes):
            if name in scope:
                found = scope[name]
                return found.value if isinstance(found, Variable) else found
        if name[0] == "$" and self.physical:
            return self.physical[int(name[1:])]
        known = {known for scope in self.scopes for known in scope}
        raise self.error(f"{name!r} is not declared{nearest(name, known)}", at)

    def evaluate(self, node: s.Expression) -> Any:
        """Returns the value of an expression: a number, qubits, bits, or a `Duration`."""
        match node:
            case s.Literal():
                return node.value
            case s.Name():
                return self.look_up(node.name, node.at)
            case s.Index():
                return self._indexed(node)
            case s.Duration():
                return node
        try:
            match node:
                case s.Unary():
                    return unary(node.operator, self.number(node.operand))
                case s.Binary():
                    return self._binary(node)
                case s.Call():
                    return call(node.name, [self.number(argument) for argument in node.arguments])
        except SourceError:
            raise
        except (ValueError, TypeError) as error:
            raise self.error(str(error), node.at) from None
        if isinstance(node, s.Measure):
            raise self.error("a measurement can only be assigned to bits, as in c[0] = measure q[0];", node.at)
        raise self.error("a range or a set can only be an index or what a loop runs over", node.at)

    def _binary(self, node: s.Binary) -> Value:
        """A long sum is a deep tree on its left side: walked in a loop, so that it costs no recursion."""
        chain = [node]
        while isinstance(chain[-1].left, s.Binary):
            chain.append(chain[-1].left)
        value = self.number(chain[-1].left)
        for part in reversed(chain):
            value = binary(part.operator, value, self.number(part.right))
        return value

    def number(self, node: s.Expression) -> Value:
        """Returns a number, a truth value, or an expression over inputs."""
        value = self.evaluate(node)
        if isinstance(value, (int, float, ParameterExpression)):
            return value
        if isinstance(value, (Clbit, ClassicalRegister, Bits)):
            raise self.error("measured bits have no value before the run; they can only stand in a condition", node.at)
        raise self.error("expected a number", node.at)

    def integer(self, node: s.Expression, what: str) -> int:
        """Returns a whole number that is known before the run."""
        value = self.number(node)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(f"{what} must be a whole number known before the run", node.at)
        return value

    def angle(self, node: s.Expression) -> Value:
        """Returns a gate's parameter."""
        value = self.number(node)
        if isinstance(value, bool):
            raise self.error("expected an angle, got a truth value", node.at)
        return value

    def qubits(self, node: s.Expression) -> Qubit | Qubits:
        """Returns a qubit, or several."""
        value = self.evaluate(node)
        if not isinstance(value, (Qubit, Qubits)):
            raise self.error("expected qubits", node.at)
        return value

    def bits(self, node: s.Expression) -> list[Clbit]:
        """Returns classical bits, as a list."""
        value = self.evaluate(node)
        if isinstance(value, Clbit):
            return [value]
        if not isinstance(value, (ClassicalRegister, Bits)):
            raise self.error("expected classical bits", node.at)
        return list(value)

    def concatenated(self, node: s.Expression) -> Any:
        """Returns what an alias stands for."""
        if not isinstance(node, s.Concatenation):
            value = self.evaluate(node)
            if isinstance(value, (Qubit, Qubits, Clbit, Bits, ClassicalRegister)):
                return value
            raise self.error("an alias stands for qubits or bits", node.at)
        parts = [self.concatenated(part) for part in node.parts]
        if all(isinstance(part, (Qubit, Qubits)) for part in parts):
            return Qubits(bit for part in parts for bit in ([part] if isinstance(part, Qubit) else part))
        if any(isinstance(part, (Qubit, Qubits)) for part in parts):
            raise self.error("'++' joins qubits with qubits, or bits with bits", node.at)
        return Bits(bit for part in parts for bit in ([part] if isinstance(part, Clbit) else part))

    def _indexed(self, node: s.Index) -> Any:
        base = self.evaluate(node.base)
        if not isinstance(base, (Qubits, Bits, ClassicalRegister)):
            raise self.error("only registers have an index", node.at)
        kind = Qubits if isinstance(base, Qubits) else Bits
        index = node.index
        match index:
            case s.Set():
                return kind(self._element(base, value, node) for value in index.values)
            case s.Range():
                return kind(base[i] for i in self._slice(index, len(base)))
        return self._element(base, index, node)

    def _element(self, base: Any, index: s.Expression, node: s.Index) -> Any:
        i = self.integer(index, "an index")
        if not -len(base) <= i < len(base):
            name = node.base.name if isinstance(node.base, s.Name) else "the register"
            range_ = f"0 to {len(base) - 1}" if len(base) else "none"
            raise self.error(f"index {i} is outside of {name} (it has {range_})", node.at)
        return base[i]

    def _slice(self, node: s.Range, size: int) -> range:
        step = 1 if node.step is None else self.integer(node.step, "a step")
        if step == 0:
            raise self.error("a range needs a step other than 0", node.at)
        first, last = (0, size - 1) if step > 0 else (size - 1, 0)
        start = first if node.start is None else self._end_of_slice(node.start, size)
        stop = last if node.stop is None else self._end_of_slice(node.stop, size)
        return range(start, stop + (1 if step > 0 else -1), step)

    def _end_of_slice(self, node: s.Expression, size: int) -> int:
        i = self.integer(node, "the end of a range")
        if not -size <= i < size:
            raise self.error(f"index {i} is outside of a register of {size}", node.at)
        return i + size if i < 0 else i
