"""Classical expressions of a circuit, compiled to functions of one integer: its *memory*.

The lowest bits of a memory are the circuit's classical bits, bit 0 first; above them lie its variables. One integer
is quickly copied, compared and used as a key, whatever the width of the registers. Unsigned integers wrap around, as
in OpenQASM 3. What cannot be computed exactly so (floats, durations) raises `NotExactError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["NotExactError", "Scope", "Setter", "Value"]

#: What an expression is in a memory.
Value = Callable[[int], int]
#: What a memory becomes when a value is stored: ``(memory, value) -> memory``.
Setter = Callable[[int, int], int]


class NotExactError(Exception):
    """The expression holds something that is not computed here; the text says what, as a clause."""


class Scope:
    """Where bits and variables lie in the memory.

    Args:
        bits: The place of each classical bit.
        variables: The place of each variable; shared by all scopes of a circuit.
        top: How many places are taken, in a list of one number; shared as well.

    Attributes:
        bits: As given.
        used: The places of all bits that conditions and expressions of this scope have named so far.
    """

    def __init__(self, bits: Mapping[Any, int], variables: dict[Any, tuple[int, int]], top: list[int]) -> None:
        self.bits = bits
        self.used: set[int] = set()
        self._variables = variables
        self._top = top

    def inner(self, bits: Mapping[Any, int]) -> Scope:
        """Returns the scope of a block with other bits and the same variables."""
        return Scope(bits, self._variables, self._top)

    def declare(self, variable: Any) -> tuple[int, int]:
        """Returns first place and width of a new variable."""
        at, width = self._top[0], _width(variable.type)
        self._top[0] += width
        self._variables[variable] = (at, width)
        return at, width

    def condition(self, condition: Any) -> Value:
        """Returns a condition: an expression, or ``(bit or register, value)``."""
        if not isinstance(condition, tuple):
            return self.value(condition)
        target, wanted = condition
        read, wanted = self._places(self._of(target)), int(wanted)
        return lambda memory: int(read(memory) == wanted)

    def target(self, target: Any) -> Value:
        """Returns what a switch looks at: a bit, a register or an expression."""
        places = self._of(target)
        return self.value(target) if places is None else self._places(places)

    def value(self, node: Any) -> Value:
        """Returns an expression."""
        kind = type(node).__name__
        if kind == "Value":
            _width(node.type)
            constant = int(node.value)
            return lambda memory: constant
        if kind == "Var":
            return self._places(self._var(node))
        if kind == "Cast":
            return _cast(self.value(node.operand), node.type)
        if kind == "Index":
            whole, index = self.value(node.target), self.value(node.index)
            return lambda memory: whole(memory) >> index(memory) & 1
        if kind == "Unary":
            return _unary(node.op.name, self.value(node.operand), _width(node.type))
        if kind == "Binary":
            return _binary(node.op.name, self.value(node.left), self.value(node.right), _width(node.type))
        raise NotExactError(f"computes with a {kind.lower()} expression")

    def setter(self, node: Any) -> Setter:
        """Returns the function that stores into a variable, a register, a bit, or one bit of them."""
        if type(node).__name__ == "Index":
            if type(node.target).__name__ != "Var" or type(node.index).__name__ != "Value":
                raise NotExactError("stores at a place that is computed")
            places = [self._var(node.target)[int(node.index.value)]]
        else:
            places = list(self._var(node))
        return lambda memory, value: _stored(memory, value, places)

    def _var(self, node: Any) -> Sequence[int]:
        if node.standalone:
            at, width = self._variables[node]
            return range(at, at + width)
        places = self._of(node.var)
        assert places is not None
        return places

    def _of(self, target: Any) -> Sequence[int] | None:
        """Returns the places of a bit or a register, None for an expression."""
        from qiskit.circuit import Clbit

        if isinstance(target, Clbit):
            places = [self.bits[target]]
        elif hasattr(target, "size") and hasattr(target, "name"):
            places = [self.bits[bit] for bit in target]
        else:
            return None
        self.used.update(places)
        return places

    @staticmethod
    def _places(places: Sequence[int] | None) -> Value:
        assert places is not None
        if not len(places):
            return lambda memory: 0
        first, width = places[0], len(places)
        if list(places) == list(range(first, first + width)):
            mask = (1 << width) - 1
            return lambda memory: memory >> first & mask
        return lambda memory: sum((memory >> place & 1) << i for i, place in enumerate(places))


def _stored(memory: int, value: int, places: Sequence[int]) -> int:
    for i, place in enumerate(places):
        memory = memory & ~(1 << place) | (value >> i & 1) << place
    return memory


def _width(kind: Any) -> int:
    name = type(kind).__name__
    if name == "Bool":
        return 1
    if name == "Uint":
        return int(kind.width)
    raise NotExactError(f"computes with a {name.lower()}")


def _cast(operand: Value, kind: Any) -> Value:
    if type(kind).__name__ == "Bool":
        return lambda memory: int(operand(memory) != 0)
    mask = (1 << _width(kind)) - 1
    return lambda memory: operand(memory) & mask


def _unary(name: str, operand: Value, width: int) -> Value:
    mask = (1 << width) - 1
    if name == "BIT_NOT":
        return lambda memory: operand(memory) ^ mask
    if name == "LOGIC_NOT":
        return lambda memory: int(not operand(memory))
    raise NotExactError(f"computes with the operator {name.lower()}")


#: Operators whose result is masked to its type, and comparisons.
_OPERATORS: Mapping[str, Callable[[int, int], int]] = {
    "BIT_AND": lambda a, b: a & b,
    "BIT_OR": lambda a, b: a | b,
    "BIT_XOR": lambda a, b: a ^ b,
    "LOGIC_AND": lambda a, b: int(bool(a) and bool(b)),
    "LOGIC_OR": lambda a, b: int(bool(a) or bool(b)),
    "EQUAL": lambda a, b: int(a == b),
    "NOT_EQUAL": lambda a, b: int(a != b),
    "LESS": lambda a, b: int(a < b),
    "LESS_EQUAL": lambda a, b: int(a <= b),
    "GREATER": lambda a, b: int(a > b),
    "GREATER_EQUAL": lambda a, b: int(a >= b),
    "SHIFT_LEFT": lambda a, b: a << min(b, 4096),
    "SHIFT_RIGHT": lambda a, b: a >> b,
    "ADD": lambda a, b: a + b,
    "SUB": lambda a, b: a - b,
    "MUL": lambda a, b: a * b,
}


def _binary(name: str, left: Value, right: Value, width: int) -> Value:
    operator = _OPERATORS.get(name)
    if operator is None:
        raise NotExactError(f"computes with the operator {name.lower()}")
    mask = (1 << width) - 1
    return lambda memory: operator(left(memory), right(memory)) & mask
