"""Random circuits of many kinds, each a function of its seed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.circuit.classical import expr, types
from qiskit.circuit.library import CXGate, HGate, RYGate, UGate, UnitaryGate, get_standard_gate_name_mapping
from qiskit.quantum_info import random_unitary

STANDARD = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay", "global_phase")
}
CLIFFORD = ("x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap", "dcx", "ecr", "id")
#: Gates that keep few amplitudes.
SPARSE = ("x", "cx", "ccx", "swap", "cswap", "z", "t", "s", "rz", "cz", "cp", "p", "rzz", "ccz", "y", "rccx", "iswap")


@dataclasses.dataclass(frozen=True)
class Kind:
    """What may be in a circuit.

    Attributes:
        gates: Names of its gates; None for all standard ones, controlled ones, matrices and composites.
        splits: The most measurements and resets on the way.
        control: Whether there are blocks.
        mixing: How often a gate that makes superpositions is put in, where `gates` has none.
    """

    gates: tuple[str, ...] | None = None
    splits: int = 0
    control: bool = False
    mixing: float = 0.0


KINDS = {
    "unitary": Kind(),
    "dynamic": Kind(splits=4),
    "control": Kind(splits=4, control=True),
    "clifford": Kind(CLIFFORD),
    "clifford dynamic": Kind(CLIFFORD, splits=5),
    "clifford control": Kind(CLIFFORD, splits=5, control=True),
    "sparse": Kind(SPARSE, mixing=0.1),
    "sparse control": Kind(SPARSE, splits=4, control=True, mixing=0.1),
}


def random_circuit(kind: Kind, seed: int, most_qubits: int = 7, *, measured: bool = True) -> QuantumCircuit:
    """Returns a circuit with 2 or more qubits in one or two registers, some idle, bits in several registers."""
    return _Maker(kind, seed, most_qubits).made(measured)


class _Maker:
    def __init__(self, kind, seed, most_qubits):
        self.kind = kind
        self.random = np.random.default_rng([seed, 4])
        self.n = int(self.random.integers(2, most_qubits + 1))
        self.splits = kind.splits
        self.depth = 0

    def made(self, measured):
        random, n = self.random, self.n
        first = int(random.integers(1, n + 1))
        qregs = [QuantumRegister(first, "a")] + ([QuantumRegister(n - first, "b")] if first < n else [])
        sizes = [int(size) for size in random.integers(1, 4, size=random.integers(1, 4))]
        cregs = [ClassicalRegister(size, f"c{i}") for i, size in enumerate(sizes)]
        circuit = QuantumCircuit(*qregs, *cregs, global_phase=float(random.uniform(0, 6)))
        self.variables = []
        if self.kind.control and random.random() < 0.3:
            self.variables = [circuit.add_var("v", expr.lift(int(random.integers(8)), types.Uint(3)))]
        busy = [q for q in range(n) if random.random() < 0.9] or [0]
        parameter = Parameter("θ") if self.kind.gates is None and random.random() < 0.3 else None
        self.fill(circuit, busy, int(random.integers(4, 7 * n)), parameter)
        if parameter is not None:
            circuit = circuit.assign_parameters({parameter: 0.7}) if parameter in circuit.parameters else circuit
        if measured:
            # Some qubits are not measured, some twice, some bits are written twice or never.
            for _ in range(int(random.integers(1, circuit.num_clbits + 2))):
                circuit.measure(int(random.integers(n)), int(random.integers(circuit.num_clbits)))
        return circuit

    def fill(self, circuit, busy, number, parameter=None, *, in_loop=False):
        random, kind = self.random, self.kind
        for _ in range(number):
            draw = random.random()
            if self.splits and draw < 0.15:
                self.splits -= 1
                qubit = int(random.choice(busy))
                if random.random() < 0.7 and circuit.num_clbits:
                    circuit.measure(qubit, int(random.integers(circuit.num_clbits)))
                else:
                    circuit.reset(qubit)
            elif kind.control and draw < 0.3 and self.depth < 2:
                self.block(circuit, busy)
            elif draw < 0.33:
                circuit.barrier()
            elif kind.mixing and draw < 0.33 + kind.mixing:
                circuit.append(
                    [HGate(), RYGate(float(random.uniform(0, 3)))][random.integers(2)], [int(random.choice(busy))]
                )
            else:
                self.gate(circuit, busy, parameter)
        if in_loop and random.random() < 0.3 and circuit.num_clbits:
            with circuit.if_test((circuit.clbits[int(random.integers(circuit.num_clbits))], int(random.integers(2)))):
                if random.random() < 0.5:
                    circuit.break_loop()
                else:
                    circuit.continue_loop()

    def gate(self, circuit, busy, parameter):
        random = self.random
        names = self.kind.gates or (*STANDARD, "matrix", "controlled", "composite", "power")
        name = str(random.choice(names))
        if name == "matrix":
            k = min(int(random.integers(1, 4)), len(busy))
            gate = UnitaryGate(random_unitary(1 << k, seed=int(random.integers(1 << 30))))
        elif name == "controlled":
            base = [HGate(), CXGate(), UGate(*random.uniform(0, 6, 3))][random.integers(3)]
            controls = int(random.integers(1, 3))
            gate = base.control(
                controls, ctrl_state=int(random.integers(1 << controls)), annotated=bool(random.integers(2))
            )
        elif name == "composite":
            inner = QuantumCircuit(2, name="mine", global_phase=0.4)
            inner.ry(float(random.uniform(0, 3)), 0)
            inner.cx(0, 1)
            inner.t(1)
            gate = inner.to_gate()
        elif name == "power":
            gate = STANDARD[str(random.choice(["s", "x", "swap", "h"]))].power(0.5, annotated=bool(random.integers(2)))
        else:
            gate = STANDARD[name].copy() if STANDARD[name].mutable else STANDARD[name].to_mutable()
            gate.params = [self.angle(parameter) for _ in gate.params]
        if gate.num_qubits <= len(busy):
            circuit.append(gate, [int(q) for q in random.choice(busy, gate.num_qubits, replace=False)])

    def angle(self, parameter):
        draw = self.random.random()
        if self.kind.gates is not None and self.kind.gates is not SPARSE:
            return float(self.random.integers(-4, 5)) * math.pi / 2
        if parameter is not None and draw < 0.5:
            return parameter * 2 + 0.1
        return float(self.random.integers(-4, 5)) * math.pi / 4 if draw < 0.7 else float(self.random.uniform(-7, 7))

    def block(self, circuit, busy):
        random = self.random
        self.depth += 1
        number = int(random.integers(1, 4))
        bits, registers = circuit.clbits, circuit.cregs
        which = random.integers(6)
        register = registers[int(random.integers(len(registers)))] if registers else None
        bit = bits[int(random.integers(len(bits)))]
        if which == 0:
            with circuit.if_test((bit, int(random.integers(2)))) as otherwise:
                self.fill(circuit, busy, number)
            if random.random() < 0.5:
                with otherwise:
                    self.fill(circuit, busy, number)
        elif which == 1 and register is not None:
            with circuit.switch(register) as case:
                with case(*((0, 2) if register.size > 1 else (0,))):
                    self.fill(circuit, busy, number)
                with case(case.DEFAULT):
                    self.fill(circuit, busy, number)
        elif which == 2:
            with circuit.for_loop(range(int(random.integers(1, 4)))):
                self.fill(circuit, busy, number, in_loop=True)
        elif which == 3 and register is not None:
            condition = expr.less(register, 2) if register.size > 1 else expr.logic_not(bit)
            if self.variables:
                condition = expr.logic_and(condition, expr.equal(expr.bit_and(self.variables[0], 1), 0))
            with circuit.if_test(condition):
                self.fill(circuit, busy, number)
        elif which == 4 and self.variables:
            circuit.store(self.variables[0], expr.bit_xor(self.variables[0], expr.lift(5, types.Uint(3))))
        else:
            # Until the bit reads 0: each round turns the qubit, so that it ends with probability 1.
            qubit = int(random.choice(busy))
            with circuit.while_loop((bit, 1)):
                circuit.h(qubit)
                circuit.measure(qubit, bit)
        self.depth -= 1
