"""The gates of a program: the standard ones, those it defines, and what modifiers make of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.circuit.library import standard_gates as gates

__all__ = ["BUILT_IN", "STANDARD", "GateMaker", "modified", "own_name", "phase_gate"]

_MOST_REPETITIONS = 1000
_WIDEST_POWER = 6


@dataclasses.dataclass(frozen=True)
class GateMaker:
    """A gate by name: `make` takes its parameters. `size` is the number of operations that it stands for."""

    name: str
    num_parameters: int
    num_qubits: int
    make: Callable[..., Gate]
    size: int = 1


def _standard(name: str, make: Callable[..., Gate], parameters: int, qubits: int) -> GateMaker:
    return GateMaker(name, parameters, qubits, make)


#: Gates that need no include.
BUILT_IN = {"U": _standard("U", gates.UGate, 3, 1)}

#: What ``include "stdgates.inc"`` defines.
STANDARD = {
    name: _standard(name, make, parameters, qubits)
    for name, make, parameters, qubits in (
        ("p", gates.PhaseGate, 1, 1), ("x", gates.XGate, 0, 1), ("y", gates.YGate, 0, 1), ("z", gates.ZGate, 0, 1),
        ("h", gates.HGate, 0, 1), ("s", gates.SGate, 0, 1), ("sdg", gates.SdgGate, 0, 1), ("t", gates.TGate, 0, 1),
        ("tdg", gates.TdgGate, 0, 1), ("sx", gates.SXGate, 0, 1), ("rx", gates.RXGate, 1, 1),
        ("ry", gates.RYGate, 1, 1), ("rz", gates.RZGate, 1, 1), ("cx", gates.CXGate, 0, 2), ("cy", gates.CYGate, 0, 2),
        ("cz", gates.CZGate, 0, 2), ("cp", gates.CPhaseGate, 1, 2), ("crx", gates.CRXGate, 1, 2),
        ("cry", gates.CRYGate, 1, 2), ("crz", gates.CRZGate, 1, 2), ("ch", gates.CHGate, 0, 2),
        ("swap", gates.SwapGate, 0, 2), ("ccx", gates.CCXGate, 0, 3), ("cswap", gates.CSwapGate, 0, 3),
        ("cu", gates.CUGate, 4, 2), ("CX", gates.CXGate, 0, 2), ("phase", gates.PhaseGate, 1, 1),
        ("cphase", gates.CPhaseGate, 1, 2), ("id", gates.IGate, 0, 1), ("u1", gates.U1Gate, 1, 1),
        ("u2", gates.U2Gate, 2, 1), ("u3", gates.U3Gate, 3, 1),
    )
}  # fmt: skip

# Simulators know gates by their names: a program's own gate must not be taken for one of these.
_TAKEN = frozenset(get_standard_gate_name_mapping()) | {
    "u0", "cu1", "cu3", "cu2", "ccz", "c3x", "c4x", "c3sx", "mcx", "mcx_gray", "mcx_recursive", "mcx_vchain", "mcy",
    "mcz", "mcp", "mcu", "mcu1", "mcu2", "mcu3", "mcr", "mcrx", "mcry", "mcrz", "mcphase", "mcsx", "mcswap", "unitary",
    "diagonal", "initialize", "multiplexer", "pauli", "permutation", "snapshot", "kraus", "superop", "quantum_channel",
    "roerror", "noop", "nop", "store", "jump", "mark", "break_loop", "continue_loop", "if_else", "while_loop",
    "for_loop",
    "switch_case", "box", "PauliEvolution", "annotated",
}  # fmt: skip


def own_name(name: str) -> str:
    """Returns the name under which a gate that the program defines stands in the circuit."""
    return f"{name}_" if name in _TAKEN or name.startswith(("save_", "set_")) else name


def modified(gate: Gate, modifier: str, argument: Any) -> Gate:
    """Returns a gate with one modifier applied.

    Args:
        gate: The gate.
        modifier: ``"inv"``, ``"pow"``, ``"ctrl"`` or ``"negctrl"``.
        argument: The exponent, or the number of controls.

    Raises:
        ValueError: The argument is out of range.
    """
    phase = gate.params[0] if isinstance(gate, gates.GlobalPhaseGate) else None
    if modifier == "inv":
        return gate.inverse() if phase is None else phase_gate(-phase)
    if modifier == "pow":
        return _power(gate, argument) if phase is None else phase_gate(phase * argument)
    controls = 1 if argument is None else argument
    if not isinstance(controls, int) or not 1 <= controls <= 100:
        raise ValueError(f"the number of controls is 1 to 100, got {controls}")
    return gate.control(controls, ctrl_state=None if modifier == "ctrl" else 0, annotated=False)


def phase_gate(angle: Any) -> Gate:
    """Returns the global phase as a gate on no qubits, to be given controls."""
    return gates.GlobalPhaseGate(angle)


def _power(gate: Gate, exponent: Any) -> Gate:
    if not isinstance(exponent, (int, float)) or isinstance(exponent, bool):
        raise ValueError("pow() takes a number known before the run")  # noqa: TRY004  the user's value
    whole = float(exponent).is_integer()
    if whole and abs(exponent) > _MOST_REPETITIONS:
        raise ValueError(f"pow() repeats a gate at most {_MOST_REPETITIONS:,} times, got {exponent:g}")
    if whole and not (gate.num_qubits == 1 and gate.definition is None):
        repeated = QuantumCircuit(gate.num_qubits, name=f"{gate.name}_pow{exponent:g}")
        once = gate if exponent >= 0 else gate.inverse()
        for _ in range(abs(int(exponent))):
            repeated.append(once, repeated.qubits)
        return repeated.to_gate()
    if gate.num_qubits > _WIDEST_POWER:
        raise ValueError(f"a fractional power needs the gate's matrix, which stops at {_WIDEST_POWER} qubits")
    return gate.power(exponent)
