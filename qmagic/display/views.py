"""What all views have in common: a sweep's curves, two distributions side by side, what transpiling did."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.display.histogram import ALL
from qmagic.outcomes import EstimatedPub
from qmagic.results import bits
from qmagic.results.intervals import wilson
from qmagic.results.points import Axis, estimates, parameter_axes
from qmagic.results.result import Result

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = [
    "MOST_CURVES", "MOST_PUBS", "Curve", "Grid", "Overlaid", "compared", "curves", "grid", "overlaid",
    "transpiled_lines",
]  # fmt: skip

#: The most PUBs that one output shows.
MOST_PUBS = 12
#: The most curves in one plot, one for each colour.
MOST_CURVES = 8


class Curve(msgspec.Struct, frozen=True):
    """One line of a sweep's plot; `low` and `high` bound its error band."""

    label: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Grid(msgspec.Struct, frozen=True):
    """A sweep over two parameters: rows over `y`, columns over `x`."""

    label: str
    x: Axis
    y: Axis
    values: tuple[tuple[float, ...], ...]


class Overlaid(msgspec.Struct, frozen=True):
    """One outcome (or all others together) under several distributions.

    `values` has for each distribution the probability and Wilson's interval; of an ideal one the interval is a point.
    """

    label: str
    values: tuple[tuple[float, float, float], ...]
    others: bool = False


def curves(result: Result, i: int) -> tuple[Axis, list[Curve]] | None:
    """Returns the axis and all curves of a PUB that sweeps one axis of parameter values; None for any other PUB."""
    axes = parameter_axes(result, i)
    if len(axes) != 1:
        return None
    (axis,) = axes
    if isinstance(result.outcome.pubs[i], EstimatedPub):
        return axis, _estimate_curves(result, i, axis)
    return (axis, _count_curves(result, i)) if len(result.outcome.pubs[i].shape) == 1 else None


def grid(result: Result, i: int) -> Grid | None:
    """Returns the expectation values of a PUB over two axes of parameter values; None for any other PUB."""
    axes, pub = parameter_axes(result, i), result.outcome.pubs[i]
    if len(axes) != 2 or len(pub.shape) != 2 or not isinstance(pub, EstimatedPub):
        return None
    y, x = axes
    values = estimates(result, i)
    rows = tuple(
        tuple(one.value for one in values[at : at + len(x.values)]) for at in range(0, len(values), len(x.values))
    )
    return Grid(values[0].label, x, y, rows)


def compared(comparison: Comparison, most: int = ALL) -> list[Overlaid]:
    """Returns the outcomes to show of two distributions; see `overlaid`."""
    return overlaid([comparison.a, comparison.b], [comparison.shots_a, comparison.shots_b], most)


def overlaid(
    distributions: Sequence[Mapping[str, float]], shots: Sequence[int | None], most: int = ALL
) -> list[Overlaid]:
    """Returns the outcomes to show of several distributions, at most `most`: those that are most probable in any.

    Args:
        distributions: Probability of each outcome.
        shots: The shots behind each; None for ideal probabilities.
        most: Rows, with the one for all others.
    """

    def side_by_side(label: str, values: Sequence[float], others: bool = False) -> Overlaid:
        pairs = zip(values, shots, strict=True)
        return Overlaid(label, tuple([(value, *_bounds(value, of)) for value, of in pairs]), others)

    outcomes = sorted({outcome for one in distributions for outcome in one})
    shown = outcomes
    if len(outcomes) > most:
        best = {outcome: max(one.get(outcome, 0.0) for one in distributions) for outcome in outcomes}
        shown = sorted(outcomes, key=lambda outcome: (-best[outcome], outcome))[: most - 1]
    rows = [side_by_side(outcome, [one.get(outcome, 0.0) for one in distributions]) for outcome in shown]
    if len(shown) < len(outcomes):
        rest = [max(0.0, 1 - math.fsum(row.values[n][0] for row in rows)) for n in range(len(distributions))]
        rows.append(side_by_side(f"{len(outcomes) - len(shown):,} others", rest, others=True))
    return rows


def transpiled_lines(result: Result) -> list[str]:
    """Returns a line for each circuit that was brought onto a device."""
    made = result.outcome.transpiled
    lines = [(f"circuit {at} " if len(made) > 1 else "") + _transpiled(one) for at, one in enumerate(made[:MOST_PUBS])]
    if len(made) > MOST_PUBS:
        lines.append(f"… and {len(made) - MOST_PUBS} more circuits; result.outcome.transpiled has all")
    return lines


def _transpiled(one: Mapping[str, Any]) -> str:
    """Returns such as ``transpiled to fake_sherbrooke: depth 12 → 31, two-qubit gates 6 → 9, seed 4, layout 0, 1``."""
    if one.get("untouched"):
        return f"fits {one['device']} as it is: depth {one['depth_after']}, two-qubit gates {one['two_qubit_after']}"
    layout = [str(qubit) for qubit in one["layout"]]
    return (
        f"transpiled to {one['device']}: depth {one['depth_before']} → {one['depth_after']}, "
        f"two-qubit gates {one['two_qubit_before']} → {one['two_qubit_after']}, seed {one['seed']}, "
        f"layout {', '.join(layout[:16])}{', …' if len(layout) > 16 else ''}"
    )


def _bounds(value: float, shots: int | None) -> tuple[float, float]:
    return (value, value) if shots is None else wilson(round(value * shots), shots)


def _estimate_curves(result: Result, i: int, axis: Axis) -> list[Curve]:
    groups: dict[tuple[int, ...], list[tuple[float, float]]] = {}
    labels = {}
    for one in estimates(result, i):
        rest = one.index[: axis.place] + one.index[axis.place + 1 :]
        # Rounding noise of a computed 0 is no curve.
        groups.setdefault(rest, []).append((round(one.value, 12), one.std))
        labels[rest] = one.label
    return [
        Curve(
            labels[rest],
            tuple(value for value, _ in points),
            tuple(value - std for value, std in points),
            tuple(value + std for value, std in points),
        )
        for rest, points in groups.items()
    ]


def _count_curves(result: Result, i: int) -> list[Curve]:
    """Returns the probability of each outcome along the sweep, the most frequent first."""
    pub = result.outcome.pubs[i]
    assert not isinstance(pub, EstimatedPub)
    pattern = f"0{len(bits.joined(pub))}b"
    ranked = sorted(bits.rows(pub), key=lambda row: (-row[1], row[0]))
    points = [dict(bits.rows(pub, place)) for place in itertools.product(*map(range, pub.shape))]
    shots = [sum(point.values()) for point in points]
    found = []
    for value, _ in ranked[: MOST_CURVES + 1]:
        counts = [point.get(value, 0) for point in points]
        bounds = [wilson(count, of) for count, of in zip(counts, shots, strict=True)]
        found.append(
            Curve(
                format(value, pattern),
                tuple(count / max(1, of) for count, of in zip(counts, shots, strict=True)),
                tuple(low for low, _ in bounds),
                tuple(high for _, high in bounds),
            )
        )
    return found[: len(ranked)]
