"""Reads a circuit into a `flow.Flow`.

Composite instructions are opened, ``for`` loops are unrolled, ``while`` loops jump back, boxes vanish. Bits and
variables become places in the classical memory (see `classical`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.classical import NotExactError, Scope
from qmagic.backends.flow import Flow, Gates, Measure, Reset, Store
from qmagic.backends.layout import Block, Control, laid_out
from qmagic.backends.program import AER_ONLY, IDLE, LEAVES_LOOP, Step, definition_of, keeps_matrix
from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["read"]

#: The most instructions that unrolled loops may come to.
_LONGEST = 200_000


def read(circuit: QuantumCircuit, active: Iterable[int], *, idle: frozenset[str] = IDLE) -> Flow:
    """Returns what `circuit` does. Its parameters need not be bound.

    Args:
        circuit: The circuit.
        active: The qubits that count; resets of others are dropped.
        idle: Names of instructions to leave out.

    Raises:
        InputError: An instruction has neither a definition nor a matrix.
    """
    walk = _Walk(frozenset(active), idle)
    number = circuit.num_clbits
    scope = Scope({bit: i for i, bit in enumerate(circuit.clbits)}, {}, [number])
    try:
        parts = walk.block(circuit, range(circuit.num_qubits), scope)
        kept, final = _deferred(parts, range(number))
        code = laid_out(kept)
    except NotExactError as reason:
        return Flow([], (), number, f"it {reason}")
    return Flow(code, final, number)


class _Walk:
    """Reads a circuit and its blocks into parts: instructions, and `Control` for what is nested."""

    def __init__(self, active: frozenset[int], idle: frozenset[str]) -> None:
        self._active = active
        self._idle = idle
        self._room = _LONGEST

    def block(self, circuit: QuantumCircuit, qubits: Sequence[int], scope: Scope) -> list[Any]:
        if circuit.num_input_vars or circuit.num_stretches:
            raise NotExactError("computes with input variables or stretches")
        for variable in circuit.iter_declared_vars():
            scope.declare(variable)
        parts: list[Any] = []
        self._into(parts, circuit, qubits, scope)
        return parts

    def _into(self, parts: list[Any], circuit: QuantumCircuit, qubits: Sequence[int], scope: Scope) -> None:
        index = dict(zip(circuit.qubits, qubits, strict=True))
        for instruction in circuit.data:
            name = instruction.name
            if name in self._idle:
                continue
            self._take(1)
            acted = tuple([index[qubit] for qubit in instruction.qubits])
            if instruction.is_standard_gate():
                _add(parts, (instruction, acted))
            elif name == "measure":
                parts.append(Measure(acted[0], scope.bits[instruction.clbits[0]]))
            elif name == "reset":
                if acted[0] in self._active:
                    parts.append(Reset(acted[0]))
            elif instruction.is_control_flow() or name in LEAVES_LOOP:
                self._control(parts, instruction, acted, scope)
            elif name == "store":
                operation = instruction.operation
                parts.append(Store(scope.setter(operation.lvalue), scope.value(operation.rvalue)))
            elif keeps_matrix(operation := instruction.operation):
                _add(parts, (instruction, acted))
            elif (definition := definition_of(operation)) is not None:
                bits = [scope.bits[bit] for bit in instruction.clbits]
                inner = scope.inner(dict(zip(definition.clbits, bits, strict=True)))
                self._into(parts, definition, acted, inner)
            elif name in AER_ONLY:
                raise NotExactError(f"holds {name!r}, which only Aer runs")
            else:
                raise InputError(f"gate {name!r} has neither a definition nor a matrix; define it, or use another gate")

    def _take(self, number: int) -> None:
        """Counts instructions; too many are refused."""
        self._room -= number
        if self._room < 0:
            raise NotExactError(f"comes to more than {_LONGEST:,} instructions when its loops are unrolled")

    def _control(self, parts: list[Any], instruction: Any, acted: tuple[int, ...], scope: Scope) -> None:
        operation, kind = instruction.operation, instruction.name
        bits = tuple([scope.bits[bit] for bit in instruction.clbits])

        def body(block: QuantumCircuit) -> list[Any]:
            return self.block(block, acted, scope.inner(dict(zip(block.clbits, bits, strict=True))))

        if kind == "if_else":
            value = scope.condition(operation.condition)
            true, *false = operation.blocks
            blocks: list[Block] = [((1,), body(true)), *[(None, body(block)) for block in false]]
            kind = "if"
        elif kind == "switch_case":
            value = scope.target(operation.target)
            blocks = [_case(labels, body(block)) for labels, block in operation.cases_specifier()]
            kind = "if"
        elif kind == "while_loop":
            value = scope.condition(operation.condition)
            blocks = [(None, body(operation.blocks[0]))]
            kind = "while"
        elif kind == "for_loop":
            values, parameter, block = operation.params
            if parameter is not None and parameter not in block.parameters:
                if not _is_parameter(parameter):
                    raise NotExactError("loops over a classical variable")
                parameter = None
            self._take(len(values))  # before the work, not after
            rounds = [body(block.assign_parameters({parameter: value}) if parameter else block) for value in values]
            value, blocks, kind = _zero, [(None, one) for one in rounds], "for"
        elif kind == "box":
            parts.extend(body(operation.blocks[0]))
            return
        elif kind in LEAVES_LOOP:
            value, blocks = _zero, []
        else:
            raise NotExactError(f"holds {kind!r}")
        # A condition may look at bits that its blocks do not have.
        parts.append(Control(kind, value, blocks, frozenset(acted), scope.used.union(bits)))


def _is_parameter(loop: Any) -> bool:
    from qiskit.circuit import Parameter

    return isinstance(loop, Parameter)


def _zero(memory: int) -> int:
    del memory
    return 0


def _case(labels: Iterable[Any], block: list[Any]) -> Block:
    from qiskit.circuit import CASE_DEFAULT

    labels = tuple(labels)
    return (None if CASE_DEFAULT in labels else tuple([int(getattr(one, "value", one)) for one in labels])), block


def _add(parts: list[Any], step: Step) -> None:
    if parts and isinstance(parts[-1], Gates):
        parts[-1].steps.append(step)
    else:
        parts.append(Gates([step]))


def _deferred(parts: list[Any], every_bit: Iterable[int]) -> tuple[list[Any], tuple[tuple[int, int], ...]]:
    """Returns the parts without the measurements that can wait for the end, and those."""
    kept: list[Any] = []
    final: dict[int, int] = {}
    busy: set[int] = set()
    bound: set[int] = set()
    for part in reversed(parts):
        if isinstance(part, Measure):
            if part.qubit not in busy and part.bit not in bound:
                final.setdefault(part.bit, part.qubit)
                continue
            busy.add(part.qubit)
            bound.add(part.bit)
        elif isinstance(part, Reset) and part.qubit not in busy and part.qubit not in final.values():
            continue  # nobody will ever see it
        elif isinstance(part, Gates):
            for _, qubits in part.steps:
                busy.update(qubits)
        elif isinstance(part, Reset):
            busy.add(part.qubit)
        elif isinstance(part, Store):
            bound.update(every_bit)
        else:
            busy |= part.qubits
            bound |= part.bits
        if kept and isinstance(part, Gates) and isinstance(kept[-1], Gates):
            kept[-1] = Gates(part.steps + kept[-1].steps)
        else:
            kept.append(part)
    return kept[::-1], tuple(sorted(final.items()))
