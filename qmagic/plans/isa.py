"""Whether a circuit is written in a device's own instructions (its ISA), and which gate is not.

A device is what it can do: for each instruction the qubits on which it exists, and which angles it takes. Blocks of
control flow are looked into.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

__all__ = ["Instructions", "Misfit", "instructions_of", "misfit"]

Places = frozenset[tuple[int, ...]] | None


@dataclasses.dataclass(frozen=True, slots=True)
class Instructions:
    """What a device can do.

    Attributes:
        places: For each instruction the tuples of qubits on which it exists; None is any.
        control_flow: Names of what may branch and loop.
        takes: Says whether an instruction takes these parameters; None where all do.
    """

    places: Mapping[str, Places]
    control_flow: frozenset[str]
    takes: Callable[[str, tuple[int, ...], Sequence[Any]], bool] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Misfit:
    """The first gate that the device does not have: its index in the circuit, and what is wrong, in words."""

    index: int
    reason: str


def misfit(circuit: QuantumCircuit, device: Instructions) -> Misfit | None:
    """Returns the first instruction of a circuit that does not run on a device as it is; None when all do."""
    return _misfit(circuit, device, tuple(range(circuit.num_qubits)))


def instructions_of(target: Target) -> Instructions:
    """Returns what a Qiskit target can do."""
    from qiskit.circuit import Parameter
    from qiskit.circuit.controlflow import CONTROL_FLOW_OP_NAMES

    places: dict[str, Places] = {}
    picky = set()
    for name in target.operation_names:
        if name in CONTROL_FLOW_OP_NAMES:
            continue
        known = target[name]
        places[name] = None if known is None or None in known else frozenset(known)
        parameters = getattr(target.operation_from_name(name), "params", ())
        if target.gate_has_angle_bounds(name) or any(not isinstance(one, Parameter) for one in parameters):
            picky.add(name)

    def takes(name: str, qubits: tuple[int, ...], parameters: Sequence[Any]) -> bool:
        return name not in picky or target.instruction_supported(name, qubits, parameters=list(parameters))

    return Instructions(places, frozenset(CONTROL_FLOW_OP_NAMES & set(target.operation_names)), takes)


def _misfit(circuit: QuantumCircuit, device: Instructions, outer: tuple[int, ...]) -> Misfit | None:
    for index, instruction in enumerate(circuit.data):
        name = instruction.name
        if name == "barrier":
            continue
        qubits = tuple([outer[circuit.find_bit(qubit).index] for qubit in instruction.qubits])
        if name in device.control_flow:
            for block in instruction.operation.blocks:
                inside = _misfit(block, device, qubits)
                if inside is not None:
                    return Misfit(index, f"{inside.reason} (inside of {name})")
            continue
        reason = _reason(name, qubits, instruction.params, device)
        if reason:
            return Misfit(index, reason)
    return None


def _reason(name: str, qubits: tuple[int, ...], parameters: Sequence[Any], device: Instructions) -> str:
    where = f"{name} on qubit{'s' * (len(qubits) > 1)} {', '.join(map(str, qubits))}"
    if name not in device.places:
        return f"{where} is not one of its gates ({', '.join(sorted(device.places))})"
    places = device.places[name]
    if places is not None and qubits not in places:
        return f"{where} is not possible there, these qubits are not connected so"
    if device.takes is not None and not device.takes(name, qubits, parameters):
        angles = ", ".join(f"{float(one):.6g}" if isinstance(one, (int, float)) else str(one) for one in parameters)
        return f"{where} does not take the angle {angles} there"
    return ""
