"""A result as JSON for our own renderer: what is drawn, a few kB whatever the result.

Each PUB is one of: ``outcomes`` (a histogram), ``sweep`` (curves over one axis), ``grid`` (over two), ``values``
(expectation values), ``table`` (all else). ``labextension/src/views/bundle.ts`` reads it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.display.headless import headless
from qmagic.display.histogram import histogram, order_note
from qmagic.display.numbers import percent
from qmagic.display.states import state_json
from qmagic.display.views import MOST_CURVES, MOST_PUBS, compared, curves, grid, transpiled_lines
from qmagic.outcomes import EstimatedPub, SampledPub
from qmagic.results.headline import headline
from qmagic.results.points import estimates
from qmagic.results.result import Result

if TYPE_CHECKING:
    from qmagic.results.comparison import Comparison

__all__ = ["comparison_summary", "summary"]

#: The most outcomes or values of one PUB.
_MOST_ENTRIES = 64
#: The most points of a curve, and of a grid.
_MOST_POINTS = 1024
_MOST_ROWS = 101


def summary(result: Result) -> dict[str, Any]:
    """Returns what a notebook stores of a result for our renderer."""
    lasting = headless()
    found: dict[str, Any] = {
        "headline": headline(result.outcome, result.info, result.spec, lasting=lasting),
        "kind": "sample" if all(isinstance(pub, SampledPub) for pub in result.outcome.pubs) else "estimate",
        "backend": result.outcome.backend,
        "pubs": [_pub(result, i) for i in range(min(len(result), MOST_PUBS))],
        "num_pubs": len(result),
    }
    if result.outcome.states:
        found |= {"kind": "state", "states": [state_json(trace) for trace in result.outcome.states]}
    if notes := [*transpiled_lines(result), *result.outcome.notes]:
        found["notes"] = notes
    if not lasting:
        found |= {"id": result.info.id, "seed": result.info.seed}
    return found


def comparison_summary(comparison: Comparison) -> dict[str, Any] | None:
    """Returns the same of two distributions, the second laid over the first; None where the first has no shots."""
    if comparison.shots_a is None:
        return None
    rows = [row for row in compared(comparison, most=_MOST_ENTRIES) if not row.others]
    return {
        "headline": comparison.headline,
        "kind": "comparison",
        "pubs": [
            {
                "shape": [],
                "shots": comparison.shots_a,
                "name": comparison.label_a,
                "registers": [["", len(rows[0].label)]] if rows else [],
                "outcomes": [[row.label, round(row.values[0][0] * comparison.shots_a)] for row in rows],
                "distinct": len(set(comparison.a) | set(comparison.b)),
                "overlay": {
                    "label": comparison.label_b,
                    "shots": comparison.shots_b,
                    "outcomes": [[row.label, _number(row.values[1][0])] for row in rows],
                },
            }
        ],
        "num_pubs": 1,
        "notes": [comparison.details],
    }


def _pub(result: Result, i: int) -> dict[str, Any]:
    pub = result.outcome.pubs[i]
    found: dict[str, Any] = {"shape": list(pub.shape)}
    if isinstance(pub, SampledPub):
        one = histogram(pub, most=_MOST_ENTRIES)
        found |= {
            "shots": one.shots,
            "registers": [[register.name, len(register.bits)] for register in pub.registers],
            "outcomes": [[bar.label, bar.count] for bar in one.bars if not bar.others],
            "distinct": one.distinct,
        }
    else:
        values = estimates(result, i)
        found |= {
            "exact": pub.exact,
            "values": [[one.label, _number(one.value), _number(one.std)] for one in values[:_MOST_ENTRIES]],
            "total": len(values),
        }
    if (sweep := _sweep(result, i)) is not None:
        found["sweep"] = sweep
    elif (cells := _grid(result, i)) is not None:
        found["grid"] = cells
    elif isinstance(pub, SampledPub) and pub.shape:
        found["table"] = _points(pub)
    return found


def _sweep(result: Result, i: int) -> dict[str, Any] | None:
    found = curves(result, i)
    if found is None or len(found[0].values) > _MOST_POINTS:
        return None
    axis, every = found
    drawn, pub = every[:MOST_CURVES], result.outcome.pubs[i]
    estimated = isinstance(pub, EstimatedPub)
    label = "probability" if not estimated else drawn[0].label if len(drawn) == 1 else "expectation value"
    return {
        "axis": axis.name,
        "x": _numbers(axis.values),
        "y": label,
        "counts": not estimated,
        "curves": [
            {
                "label": curve.label,
                "values": _numbers(curve.values),
                "low": _numbers(curve.low),
                "high": _numbers(curve.high),
            }
            for curve in drawn
        ],
        "total": len(every),
    }


def _grid(result: Result, i: int) -> dict[str, Any] | None:
    cells = grid(result, i)
    if cells is None or len(cells.x.values) * len(cells.y.values) > 4 * _MOST_POINTS:
        return None
    return {
        "label": cells.label,
        "x": {"name": cells.x.name, "values": _numbers(cells.x.values)},
        "y": {"name": cells.y.name, "values": _numbers(cells.y.values)},
        "values": [_numbers(row) for row in cells.values],
    }


def _points(pub: SampledPub) -> dict[str, Any]:
    places = list(itertools.product(*map(range, pub.shape)))
    rows = [
        [
            ", ".join(map(str, place)),
            ", ".join(f"{bar.label} {percent(bar.value)}" for bar in histogram(pub, place, most=6).bars),
        ]
        for place in places[:_MOST_ROWS]
    ]
    return {"head": ["point", "outcomes"], "rows": rows, "total": len(places), "note": order_note(pub)}


def _numbers(values: Sequence[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    """Returns the number with 12 digits, or None for what JSON has no number for."""
    return float(f"{value:.12g}") if math.isfinite(value) else None
