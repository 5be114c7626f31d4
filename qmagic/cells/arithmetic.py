"""Numbers as a person writes them: ``pi/4``, ``2*sqrt(2)``, ``-1e-3``.

The text is parsed by Python and walked: only arithmetic is known, so that nothing can be called or read.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

from qmagic.errors import InputError, nearest

__all__ = ["number"]

_CONSTANTS = {"pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau, "e": math.e, "euler": math.e}
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    name: getattr(math, name) for name in ("sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "exp", "log")
}
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: math.pow, ast.Mod: math.fmod,
}  # fmt: skip
_MOST_CHARACTERS = 500


def number(text: str, what: str) -> float:
    """Returns the value of an arithmetic expression.

    Args:
        text: Such as ``"3*pi/4"``. Names: pi, tau, e. Functions of one argument: sqrt, sin, cos, tan, asin, acos,
            atan, exp, log.
        what: What the number is for, named in an error.

    Raises:
        InputError: It is not arithmetic, or its value is not a finite real number.
    """
    text = text.strip()
    if not text or len(text) > _MOST_CHARACTERS:
        raise InputError(f"{what}: expected a number such as 0.3 or pi/4, got {text[:40]!r}")
    try:
        value = _value(ast.parse(text, mode="eval").body, what)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{what}: {text!r} has no value; expected a number such as 0.3 or pi/4") from None
    if not math.isfinite(value):
        raise InputError(f"{what}: {text!r} is not a finite number")
    return value


def _value(node: ast.expr, what: str) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(value)
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, what)
        case ast.UnaryOp(op=ast.UAdd()):
            return _value(node.operand, what)
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(node.left, what), _value(node.right, what))
        case ast.Name(id=name):
            if name in _CONSTANTS:
                return _CONSTANTS[name]
            raise InputError(f"{what}: {name!r} is not a number{nearest(name, _CONSTANTS)}")
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_value(argument, what))
    raise ValueError("not arithmetic")
