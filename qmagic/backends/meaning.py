"""What standard gates mean to a plan: on which of their qubits they are diagonal, what they permute, how they entangle.

Tables by Qiskit's gate names. A gate that is in no table is taken for the worst: it mixes, entangles and is not
Clifford.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction

__all__ = ["CONTROLS", "DIAGONAL", "PERMUTES", "QUARTERS", "RANK", "STAYS_CLIFFORD", "diagonal_on", "is_clifford"]

#: Diagonal on all of their qubits.
DIAGONAL = frozenset({
    "z", "s", "sdg", "t", "tdg", "rz", "p", "u1", "cz", "cp", "cu1", "crz", "rzz", "ccz", "cs", "csdg", "id",
    "diagonal",
})  # fmt: skip

#: Controlled gates and how many of their first qubits are controls (a gate is diagonal on its controls).
CONTROLS = {
    "cx": 1, "cy": 1, "cz": 1, "ch": 1, "cp": 1, "cu1": 1, "crx": 1, "cry": 1, "crz": 1, "cs": 1, "csdg": 1, "csx": 1,
    "cu3": 1, "cswap": 1, "ccx": 2, "ccz": 2,
}  # fmt: skip

#: These map basis states to basis states, up to phases.
PERMUTES = DIAGONAL | {"x", "y", "cx", "cy", "ccx", "swap", "cswap", "iswap", "dcx", "mcx", "rccx", "c3x", "rcccx"}

#: Clifford whatever their parameters.
STAYS_CLIFFORD = frozenset({
    "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap", "iswap", "dcx", "ecr", "id",
})  # fmt: skip

#: Clifford where their angles are multiples of this.
QUARTERS = {
    **dict.fromkeys(("rx", "ry", "rz", "p", "u1", "u", "u3", "u2", "r", "rxx", "ryy", "rzz", "rzx"), math.pi / 2),
    **dict.fromkeys(("cp", "cu1", "crx", "cry", "crz"), math.pi),
}

#: log2 of the operator Schmidt rank between two parts of a gate's qubits, at most; 2 for what is not here.
RANK = {
    **dict.fromkeys(CONTROLS, 1), "cswap": 2, "rzz": 1, "rxx": 1, "ryy": 1, "rzx": 1, "ecr": 1, "mcx": 1, "c3x": 1,
}  # fmt: skip

#: An angle is a multiple of a quarter turn when it misses it by rounding only: ``pi/2 + 1e-3`` is exact, too.
_ROUNDING = 1e-12


def diagonal_on(name: str, place: int) -> bool:
    """Returns whether a gate is diagonal on its qubit number `place`."""
    return name in DIAGONAL or place < CONTROLS.get(name, 0)


def is_clifford(instruction: CircuitInstruction, name: str) -> bool:
    """Returns whether a standard gate maps Paulis to Paulis; one with free parameters does not."""
    if name in STAYS_CLIFFORD:
        return True
    step = QUARTERS.get(name)
    if step is None:
        return False
    try:
        return all(abs(math.remainder(float(angle), step)) < _ROUNDING for angle in instruction.params)
    except TypeError:  # a free parameter
        return False
