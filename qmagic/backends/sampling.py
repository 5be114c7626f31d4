"""Counts drawn exactly from a distribution, and the random streams behind them.

Every draw belongs to a key ``(job seed, PUB index, point, chunk)``, and its generator is a function of that key
alone: the same counts come alone or in a batch, with one worker or four, on one thread or many. How the draw is made
depends on the distribution and the number of shots only.

One multinomial draw gives the counts of any number of shots. It works block by block: NumPy's multinomial subtracts
what it has given from 1, so that over millions of outcomes the last ones would feel the rounding of all before.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.outcomes import CountsTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Key", "draw", "generator", "seed_31", "table", "table_of", "table_of_bits"]

#: ``(job seed, PUB index, point, chunk)``: names one random stream.
Key = tuple[int, int, int, int]

#: Outcomes drawn by one multinomial.
_BLOCK = 4096
#: Below this a probability is rounding: with 10^9 shots it would be seen once in 10^11 runs.
_NEVER = 1e-20


#: The one generator of this process, set anew for each draw: making one takes longer than a draw.
_BITS = np.random.PCG64(0)
_GENERATOR = np.random.Generator(_BITS)


def generator(key: Key) -> tuple[np.random.Generator, int]:
    """Returns the generator of a key, and the seed for the order of its shots.

    It is good until the next call. PCG64's state and increment are the first 32 bytes of the BLAKE2b hash of the key's
    four numbers (64 bits each), the seed of the order the next 8.
    """
    digest = _digest(key)
    state, increment = int.from_bytes(digest[:16], "little"), int.from_bytes(digest[16:32], "little") | 1
    _BITS.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment},
        "has_uint32": 0,
        "uinteger": 0,
    }
    return _GENERATOR, int.from_bytes(digest[32:40], "little")


def seed_31(key: Key) -> tuple[int, int]:
    """Returns a seed of 31 bits for a simulator with its own generator, and the seed for the order of its shots."""
    digest = _digest(key)
    return int.from_bytes(digest[:4], "little") >> 1, int.from_bytes(digest[32:40], "little")


def _digest(key: Key) -> bytes:
    return hashlib.blake2b(struct.pack("<4Q", *key), digest_size=40).digest()


def draw(
    probabilities: NDArray[np.float64], shots: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws `shots` outcomes; an outcome of probability 0 never occurs.

    Args:
        probabilities: One value per outcome; they sum to 1 up to rounding.
        shots: How many outcomes to draw.
        random: The generator to draw with.

    Returns:
        The outcomes that occurred, ascending, and how often each did.
    """
    if probabilities.size <= _BLOCK:
        support = (probabilities > _NEVER).nonzero()[0]
        counts = _multinomial(shots, probabilities[support], random)
    else:
        support, counts = _draw_blocks(probabilities, shots, random)
    seen = counts.nonzero()[0]
    return (support, counts) if seen.size == counts.size else (support[seen], counts[seen])


