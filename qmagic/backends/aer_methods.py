"""Facts about Qiskit Aer's methods: which gates they know, what memory they take, and which one suits a circuit."""

from __future__ import annotations

import functools

from qmagic.backends.base import Executable
from qmagic.backends.memory import limit

__all__ = ["CLIFFORD", "METHODS", "NOT_GATES", "automatic", "bytes_of", "gates_of", "is_clifford", "not_clifford"]

#: qmagic's name to Aer's.
METHODS = {
    "aer": "automatic",
    "aer.statevector": "statevector",
    "aer.gpu": "statevector",
    "aer.density_matrix": "density_matrix",
    "aer.matrix_product_state": "matrix_product_state",
    "aer.stabilizer": "stabilizer",
    "aer.extended_stabilizer": "extended_stabilizer",
}

#: Standard gates that map Paulis to Paulis, whatever their parameters.
CLIFFORD = frozenset({
    "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap", "dcx", "ecr", "id",
})  # fmt: skip

#: Up to this many qubits a state vector is as fast as a tableau.
_NARROW = 16
#: A density matrix beats a thousand trajectories up to this many qubits (a gate takes 4**n against shots * 2**n).
_DENSE = 11

#: What every method takes besides gates.
_ALWAYS = frozenset({"barrier", "measure", "reset", "delay", "global_phase"})
#: ... and what is no gate, so that no noise is meant for it.
NOT_GATES = _ALWAYS | {
    "if_else", "while_loop", "for_loop", "switch_case", "box", "break_loop", "continue_loop", "store",
    "kraus", "superop", "quantum_channel", "roerror",
    "set_statevector", "set_density_matrix", "set_stabilizer", "set_matrix_product_state",
}  # fmt: skip


@functools.cache
def gates_of(method: str) -> frozenset[str]:
    """Returns the names of the instructions that a method runs as they are."""
    from qiskit_aer import AerSimulator

    names = frozenset(AerSimulator(method=method).configuration().basis_gates) | _ALWAYS
    # Aer compiles them away with their loops, and lists only the loops.
    return names | {"break_loop", "continue_loop"} if "while_loop" in names else names


def is_clifford(executable: Executable) -> bool:
    """Returns whether every gate is one of `CLIFFORD`, at the top level and in no control flow."""
    program = executable.program
    return not program.obstacle.startswith("it branches") and all(
        instruction.name in CLIFFORD and instruction.is_standard_gate() for instruction, _ in program.steps
    )


def bytes_of(method: str, width: int) -> int:
    """Returns the bytes that a method takes for `width` qubits.

    A density matrix has ``4**n`` entries of 16 bytes, a state vector ``2**n``; half as much again is for copies that
    trajectories start from, and for sampling. What matrix product states take depends on the entanglement: at most
    a few state vectors; a quarter of what there is stands for the rest, and their growth is watched during the run.
    """
    if method == "statevector":
        return 24 << width
    if method == "density_matrix":
        return 24 << 2 * width
    if method == "matrix_product_state":
        return min(64 << width, limit() // 4)
    if method == "extended_stabilizer":
        return (1 << 28) + 4096 * width * width
    return 64 * width * width


def automatic(executable: Executable, *, exact: bool) -> str:
    """Returns the method for the backend ``aer``: a function of the circuit and its noise only."""
    program, noise = executable.program, executable.noise
    width = program.width
    # With exact values the noise has to be averaged over, which only a density matrix does.
    if width > _NARROW and is_clifford(executable) and (noise is None or (noise.pauli and not exact)):
        return "stabilizer"
    if noise is not None and (exact or (width <= _DENSE and not program.feeds_forward)):
        return "density_matrix"
    return "statevector" if bytes_of("statevector", width) <= limit() else "matrix_product_state"


def not_clifford(executable: Executable) -> str:
    """Returns the first gate that is not Clifford, as ``"t on qubit 3"``; "" when all are."""
    from qiskit.quantum_info import Clifford

    passed: set[tuple[str, tuple[object, ...]]] = set()
    for instruction, qubits in executable.program.steps:
        if instruction.is_standard_gate() and instruction.name in CLIFFORD:
            continue
        key = (instruction.name, tuple(instruction.params) if instruction.is_standard_gate() else (id(instruction),))
        if key in passed:
            continue
        try:
            Clifford(instruction.operation)
        except Exception:  # noqa: BLE001 - Qiskit says it with several classes
            return f"{instruction.name} on qubit{'s' * (len(qubits) > 1)} {', '.join(map(str, qubits))}"
        passed.add(key)
    return ""
