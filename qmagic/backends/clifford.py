"""Which gates are Clifford, exactly: they map each Pauli to one Pauli, up to a sign.

Nearly Clifford is not Clifford: an angle may be off by rounding (1e-12), no more; ``rz(pi/2 + 1e-3)`` is none.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.matrices import matrix_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import CircuitInstruction

__all__ = ["PLAIN", "images"]

#: Standard gates that are Clifford by their name, in stim's words: gates and which of the qubits each acts on.
PLAIN: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    "id": (),
    "x": (("X", (0,)),), "y": (("Y", (0,)),), "z": (("Z", (0,)),), "h": (("H", (0,)),),
    "s": (("S", (0,)),), "sdg": (("S_DAG", (0,)),), "sx": (("SQRT_X", (0,)),), "sxdg": (("SQRT_X_DAG", (0,)),),
    "cx": (("CX", (0, 1)),), "cy": (("CY", (0, 1)),), "cz": (("CZ", (0, 1)),),
    "swap": (("SWAP", (0, 1)),), "iswap": (("ISWAP", (0, 1)),), "dcx": (("CX", (0, 1)), ("CX", (1, 0))),
}  # fmt: skip

#: Gates of one angle that can be Clifford only if it is a multiple of pi/2.
_ANGLE = frozenset({
    "p", "u1", "rx", "ry", "rz", "rxx", "ryy", "rzz", "rzx", "cp", "cu1", "crx", "cry", "crz",
})  # fmt: skip
#: Gates that are never Clifford.
_NEVER = frozenset({"t", "tdg", "ccx", "ccz", "cswap", "ch", "cs", "csdg", "csx", "rccx", "rcccx", "mcx", "c3sx"})
#: How far an angle, or a coefficient, may be off.
_ROUNDING = 1e-12
#: Gates on more qubits are not looked into.
_MOST_QUBITS = 3


def images(instruction: CircuitInstruction) -> tuple[str, ...] | None:
    """Returns what a gate makes of X on each of its qubits, then of Z on each; None when it is not Clifford.

    The images are signed Pauli strings, the first qubit leftmost: ``("+ZI", ...)``. The gate must be bound.
    """
    name, number = instruction.name, len(instruction.qubits)
    if number > _MOST_QUBITS:
        return None
    if not instruction.is_standard_gate():
        return _images_of(matrix_of(instruction))
    if name in _NEVER:
        return None
    params = instruction.params
    if any(not isinstance(value, int | float) for value in params):
        params = [_number(value) for value in params]
        if None in params:
            return None
    if name in _ANGLE and not _is_quarter(params[0]):
        return None
    return _standard(name, tuple(params)) or _remember(name, tuple(params), instruction)


#: Images of standard gates by name and parameters; () for what is not Clifford.
_KNOWN: dict[tuple[str, tuple[float, ...]], tuple[str, ...]] = {}
_MOST_KNOWN = 4096


def _standard(name: str, params: tuple[float, ...]) -> tuple[str, ...] | None:
    return _KNOWN.get((name, params))


def _remember(name: str, params: tuple[float, ...], instruction: CircuitInstruction) -> tuple[str, ...] | None:
    found = _images_of(matrix_of(instruction))
    if found is not None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[name, params] = found
    return found


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):  # a parameter that is not bound
        return None


def _is_quarter(angle: float) -> bool:
    quarters = angle / (math.pi / 2)
    return abs(quarters - round(quarters)) * (math.pi / 2) <= _ROUNDING * max(1.0, abs(quarters))


def _images_of(matrix: NDArray[np.complex128]) -> tuple[str, ...] | None:
    """Conjugates each generator by the matrix, and reads the result off its Pauli coefficients."""
    number = matrix.shape[0].bit_length() - 1
    labels, paulis = _paulis(number)
    found = []
    for letter in "XZ":
        for qubit in range(number):
            label = "".join(letter if i == qubit else "I" for i in range(number))
            image = matrix @ paulis[labels.index(label)] @ matrix.conj().T
            weights = np.einsum("aij,ji->a", paulis, image).real / (1 << number)
            top = int(np.abs(weights).argmax())
            sign = round(float(weights[top]))
            weights[top] -= sign
            if abs(sign) != 1 or np.abs(weights).max() > _ROUNDING:
                return None
            found.append(("+" if sign > 0 else "-") + labels[top])
    return tuple(found)


@functools.cache
def _paulis(number: int) -> tuple[list[str], NDArray[np.complex128]]:
    """Returns all labels, first qubit leftmost, and their matrices, in which the first qubit is the lowest bit."""
    one = {
        "I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1]),
    }  # fmt: skip
    labels = ["".join(letters) for letters in itertools.product("IXYZ", repeat=number)]
    matrices = [functools.reduce(np.kron, [one[letter] for letter in reversed(label)]) for label in labels]
    return labels, np.array(matrices, dtype=complex)