def _multinomial(shots: int, weights: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """Returns one multinomial draw over positive `weights`, which it normalises."""
    weights = weights / np.add.reduce(weights)
    # The last outcome gets what remains, rounding included: let it be the likeliest.
    top = int(weights.argmax())
    weights[top], weights[-1] = weights[-1], weights[top]
    counts = random.multinomial(shots, weights)
    counts[top], counts[-1] = counts[-1], counts[top]
    return counts


def _draw_blocks(
    probabilities: NDArray[np.float64], shots: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws block totals first, then within the blocks that were hit; the number of blocks is a power of two."""
    blocks = probabilities.reshape(-1, _BLOCK)
    found, totals = draw(blocks.sum(axis=1), shots, random)
    outcomes, counts = [], []
    for block, total in zip(found.tolist(), totals.tolist(), strict=True):
        weights = blocks[block]
        if total * 8 < _BLOCK:
            # Few shots: look each one up. The line ends below the last sum, so that an outcome of weight 0,
            # whose step is empty, is never met.
            steps = weights.cumsum()
            at = random.random(total) * steps[-1]
            picked = steps.searchsorted(np.minimum(at, np.nextafter(steps[-1], 0.0)), side="right")
            inside, number = np.unique(picked, return_counts=True)
        else:
            inside = (weights > _NEVER).nonzero()[0]
            number = _multinomial(total, weights[inside], random)
        outcomes.append(inside + block * _BLOCK)
        counts.append(number)
    return np.concatenate(outcomes), np.concatenate(counts)


def table(
    outcomes: NDArray[np.int64],
    counts: NDArray[np.int64],
    places: Sequence[Sequence[int]] | None,
    num_clbits: int,
    order: int,
) -> CountsTable:
    """Returns the counts as a table over all classical bits.

    Args:
        outcomes: Ascending; bit ``i`` of an outcome is the value of the bits in ``places[i]``.
        counts: How often each occurred.
        places: For each bit of an outcome the classical bits that hold it, ascending by the highest of each; None where
            bit ``i`` holds bit ``i`` of at most 63.
        num_clbits: Classical bits of the circuit; those in no place are 0.
        order: Seed for the order of shots.
    """
    width = max(1, (num_clbits + 7) // 8)
    if places is None and width == 1:
        rows = outcomes.astype(np.uint8)
    elif places is None:
        words = outcomes.astype(">u8").view(np.uint8).reshape(-1, 8)
        rows = words[:, 8 - width :] if width <= 8 else np.pad(words, ((0, 0), (width - 8, 0)))
    else:
        rows = np.zeros((outcomes.size, width), np.uint8)
        for i, bits in enumerate(places):
            value = (outcomes >> i & 1).astype(np.uint8)
            for bit in bits:
                rows[:, width - 1 - bit // 8] |= value << (bit % 8)
    return CountsTable(rows.tobytes(), counts.astype("<i8", copy=False).tobytes(), order)


def table_of(counts: Mapping[int, int], num_clbits: int, order: int) -> CountsTable:
    """Returns counts by outcome as a table."""
    width = max(1, (num_clbits + 7) // 8)
    rows = sorted(counts.items())
    return CountsTable(
        b"".join([value.to_bytes(width, "big") for value, _ in rows]),
        b"".join([number.to_bytes(8, "little") for _, number in rows]),
        order,
    )


def table_of_bits(
    pieces: Sequence[tuple[NDArray[np.uint8], NDArray[np.int64] | None]], num_clbits: int, order: int
) -> CountsTable:
    """Returns shots as a table.

    Args:
        pieces: Arrays of bits ``[row, bit]``, and how often each row came; None for once.
        num_clbits: Classical bits of the circuit.
        order: Seed for the order of shots.
    """
    width = max(1, (num_clbits + 7) // 8)
    rows, counts = [], []
    for bits, times in pieces:
        padded = np.pad(bits, ((0, 0), (0, 8 * width - num_clbits)))
        words = np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little")[:, ::-1]).view(f"V{width}").ravel()
        found, number = np.unique(words, return_counts=True) if times is None else (words, times)
        rows.append(found)
        counts.append(number)
    found, where = np.unique(np.concatenate(rows), return_inverse=True)
    totals = np.zeros(len(found), np.int64)
    np.add.at(totals, where, np.concatenate(counts))
    return CountsTable(found.tobytes(), totals.astype("<i8").tobytes(), order)


def outcome_bits(counts: CountsTable, num_clbits: int) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Returns the distinct outcomes as an array of bits, ``[row, bit]``, and their counts."""
    number = np.frombuffer(counts.counts, "<i8")
    width = max(1, (num_clbits + 7) // 8)
    rows = np.frombuffer(counts.outcomes, np.uint8).reshape(number.size, width)
    bits = np.unpackbits(rows[:, ::-1], axis=1, bitorder="little")
    return bits[:, :num_clbits], number
