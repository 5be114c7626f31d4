"""Shots in parts, where a simulator runs them one by one anyway, so that counts can be shown while they grow.

How shots are cut depends on the circuit, the number of shots and nothing else, never on a clock: part ``i`` draws from
the key's stream with ``i`` as its chunk, so a seed gives the same counts again. Quick runs stay whole. Where all
shots come from one state (or one tree of branches) there are no parts, and nothing is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from qmagic.backends.base import Backend, Executable, Grant
    from qmagic.backends.sampling import Key
    from qmagic.outcomes import CountsTable

__all__ = ["ShotByShot", "Tell", "sample", "seconds_of", "sizes"]

#: Called with the counts so far and the number of their shots, after each part but the last.
Tell = Callable[["CountsTable", int], None]

#: Estimated seconds of a part, at least; a run of less than two of these is not cut.
_LEAST = 0.4
#: A part is at most this share of the shots before it, once that is more: a long run has few parts.
_SHARE = 16


@runtime_checkable
class ShotByShot(Protocol):
    """A backend that runs some circuits shot by shot."""

    def seconds_a_shot(self, executable: Executable) -> float | None:
        """Returns about how long one shot takes; None where many shots cost what one does.

        It has to be a function of the circuit and its noise only: the same on every machine.
        """
        ...


def seconds_of(backend: Backend, executable: Executable, shots: int) -> float:
    """Returns about how long a run takes that goes shot by shot; 0 where it does not."""
    seconds = backend.seconds_a_shot(executable) if isinstance(backend, ShotByShot) else None
    return (seconds or 0.0) * shots


def sizes(seconds: float | None, shots: int) -> list[int]:
    """Returns the shots of each part, given what one takes."""
    if seconds is None or seconds * shots < 2 * _LEAST:
        return [shots]
    least = max(1, math.ceil(_LEAST / seconds))
    found: list[int] = []
    done = 0
    while done < shots:
        size = max(least, done // _SHARE)
        if shots - done - size < least // 2:
            size = shots - done
        found.append(size)
        done += size
    return found


def sample(
    backend: Backend, executable: Executable, shots: int, key: Key, grant: Grant, tell: Tell
) -> tuple[CountsTable, str]:
    """Returns the counts and the method, as `Backend.sample` does; `tell` hears how they grow."""
    seconds = backend.seconds_a_shot(executable) if isinstance(backend, ShotByShot) else None
    cut = sizes(seconds, shots)
    table, method = backend.sample(executable, cut[0], key, grant)
    if len(cut) == 1:
        return table, method
    from qmagic.backends.sampling import table_of

    counts = dict(table.rows())
    done, bits = cut[0], executable.circuit.num_clbits
    for chunk, size in enumerate(cut[1:], start=1):
        tell(table, done)
        more, method = backend.sample(executable, size, (*key[:3], key[3] + chunk), grant)
        for outcome, number in more.rows():
            counts[outcome] = counts.get(outcome, 0) + number
        table, done = table_of(counts, bits, table.order_seed), done + size
    return table, method
