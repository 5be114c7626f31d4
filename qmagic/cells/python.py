"""What a Python value means: the circuits or PUBs that a body, a variable or an argument stands for.

Accepted: a circuit (Qiskit's, Cirq's, Braket's), a list (tuple, iterator, array) of circuits, a PUB (Qiskit's tuples
and objects), a list of PUBs, OpenQASM text. No library is imported to find out: who has its circuit has it loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from qmagic.cells.foreign import is_foreign
from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["entries", "evaluate", "is_circuit", "is_pub"]

_EXPECTED = "expected a circuit, a list of circuits or PUBs"


def evaluate(expression: str, namespace: Mapping[str, Any], execute: Callable[[str], Any] | None) -> Any:
    """Returns the value of a variable or an expression.

    Raises:
        NotFoundError: There is no such variable; names the nearest one that holds a circuit.
        InputError: The expression fails.
    """
    expression = expression.strip()
    if expression.isidentifier():
        if expression in namespace:
            return namespace[expression]
        circuits = [name for name, value in namespace.items() if not name.startswith("_") and is_circuit(value)]
        raise NotFoundError(f"there is no variable {expression!r}{nearest(expression, circuits or namespace)}")
    if execute is not None:
        return execute(expression)
    try:
        return eval(expression, dict(namespace))
    except Exception as error:
        raise InputError(f"{expression!r} cannot be evaluated: {type(error).__name__}: {error}") from None


def is_circuit(value: Any) -> bool:
    """Returns whether a value is a circuit: of Qiskit, or one that `foreign.converted` makes Qiskit's."""
    qiskit = sys.modules.get("qiskit")
    return (qiskit is not None and isinstance(value, qiskit.QuantumCircuit)) or is_foreign(value)


def is_pub(value: Any) -> bool:
    """Returns whether a value is a PUB as Qiskit has them: an object, or a tuple that starts with its only circuit."""
    if isinstance(value, tuple):
        return bool(value) and is_circuit(value[0]) and not any(is_circuit(item) for item in value[1:])
    containers = sys.modules.get("qiskit.primitives.containers")
    return containers is not None and isinstance(value, (containers.SamplerPub, containers.EstimatorPub))


def entries(value: Any, what: str) -> list[Any]:
    """Returns what a value holds: circuits, PUBs and texts, in order.

    Args:
        value: The value.
        what: Where it comes from, as the first words of an error: ``"the cell"``.

    Raises:
        InputError: The value holds no circuit, or something that is none.
    """
    if is_circuit(value) or isinstance(value, str) or (is_pub(value) and len(_as_tuple(value)) != 1):
        return [value]
    if not isinstance(value, (list, tuple, Iterator)) and not _is_object_array(value):
        found = "has no value (its last line is not an expression)" if value is None else f"gives {_kind(value)}"
        raise InputError(f"{what} {found}; {_EXPECTED}")
    items = list(value)
    if not items:
        raise InputError(f"{what} gives an empty list; {_EXPECTED}")
    for i, item in enumerate(items):
        if not (is_circuit(item) or is_pub(item) or isinstance(item, str)):
            raise InputError(f"{what} gives a list whose item {i} is {_kind(item)}; {_EXPECTED}")
    return items


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value, None)


def _is_object_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray) and value.dtype == object and value.ndim == 1


def _kind(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
