"""Circuits as Braket's OpenQASM 3, in the gates that Braket has under names of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["NAMES", "program_of"]

#: Qiskit's gates, and what Braket calls them: the same unitaries up to a phase.
NAMES = {
    "h": "h", "x": "x", "y": "y", "z": "z", "s": "s", "sdg": "si", "t": "t", "tdg": "ti", "sx": "v", "sxdg": "vi",
    "rx": "rx", "ry": "ry", "rz": "rz", "p": "phaseshift", "id": "i", "cx": "cnot", "cy": "cy", "cz": "cz",
    "cp": "cphaseshift", "swap": "swap", "iswap": "iswap", "ecr": "ecr", "rxx": "xx", "ryy": "yy", "rzz": "zz",
    "ccx": "ccnot", "cswap": "cswap",
}  # fmt: skip


def program_of(circuit: QuantumCircuit, idle: str = "i") -> str:
    """Returns a circuit, in gates of `NAMES` and with a measurement of each qubit, as the action of a task.

    Args:
        circuit: The circuit.
        idle: What a qubit gets that no gate acts on: a QPU wants one on each qubit that it reads.
    """
    lines = ["OPENQASM 3.0;", f"bit[{circuit.num_clbits}] b;", f"qubit[{circuit.num_qubits}] q;"]
    used, reads = set(), []
    for one in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in one.qubits]
        if one.name == "measure":
            reads.append(f"b[{circuit.find_bit(one.clbits[0]).index}] = measure q[{qubits[0]}];")
        elif one.name != "barrier":
            used.update(qubits)
            angles = ", ".join([repr(float(value)) for value in one.params])
            places = ", ".join([f"q[{qubit}]" for qubit in qubits])
            lines.append(f"{NAMES[one.name]}{f'({angles})' if angles else ''} {places};")
    lines += [f"{idle} q[{qubit}];" for qubit in range(circuit.num_qubits) if qubit not in used]
    header = {"name": "braket.ir.openqasm.program", "version": "1"}
    return json.dumps({"braketSchemaHeader": header, "source": "\n".join([*lines, *reads]), "inputs": {}})
