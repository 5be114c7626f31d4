"""What an OpenQASM 3 program declares: qubits, bits, variables, inputs, aliases; and the gates it includes."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import ClassicalRegister, Parameter, QuantumRegister, Qubit

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.gates import STANDARD
from qmagic.cells.openqasm3.names import Qubits, Variable
from qmagic.cells.openqasm3.operations import Operations
from qmagic.cells.openqasm3.values import cast
from qmagic.errors import SourceError

__all__ = ["MOST_BITS", "Memory"]

#: The most qubits, and the most classical bits, of a program.
MOST_BITS = 100_000


class Memory(Operations):
    """Declares what has a name. `inputs` are the program's parameters, in order."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.inputs: list[Parameter] = []

    def add_physical(self, number: int) -> None:
        """Adds the physical qubits ``$0`` to ``$number - 1``."""
        if number > MOST_BITS:
            raise SourceError(f"the program has more than {MOST_BITS:,} qubits")
        self.physical = [Qubit() for _ in range(number)]
        self.circuit.add_bits(self.physical)

    def refer_to_inputs(self) -> None:
        """Keeps inputs that no gate uses among the circuit's parameters, so that they can be given."""
        if self.inputs:
            used = set(self.circuit.parameters)
            for parameter in self.inputs:
                if parameter not in used:
                    self.circuit.global_phase += parameter - parameter

    def _include(self, node: s.Include) -> None:
        if node.file != "stdgates.inc":
            hint = "; OpenQASM 3 has stdgates.inc" if node.file == "qelib1.inc" else ""
            raise self.error(f'include "{node.file}": no such file{hint}', node.at)
        for name, maker in STANDARD.items():
            if self.gates.setdefault(name, maker) is not maker:
                raise self.error(f"the gate {name!r} is already defined; put the include first", node.at)

    def _qubits(self, node: s.Qubits) -> None:
        if self.physical:
            raise self.error("physical qubits ($0) and declared ones do not mix", node.at)
        register = QuantumRegister(self._size(node.size, self.circuit.num_qubits, node.at), node.name)
        self.declare(node.name, register[0] if node.size is None else Qubits(register), node.at)
        self.circuit.add_register(register)

    def _bits(self, node: s.Bits) -> None:
        # A single bit is a register of one too: results are told apart by register.
        register = ClassicalRegister(self._size(node.size, self.circuit.num_clbits, node.at), node.name)
        self.declare(node.name, register[0] if node.size is None else register, node.at)
        self.circuit.add_register(register)
        if isinstance(node.value, s.Measure):
            self._measure(self.qubits(node.value.source), list(register), node.at)
        elif node.value is not None and self.number(node.value) != 0:
            raise self.error("bits start as 0; another value comes from x and a measurement", node.at)

    def _size(self, node: s.Expression | None, present: int, at: int) -> int:
        if len(self.scopes) > 1:
            raise self.error("qubits and bits are declared outside of loops, conditions and gates", at)
        size = 1 if node is None else self.integer(node, "a size")
        if not 0 <= size <= MOST_BITS - present:
            raise self.error(f"a size is 0 to {MOST_BITS:,} in all, got {size:,}", at)
        return size

    def _variable(self, node: s.Variable) -> None:
        value: Any
        if node.type == "duration":
            value = None if node.value is None else self.evaluate(node.value)
            if not isinstance(value, s.Duration):
                raise self.error("expected a duration such as 100ns", node.at)
        else:
            value = cast(node.type, 0 if node.value is None else self.number(node.value))
        self.declare(node.name, value if node.constant else Variable(node.type, value, self.blocks), node.at)

    def _input(self, node: s.Input) -> None:
        if len(self.scopes) > 1:
            raise self.error("inputs are declared outside of loops, conditions and gates", node.at)
        parameter = Parameter(node.name)
        self.declare(node.name, parameter, node.at)
        self.inputs.append(parameter)

    def _alias(self, node: s.Alias) -> None:
        self.declare(node.name, self.concatenated(node.value), node.at)
