"""States with few non-zero amplitudes: NumPy arrays of basis states and their amplitudes.

A basis state is a row of 64-bit words (qubit 0 is the lowest bit of the first word), so any width will do. Three
kinds of gates (see `sparse_gates`): a diagonal one multiplies amplitudes; a monomial one (one non-zero entry in each
column: X, CX, Toffoli, swaps) moves each basis state to another; any other one spreads each basis state over several,
and those that coincide are summed. Amplitudes below 1e-14, which only rounding leaves behind, are dropped.

No maintained library with an interface for this was found (Q#'s sparse simulator and QX rerun the circuit for each
shot and give out no state; Jaques and Häner, arXiv:2105.01533, describe the method).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.base import OutgrownError
from qmagic.backends.program import Step
from qmagic.backends.sampling import draw
from qmagic.backends.sparse_gates import Part, Parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["State", "States"]

#: Amplitudes below are rounding; probabilities below their square are none.
_NOTHING = 1e-14
#: Equal states differ by less in each amplitude.
_ROUNDING = 1e-12

_ONE = np.uint64(1)


@dataclasses.dataclass(slots=True)
class State:
    """Amplitudes that are not 0.

    Attributes:
        keys: The basis states, ``[amplitude, word]``; no two are equal, in no order.
        values: Their amplitudes.
    """

    keys: NDArray[np.uint64]
    values: NDArray[np.complex128]


class States:
    """Sparse states over some qubits.

    Args:
        active: The qubits, ascending.
        most: The number of amplitudes at which to give up.
    """

    def __init__(self, active: tuple[int, ...], most: int) -> None:
        self._place = {qubit: i for i, qubit in enumerate(active)}
        self._words = max(1, (len(active) + 63) // 64)
        self._most = most
        self._parts = Parts(self._place, self._words)

    def compiled(self, steps: list[Step]) -> list[Part]:
        """Returns gates ready to run."""
        return [self._parts.part(step) for step in steps]

    def start(self) -> State:
        """Returns the state in which every qubit is 0."""
        return State(np.zeros((1, self._words), np.uint64), np.ones(1, complex))

    def apply(self, state: State, gates: list[Part]) -> None:
        """Runs gates.

        Raises:
            OutgrownError: The state has too many amplitudes.
        """
        for part in gates:
            if part.controls is None:
                self._run(state, part)
                continue
            mask, wanted = part.controls
            hit = ((state.keys & mask) == wanted).all(axis=1)
            if part.kind == "spread":
                if hit.any():
                    inside = State(state.keys[hit], state.values[hit])
                    self._run(inside, part)
                    state.keys = np.concatenate([state.keys[~hit], inside.keys])
                    state.values = np.concatenate([state.values[~hit], inside.values])
            elif hit.any():
                inside = State(state.keys[hit], state.values[hit])
                self._run(inside, part)
                state.keys[hit], state.values[hit] = inside.keys, inside.values

    def chances(self, state: State, qubit: int) -> tuple[float, float]:
        """Returns the probabilities of 0 and 1."""
        weights = _weights(state)
        ones = self._bit(state, qubit).astype(bool)
        return float(weights[~ones].sum()), float(weights[ones].sum())

    def copied(self, state: State) -> State:
        """Returns a copy."""
        return State(state.keys.copy(), state.values.copy())

    def collapse(self, state: State, qubit: int, value: int, chance: float) -> None:
        """Projects a qubit and normalises."""
        del chance  # what is left says it better
        kept = self._bit(state, qubit) == value
        state.keys, state.values = state.keys[kept], state.values[kept]
        state.values = state.values / np.sqrt(_weights(state).sum())

    def flip(self, state: State, qubit: int) -> None:
        """Applies X."""
        place = self._place[qubit]
        state.keys[:, place // 64] ^= _ONE << np.uint64(place % 64)

    def fingerprint(self, state: State) -> float:
        """Returns a sum of probabilities, each times a number that its basis state gives."""
        mixed = np.zeros(len(state.keys), np.uint64)
        for word in range(self._words):
            mixed = (mixed ^ state.keys[:, word]) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        return float((_weights(state) * (mixed >> np.uint64(40)).astype(float)).sum() / (1 << 24))

    def same(self, state: State, other: State) -> bool:
        """Returns whether all amplitudes agree up to one phase."""
        if len(state.values) != len(other.values):
            return False
        a, b = _order(state.keys), _order(other.keys)
        if not np.array_equal(state.keys[a], other.keys[b]):
            return False
        left, right = state.values[a], other.values[b]
        overlap = np.vdot(right, left)
        if abs(overlap) < 0.999:
            return False
        return bool(np.abs(left - overlap / abs(overlap) * right).max() < _ROUNDING)

    def sample(
        self, state: State, qubits: Sequence[int], shots: int, random: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Draws from the distribution of `qubits`."""
        outcomes, probabilities = self.distribution(state, qubits)
        at, counts = _drawn(probabilities, shots, random)
        return [int.from_bytes(outcomes[i].tobytes(), "little") for i in at.tolist()], counts.tolist()

    def distribution(self, state: State, qubits: Sequence[int]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Returns the outcomes of measuring some qubits, as packed bits (lowest first) in order, and probabilities."""
        bits = np.stack([self._bit(state, qubit) for qubit in qubits], axis=1).astype(np.uint8)
        packed = np.packbits(bits, axis=1, bitorder="little")
        words = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()
        found, where = np.unique(words, return_inverse=True)
        probabilities = np.bincount(where, weights=_weights(state), minlength=len(found)).astype(float, copy=False)
        return found.view(np.uint8).reshape(-1, packed.shape[1]), probabilities

    def expectation(self, state: State, pauli: Sequence[tuple[str, int]]) -> float:
        """Returns the expectation value of a product of Paulis."""
        flips, signs = np.zeros(self._words, np.uint64), np.zeros(self._words, np.uint64)
        ys = 0
        for letter, qubit in pauli:
            place = self._place[qubit]
            bit = _ONE << np.uint64(place % 64)
            if letter != "Z":
                flips[place // 64] ^= bit
            if letter != "X":
                signs[place // 64] ^= bit
            ys += letter == "Y"
        # P |k> = i^ys (-1)^(bits of k in signs) |k ^ flips>
        parity = np.bitwise_count(state.keys & signs).sum(axis=1) & 1
        moved = state.values * np.where(parity, -1.0, 1.0)
        if not flips.any():
            return float((moved * state.values.conj()).sum().real)
        keys = np.concatenate([state.keys, state.keys ^ flips])
        order = _order(keys)
        # Equal neighbours: the same basis state before and after.
        equal = (keys[order[1:]] == keys[order[:-1]]).all(axis=1)
        first, second = order[:-1][equal], order[1:][equal]
        number = len(state.values)
        before, after = np.minimum(first, second), np.maximum(first, second) - number
        return float((1j**ys * (state.values[before].conj() * moved[after]).sum()).real)

    def _bit(self, state: State, qubit: int) -> NDArray[np.uint64]:
        place = self._place[qubit]
        return state.keys[:, place // 64] >> np.uint64(place % 64) & _ONE

    def _run(self, state: State, part: Part) -> None:
        """Runs the part of a gate that its controls leave over."""
        index = self._index(state, part.targets)
        if part.kind == "spread":
            self._spread(state, part, index)
            return
        if not part.plain:
            state.values = state.values * part.factors[index]
        if part.kind == "monomial":
            state.keys = state.keys ^ part.moves[index]

    def _index(self, state: State, places: tuple[int, ...]) -> NDArray[np.intp]:
        """Returns the bits of some places, the first as the lowest."""
        index = np.zeros(len(state.keys), np.uint64)
        for i, place in enumerate(places):
            index |= (state.keys[:, place // 64] >> np.uint64(place % 64) & _ONE) << np.uint64(i)
        return index.astype(np.intp)

    def _spread(self, state: State, part: Part, index: NDArray[np.intp]) -> None:
        size = part.factors.shape[0]
        keys = np.concatenate([state.keys ^ part.moves[index, row] for row in range(size)])
        values = np.concatenate([state.values * part.factors[index, row] for row in range(size)])
        there = np.abs(values) > _NOTHING
        keys, values = keys[there], values[there]
        if len(values) > 1:
            order = _order(keys)
            keys, values = keys[order], values[order]
            starts = np.flatnonzero(np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)]))
            if len(starts) < len(values):
                keys, values = keys[starts], np.add.reduceat(values, starts)
                there = np.abs(values) > _NOTHING
                if not there.all():
                    keys, values = keys[there], values[there]
        if len(values) > self._most:
            raise OutgrownError(
                f"the sparse state has more than {self._most:,} amplitudes; another simulator may do better"
            )
        state.keys, state.values = keys, values


def _weights(state: State) -> NDArray[np.float64]:
    return state.values.real**2 + state.values.imag**2


def _order(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Returns an order in which equal keys are neighbours."""
    if keys.shape[1] == 1:
        return np.argsort(keys[:, 0])
    return np.lexsort(keys.T)


def _drawn(
    probabilities: NDArray[np.float64], shots: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws with a number of outcomes that is no power of two."""
    size = 1 << max(0, len(probabilities) - 1).bit_length()
    return draw(np.pad(probabilities, (0, size - len(probabilities))), shots, random)
