"""Matrix product states by Aer, on a good line of qubits, and every shot from the one final state.

Aer applies the gates; its tensors are then brought to right-canonical form (an LQ sweep), and shots are drawn from the
first qubit of the line on, all at once: shots with the same outcomes so far are one row, so that a GHZ state of any
width is two rows. Qubits after the last measured one are never looked at. (Aer's own sampling takes 0.7 ms a shot at
255 qubits.)

Aer drops singular values whose squares sum to less than 1e-16 for each gate it applies (swaps included); where the sum
of that passes 1e-12, the method says so. Noise, and circuits without one final state, run as in `aer`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.aer import Aer, _run
from qmagic.backends.aer_methods import gates_of
from qmagic.backends.base import Executable, Grant, Product
from qmagic.backends.line import shorter
from qmagic.backends.program import Step
from qmagic.backends.sampling import Key, generator
from qmagic.outcomes import CountsTable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import CircuitInstruction, QuantumCircuit

__all__ = ["MatrixProductState"]

_METHOD = "matrix_product_state"
#: The weight that Aer may drop at a gate.
_DROPPED = 1e-16
#: The sum of dropped weight from which on it is reported.
_REPORTED = 1e-12
#: A conditional probability below this is rounding.
_NEVER = 1e-14
#: Bytes of tensors of which a sampler may be kept, as far as anybody can say before.
_TENSORS = 16 << 20
#: Rows that are drawn together: bounds the memory.
_CHUNK = 1 << 16


class MatrixProductState(Aer):
    """The backend ``aer.matrix_product_state``."""

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts of one final state, or, where there is none, as Aer takes them."""
        program = executable.program
        if executable.noise is not None or program.obstacle:
            counts, _ = super().sample(executable, shots, key, grant)
            return counts, _told(executable)
        state = _state(executable, grant)
        return _sampled(state, list(program.measured), program.num_clbits, shots, key), state.method

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis, all of one final state."""
        if executable.noise is not None or executable.program.feeds_forward:
            tables, _ = super().sample_bases(executable, bases, shots, keys, grant)
            return tables, _told(executable)
        state = _state(executable, grant)
        tables = []
        for basis, number, key in zip(bases, shots, keys, strict=True):
            turned = _turned(state, basis)
            bits = [(bit, qubit) for bit, (_, qubit) in enumerate(basis)]
            tables.append(_sampled(turned, bits, len(basis), number, key))
        return tables, state.method

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns exact values, contracted from the first qubit of the line to the last that a product names."""
        if executable.noise is not None or executable.program.feeds_forward:
            values, _ = super().expectations(executable, products, grant)
            return values, _told(executable)
        state = _state(executable, grant)
        return np.array([_value(state, product) for product in products], dtype=float), state.method


@dataclasses.dataclass(frozen=True, slots=True)
class _State:
    """Tensors of a line, the place of each qubit on it, and the method as reported."""

    tensors: list[NDArray[np.complex128]]
    place: dict[int, int]
    method: str


def _state(executable: Executable, grant: Grant) -> _State:
    return executable.shelf.keep(executable, _METHOD, _TENSORS, lambda: _made(executable, grant))


def _made(executable: Executable, grant: Grant) -> _State:
    circuit, place = _lined(executable)
    if not place:
        return _State([], {}, _METHOD)
    circuit.save_matrix_product_state(label="qmagic")
    gammas, lambdas = _run(circuit, executable, (_METHOD, "CPU"), grant, shots=1)["qmagic"]
    tensors = []
    for i, (zero, one) in enumerate(gammas):
        tensor = np.stack([np.asarray(zero, complex), np.asarray(one, complex)], axis=1)
        if i < len(lambdas):
            tensor *= np.asarray(lambdas[i], float)
        tensors.append(tensor)
    index = {bit: i for i, bit in enumerate(circuit.qubits)}
    method = _method([index[bit] for bit in one.qubits] for one in circuit.data[:-1])  # the last one saves
    return _State(_right_canonical(tensors), place, method)


