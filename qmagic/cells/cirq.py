"""Cirq's circuits to Qiskit's: a short table of gates, Cirq's own decompositions, and matrices for the rest.

OpenQASM, the other way from one to the other, rounds angles and loses symbols, classical controls and global phases.
Qiskit's qubit i is the i-th of the circuit's qubits in Cirq's order (``sorted(circuit.all_qubits())``), and a
measurement key is a classical register of that name whose bit i is the key's i-th qubit: what Cirq writes as 4 for X on
the first of three qubits is ``'001'`` here. Global phases are kept, so that unitaries are the same to the last digit.
"""

from __future__ import annotations

import cmath
import numbers
from collections.abc import Callable
from math import pi
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["to_qiskit"]

#: Gates without a decomposition become a matrix on at most this many qubits.
_WIDEST_MATRIX = 8
#: Decompositions on at most this many qubits are checked against the gate's own matrix.
_WIDEST_CHECK = 4


def to_qiskit(circuit: Any) -> QuantumCircuit:
    """Returns a Cirq circuit as Qiskit's; symbols become parameters of the same names.

    Raises:
        InputError: Something in it cannot be converted; names the gate.
    """
    return _Conversion(circuit).made


class _Conversion:
    def __init__(self, circuit: Any) -> None:
        import cirq
        from qiskit import QuantumCircuit, QuantumRegister

        for qubit in circuit.all_qubits():
            if qubit.dimension != 2:
                raise InputError(f"{qubit} in the Cirq circuit has {qubit.dimension} levels; expected qubits")
        self._cirq = cirq
        self._table = _gates(cirq)
        self._parameters: dict[str, Any] = {}
        self._registers: dict[str, Any] = {}
        name = "q" if "q" not in cirq.measurement_key_names(circuit) else "qubits"
        qubits = sorted(circuit.all_qubits())
        self.made = QuantumCircuit(QuantumRegister(len(qubits), name)) if qubits else QuantumCircuit()
        self._places = dict(zip(qubits, self.made.qubits, strict=True))
        for operation in circuit.all_operations():
            self._add(operation)

    def _add(self, operation: Any) -> None:
        cirq = self._cirq
        operation = operation.untagged
        if isinstance(operation, cirq.ClassicallyControlledOperation):
            self._add_if(operation)
            return
        gate = operation.gate
        if isinstance(gate, cirq.MeasurementGate):
            self._measure(operation)
        elif isinstance(gate, cirq.ResetChannel):
            self.made.reset(self._of(operation))
        elif isinstance(gate, cirq.WaitGate):
            for qubit in self._of(operation):
                self.made.delay(self._number(gate.duration.total_nanos()), qubit, "ns")
        elif isinstance(gate, cirq.GlobalPhaseGate) and not cirq.is_parameterized(gate):
            self.made.global_phase += cmath.phase(gate.coefficient)
        elif not self._add_known(operation) and not self._add_controlled(operation):
            self._add_parts(operation)

    def _add_known(self, operation: Any) -> bool:
        """Adds a gate of the table; False where it is none."""
        find = self._table.get(type(operation.gate))
        if find is None:
            return False
        found = find(operation.gate, self._number)
        if found is None:
            return False
        gate, phase = found
        self.made.append(gate, self._of(operation))
        self.made.global_phase += phase
        return True

    def _add_controlled(self, operation: Any) -> bool:
        """Adds a controlled gate whose controls each have one value; False where it is none."""
        cirq = self._cirq
        gate = operation.gate
        if isinstance(operation, cirq.ControlledOperation):
            controls, target, values = operation.controls, operation.sub_operation, operation.control_values
        elif isinstance(gate, cirq.ControlledGate):
            number = gate.num_controls()
            controls, values = operation.qubits[:number], gate.control_values
            target = gate.sub_gate.on(*operation.qubits[number:])
        else:
            return False
        if not target.qubits or not isinstance(values, cirq.ProductOfSums) or any(len(one) != 1 for one in values):
            return False
        inner = _Conversion(cirq.Circuit(target)).made
        if inner.num_clbits:
            raise _refused(operation)
        # the inner circuit's qubits are sorted; the gate's need not be
        order = [self._places[qubit] for qubit in sorted(target.qubits)]
        state = sum(one[0] << i for i, one in enumerate(values))
        for parameter in inner.parameters:
            inner = inner.assign_parameters({parameter: self._parameter(parameter.name)})
        self.made.append(
            inner.to_gate(label=str(target.gate or target)[:40]).control(len(controls), ctrl_state=state),
            [*(self._places[qubit] for qubit in controls), *order],
        )
        return True

    def _add_parts(self, operation: Any) -> None:
        cirq = self._cirq
        if _is_noise(cirq, operation):
            raise InputError(
                f"{operation} in the Cirq circuit is noise, no gate; leave it out and give --noise (noise=...)"
            )
        # a gate on one or two qubits as a matrix: exact, and the transpiler makes short work of it
        small = operation.gate is not None and len(operation.qubits) <= 2 and cirq.has_unitary(operation)
        parts = None if small else cirq.decompose_once(operation, default=None)
        if parts is not None and self._holds(parts, operation):
            for part in parts:
                self._add(part)
            return
        if not cirq.has_unitary(operation) or len(operation.qubits) > _WIDEST_MATRIX:
            raise _refused(operation)
        # Cirq's first qubit is the highest digit of a state's number, Qiskit's the lowest
        self.made.unitary(cirq.unitary(operation), self._of(operation)[::-1], label=str(operation.gate or "")[:40])

    def _holds(self, parts: list[Any], operation: Any) -> bool:
        """Returns whether a decomposition can be used; Cirq 1.7 has one that is wrong (ThreeQubitDiagonalGate)."""
        cirq = self._cirq
        if not all(qubit in self._places for part in parts for qubit in part.qubits):
            return False  # it takes ancillas
        if len(operation.qubits) > _WIDEST_CHECK or not cirq.has_unitary(operation):
            return True
        made = cirq.Circuit(parts).unitary(qubit_order=operation.qubits)
        return bool(cirq.allclose_up_to_global_phase(made, cirq.unitary(operation)))

    def _add_if(self, operation: Any) -> None:
        from qiskit.circuit.classical import expr

        tests = []
        for condition in operation.classical_controls:
            register = self._registers.get(str(getattr(condition, "key", "")))
            if not isinstance(condition, self._cirq.KeyCondition) or condition.index != -1 or register is None:
                raise InputError(
                    f"the condition {condition} in the Cirq circuit cannot be converted; expected the key of a "
                    "measurement before it"
                )
            tests.append(expr.not_equal(register, 0))
        body = operation.without_classical_controls()
        with self.made.if_test(_all(tests)):
            self._add(body)

    def _measure(self, operation: Any) -> None:
        from qiskit import ClassicalRegister

        key = self._cirq.measurement_key_name(operation)
        gate = operation.gate
        if key in self._registers:
            raise InputError(
                f"the key {key!r} in the Cirq circuit is measured twice; give each measurement its own key"
            )
        if gate.confusion_map:
            raise InputError(
                f"the measurement {key!r} in the Cirq circuit has a confusion map; use --noise readout=..."
            )
        qubits = self._of(operation)
        register = self._registers[key] = ClassicalRegister(len(qubits), key)
        self.made.add_register(register)
        for qubit, bit, inverted in zip(qubits, register, gate.full_invert_mask(), strict=True):
            if inverted:
                self.made.x(qubit)
            self.made.measure(qubit, bit)
            if inverted:
                self.made.x(qubit)

    def _of(self, operation: Any) -> list[Any]:
        return [self._places[qubit] for qubit in operation.qubits]

    def _parameter(self, name: str) -> Any:
        from qiskit.circuit import Parameter

        if name not in self._parameters:
            self._parameters[name] = Parameter(name)
        return self._parameters[name]

    def _number(self, value: Any) -> Any:
        """Returns a number, or Qiskit's expression for one of sympy's."""
        if isinstance(value, numbers.Real):
            return float(value)
        import sympy

        try:
            names = sorted(symbol.name for symbol in value.free_symbols)
            function = sympy.lambdify(sorted(value.free_symbols, key=lambda one: one.name), value, [_FUNCTIONS, "math"])
            made = function(*(self._parameter(name) for name in names))
        except Exception:
            raise InputError(f"the expression {value} in the Cirq circuit cannot be converted to Qiskit's") from None
        return made if names else float(made)


