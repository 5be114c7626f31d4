"""The parts of an OpenQASM 3 program, as the parser sees them. `at` is the offset in the text, for errors."""

from __future__ import annotations

from dataclasses import dataclass as node
from typing import TypeAlias

__all__ = [
    "Alias", "Assignment", "Barrier", "Binary", "Bits", "Block", "Call", "Concatenation", "Delay", "Duration", "End",
    "Expression", "For", "GateCall", "GateDefinition", "If", "Include", "Index", "Input", "Jump", "Literal", "Measure",
    "Modifier", "Name", "Qubits", "Range", "Reset", "Set", "Statement", "Unary", "Variable", "While",
]  # fmt: skip


@node(slots=True)
class Literal:
    """A number or a truth value."""

    value: int | float | bool
    at: int


@node(slots=True)
class Duration:
    """A length of time, such as ``100ns``."""

    value: float
    unit: str
    at: int


@node(slots=True)
class Name:
    """A name, or a physical qubit such as ``$3``."""

    name: str
    at: int


@node(slots=True)
class Unary:
    """``-x``, ``!x`` or ``~x``."""

    operator: str
    operand: Expression
    at: int


@node(slots=True)
class Binary:
    """Two operands and a sign."""

    operator: str
    left: Expression
    right: Expression
    at: int


@node(slots=True)
class Call:
    """A function or a cast, such as ``sin(x)`` or ``float(n)``."""

    name: str
    arguments: list[Expression]
    at: int


@node(slots=True)
class Range:
    """``start:stop`` or ``start:step:stop``, both ends included; what is left out is None."""

    start: Expression | None
    step: Expression | None
    stop: Expression | None
    at: int


@node(slots=True)
class Set:
    """``{0, 2, 5}``."""

    values: list[Expression]
    at: int


@node(slots=True)
class Index:
    """``q[i]``, ``q[0:2]`` or ``q[{0, 2}]``."""

    base: Expression
    index: Expression
    at: int


@node(slots=True)
class Concatenation:
    """``a ++ b``."""

    parts: list[Expression]
    at: int


@node(slots=True)
class Measure:
    """``measure q``, where a value stands."""

    source: Expression
    at: int


Expression: TypeAlias = (
    Literal | Duration | Name | Unary | Binary | Call | Range | Set | Index | Concatenation | Measure
)


@node(slots=True)
class Include:
    """``include "stdgates.inc";``."""

    file: str
    at: int


@node(slots=True)
class Qubits:
    """``qubit[n] q;``; `size` None is one qubit."""

    name: str
    size: Expression | None
    at: int


@node(slots=True)
class Bits:
    """``bit[n] c;``, maybe with a value."""

    name: str
    size: Expression | None
    value: Expression | None
    at: int


@node(slots=True)
class Variable:
    """``const int n = 3;`` or, not constant, ``int n = 3;``."""

    type: str
    name: str
    value: Expression | None
    constant: bool
    at: int


@node(slots=True)
class Input:
    """``input float theta;``."""

    type: str
    name: str
    at: int


@node(slots=True)
class Alias:
    """``let a = q[0:1];``."""

    name: str
    value: Expression
    at: int


@node(slots=True)
class Modifier:
    """``ctrl(2) @``, ``negctrl @``, ``inv @`` or ``pow(k) @``."""

    name: str
    argument: Expression | None
    at: int


@node(slots=True)
class GateCall:
    """``ctrl @ rx(pi/2) q[0], q[1];``; the name ``gphase`` is a global phase."""

    name: str
    arguments: list[Expression]
    operands: list[Expression]
    modifiers: list[Modifier]
    at: int


@node(slots=True)
class GateDefinition:
    """``gate g(a, b) x, y { ... }``."""

    name: str
    parameters: list[str]
    qubits: list[str]
    body: list[Statement]
    at: int


@node(slots=True)
class Assignment:
    """``c = measure q;``, ``measure q -> c;``, ``n += 1;``; `target` None is a measurement without one."""

    target: Expression | None
    operator: str
    value: Expression
    at: int


@node(slots=True)
class Reset:
    """``reset q;``."""

    operand: Expression
    at: int


@node(slots=True)
class Barrier:
    """``barrier q, r;``; no operands are all qubits."""

    operands: list[Expression]
    at: int


@node(slots=True)
class Delay:
    """``delay[100ns] q;``."""

    duration: Expression
    operands: list[Expression]
    at: int


@node(slots=True)
class If:
    """``if (condition) ... else ...``."""

    condition: Expression
    then: list[Statement]
    otherwise: list[Statement]
    at: int


@node(slots=True)
class For:
    """``for int i in [0:3] ...``."""

    name: str
    values: Expression
    body: list[Statement]
    at: int


@node(slots=True)
class While:
    """``while (condition) ...``."""

    condition: Expression
    body: list[Statement]
    at: int


@node(slots=True)
class Block:
    """``{ ... }`` or ``box { ... }``: a scope of its own."""

    body: list[Statement]
    at: int


@node(slots=True)
class Jump:
    """``break;`` or ``continue;``."""

    name: str
    at: int


@node(slots=True)
class End:
    """``end;``."""

    at: int


Statement: TypeAlias = (
    Include | Qubits | Bits | Variable | Input | Alias | GateCall | GateDefinition | Assignment | Reset | Barrier
    | Delay | If | For | While | Block | Jump | End
)  # fmt: skip