def _right_canonical(tensors: list[NDArray[np.complex128]]) -> list[NDArray[np.complex128]]:
    """Returns the same state, of norm 1, with every tensor but the first an isometry from the left bond."""
    made = list(tensors)
    for i in range(len(made) - 1, 0, -1):
        left, _, right = made[i].shape
        q, r = np.linalg.qr(made[i].reshape(left, 2 * right).conj().T)
        made[i] = np.ascontiguousarray(q.conj().T).reshape(-1, 2, right)
        made[i - 1] = made[i - 1] @ r.conj().T
    made[0] = made[0] / np.linalg.norm(made[0])
    return made


def _turned(state: _State, basis: Product) -> _State:
    """Returns the state with `basis` turned to Z; a turn of one qubit keeps the form."""
    tensors = list(state.tensors)
    root = 0.5**0.5
    for letter, qubit in basis:
        if letter != "Z":
            at, i = state.place[qubit], -1j if letter == "Y" else 1
            zero, one = tensors[at][:, 0], i * tensors[at][:, 1]
            tensors[at] = np.stack([root * (zero + one), root * (zero - one)], axis=1)
    return dataclasses.replace(state, tensors=tensors)


#: One-qubit operators by their letters, as in `base.Product`.
_OPERATORS = {
    "X": np.array([[0, 1], [1, 0]], complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.array([[1, 0], [0, -1]], complex),
    "0": np.array([[1, 0], [0, 0]], complex),
    "1": np.array([[0, 0], [0, 1]], complex),
    "+": np.array([[1, 1], [1, 1]], complex) / 2,
    "-": np.array([[1, -1], [-1, 1]], complex) / 2,
    "r": np.array([[1, -1j], [1j, 1]]) / 2,
    "l": np.array([[1, 1j], [-1j, 1]]) / 2,
}


def _value(state: _State, product: Product) -> float:
    """Returns the expectation value of a product; to the right of its last qubit everything contracts to 1."""
    letters = {state.place[qubit]: letter for letter, qubit in product}
    left = np.ones((1, 1), complex)
    for i in range(max(letters, default=-1) + 1):
        tensor = state.tensors[i]
        ket = np.tensordot(left, tensor, 1)
        if i in letters:
            ket = np.einsum("st,atb->asb", _OPERATORS[letters[i]], ket)
        left = np.tensordot(tensor.conj(), ket, ((0, 1), (0, 1)))
    return float(left[0, 0].real if left.size == 1 else np.trace(left).real)


def _sampled(state: _State, measured: list[tuple[int, int]], num_clbits: int, shots: int, key: Key) -> CountsTable:
    """Returns the counts of ``(bit, qubit)`` pairs."""
    random, order = generator(key)
    width = max(1, (num_clbits + 7) // 8)
    holders: dict[int, list[int]] = {}
    for bit, qubit in measured:
        holders.setdefault(state.place[qubit], []).append(bit)
    found, numbers = [], []
    for first in range(0, shots, _CHUNK):
        rows, counts = _drawn(state.tensors, holders, width, min(_CHUNK, shots - first), random)
        found.append(rows)
        numbers.append(counts)
    rows = np.concatenate(found)
    as_text = rows.view(f"V{width}").ravel()
    distinct, inverse = np.unique(as_text, return_inverse=True)
    counts = np.zeros(len(distinct), np.int64)
    np.add.at(counts, inverse, np.concatenate(numbers))
    return CountsTable(distinct.tobytes(), counts.astype("<i8").tobytes(), order)


def _drawn(
    tensors: list[NDArray[np.complex128]],
    holders: dict[int, list[int]],
    width: int,
    shots: int,
    random: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Returns outcomes as big-endian rows of bytes, and how often each was drawn; some rows may be equal."""
    vectors = np.ones((1, 1), complex)
    counts = np.array([shots], np.int64)
    rows = np.zeros((1, width), np.uint8)
    for i in range(max(holders, default=-1) + 1):
        tensor = tensors[i]
        zeros, ones = vectors @ tensor[:, 0], vectors @ tensor[:, 1]
        weight_0, weight_1 = _weights(zeros), _weights(ones)
        chance = weight_1 / (weight_0 + weight_1)
        chance[chance < _NEVER] = 0.0
        chance[chance > 1 - _NEVER] = 1.0
        up = random.binomial(counts, chance)
        down = counts - up
        at_0, at_1 = down.nonzero()[0], up.nonzero()[0]
        vectors = np.concatenate(
            [zeros[at_0] / np.sqrt(weight_0[at_0])[:, None], ones[at_1] / np.sqrt(weight_1[at_1])[:, None]]
        )
        counts = np.concatenate([down[at_0], up[at_1]])
        rows = np.concatenate([rows[at_0], rows[at_1]])
        for bit in holders.get(i, ()):
            rows[len(at_0) :, width - 1 - bit // 8] |= 1 << bit % 8
    return rows, counts


def _weights(vectors: NDArray[np.complex128]) -> NDArray[np.float64]:
    flat = vectors.view(float)
    weights: NDArray[np.float64] = np.einsum("ij,ij->i", flat, flat)
    return weights


def _lined(executable: Executable) -> tuple[QuantumCircuit, dict[int, int]]:
    """Returns the unitary part on a good line of the active qubits, in gates of the method, and their places."""
    from qiskit.circuit import CircuitInstruction, QuantumCircuit

    program = executable.program
    wires, _, _ = shorter(program.steps, program.active)
    place = {wire: i for i, wire in enumerate(wires)}
    circuit = QuantumCircuit(len(wires))
    bits = circuit.qubits
    gates = gates_of(_METHOD)
    for step in program.steps:
        for instruction, qubits in _opened(step, gates):
            circuit._append(CircuitInstruction(instruction.operation, [bits[place[qubit]] for qubit in qubits], ()))
    return circuit, place


def _opened(step: Step, gates: frozenset[str]) -> list[Step]:
    """Returns a step in gates that the method knows."""
    instruction, qubits = step
    if (instruction.is_standard_gate() and instruction.name in gates) or instruction.name in ("unitary", "diagonal"):
        return [step]
    definition = instruction.operation.definition
    if definition is None:
        return [(_as_matrix(instruction), qubits)]
    place = {bit: qubits[i] for i, bit in enumerate(definition.qubits)}
    return [
        made
        for inner in definition.data
        if inner.name != "barrier"
        for made in _opened((inner, tuple([place[bit] for bit in inner.qubits])), gates)
    ]


def _as_matrix(instruction: CircuitInstruction) -> Any:
    from qiskit.circuit import CircuitInstruction
    from qiskit.circuit.library import UnitaryGate

    return CircuitInstruction(UnitaryGate(instruction.operation.to_matrix()), instruction.qubits, ())


def _told(executable: Executable) -> str:
    """Returns the method of a run by Aer as it is, shot by shot, the qubits in the circuit's own order."""
    place = {qubit: i for i, qubit in enumerate(executable.program.active)}
    return _method([place[qubit] for qubit in qubits] for _, qubits in executable.flow.gates())


def _method(gates: Iterable[Sequence[int]]) -> str:
    """Returns the method, and the weight that may have been dropped on the way where that is worth a word.

    Args:
        gates: The places on the line of each gate's qubits. One whose qubits lie apart swaps its way there and back;
            one on more than two qubits counts as several.
    """
    applied = 0
    for places in gates:
        if len(places) > 1:
            applied += (2 * (max(places) - min(places)) - 1) * (1 if len(places) == 2 else 4 ** (len(places) - 1))
    dropped = applied * _DROPPED
    return _METHOD if dropped <= _REPORTED else f"{_METHOD}, dropped weight at most {dropped:.0e}"
