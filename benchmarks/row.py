"""One line of the table: a value, its target, and the times behind it."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Row", "seconds", "seconds_more", "size", "times_as_fast", "times_as_long"]

#: Seconds of each call, for each round.
Rounds = Sequence[Sequence[float]]


@dataclasses.dataclass(frozen=True)
class Row:
    """What one bench found.

    Attributes:
        what: What was timed.
        value: The median over the rounds, in `unit`.
        unit: ``"x"`` (a ratio), ``"s"`` or ``"B"`` (bytes).
        target: What is promised; None where the row is for information.
        at_most: Whether the target is an upper limit; otherwise it is a lower one.
        spread: The 10th and 90th percentile of the rounds' values.
        rounds: How many rounds there were.
        times: Median, 10th and 90th percentile in seconds of ours and, where there is one, of the peer.
        holds: What has to be true besides, such as that no Qiskit was imported.
        note: What the value does not say.
    """

    what: str
    value: float
    unit: str
    target: float | None
    at_most: bool
    spread: tuple[float, float]
    rounds: int
    times: dict[str, tuple[float, float, float]]
    holds: bool = True
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.holds and (self.value <= self.target if self.at_most else self.value >= self.target)

    def to_json(self) -> dict[str, Any]:
        """Returns plain data for JSON."""
        return {**dataclasses.asdict(self), "met": self.met}


def times_as_long(what: str, ours: Rounds, peer: Rounds, *, at_most: float | None = None, note: str = "") -> Row:
    """Returns ours/peer: in each round median against median, then the median of the rounds.

    Args:
        what: What was timed.
        ours: Seconds, for each round.
        peer: Seconds, for each round.
        at_most: The target.
        note: What the value does not say.
    """
    values = [statistics.median(a) / statistics.median(b) for a, b in zip(ours, peer, strict=True)]
    return _row(what, values, "x", at_most, True, {"ours": ours, "peer": peer}, note=note)


def times_as_fast(what: str, ours: Rounds, peer: Rounds, *, at_least: float | None = None, note: str = "") -> Row:
    """Returns peer/ours, as `times_as_long`; the target is a lower limit."""
    values = [statistics.median(b) / statistics.median(a) for a, b in zip(ours, peer, strict=True)]
    return _row(what, values, "x", at_least, False, {"ours": ours, "peer": peer}, note=note)


def seconds(
    what: str,
    ours: Sequence[float],
    *,
    at_most: float | None = None,
    peer: Sequence[float] = (),
    holds: bool = True,
    note: str = "",
) -> Row:
    """Returns a time in seconds, one for each round; the peer's are shown beside it."""
    times = {"ours": [ours]} | ({"peer": [peer]} if peer else {})
    return _row(what, ours, "s", at_most, True, times, holds=holds, note=note)


def size(what: str, number: float, *, at_most: float | None = None, note: str = "") -> Row:
    """Returns a number of bytes."""
    return _row(what, [number], "B", at_most, True, {}, note=note)


def seconds_more(what: str, ours: Sequence[float], peer: Sequence[float], *, at_most: float, note: str = "") -> Row:
    """Returns by how many seconds ours is above the peer, round by round; below 0 where it is quicker."""
    values = [a - b for a, b in zip(ours, peer, strict=True)]
    return _row(what, values, "s", at_most, True, {"ours": [ours], "peer": [peer]}, note=note)


def _row(
    what: str,
    values: Sequence[float],
    unit: str,
    target: float | None,
    at_most: bool,
    times: Mapping[str, Rounds],
    *,
    holds: bool = True,
    note: str = "",
) -> Row:
    return Row(
        what=what,
        value=statistics.median(values),
        unit=unit,
        target=target,
        at_most=at_most,
        spread=_spread(values),
        rounds=len(values),
        times={
            side: (statistics.median(every := [one for each in rounds for one in each]), *_spread(every))
            for side, rounds in times.items()
        },
        holds=holds,
        note=note,
    )


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Returns the 10th and the 90th percentile."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(0.1 * last)], ordered[round(0.9 * last)]
