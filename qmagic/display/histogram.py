"""Which outcomes a histogram shows: all of few, the most frequent of many, and the rest as one bar.

Up to 16 distinct outcomes stand in the order of their values; of more, the 15 most frequent stand by count, and the
others are one bar. The choice is the same in the terminal, in HTML and in Matplotlib.
"""

from __future__ import annotations

import heapq

import msgspec

from qmagic.outcomes import SampledPub
from qmagic.results import bits
from qmagic.results.bits import Point
from qmagic.results.intervals import wilson

__all__ = ["ALL", "Bar", "Histogram", "histogram", "order_note", "shortened"]

#: The most outcomes that are shown one by one, in order of value.
ALL = 16


class Bar(msgspec.Struct, frozen=True):
    """One bar: the bitstring (of the bar of others: how many they are), its count, probability and interval."""

    label: str
    count: int
    value: float
    lower: float
    upper: float
    others: bool = False


class Histogram(msgspec.Struct, frozen=True):
    """The bars of one PUB (or of one of its points).

    `widths` has the number of bits of each register, leftmost register first; `order` says how the bits are ordered.
    """

    bars: tuple[Bar, ...]
    shots: int
    distinct: int
    widths: tuple[int, ...]
    order: str


def histogram(pub: SampledPub, point: Point = None, most: int = ALL) -> Histogram:
    """Returns the bars to show, at most `most` of them."""
    rows = bits.rows(pub, point)
    shots = sum(count for _, count in rows)
    pattern = f"0{len(bits.joined(pub))}b"
    shown = rows if len(rows) <= most else heapq.nsmallest(most - 1, rows, key=lambda row: (-row[1], row[0]))
    bars = [_bar(format(value, pattern), count, shots) for value, count in shown]
    if len(rows) > len(shown):
        bars.append(
            _bar(f"{len(rows) - len(shown):,} others", shots - sum(bar.count for bar in bars), shots, others=True)
        )
    widths = tuple(len(one.bits) for one in reversed(bits.layout(pub)))
    return Histogram(tuple(bars), shots, len(rows), widths, order_note(pub))


def order_note(pub: SampledPub) -> str:
    """Returns how to read a bitstring."""
    registers = bits.layout(pub)
    if len(registers) == 1:
        return "qubit 0 rightmost"
    names = " ".join(f"{one.name}[{len(one.bits)}]" for one in reversed(registers))
    return f"registers {names}, qubit 0 rightmost in each"


def shortened(label: str, most: int = 64) -> str:
    """Returns a bitstring of at most `most` characters: its two ends, where it is longer."""
    if len(label) <= most:
        return label
    end = (most - 1) // 2
    return f"{label[:end]}…{label[-end:]}"


def _bar(label: str, count: int, shots: int, others: bool = False) -> Bar:
    low, high = wilson(count, shots)
    return Bar(label, count, count / shots if shots else 0.0, low, high, others)
