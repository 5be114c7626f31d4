"""How likely a compiled circuit goes through without an error, from a device's calibration.

Three products, each of probabilities that nothing happens:

* gates: 1 - ε (d + 1) / d for a gate of average infidelity ε on d levels. That is its process fidelity (Nielsen, 2002),
  for Pauli errors the probability that there is none. The product of these is a lower bound of what the fidelity of
  the whole is, and the same to first order in the errors.
* readout: 1 - ε for each measurement.
* idle: the process fidelity of thermal relaxation, (1 + e^(-t/T1) + 2 e^(-t/T2)) / 4, for each time t that a qubit
  waits between two of its operations. As late as possible, as devices do it: before its first gate a qubit is in its
  ground state and loses nothing.

No crosstalk, no leakage, no drift; errors that cancel each other are counted as errors.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qmagic.forecast import Forecast

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

__all__ = ["forecast"]

_SCALES = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12}


def forecast(circuit: QuantumCircuit, target: Target) -> Forecast:
    """Returns what is to be expected of a circuit on a device.

    Args:
        circuit: As it runs there: its qubits are the device's, its gates are in `target` (`isa.misfit` says).
        target: The device, with errors and durations from its calibration.
    """
    depth = circuit.depth(lambda instruction: instruction.name != "barrier")
    two_qubit = sum(len(one.qubits) == 2 and one.name != "barrier" for one in circuit.data)
    if any(one.is_control_flow() for one in circuit.data):
        note = "no success probability: which of its branches runs is known only then"
        return Forecast(depth=depth, two_qubit=two_qubit, known=False, notes=(note,))
    return _Walk(circuit, target).forecast(depth, two_qubit)


class _Walk:
    """One walk through a circuit, from its end to its beginning: as late as possible, seen from behind."""

    def __init__(self, circuit: QuantumCircuit, target: Target) -> None:
        self.circuit, self.target = circuit, target
        self.gates = self.readout = 0.0  # logarithms
        self.waited = [0.0] * circuit.num_qubits
        self.uncalibrated: set[str] = set()
        self.untimed: set[str] = set()
        # Times run backwards from the end: up to where each qubit is taken, and where its operation met last begins.
        self.taken = [0.0] * circuit.num_qubits
        self.began: list[float | None] = [None] * circuit.num_qubits
        for instruction in reversed(circuit.data):
            self._step(instruction)

    def _step(self, instruction: Any) -> None:
        qubits = tuple(self.circuit.find_bit(qubit).index for qubit in instruction.qubits)
        name = instruction.name
        end = max((self.taken[qubit] for qubit in qubits), default=0.0)
        begin = end if name == "barrier" else end + self._duration(instruction, name, qubits)
        for qubit in qubits:
            self.taken[qubit] = begin
            if name in ("barrier", "delay"):
                continue
            later = self.began[qubit]
            if later is not None:
                self.waited[qubit] += end - later
            self.began[qubit] = begin
        if name not in ("barrier", "delay"):
            self._count(name, qubits)

    def _duration(self, instruction: Any, name: str, qubits: tuple[int, ...]) -> float:
        if name == "delay":
            amount, unit = instruction.operation.duration, instruction.operation.unit
            scale = self.target.dt if unit == "dt" else _SCALES.get(unit)
            if scale is not None and isinstance(amount, (int, float)):
                return float(amount) * float(scale)
            self.untimed.add(name)
            return 0.0
        duration = getattr(self._calibration(name, qubits), "duration", None)
        if duration is None:
            self.untimed.add(name)
            return 0.0
        return float(duration)

    def _count(self, name: str, qubits: tuple[int, ...]) -> None:
        error = getattr(self._calibration(name, qubits), "error", None)
        if error is None:
            if name != "reset":
                self.uncalibrated.add(name)
            return
        if name == "measure":
            self.readout += _log(1 - error)
            return
        levels = 2 ** len(qubits)
        self.gates += _log(1 - error * (levels + 1) / levels)

    def _calibration(self, name: str, qubits: tuple[int, ...]) -> Any:
        if name not in self.target.operation_names:
            return None
        known = self.target[name]
        return None if known is None else known.get(qubits, known.get(None))

    def forecast(self, depth: int, two_qubit: int) -> Forecast:
        """Returns the products."""
        notes = []
        if self.uncalibrated:
            notes.append(f"counted as perfect, since the calibration does not have them: {_listed(self.uncalibrated)}")
        timed = not self.untimed - {"reset"}
        idle = sum(self._decay(qubit, waited) for qubit, waited in enumerate(self.waited) if waited) if timed else 0.0
        if not timed:
            notes.append(f"waiting is not counted, since there are no durations of {_listed(self.untimed)}")
        return Forecast(
            depth=depth,
            two_qubit=two_qubit,
            seconds=max(self.taken, default=0.0) if timed else None,
            gates=math.exp(self.gates),
            readout=math.exp(self.readout),
            idle=math.exp(idle),
            notes=tuple(notes),
        )

    def _decay(self, qubit: int, waited: float) -> float:
        """Returns the logarithm of the process fidelity of relaxation; waits of one qubit are taken together."""
        properties = self.target.qubit_properties
        known = properties[qubit] if properties and qubit < len(properties) else None
        t1, t2 = getattr(known, "t1", None), getattr(known, "t2", None)
        if not t1 and not t2:
            return 0.0
        decay = math.exp(-waited / t1) if t1 else 1.0
        # a calibration's T2 above 2 T1 is unphysical
        dephasing = math.exp(-waited / min(t2, 2 * t1 if t1 else t2)) if t2 else math.sqrt(decay)
        return _log((1 + decay + 2 * dephasing) / 4)


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else -math.inf


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
