"""Values that are known before the run: the arithmetic of OpenQASM 3 on constants, loop variables and inputs.

A value is a Python number or truth value, a duration, or, where an input takes part, a Qiskit parameter expression.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

__all__ = ["CONSTANTS", "Value", "binary", "call", "cast", "unary"]

#: int, float or bool, or a Qiskit ``ParameterExpression``.
Value: TypeAlias = Any

CONSTANTS = {
    "pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "euler": math.e, "ℇ": math.e,
}  # fmt: skip

_LARGEST = 2**128
_NUMBERS = (int, float)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_BITWISE: dict[str, Callable[[int, int], int]] = {"&": operator.and_, "|": operator.or_, "^": operator.xor}
# Names of OpenQASM: the function on numbers, and the method of a parameter expression.
_FUNCTIONS: dict[str, tuple[Callable[[float], float], str]] = {
    "sin": (math.sin, "sin"), "cos": (math.cos, "cos"), "tan": (math.tan, "tan"), "exp": (math.exp, "exp"),
    "log": (math.log, "log"), "ln": (math.log, "log"), "arcsin": (math.asin, "arcsin"),
    "arccos": (math.acos, "arccos"), "arctan": (math.atan, "arctan"), "sqrt": (math.sqrt, ""),
    "floor": (math.floor, ""), "ceiling": (math.ceil, ""),
}  # fmt: skip


def unary(sign: str, value: Value) -> Value:
    """Returns ``-value``, ``!value`` or ``~value``.

    Raises:
        ValueError: The sign does not apply.
    """
    if sign == "-" and not isinstance(value, bool):
        return -value
    if sign == "!":
        return not _truth(value)
    raise ValueError(f"{sign!r} does not apply to {_kind(value)}")


def binary(sign: str, left: Value, right: Value) -> Value:
    """Returns the value of two operands and a sign.

    Integers divide as integers, as the language says: 3/2 is 1. A negative quotient with a remainder is refused,
    because readers of OpenQASM round it differently.

    Raises:
        ValueError: The sign does not apply, or the value does not exist or is too large.
    """
    if sign in ("&&", "||"):
        return _truth(left) and _truth(right) if sign == "&&" else _truth(left) or _truth(right)
    if isinstance(left, bool) or isinstance(right, bool):
        if sign in ("==", "!="):
            return _COMPARISONS[sign](left, right)
        if sign in _BITWISE and isinstance(left, bool) and isinstance(right, bool):
            return bool(_BITWISE[sign](left, right))
        raise ValueError(f"{sign!r} does not apply to a truth value")
    if not (isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)):
        return _symbolic(sign, left, right)
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](left, right)
    try:
        value = _arithmetic(sign, left, right)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("the number is too large") from None
    return _bounded(value)


def call(name: str, arguments: list[Value]) -> Value:
    """Returns the value of a function or a cast.

    Raises:
        ValueError: There is no such function, it takes another number of arguments, or it has no value there.
    """
    if name in ("int", "uint", "float", "angle", "bool"):
        if len(arguments) != 1:
            raise ValueError(f"{name}() takes one value")
        return cast(name, arguments[0], explicit=True)
    if name in ("pow", "mod"):
        if len(arguments) != 2:
            raise ValueError(f"{name}() takes two values")
        return binary("**" if name == "pow" else "%", *arguments)
    if name not in _FUNCTIONS:
        raise ValueError(f"there is no function {name!r}; known are {', '.join(sorted(_FUNCTIONS))}, mod and pow")
    if len(arguments) != 1:
        raise ValueError(f"{name}() takes one value")
    value = arguments[0]
    function, method = _FUNCTIONS[name]
    if value is True or value is False:
        raise ValueError(f"{name}() takes a number, not a truth value")
    if not isinstance(value, _NUMBERS):
        if name == "sqrt":
            return value**0.5
        if not method:
            raise ValueError(f"{name}() of an input is not supported")
        return getattr(value, method)()
    try:
        return _bounded(function(value))
    except (ValueError, OverflowError):
        raise ValueError(f"{name}({value:g}) has no value") from None


def cast(type_: str, value: Value, *, explicit: bool = False) -> Value:
    """Returns a value as a type; without `explicit`, as in a declaration, a fraction does not become an integer.

    Raises:
        ValueError: The value does not fit the type.
    """
    if type_ == "bool":
        return _truth(value)
    if type_ in ("float", "angle"):
        return float(value) if isinstance(value, _NUMBERS) else value
    if not isinstance(value, _NUMBERS):
        raise ValueError(f"{type_} takes a number known before the run")  # noqa: TRY004  the user's value
    if isinstance(value, float):
        if not explicit and not value.is_integer():
            raise ValueError(f"{value:g} is not a whole number; write {type_}({value:g}) to cut it off")
        value = math.trunc(value)
    if type_ == "uint" and value < 0:
        raise ValueError(f"uint cannot hold {value}")
    return int(value)


def _arithmetic(sign: str, left: float, right: float) -> float:
    whole = isinstance(left, int) and isinstance(right, int)
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if not whole:
                return left / right
            if left % right and (left < 0) != (right < 0):
                raise ValueError(f"{left}/{right} leaves a remainder; write {left}.0/{right} for a fraction")
            return left // right
        case "%":
            return int(math.copysign(abs(left) % abs(right), left)) if whole else math.fmod(left, right)
        case "**":
            return _power(left, right)
    if not whole:
        raise ValueError(f"{sign!r} takes whole numbers")
    if sign in _BITWISE:
        return _BITWISE[sign](int(left), int(right))
    if sign in ("<<", ">>") and 0 <= right <= 128:
        return int(left) << int(right) if sign == "<<" else int(left) >> int(right)
    raise ValueError(f"{sign!r} is not supported here")


def _power(base: float, exponent: float) -> float:
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if abs(base) > 1 and exponent > 128:
            raise OverflowError
        return int(base**exponent)
    if base < 0 and not float(exponent).is_integer():
        raise ValueError(f"{base:g}**{exponent:g} is not a real number")
    return math.pow(base, exponent)


def _symbolic(sign: str, left: Value, right: Value) -> Value:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "**":
            return left**right
    raise ValueError(f"{sign!r} does not apply to an input, whose value is known only when it is bound")


def _bounded(value: Value) -> Value:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("the value is not a finite number")
    elif not -_LARGEST < value < _LARGEST:
        raise ValueError("the number is too large")
    return value


def _truth(value: Value) -> bool:
    if isinstance(value, (bool, int)):
        return bool(value)
    raise ValueError(f"expected a truth value, got {_kind(value)}")


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "a truth value"
    return f"the number {value:g}" if isinstance(value, _NUMBERS) else "an input"
