"""The order of shots, drawn from a counts table.

A table says how often each outcome was seen; shots one by one are a uniformly random arrangement of that many
outcomes. Given its counts, a sequence of independent shots *is* such an arrangement, so nothing is lost by not
keeping the order. It is a function of the table and its `order_seed`.

Shuffling a million shots takes NumPy 13 ms. For few distinct outcomes `arrangement` is five times faster, and exact: it
draws independent shots from roughly the right distribution (16 random bits each, a look-up), then gives a random choice
of the outcomes drawn too often to those drawn too rarely, in random order. No step looks at where a shot stands, so
every arrangement is equally likely, whatever the first distribution was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.outcomes import CountsTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["arrangement", "check_memory", "packed_rows", "table_counts"]

#: Up to this many distinct outcomes drawing and mending beats a shuffle (measured: 2.4 ms against 13.8 for 2, 10
#: against 12 for 16).
_FEW = 12
#: Below this many shots a shuffle takes microseconds.
_MANY_SHOTS = 4096
#: Rows unpacked to bits at a time; bounds memory at 64 MB for 1,000 bits.
_ROWS_AT_ONCE = 1 << 16


def table_counts(table: CountsTable) -> NDArray[np.int64]:
    """Returns how often each row of `table` was seen."""
    import numpy as np

    return np.frombuffer(table.counts, "<i8").astype(np.int64, copy=False)


def arrangement(counts: NDArray[np.int64], seed: int) -> NDArray[Any]:
    """Returns for each shot the row it has, row i exactly ``counts[i]`` times, all orders equally likely."""
    import numpy as np

    kind = np.uint8 if len(counts) <= 1 << 8 else np.uint16 if len(counts) <= 1 << 16 else np.uint32
    shots = int(counts.sum())
    if len(counts) <= 1:
        return np.zeros(shots, kind)
    random = np.random.Generator(np.random.SFC64(seed))
    if len(counts) > _FEW or shots < _MANY_SHOTS:
        order = np.repeat(np.arange(len(counts), dtype=kind), counts)
        random.shuffle(order)
        return order
    return _drawn_and_mended(counts, shots, random)


def _drawn_and_mended(counts: NDArray[np.int64], shots: int, random: np.random.Generator) -> NDArray[Any]:
    import numpy as np

    rows = np.arange(len(counts), dtype=np.uint8)
    edges = np.rint(np.cumsum(counts) / shots * 65536).astype(np.int64)
    row_of = np.repeat(rows, np.diff(edges, prepend=0))
    words = random.integers(0, 1 << 64, -(-shots // 4), dtype=np.uint64)
    order = row_of.take(words.view(np.uint16)[:shots])
    too_many = np.array([np.count_nonzero(order == row) for row in rows]) - counts
    freed = [
        random.choice(np.flatnonzero(order == row), too_many[row], replace=False, shuffle=False)
        for row in np.flatnonzero(too_many > 0)
    ]
    if freed:
        missing = np.repeat(rows, np.maximum(-too_many, 0))
        random.shuffle(missing)
        order[np.concatenate(freed)] = missing
    return order


def packed_rows(table: CountsTable, bits: tuple[int, ...], num_bits: int) -> NDArray[np.uint8]:
    """Returns some bits of each row, packed as in Qiskit's BitArray: ``bits[0]`` is the lowest bit of the last byte.

    Args:
        table: Outcomes over `num_bits` bits.
        bits: Which bits, lowest first.
        num_bits: Bits of the table's outcomes.
    """
    import numpy as np

    number = len(table.counts) // 8
    stored = np.frombuffer(table.outcomes, np.uint8).reshape(number, -(-max(num_bits, 1) // 8))
    if bits == tuple(range(num_bits)):
        return stored
    packed = np.empty((number, -(-len(bits) // 8)), np.uint8)
    for start in range(0, number, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        lowest_first = np.unpackbits(stored[part][:, ::-1], axis=1, bitorder="little")
        packed[part] = np.packbits(lowest_first[:, list(bits)], axis=1, bitorder="little")[:, ::-1]
    return packed


def check_memory(size: int, shots: int) -> None:
    """Raises InputError when shots one by one would need more than a quarter of the machine's memory."""
    import os

    limit = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4
    if size > limit:
        raise InputError(
            f"{shots:,} shots one by one would take {size / 2**30:.1f} GB; counts() and probabilities() need none of it"
        )
