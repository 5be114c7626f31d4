"""A long loop comes in parts."""

from __future__ import annotations

from qmagic.client.pages import whole
from qmagic.orders import Order
from qmagic.tapes import LoopState, LoopView, Noted, Ordered, Stood, rows_of

_LAST, _MOST = 10, 3
_NOTE, _ORDER = Noted(4, "plateau", "nothing improves"), Ordered(9, Order("pause", 1))


def part(since: int) -> LoopView:
    """Three iterations at most; a note and an order come again with the next part, as chunks of a tape do."""
    stood = [Stood(i, i, 0, 0.0, bytes([i] * 8), float(-i)) for i in range(since + 1, min(since + _MOST, _LAST) + 1)]
    return LoopView(
        job="j", state=LoopState(iteration=_LAST), rows=rows_of(stood, points=True), labels=("x[0]",),
        orders=[_ORDER], notes=[_NOTE], more=since + _MOST < _LAST,
    )  # fmt: skip


def test_parts_become_one_loop():
    """Every iteration after the number once, in order, with its point; what was said twice is there once."""
    for since in (0, 4, _LAST):
        found = whole(part, since)
        assert found.rows.iteration == list(range(since + 1, _LAST + 1))
        assert found.rows.x == b"".join(bytes([i] * 8) for i in found.rows.iteration)
        assert (found.orders, found.notes, found.more) == ([_ORDER], [_NOTE], False)
