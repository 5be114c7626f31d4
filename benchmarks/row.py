"""One line of the table: a value, its target, and the times behind it."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from typing import Any

__all__ = ["Row", "ratio", "seconds"]


@dataclasses.dataclass(frozen=True)
class Row:
    """What one bench found.

    Attributes:
        what: What was timed.
        value: The median over the rounds, in `unit`.
        unit: ``"x"`` (a ratio) or ``"s"``.
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


def ratio(
    what: str,
    ours: Sequence[Sequence[float]],
    peer: Sequence[Sequence[float]],
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    note: str = "",
) -> Row:
    """Returns how ours compares with the peer: in each round median against median, then the median of the rounds.

    Args:
        what: What was timed.
        ours: Seconds, for each round.
        peer: Seconds, for each round.
        at_most: The target when the value is ours/peer (small is good).
        at_least: The target when the value is peer/ours (large is good).
        note: What the value does not say.
    """
    pairs = [(statistics.median(a), statistics.median(b)) for a, b in zip(ours, peer, strict=True)]
    large = at_least is not None
    values = [b / a if large else a / b for a, b in pairs]
    return Row(
        what=what,
        value=statistics.median(values),
        unit="x",
        target=at_least if large else at_most,
        at_most=not large,
        spread=_spread(values),
        rounds=len(pairs),
        times={"ours": _three(ours), "peer": _three(peer)},
        note=note,
    )


def seconds(
    what: str,
    ours: Sequence[float],
    *,
    at_most: float | None = None,
    peer: Sequence[float] = (),
    holds: bool = True,
    note: str = "",
) -> Row:
    """Returns a time in seconds; `peer` is shown beside it."""
    times = {"ours": _three([ours])} | ({"peer": _three([peer])} if peer else {})
    return Row(
        what, statistics.median(ours), "s", at_most, True, _spread(ours), len(ours), times, holds=holds, note=note
    )


def _spread(values: Sequence[float]) -> tuple[float, float]:
    return _quantile(values, 0.1), _quantile(values, 0.9)


def _three(rounds: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    every = [value for values in rounds for value in values]
    return statistics.median(every), *_spread(every)


def _quantile(values: Sequence[float], level: float) -> float:
    ordered = sorted(values)
    return ordered[round(level * (len(ordered) - 1))]
