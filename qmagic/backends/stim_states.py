"""Stabilizer states: what Z measurements of them give, and stim's tableaus as the `holder.Holder` of feed-forward.

The outcomes of Z measurements on a stabilizer state are uniform over an affine space: one outcome, plus any sum (mod 2)
of k directions. Drawing from it takes no simulation, and gives the same counts on any machine (stim's own
samplers depend on the width of its SIMD words).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import stim

from qmagic.backends.program import Step
from qmagic.backends.stim_circuits import text_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Outcomes", "Tableaus", "outcomes_of"]

#: Up to this many directions every outcome is drawn for by one multinomial.
_FEW = 10
#: Bytes of outcomes that are drawn at once.
_CHUNK = 1 << 26


@dataclasses.dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of measuring some qubits: `base` plus any sum of `directions`, all equally likely.

    Bits are packed, lowest first. Directions are in reduced echelon form, and the base is 0 at their pivots: equal
    spaces have equal descriptions.
    """

    base: NDArray[np.uint8]
    directions: NDArray[np.uint8]

    def drawn(self, shots: int, random: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Returns distinct outcomes, packed, and how often each came."""
        number = len(self.directions)
        if number <= _FEW:
            counts = random.multinomial(shots, np.full(1 << number, 0.5**number))
            seen = np.flatnonzero(counts)
            return self._at(_packed(seen, number)), counts[seen]
        width = (number + 7) // 8
        per_chunk = max(1, _CHUNK // max(self.base.size, width))
        parts = []
        for first in range(0, shots, per_chunk):
            picked = np.frombuffer(random.bytes(min(per_chunk, shots - first) * width), np.uint8).reshape(-1, width)
            parts.append(_distinct(self._at(picked)))
        if len(parts) == 1:
            return parts[0]
        return _distinct(np.concatenate([rows for rows, _ in parts]), np.concatenate([times for _, times in parts]))

    def _at(self, picked: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns the outcomes at which the directions named by packed bits are added, eight of them at a time."""
        rows = np.repeat(self.base[None], len(picked), axis=0)
        for byte in range((len(self.directions) + 7) // 8):
            eight = self.directions[8 * byte : 8 * byte + 8]
            sums = np.zeros((1, self.base.size), np.uint8)
            for direction in eight:
                sums = np.concatenate([sums, sums ^ direction])
            rows ^= sums[picked[:, byte] & len(sums) - 1]
        return rows


def _packed(numbers: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    return numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : (width + 7) // 8]


def _distinct(
    rows: NDArray[np.uint8], counts: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    words = np.ascontiguousarray(rows).view(f"V{rows.shape[1]}").ravel()
    found, inverse, times = np.unique(words, return_inverse=True, return_counts=True)
    if counts is not None:
        times = np.zeros(len(found), np.int64)
        np.add.at(times, inverse, counts)
    return found.view(np.uint8).reshape(-1, rows.shape[1]), times


def outcomes_of(simulator: Any, places: Sequence[int]) -> Outcomes:
    """Returns the outcomes of measuring qubits of a ``stim.TableauSimulator``, which is measured on the way.

    Measured backwards through the circuit, Z of qubit q is a Pauli on the start state, where an X makes its outcome
    random: row q of the inverse tableau's ``z2x``. A parity of outcomes is fixed where these rows cancel, so
    the columns of that matrix are the directions.
    """
    z2x = simulator.current_inverse_tableau().to_numpy(bit_packed=True)[2][list(places)]
    used = np.flatnonzero(np.bitwise_or.reduce(z2x, axis=0)) if len(places) else np.empty(0, np.int64)
    columns = np.unpackbits(z2x[:, used], axis=1, bitorder="little").T
    columns = columns[columns.any(axis=1)]
    directions, pivots = _echelon(np.packbits(columns, axis=1, bitorder="little"), len(places))
    measured = np.array(simulator.measure_many(*places), np.uint8)
    base = np.packbits(measured, bitorder="little")
    for direction, pivot in zip(directions, pivots, strict=True):
        if base[pivot >> 3] >> (pivot & 7) & 1:
            base = base ^ direction
    return Outcomes(base, directions)


def _echelon(rows: NDArray[np.uint8], bits: int) -> tuple[NDArray[np.uint8], list[int]]:
    """Returns packed rows in reduced echelon form (mod 2), and the pivot of each."""
    rows, pivots = rows.copy(), list[int]()
    for bit in range(bits):
        rank = len(pivots)
        if rank == len(rows):
            break
        column = rows[:, bit >> 3] >> (bit & 7) & 1
        hits = np.flatnonzero(column[rank:])
        if not hits.size:
            continue
        first = rank + int(hits[0])
        if first != rank:
            rows[[rank, first]] = rows[[first, rank]]
            column[[rank, first]] = column[[first, rank]]
        column[rank] = 0
        rows[column.astype(bool)] ^= rows[rank]
        pivots.append(bit)
    return rows[: len(pivots)], pivots


class Tableaus:
    """Stabilizer states of the qubits of a circuit.

    Args:
        active: The qubits that the states hold.
    """

    def __init__(self, active: tuple[int, ...]) -> None:
        self._place = {qubit: i for i, qubit in enumerate(active)}
        self._width = max(1, len(active))

    def compiled(self, steps: list[Step]) -> Any:
        """Returns a stim circuit."""
        return stim.Circuit(text_of(steps, self._place))

    def start(self) -> Any:
        """Returns the state in which every qubit is 0."""
        simulator = stim.TableauSimulator(seed=0)
        simulator.set_num_qubits(self._width)
        return simulator

    def apply(self, state: Any, gates: Any) -> None:
        """Runs a circuit on a state."""
        state.do(gates)

    def chances(self, state: Any, qubit: int) -> tuple[float, float]:
        """Returns (1, 0), (0, 1), or a half each."""
        found: tuple[float, float] = {1: (1.0, 0.0), -1: (0.0, 1.0), 0: (0.5, 0.5)}[state.peek_z(self._place[qubit])]
        return found

    def copied(self, state: Any) -> Any:
        """Returns a copy."""
        return state.copy()

    def collapse(self, state: Any, qubit: int, value: int, chance: float) -> None:
        """Projects a qubit."""
        del chance
        state.postselect_z(self._place[qubit], desired_value=bool(value))

    def flip(self, state: Any, qubit: int) -> None:
        """Applies X."""
        state.x(self._place[qubit])

    def fingerprint(self, state: Any) -> float:
        """Returns the hash of the stabilizers."""
        return float(hash(_stabilizers(state)) & (1 << 40) - 1)

    def same(self, state: Any, other: Any) -> bool:
        """Returns whether all stabilizers agree."""
        return _stabilizers(state) == _stabilizers(other)

    def sample(
        self, state: Any, qubits: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Draws from the affine space of outcomes."""
        rows, counts = outcomes_of(state.copy(), [self._place[qubit] for qubit in qubits]).drawn(shots, random)
        return [int.from_bytes(row.tobytes(), "little") for row in rows], counts.tolist()


def _stabilizers(state: Any) -> str:
    return ",".join(map(str, state.canonical_stabilizers()))
