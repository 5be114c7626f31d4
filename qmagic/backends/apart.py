"""A circuit as parts that never meet: each runs on a backend of its own, qubits that stayed alone need none.

Counts of independent parts are paired at random, which is what running them together would do: shot by shot, or, for
many shots and few outcomes, by drawing how many shots of each outcome of one meet each outcome of the other
(hypergeometric). An expectation value of a product is the product of the parts' expectation values.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.base import Backend, Executable, Grant, Need, OutgrownError, Product
from qmagic.backends.grouping import VALUES
from qmagic.backends.sampling import Key, generator, outcome_bits
from qmagic.outcomes import CountsTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Apart", "Part"]

#: Above this many shots, outcomes are paired by their numbers.
_SINGLY = 4_000_000
#: A probability below this is rounding (see `sampling`).
_NEVER = 1e-20
#: Parts draw from chunks of their own, above all chunks that a whole circuit uses.
_CHUNKS = 1 << 32


@dataclasses.dataclass(slots=True)
class Part:
    """Some qubits of a circuit, as a circuit of their own.

    Attributes:
        executable: That circuit. For counts its bits are those of the whole that it measures, in order.
        backend: What runs it.
        place: Where each wire of the whole is in it.
        bits: Which bit of the whole each of its bits is.
    """

    executable: Executable
    backend: Backend
    place: Mapping[int, int]
    bits: tuple[int, ...]


class Apart:
    """A backend for one circuit.

    Args:
        parts: What has to be simulated.
        alone: The amplitudes ``(of 0, of 1)`` of wires that met no other.
        wire: The wire that holds each qubit at the end.
        measured: ``(bit, qubit)`` of each measured bit.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        alone: Mapping[int, tuple[complex, complex]],
        wire: Mapping[int, int],
        measured: Iterable[tuple[int, int]],
    ) -> None:
        self._parts, self._alone, self._wire = list(parts), alone, wire
        holders: dict[int, list[int]] = {}
        for bit, qubit in measured:
            if wire[qubit] in alone:
                holders.setdefault(wire[qubit], []).append(bit)
        #: The bits that each lonely wire is measured into, and its state.
        self._single = [(bits, alone[at]) for at, bits in holders.items()]
        self.name = " + ".join(dict.fromkeys(part.backend.name for part in parts)) or "product"

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what the largest part takes: they run one after the other."""
        del executable
        needs = [part.backend.need(part.executable, exact=exact) for part in self._parts]
        return Need(max([need.memory for need in needs], default=0), max([need.threads for need in needs], default=1))

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Returns counts of all parts together."""
        found, methods = [], []
        for i, part in enumerate(self._parts):
            if part.bits:
                with _numbered(i):
                    counts, method = part.backend.sample(part.executable, shots, _key(key, i + 1), grant)
                found.append((counts, part.bits))
                methods.append(method)
        chances = [(bits, abs(vector[1]) ** 2) for bits, vector in self._single]
        return _together(found, chances, executable.program.num_clbits, shots, _key(key, 0)), _joined(methods)

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Returns counts in each basis of all parts together."""
        del executable
        wires = [[(letter, self._wire[qubit]) for letter, qubit in basis] for basis in bases]
        found: list[list[tuple[CountsTable, tuple[int, ...]]]] = [[] for _ in bases]
        methods = []
        for i, part in enumerate(self._parts):
            inner, bits = [], []
            for basis in wires:
                mine = sorted((part.place[w], letter, bit) for bit, (letter, w) in enumerate(basis) if w in part.place)
                inner.append(tuple([(letter, at) for at, letter, _ in mine]))
                bits.append(tuple([bit for _, _, bit in mine]))
            asked = [at for at, basis in enumerate(inner) if basis]
            if not asked:
                continue
            with _numbered(i):
                tables, method = part.backend.sample_bases(
                    part.executable,
                    [inner[at] for at in asked],
                    [shots[at] for at in asked],
                    [_key(keys[at], i + 1) for at in asked],
                    grant,
                )
            methods.append(method)
            for at, counts in zip(asked, tables, strict=True):
                found[at].append((counts, bits[at]))
        made = []
        for basis, tables_of, number, key in zip(wires, found, shots, keys, strict=True):
            chances = [
                ([bit], _chance(self._alone[wire], "1-l"["ZXY".index(letter)]))
                for bit, (letter, wire) in enumerate(basis)
                if wire in self._alone
            ]
            made.append(_together(tables_of, chances, len(basis), number, _key(key, 0)))
        return made, _joined(methods)

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Returns exact values."""
        del executable
        wires = [[(letter, self._wire[qubit]) for letter, qubit in product] for product in products]
        values = np.ones(len(products))
        for row, product in enumerate(wires):
            for letter, wire in product:
                if wire in self._alone:
                    values[row] *= _value(self._alone[wire], letter)
        methods = []
        for i, part in enumerate(self._parts):
            inner = [
                tuple(
                    [
                        (letter, at)
                        for at, letter in sorted((part.place[w], letter) for letter, w in product if w in part.place)
                    ]
                )
                for product in wires
            ]
            distinct = list(dict.fromkeys(product for product in inner if product))
            if distinct:
                with _numbered(i):
                    found, method = part.backend.expectations(part.executable, distinct, grant)
                known = dict(zip(distinct, found.tolist(), strict=True)) | {(): 1.0}
                values *= np.array([known[product] for product in inner])
                methods.append(method)
        return values, _joined(methods)


