"""Facts about Qiskit Aer's methods: which gates they know, what memory they take, and which one suits a circuit."""

from __future__ import annotations

import functools

from qmagic.backends.base import Executable
from qmagic.backends.memory import limit

__all__ = ["CLIFFORD", "METHODS", "automatic", "bytes_of", "gates_of"]

#: qmagic's name to Aer's.
METHODS = {
    "aer": "automatic",
    "aer.statevector": "statevector",
    "aer.density_matrix": "density_matrix",
    "aer.matrix_product_state": "matrix_product_state",
    "aer.stabilizer": "stabilizer",
    "aer.extended_stabilizer": "extended_stabilizer",
}

#: Standard gates that map Paulis to Paulis, whatever their parameters.
CLIFFORD = frozenset({
    "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap", "dcx", "ecr", "id",
})  # fmt: skip

#: A density matrix beats trajectories up to this many qubits (both take time per gate: 4**n against shots * 2**n).
_DENSE = 12

_NOT_GATES = frozenset({"barrier", "measure", "reset", "delay", "global_phase", "snapshot"})


@functools.cache
def gates_of(method: str) -> frozenset[str]:
    """Returns the names of the instructions that a method runs as they are."""
    from qiskit_aer import AerSimulator

    # Standard gates that Aer lists under some methods only, though it runs them under all that it offers.
    return frozenset(AerSimulator(method=method).configuration().basis_gates) | _NOT_GATES


def is_clifford(executable: Executable) -> bool:
    """Returns whether every gate is one of `CLIFFORD`, at the top level and in no control flow."""
    program = executable.program
    return not program.obstacle.startswith("it branches") and all(
        instruction.name in CLIFFORD and instruction.is_standard_gate() for instruction, _ in program.steps
    )


def bytes_of(method: str, width: int) -> int:
    """Returns the bytes that a method takes for `width` qubits, 0 where they cannot be foretold.

    A density matrix has ``4**n`` entries of 16 bytes. Sampling from either takes a table of sums beside the state, which
    is small; half as much again is kept for copies that trajectories start from. Matrix product states take what the
    entanglement asks for: their growth is watched during the run.
    """
    if method == "statevector":
        return 24 << width
    if method == "density_matrix":
        return 24 << 2 * width
    if method == "extended_stabilizer":
        return (1 << 28) + 4096 * width * width
    if method == "stabilizer":
        return 64 * width * width
    return 0


def automatic(executable: Executable, *, exact: bool) -> str:
    """Returns the method for the backend ``aer``: a function of the circuit and its noise only."""
    program, noise = executable.program, executable.noise
    width = program.width
    clifford = width > 16 and is_clifford(executable) and (noise is None or (noise.pauli and not exact))
    if clifford:
        return "stabilizer"
    if noise is not None or (exact and program.feeds_forward):
        if exact or (width <= _DENSE and not program.feeds_forward):
            return "density_matrix"
        return "statevector" if bytes_of("statevector", width) <= limit() else "matrix_product_state"
    return "statevector" if bytes_of("statevector", width) <= limit() else "matrix_product_state"
