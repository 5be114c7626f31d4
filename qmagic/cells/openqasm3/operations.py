"""Operations of OpenQASM 3 into a circuit: gates, measurements, resets, barriers, delays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, Clbit, Delay, Instruction, Measure, Qubit, Reset

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.gates import BUILT_IN, STANDARD, GateMaker, modified, phase_gate
from qmagic.cells.openqasm3.names import Names, Qubits
from qmagic.errors import nearest

__all__ = ["MOST_OPERATIONS", "Operations"]

#: The most operations of a circuit.
MOST_OPERATIONS = 1_000_000


class Operations(Names):
    """Emits operations into `circuit`.

    `blocks` counts the blocks around that depend on measurements; `in_gate` is True in the body of a gate.
    What raises `ValueError` is located by the statement that is executed.
    """

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.circuit = QuantumCircuit()
        self.gates: dict[str, GateMaker] = dict(BUILT_IN)
        #: Standard gates that nobody asked for: a program may define them again.
        self.lent: dict[str, GateMaker] = {}
        self.blocks = 0
        self.in_gate = False
        self.operations = 0

    def _emit(self, operation: Instruction, qubits: Sequence[Qubit], bits: Sequence[Clbit] = (), size: int = 1) -> None:
        self.operations = self._sized(self.operations + size)
        if self.blocks:
            self.circuit.append(operation, qubits, bits)
        else:
            # The quick way in: what `append` would check is known here.
            self.circuit._append(CircuitInstruction(operation, qubits, bits))

    def _sized(self, size: int) -> int:
        """Returns a number of operations, if a circuit may have that many."""
        if size > MOST_OPERATIONS:
            raise ValueError(f"the circuit has more than {MOST_OPERATIONS:,} operations")
        return size

    def _gate_call(self, node: s.GateCall) -> None:
        arguments = [self.angle(argument) for argument in node.arguments]
        if node.name == "gphase":
            size = 1
            if len(arguments) != 1:
                raise ValueError("gphase takes one angle")
            gate = phase_gate(arguments[0])
        else:
            maker = self._maker(node)
            size = maker.size
            if len(arguments) != maker.num_parameters:
                takes = _number(maker.num_parameters, "parameter")
                raise ValueError(f"the gate {node.name!r} takes {takes}, got {len(arguments)}")
            gate = maker.make(*arguments)
        for modifier in reversed(node.modifiers):
            argument = None if modifier.argument is None else self.number(modifier.argument)
            if modifier.name == "pow" and isinstance(argument, (int, float)):
                # Counted before it is made: powers of powers grow quickly.
                size = self._sized(size * max(1, math.ceil(abs(argument))))
            gate = modified(gate, modifier.name, argument)
        operands = [self.qubits(operand) for operand in node.operands]
        if len(operands) != gate.num_qubits:
            acts = _number(gate.num_qubits, "qubit")
            raise ValueError(f"the gate {node.name!r} acts here on {acts}, got {len(operands)}")
        if not operands:
            # A phase that depends on a measurement can never be seen.
            if not self.blocks:
                self.circuit.global_phase += gate.params[0]
            return
        for i, qubits in enumerate(_broadcast(operands)):
            if len(set(qubits)) < len(qubits):
                raise ValueError(f"the gate {node.name!r} is given the same qubit twice")
            self._emit(gate if i == 0 else gate.copy(), qubits, size=size)

    def _maker(self, node: s.GateCall) -> GateMaker:
        maker = self.gates.get(node.name) or self.lent.get(node.name)
        if maker is not None:
            return maker
        if node.name in STANDARD:
            raise ValueError(f'the gate {node.name!r} is not defined; add include "stdgates.inc"; after the version')
        hint = nearest(node.name, {**self.gates, **self.lent}) or "; define it with 'gate'"
        raise ValueError(f"the gate {node.name!r} is not defined{hint}")

    def _measure(self, measured: Qubit | Qubits, bits: Sequence[Clbit], at: int) -> None:
        qubits = [measured] if isinstance(measured, Qubit) else measured
        if len(qubits) != len(bits):
            raise self.error(f"{_number(len(qubits), 'qubit')} cannot be measured into {_number(len(bits), 'bit')}", at)
        for qubit, bit in zip(qubits, bits, strict=True):
            self._emit(Measure(), (qubit,), (bit,))

    def _reset(self, node: s.Reset) -> None:
        self._outside_of_gates("reset", node.at)
        for qubit in self._flat([node.operand]):
            self._emit(Reset(), (qubit,))

    def _barrier(self, node: s.Barrier) -> None:
        qubits = self._flat(node.operands)
        if qubits:
            self._emit(Barrier(len(qubits)), qubits)

    def _delay(self, node: s.Delay) -> None:
        self._outside_of_gates("delay", node.at)
        duration = self.evaluate(node.duration)
        if not isinstance(duration, s.Duration):
            raise self.error("expected a duration such as 100ns", node.at)
        length = int(duration.value) if duration.unit == "dt" and duration.value.is_integer() else duration.value
        for qubit in self._flat(node.operands):
            self._emit(Delay(length, duration.unit), (qubit,))

    def _flat(self, operands: Sequence[s.Expression]) -> list[Qubit]:
        """Returns the qubits of several operands, each once; no operands are all qubits."""
        if not operands:
            return list(self.circuit.qubits)
        found = [self.qubits(operand) for operand in operands]
        return list(dict.fromkeys(qubit for part in found for qubit in ([part] if isinstance(part, Qubit) else part)))

    def _outside_of_gates(self, what: str, at: int) -> None:
        if self.in_gate:
            raise self.error(f"a gate cannot {what}", at)


def _broadcast(operands: Sequence[Qubit | Qubits]) -> Iterator[Sequence[Qubit]]:
    """Yields the qubits of each gate: registers go in step, a single qubit stays."""
    sizes = {len(operand) for operand in operands if not isinstance(operand, Qubit)}
    if not sizes:
        yield operands
        return
    if len(sizes) > 1:
        raise ValueError(f"registers of unequal sizes: {', '.join(map(str, sorted(sizes)))}")
    size = sizes.pop()
    yield from zip(*([operand] * size if isinstance(operand, Qubit) else operand for operand in operands), strict=True)


def _number(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