@contextlib.contextmanager
def _numbered(part: int) -> Iterator[None]:
    """Has a part that grew too large say which one it was."""
    try:
        yield
    except OutgrownError as error:
        error.part = part
        raise


def _key(key: Key, part: int) -> Key:
    return (*key[:3], key[3] + (part + 1) * _CHUNKS)


def _joined(methods: list[str]) -> str:
    return " + ".join(dict.fromkeys(methods)) or "product"


#: The amplitudes of 0 and 1 in the states that projectors and Pauli eigenvalues +1, -1 name.
_R = 0.5**0.5
_STATES = {
    "0": (1, 0), "1": (0, 1), "+": (_R, _R), "-": (_R, -_R), "r": (_R, 1j * _R), "l": (_R, -1j * _R),
}  # fmt: skip
_POSITIVE = {"Z": "0", "X": "+", "Y": "r"}


def _chance(vector: tuple[complex, complex], state: str) -> float:
    """Returns the probability to find `vector` in a named state."""
    zero, one = _STATES[state]
    return abs(complex(zero).conjugate() * vector[0] + complex(one).conjugate() * vector[1]) ** 2


def _value(vector: tuple[complex, complex], letter: str) -> float:
    chance = _chance(vector, _POSITIVE.get(letter, letter))
    return 2 * chance - 1 if letter in VALUES and letter in _POSITIVE else chance


def _together(
    tables: Sequence[tuple[CountsTable, tuple[int, ...]]],
    chances: Sequence[tuple[Sequence[int], float]],
    num_bits: int,
    shots: int,
    key: Key,
) -> CountsTable:
    """Returns the counts of independent draws.

    Args:
        tables: Counts, and which bit of the whole each of their bits is.
        chances: Bits that are all 1 or all 0 together, and the probability of 1.
        num_bits: Bits of the whole.
        shots: How many shots each table holds.
        key: For the pairing, and for the single bits.
    """
    random, order = generator(key)
    width = max(1, (num_bits + 7) // 8)
    rows, counts = np.zeros((1, width), np.uint8), np.array([shots], np.int64)
    for found, bits in tables:
        other, numbers = _spread(found, bits, width)
        rows, counts = _paired(rows, counts, other, numbers, random)
    for holders, chance in chances:
        up = counts * 0 if chance < _NEVER else random.binomial(counts, min(chance, 1.0))
        down = counts - up
        at_0, at_1 = down.nonzero()[0], up.nonzero()[0]
        rows, counts = np.concatenate([rows[at_0], rows[at_1]]), np.concatenate([down[at_0], up[at_1]])
        for bit in holders:
            rows[len(at_0) :, width - 1 - bit // 8] |= 1 << bit % 8
    order_of = np.argsort(rows.view(f"V{width}").ravel())
    return CountsTable(rows[order_of].tobytes(), counts[order_of].astype("<i8").tobytes(), order)


def _spread(table: CountsTable, bits: tuple[int, ...], width: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Returns a table's outcomes with each bit in its place of the whole, as big-endian rows of bytes."""
    values, numbers = outcome_bits(table, len(bits))
    rows = np.zeros((numbers.size, width), np.uint8)
    for i, bit in enumerate(bits):
        rows[:, width - 1 - bit // 8] |= values[:, i] << (bit % 8)
    return rows, numbers.astype(np.int64)


def _paired(
    rows: NDArray[np.uint8],
    counts: NDArray[np.int64],
    other: NDArray[np.uint8],
    numbers: NDArray[np.int64],
    random: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Returns the outcomes of two independent parts, paired at random."""
    if len(other) == 1:
        return rows | other, counts
    if len(rows) == 1:
        return rows | other, numbers
    if counts.sum() <= _SINGLY:
        first = np.repeat(np.arange(len(counts)), counts)
        second = random.permutation(np.repeat(np.arange(len(numbers)), numbers))
        pairs, found = np.unique(first * len(numbers) + second, return_counts=True)
        first, second = np.divmod(pairs, len(numbers))
        return rows[first] | other[second], found
    left = numbers.copy()
    firsts, seconds, found_numbers = [], [], []
    for i, count in enumerate(counts):
        met = random.multivariate_hypergeometric(left, count, method="marginals")
        left -= met
        at = met.nonzero()[0]
        firsts.append(np.full(at.size, i))
        seconds.append(at)
        found_numbers.append(met[at])
    return rows[np.concatenate(firsts)] | other[np.concatenate(seconds)], np.concatenate(found_numbers)
