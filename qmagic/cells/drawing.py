"""A circuit as layered data for the circuit view: what stands in which column, on which wires.

A layer holds operations that can be drawn in one column: they share no wire, nor one that a line between two of their
wires crosses. Each operation goes as far left as it can. A measurement is drawn as a box that names its bit, without a
line to it, so that 50 of them fit one column. The view draws; nothing here knows about pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiskit.circuit import CircuitInstruction, QuantumCircuit

__all__ = ["MOST_OPERATIONS", "MOST_WIRES", "drawing"]

#: Operations that are sent; the rest is counted in ``truncated``.
MOST_OPERATIONS = 5000
#: Qubits, and classical bits, that are sent; operations on the others are counted in ``truncated``.
MOST_WIRES = 400
_LONGEST_LABEL = 40

# What tells where a name does not; the view may draw these by signs of its own.
_LABELS = {
    "measure": "M", "reset": "|0⟩", "barrier": "", "delay": "delay", "global_phase": "phase", "sdg": "S†", "tdg": "T†",
    "sxdg": "√X†", "sx": "√X", "id": "I", "u1": "P", "cp": "P", "cu1": "P", "ccx": "X", "cx": "X", "cy": "Y", "cz": "Z",
    "ch": "H", "csx": "√X", "crx": "RX", "cry": "RY", "crz": "RZ", "cu": "U", "cu3": "U", "swap": "×", "cswap": "×",
    "mcx": "X",
}  # fmt: skip


def drawing(circuits: Sequence[QuantumCircuit], index: int = 0) -> dict[str, Any]:
    """Returns circuit number `index` as data.

    ``qubits`` and ``clbits`` are the wires' names. Each operation has ``name`` (Qiskit's), ``label`` (what stands in
    its box), ``qubits`` and ``clbits`` (places of its wires, in its own order), ``params`` (as text) and ``controls``:
    that many of its first qubits are controls, of which those in ``open`` act on 0. An operation of several circuits
    (a condition, a loop) has ``inside``: how many operations each of them holds. ``truncated`` counts those left out.

    Raises:
        NotFoundError: There is no such circuit.
    """
    if not 0 <= index < len(circuits):
        raise NotFoundError(f"there is no circuit {index}; the job has {len(circuits)}")
    circuit = circuits[index]
    qubit_at = {bit: i for i, bit in enumerate(circuit.qubits)}
    clbit_at = {bit: i for i, bit in enumerate(circuit.clbits)}
    layers: list[list[dict[str, Any]]] = []
    free = [0] * (len(qubit_at) + len(clbit_at))  # first free layer of each wire, the classical ones below
    left_out = drawn = 0
    for step in circuit.data:
        qubits, clbits = [qubit_at[bit] for bit in step.qubits], [clbit_at[bit] for bit in step.clbits]
        if drawn >= MOST_OPERATIONS or max([*qubits, *clbits], default=0) >= MOST_WIRES:
            left_out += 1
            continue
        drawn += 1
        wires = qubits + [len(qubit_at) + place for place in clbits]
        if step.operation.name != "measure":
            wires = list(range(min(wires), max(wires) + 1)) if wires else list(range(len(free)))
        layer = max([free[wire] for wire in wires], default=0)
        for wire in wires:
            free[wire] = layer + 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append(_operation(step, qubits, clbits))
    return {
        "qubits": _names(circuit.qubits, circuit.qregs, "q")[:MOST_WIRES],
        "clbits": _names(circuit.clbits, circuit.cregs, "c")[:MOST_WIRES],
        "layers": layers,
        "truncated": left_out,
        "operations": drawn + left_out,
    }


def _operation(step: CircuitInstruction, qubits: list[int], clbits: list[int]) -> dict[str, Any]:
    operation = step.operation
    blocks = getattr(operation, "blocks", ())
    controls = int(getattr(operation, "num_ctrl_qubits", 0) or 0)
    found: dict[str, Any] = {
        "name": operation.name,
        "label": _label(operation, controls),
        "qubits": qubits,
        "clbits": clbits,
        "params": [] if blocks else [_number(value) for value in operation.params[:8]],
        "controls": controls,
    }
    if controls and (zeros := _open(operation, controls)):
        found["open"] = zeros
    if blocks:
        found["inside"] = [len(block.data) for block in blocks]
    return found


def _label(operation: Any, controls: int) -> str:
    if operation.name in ("if_else", "while_loop", "switch_case"):
        return f"{operation.name.split('_')[0]} {_condition(operation)}".strip()[:_LONGEST_LABEL]
    if operation.name == "for_loop":
        return "for"
    given = getattr(operation, "label", None)
    if given:
        return str(given)[:_LONGEST_LABEL]
    if operation.name in _LABELS:
        return _LABELS[operation.name]
    name = operation.base_gate.name if controls and hasattr(operation, "base_gate") else operation.name
    text = str(_LABELS.get(name, name))
    return (text.upper() if len(text) <= 3 else text)[:_LONGEST_LABEL]


def _condition(operation: Any) -> str:
    condition = getattr(operation, "condition", None)
    if isinstance(condition, tuple):
        what, value = condition
        return f"{getattr(what, 'name', None) or 'bit'} == {int(value)}"
    return ""


def _open(operation: Any, controls: int) -> list[int]:
    """Returns which of the controls act on 0."""
    state = getattr(operation, "ctrl_state", None)
    return [] if state is None else [i for i in range(controls) if not state >> i & 1]


def _number(value: Any) -> str:
    """Returns a parameter as a person writes it: ``π/2``, ``0.3``, ``theta``."""
    import numpy as np
    from qiskit.circuit.tools import pi_check

    if np.ndim(value):
        return "matrix"
    try:
        return str(pi_check(value, output="text", ndigits=5))[:_LONGEST_LABEL]
    except (TypeError, ValueError):
        return str(value)[:_LONGEST_LABEL]


def _names(bits: Sequence[Any], registers: Sequence[Any], loose: str) -> list[str]:
    names: dict[Any, str] = {}
    for register in registers:
        for i, bit in enumerate(register):
            names.setdefault(bit, register.name if len(register) == 1 else f"{register.name}[{i}]")
    return [names.get(bit, f"{loose}{i}") for i, bit in enumerate(bits)]
