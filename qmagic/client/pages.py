"""A long loop comes in parts, since one answer holds so many iterations: here they become one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qmagic.tapes import LoopView, Rows

__all__ = ["whole"]


def whole(part: Callable[[int], LoopView], since: int = 0) -> LoopView:
    """Returns how a loop stands with all its iterations after number `since`.

    Args:
        part: Asks for those after a number, as many as one answer holds.
        since: Only those after this number.
    """
    found = last = part(since)
    while last.more:
        last = part(found.rows.iteration[-1])
        found = msgspec.structs.replace(
            last,
            rows=_joined(found.rows, last.rows),
            orders=found.orders + [one for one in last.orders if one not in found.orders],
            notes=found.notes + [one for one in last.notes if one not in found.notes],
        )
    return found


def _joined(first: Rows, second: Rows) -> Rows:
    return Rows(*(getattr(first, name) + getattr(second, name) for name in first.__struct_fields__))
