"""The passes over a segment, tile by tile: forward, and back with the slopes.

A pass takes a range of the segment's tiles, so that threads can share them. Slopes are added up chunk by chunk of
tiles, and the chunks do not depend on the threads: the sums are the same, bit by bit, whoever made them.
"""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.moves import fetch, gathered, keep, stretched
from qmagic.backends.exact.phases import parities, phased, phases, sums, unphased
from qmagic.backends.exact.product import amplitude_of, contracted, outside_of, started, tile_of
from qmagic.backends.exact.simd import kernel
from qmagic.backends.exact.tables import ACROSS, DIAGONAL, FREE, MANY, TURNS
from qmagic.backends.exact.turns import turned, turned_back

__all__ = ["back", "forward"]

#: Below this, the scale of a state is multiplied in.
_SMALL = 1e-60


@kernel
def forward(arrays: Any, room: Any, segment: int, first: int, last: int, worker: int, scale: float) -> float:
    """Does a segment's steps on a range of its tiles; returns the new scale: the state is `scale` times this one."""
    runs, rows, maps = arrays.runs, arrays.rows, arrays.maps
    work = room.tiles[worker]
    half = work.shape[1] >> 1
    before = scale
    for tile in range(first, last):
        v, spare = work[0], work[1]
        base, outside = tile_of(arrays, segment, tile)
        if segment == 0:
            started(v, room.product, amplitude_of(room, outside_of(arrays), outside, -1))
        else:
            fetch(v, room.psi, arrays, segment, base)
        scale = before
        for run in range(arrays.segments[segment, 0], arrays.segments[segment, 1]):
            start, end = runs[run, 1], runs[run, 2]
            if runs[run, 0] == TURNS:
                turned(v, rows, start, end, room.tangents)
                for k in range(start, end):
                    scale *= room.cosines[rows[k, 1]]
                if abs(scale) < _SMALL:
                    stretched(v, scale)
                    scale = 1.0
            elif runs[run, 0] == DIAGONAL:
                phased(v, _table(arrays, room, run, outside, work))
            else:
                gathered(spare, v, maps[start : start + half])
                v, spare = spare, v
        keep(v, room.psi, arrays, segment, base)
    return scale


@kernel
def back(arrays: Any, room: Any, segment: int, first: int, last: int, worker: int, chunk: int, scale: float) -> float:
    """Undoes a segment's steps on a range of its tiles, and adds the slopes; returns the new scale."""
    runs, rows, maps, slopes = arrays.runs, arrays.rows, arrays.maps, room.slopes[chunk]
    work = room.tiles[worker]
    half = work.shape[1] >> 1
    before = scale
    for tile in range(first, last):
        v, spare, bra, bra_spare = work[0], work[1], work[2], work[3]
        base, outside = tile_of(arrays, segment, tile)
        fetch(v, room.psi, arrays, segment, base)
        fetch(bra, room.bra, arrays, segment, base)
        scale = before
        for run in range(arrays.segments[segment, 1] - 1, arrays.segments[segment, 0] - 1, -1):
            start, end = runs[run, 1], runs[run, 2]
            if runs[run, 0] == TURNS:
                scale = turned_back(v, bra, rows, start, end, room.tangents, room.cosines, scale, slopes)
                if abs(scale) < _SMALL:
                    stretched(v, scale)
                    stretched(bra, scale)
                    scale = 1.0
            elif runs[run, 0] == DIAGONAL:
                if runs[run, 5] & FREE:
                    parities(v, bra, spare, runs[run, 5] & MANY)
                    sums(slopes, spare, rows, start, end, outside, scale * scale)
                table = _table(arrays, room, run, outside, work)
                unphased(v, table)
                unphased(bra, table)
            else:
                gathered(spare, v, maps[end : end + half])
                gathered(bra_spare, bra, maps[end : end + half])
                v, spare, bra, bra_spare = spare, v, bra_spare, bra
        if segment:
            keep(v, room.psi, arrays, segment, base)
            keep(bra, room.bra, arrays, segment, base)
        else:
            amplitude = amplitude_of(room, outside_of(arrays), outside, -1)
            room.dots[tile] = contracted(bra, room.product, room.ends[chunk], amplitude)
    return scale


@kernel
def _table(arrays: Any, room: Any, run: int, outside: int, work: Any) -> Any:
    if arrays.runs[run, 3] == ACROSS:
        phases(work[4], arrays.rows, arrays.runs[run, 1], arrays.runs[run, 2], room.weights, outside, work[5])
        return work[4]
    place = arrays.runs[run, 4]
    return room.tables[place : place + work.shape[1]]
