"""Counts that still grow, as they are told ten times a second: the most frequent outcomes, in a few kB."""

from __future__ import annotations

import heapq

from qmagic.outcomes import PartialCounts, SampledPub
from qmagic.results import bits

__all__ = ["partial_counts"]

#: The most outcomes that are told (as many as a notebook stores of a result), and the most characters of them.
_MOST, _CHARACTERS = 64, 16_384


def partial_counts(pub: SampledPub, total: int) -> PartialCounts:
    """Returns what is told of a PUB's shots so far; `total` is how many there will be."""
    rows = bits.rows(pub)
    width = len(bits.joined(pub))
    most = min(_MOST, max(1, _CHARACTERS // max(1, width)))
    shown = rows if len(rows) <= most else heapq.nsmallest(most, rows, key=lambda row: (-row[1], row[0]))
    return PartialCounts(
        shots=pub.shots,
        total=total,
        distinct=len(rows),
        registers=tuple([(one.name, len(one.bits)) for one in bits.layout(pub)]),
        outcomes=tuple([(format(value, f"0{width}b"), count) for value, count in shown]),
    )
