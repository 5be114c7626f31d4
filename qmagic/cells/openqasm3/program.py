"""Runs an OpenQASM 3 program: its statements are executed one by one and emit operations into a circuit.

Loops over known values and conditions on known values are executed as they come, so that they unroll. Conditions on measured
bits become Qiskit's control flow, with the statements inside executed once, into its blocks.

Every size is bounded, so that no text can hang or exhaust a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, ClassicalRegister, Clbit, Gate, Parameter, QuantumRegister, Qubit
from qiskit.circuit.library import Measure
from qiskit.circuit.library import Reset as ResetInstruction
from qiskit.exceptions import QiskitError

from qmagic.cells.openqasm3 import syntax as s
from qmagic.cells.openqasm3.conditions import condition
from qmagic.cells.openqasm3.gates import BUILT_IN, STANDARD, GateMaker, modified, own_name, phase_gate
from qmagic.cells.openqasm3.parser import Parser
from qmagic.cells.openqasm3.tokens import located
from qmagic.cells.openqasm3.values import CONSTANTS, Value, binary, call, cast, unary
from qmagic.errors import SourceError, nearest

__all__ = ["load"]

#: The most qubits, and the most classical bits, of a program.
MOST_BITS = 100_000
#: The most statements that loops may execute, and the most operations of the circuit.
MOST_STEPS = 100_000
MOST_OPERATIONS = 1_000_000
