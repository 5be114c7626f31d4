"""Conditions: on values known before the run they choose at once; on measured bits they become Qiskit's.

The two forms that every backend knows (a bit equals a truth value, a register equals a number) stay those; anything
else becomes one of Qiskit's classical expressions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qiskit.circuit import ClassicalRegister, Clbit
from qiskit.circuit.classical import expr, types

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.values import binary, unary

__all__ = ["condition"]

_COMPARE = {
    "==": expr.equal, "!=": expr.not_equal, "<": expr.less, ">": expr.greater, "<=": expr.less_equal,
    ">=": expr.greater_equal,
}  # fmt: skip
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LOGIC = {"&&": expr.logic_and, "||": expr.logic_or}
_BITWISE = {"&": expr.bit_and, "|": expr.bit_or, "^": expr.bit_xor}


def condition(node: s.Expression, evaluate: Callable[[s.Expression], Any]) -> Any:
    """Returns a bool when the condition is known now, else what Qiskit's control flow takes.

    Args:
        node: The condition.
        evaluate: Gives the value of a name or an index: a number, a `Clbit`, a `ClassicalRegister` or a list of bits.

    Raises:
        ValueError: It is no condition, or compares what cannot be compared.
    """
    found = _simple(node, evaluate)
    if found is None:
        found = _value(node, evaluate)
    if isinstance(found, Clbit):
        return (found, True)
    if isinstance(found, (ClassicalRegister, list)):
        return _as_bool(found)
    if isinstance(found, (bool, int)):
        return bool(found)
    if isinstance(found, (tuple, expr.Expr)):
        return found
    raise ValueError("a condition compares bits, such as (c[0] == 1) or (c == 3)")


def _simple(node: s.Expression, evaluate: Callable[[s.Expression], Any]) -> tuple[Any, Any] | None:
    """Returns ``(bit, bool)`` or ``(register, int)`` where the condition has that form."""
    if isinstance(node, s.Unary) and node.operator in ("!", "~"):
        bit = _value(node.operand, evaluate)
        return (bit, False) if isinstance(bit, Clbit) else None
    if not isinstance(node, s.Binary) or node.operator not in ("==", "!="):
        return None
    left, right = _value(node.left, evaluate), _value(node.right, evaluate)
    if isinstance(left, (bool, int)):
        left, right = right, left
    if not isinstance(right, (bool, int)):
        return None
    if isinstance(left, Clbit) and right in (0, 1):
        return (left, bool(right) == (node.operator == "=="))
    if isinstance(left, ClassicalRegister) and node.operator == "==" and not isinstance(right, bool):
        return (left, _fitting(right, left))
    return None


def _value(node: s.Expression, evaluate: Callable[[s.Expression], Any]) -> Any:
    if isinstance(node, s.Unary) and node.operator in ("!", "~"):
        operand = _value(node.operand, evaluate)
        if isinstance(operand, Clbit) or node.operator == "!":
            return unary("!", operand) if _known(operand) else expr.logic_not(_as_bool(operand))
        return unary("~", operand) if _known(operand) else expr.bit_not(operand)
    if isinstance(node, s.Binary):
        left, right = _value(node.left, evaluate), _value(node.right, evaluate)
        if _known(left) and _known(right):
            return binary(node.operator, left, right)
        return _measured(node.operator, left, right)
    return evaluate(node)


def _measured(operator: str, left: Any, right: Any) -> expr.Expr:
    if operator in _LOGIC:
        return _LOGIC[operator](_as_bool(left), _as_bool(right))
    if operator in _BITWISE:
        return _BITWISE[operator](*_alike(left, right))
    if operator not in _COMPARE:
        raise ValueError(f"{operator!r} on measured bits is not supported; compare them, or use && and ||")
    if _known(left):
        left, right, operator = right, left, _MIRRORED.get(operator, operator)
    if isinstance(left, list) and _known(right) and operator in ("==", "!="):
        equal = _bits_equal(left, right)
        return equal if operator == "==" else expr.logic_not(equal)
    return _COMPARE[operator](*_alike(left, right))


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Brings a number to the type of the bits that it meets."""
    if _known(left):
        return _as_type_of(right, left), right
    if _known(right):
        return left, _as_type_of(left, right)
    if isinstance(left, list) or isinstance(right, list):
        raise ValueError("a slice of bits can only be compared with a number")  # noqa: TRY004  the user's value
    return left, right


def _as_type_of(bits: Any, number: Any) -> Any:
    if isinstance(bits, Clbit) or (isinstance(bits, expr.Expr) and isinstance(bits.type, types.Bool)):
        if number not in (0, 1):
            raise ValueError(f"a bit is 0 or 1, not {number}")
        return bool(number)
    return _fitting(number, bits) if isinstance(bits, ClassicalRegister) else number


def _as_bool(value: Any) -> Any:
    """Returns bits as a truth value: any of them is set."""
    if isinstance(value, list):
        return expr.logic_not(_bits_equal(value, 0))
    if isinstance(value, ClassicalRegister):
        return expr.not_equal(value, 0)
    if _known(value):
        return expr.lift(bool(value))
    if isinstance(value, (Clbit, expr.Expr)):
        return value
    raise ValueError("expected measured bits or a truth value")


def _bits_equal(bits: list[Any], number: Any) -> expr.Expr:
    if not bits or not 0 <= int(number) < 2 ** len(bits):
        raise ValueError(f"{number} does not fit {len(bits)} bits")
    parts = [bit if (int(number) >> i) & 1 else expr.logic_not(bit) for i, bit in enumerate(bits)]
    result = expr.lift(parts[0])
    for part in parts[1:]:
        result = expr.logic_and(result, part)
    return result


def _fitting(number: Any, register: ClassicalRegister) -> int:
    if not isinstance(number, int) or not 0 <= number < 2**register.size:
        raise ValueError(f"{number} does not fit the {register.size} bits of {register.name!r}")
    return int(number)


def _known(value: Any) -> bool:
    return isinstance(value, (bool, int, float))