#: What sympy writes as a function is a method of Qiskit's expressions.
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": lambda x: x.sin(), "cos": lambda x: x.cos(), "tan": lambda x: x.tan(), "exp": lambda x: x.exp(),
    "log": lambda x: x.log(), "asin": lambda x: x.arcsin(), "acos": lambda x: x.arccos(), "atan": lambda x: x.arctan(),
}  # fmt: skip

#: A gate's own conversion: the gate and `_number` to Qiskit's gate and a global phase; None where there is none.
_Find = Callable[[Any, Callable[[Any], Any]], tuple[Any, Any] | None]


def _gates(cirq: Any) -> dict[type, _Find]:
    """Returns the table. Cirq's gate of exponent t and global shift s is e^(iπts) times its eigenvalues' e^(iπtk)."""
    from qiskit.circuit import library as q

    def power(turned: Callable[[Any], Any], centre: float, named: dict[float, type]) -> _Find:
        """A gate whose t-th power is a rotation by πt, times e^(iπt(s + centre))."""

        def find(gate: Any, number: Callable[[Any], Any]) -> tuple[Any, Any]:
            t, shift = number(gate.exponent), gate.global_shift
            if isinstance(t, float) and t in named and shift == 0:
                return named[t](), 0.0
            return turned(pi * t), pi * t * (shift + centre)

        return find

    def diagonal(gate: Any, number: Callable[[Any], Any]) -> tuple[Any, Any] | None:
        centred = gate.global_shift == -0.5
        return (rotated_z if centred else phased)(gate, number)

    def only(kind: type) -> _Find:
        """A gate of which only the first power is known."""
        return lambda gate, _: (kind(), 0.0) if gate.exponent == 1 and gate.global_shift == 0 else None

    def phased_x(gate: Any, number: Callable[[Any], Any]) -> tuple[Any, Any]:
        t = number(gate.exponent)
        return q.RGate(pi * t, pi * number(gate.phase_exponent)), pi * t * (gate.global_shift + 0.5)

    phased = power(q.PhaseGate, 0.0, {1: q.ZGate, 0.5: q.SGate, -0.5: q.SdgGate, 0.25: q.TGate, -0.25: q.TdgGate})
    rotated_z = power(q.RZGate, 0.5, {})
    x = power(q.RXGate, 0.5, {1: q.XGate, 0.5: q.SXGate, -0.5: q.SXdgGate})
    y, xx = power(q.RYGate, 0.5, {1: q.YGate}), power(q.RXXGate, 0.5, {})
    return {
        cirq.IdentityGate: lambda gate, _: (q.IGate(), 0.0) if gate.num_qubits() == 1 else None,
        cirq.XPowGate: x, cirq.Rx: x, type(cirq.X): x,
        cirq.YPowGate: y, cirq.Ry: y, type(cirq.Y): y,
        cirq.ZPowGate: diagonal, cirq.Rz: diagonal, type(cirq.Z): diagonal,
        cirq.PhasedXPowGate: phased_x,
        cirq.HPowGate: only(q.HGate),
        cirq.CZPowGate: power(q.CPhaseGate, 0.0, {1: q.CZGate}),
        cirq.CXPowGate: only(q.CXGate),
        cirq.SwapPowGate: only(q.SwapGate),
        cirq.ISwapPowGate: power(lambda angle: q.XXPlusYYGate(-angle), 0.0, {1: q.iSwapGate}),
        cirq.XXPowGate: xx, cirq.MSGate: xx,
        cirq.YYPowGate: power(q.RYYGate, 0.5, {}),
        cirq.ZZPowGate: power(q.RZZGate, 0.5, {}),
        cirq.CCXPowGate: only(q.CCXGate),
        cirq.CCZPowGate: power(lambda angle: q.MCPhaseGate(angle, 2), 0.0, {1: q.CCZGate}),  # Cirq drops small phases
        cirq.CSwapGate: lambda gate, _: (q.CSwapGate(), 0.0),
    }  # fmt: skip


def _all(tests: list[Any]) -> Any:
    """Returns that all of some conditions hold."""
    from qiskit.circuit.classical import expr

    met = tests[0]
    for test in tests[1:]:
        met = expr.logic_and(met, test)
    return met


def _is_noise(cirq: Any, operation: Any) -> bool:
    """Returns whether an operation is a channel: no unitary, no measurement, and nothing that holds one."""
    if cirq.has_unitary(operation) or cirq.is_parameterized(operation) or cirq.is_measurement(operation):
        return False
    return operation.gate is not None and bool(cirq.has_kraus(operation))


def _refused(operation: Any) -> InputError:
    return InputError(f"{operation} in the Cirq circuit cannot be converted to Qiskit; use gates that have a unitary")
