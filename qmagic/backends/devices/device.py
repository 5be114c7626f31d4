"""A device as data, and the Qiskit target made of it.

The JSON of a device, format 1: ``name``, ``date`` (of the calibration), ``num_qubits``, ``dt_ns``;
``qubits`` with lists ``t1_us``, ``t2_us`` and the readout errors ``p01`` (reads 1 after preparing 0) and ``p10``, one
entry per qubit, null where unknown; ``gates``: name to ``qubits`` (one list for each place where the gate exists),
``error`` (1 - average fidelity) and ``duration_ns``, null where unknown; ``control_flow``: names of what may branch.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from qiskit.transpiler import Target

__all__ = ["Device", "Gate", "Qubits"]

_NANO, _MICRO = 1e-9, 1e-6


class Qubits(msgspec.Struct, frozen=True):
    """Coherence times in microseconds and readout errors, one entry per qubit."""

    t1_us: tuple[float | None, ...]
    t2_us: tuple[float | None, ...]
    p01: tuple[float, ...]
    p10: tuple[float, ...]


class Gate(msgspec.Struct, frozen=True):
    """Where an instruction exists, and how good and long it is there."""

    qubits: tuple[tuple[int, ...], ...]
    error: tuple[float | None, ...]
    duration_ns: tuple[float | None, ...]


class Device(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A device on one day. `dict=True` lets it keep its target, which takes milliseconds to build."""

    format: int
    name: str
    date: str
    num_qubits: int
    dt_ns: float
    qubits: Qubits
    gates: dict[str, Gate]
    control_flow: tuple[str, ...] = ()

    @functools.cached_property
    def target(self) -> Target:
        """The device for Qiskit's transpiler."""
        return self.part({name: gate.qubits for name, gate in self.gates.items()})

    def part(self, places: dict[str, Any]) -> Target:
        """Returns a target with only these instructions, at these places; all of the device's qubits.

        Args:
            places: Instruction names to the tuples of qubits on which they are wanted.
        """
        from qiskit.circuit import Delay, Measure, Parameter, Reset
        from qiskit.circuit.controlflow import get_control_flow_name_mapping
        from qiskit.circuit.library import get_standard_gate_name_mapping
        from qiskit.transpiler import InstructionProperties, QubitProperties, Target

        standard = get_standard_gate_name_mapping()
        standard |= {"measure": Measure(), "reset": Reset(), "delay": Delay(Parameter("t"))}
        qubits = [
            QubitProperties(t1=_scaled(t1, _MICRO), t2=_scaled(t2, _MICRO))
            for t1, t2 in zip(self.qubits.t1_us, self.qubits.t2_us, strict=True)
        ]
        target = Target(
            description=self.name, num_qubits=self.num_qubits, dt=self.dt_ns * _NANO, qubit_properties=qubits
        )
        for name, wanted in places.items():
            gate = self.gates[name]
            known = dict(zip(gate.qubits, zip(gate.error, gate.duration_ns, strict=True), strict=True))
            properties = {
                place: InstructionProperties(error=known[place][0], duration=_scaled(known[place][1], _NANO))
                for place in wanted
            }
            target.add_instruction(standard[name], properties, name=name)
        for name in self.control_flow:
            target.add_instruction(get_control_flow_name_mapping()[name], name=name)
        return target


def _scaled(value: float | None, unit: float) -> float | None:
    return None if value is None else value * unit
