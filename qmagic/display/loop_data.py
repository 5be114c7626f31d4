"""What a notebook stores of a hybrid loop, as JSON, from which our own views draw.

Its fields:

    id, status, name, created       the job; id "" where outputs must not differ between runs
    phase                           starting, running, paused, measuring, ended
    optimizer, gradient, why        what runs, where gradients come from, why this optimizer
    settings                        learning_rate, maxiter, shots, precision as they are now
    labels, x                       names of the parameters; the best point (ended), else the last one
    value, std, measured            the result: exact (measured 0), or from so many fresh shots; null before the end
    lowest, biased, lowest_iteration   the lowest value seen; biased: the lowest of noisy values lies below the truth
    exact                           the right answer where it is known, else null
    iterations, evaluations, shots, seconds, reason, error
    waits, cost, budget             what an evaluation at a cloud waits for; US dollars spent, and the most (or null)
    history                         columns: iteration, evaluations, shots, seconds, value, std, gradient_norm, step
    points                          iteration (a column) and x (a row for each): some of the iterations
    orders                          index (of the evaluation before which it was obeyed), kind, changes
    notes                           iteration, kind, text

At most 1,000 iterations and 2,000 numbers of points are stored, the first, the last and the lowest among them; a live
cockpit asks the server for the rest.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from qmagic.display.headless import headless
from qmagic.jobs import JobInfo, JobStatus
from qmagic.tapes import LoopOutcome, LoopState, Noted, Ordered, Rows

__all__ = ["LOOP_TYPE", "Seen", "data", "lowest_of", "picked_of", "plane_data", "reason_of"]

LOOP_TYPE = "application/vnd.qmagic.loop.v1+json"

_MOST_STORED = 1000
_MOST_NUMBERS = 2000
_COLUMNS = ("iteration", "evaluations", "shots", "seconds", "value", "std", "gradient_norm", "step")


@dataclasses.dataclass(frozen=True)
class Seen:
    """What is shown of a loop."""

    info: JobInfo
    state: LoopState
    rows: Rows
    labels: tuple[str, ...]
    answer: float | None
    orders: list[Ordered]
    notes: list[Noted]
    why: str = ""
    result: LoopOutcome | None = None


def data(seen: Seen) -> dict[str, Any]:
    """Returns what a notebook stores."""
    info, state, result, plain = seen.info, seen.state, seen.result, headless()
    picked = picked_of(seen.rows, _MOST_STORED)
    history = {name: [_short(getattr(seen.rows, name)[i]) for i in picked] for name in _COLUMNS}
    if plain:
        history["seconds"] = [0.0] * len(picked)
    return {
        "id": "" if plain else info.id,
        "status": info.status.value,
        "name": info.name,
        "created": 0.0 if plain else info.created,
        "phase": "ended" if info.status.final else state.phase,
        "optimizer": state.optimizer,
        "gradient": state.gradient,
        "why": seen.why,
        "settings": {
            "learning_rate": state.learning_rate, "maxiter": state.maxiter, "shots": state.shots,
            "precision": state.precision,
        },
        "labels": list(seen.labels),
        "x": _vector(result.x) if result is not None else _last_point(seen),
        "value": None if result is None else result.value,
        "std": None if result is None else result.std,
        "measured": None if result is None else result.measured,
        "lowest": state.best,
        "lowest_iteration": state.best_iteration,
        "biased": state.biased,
        "exact": seen.answer,
        "iterations": state.iteration,
        "evaluations": state.evaluations,
        "shots": state.spent_shots,
        "seconds": 0.0 if plain else _short(state.seconds),
        "reason": reason_of(seen),
        "error": info.error,
        "waits": "" if info.status.final else state.waits,
        "cost": state.cost,
        "budget": state.budget,
        "history": history,
        "points": _points(seen),
        "orders": [_order(one) for one in seen.orders],
        "notes": [{"iteration": one.iteration, "kind": one.kind, "text": one.text} for one in seen.notes],
    }  # fmt: skip


def plane_data(seen: Seen) -> dict[str, Any]:
    """Returns what a view draws of a landscape: its first points in a row, from which its plane follows."""
    rows = range(min(len(seen.rows), math.isqrt(seen.state.maxiter) + 2))
    return data(seen) | {"points": _points_at(seen, rows)}


def reason_of(seen: Seen) -> str:
    """Returns why a loop has ended, in a line; "" where it has not."""
    info = seen.info
    if seen.result is not None:
        return seen.result.reason
    if info.status is JobStatus.FAILED:
        return info.error.partition("\n")[0]
    return "cancelled" if info.status is JobStatus.CANCELLED else ""


def _order(one: Ordered) -> dict[str, Any]:
    return {"index": one.index, "kind": one.order.kind, "changes": msgspec.to_builtins(one.order.changes)}


def _points(seen: Seen) -> dict[str, Any]:
    size = len(seen.labels)
    if not seen.rows.x or not size:
        return {"iteration": [], "x": []}
    return _points_at(seen, picked_of(seen.rows, max(2, _MOST_NUMBERS // size)) if size <= _MOST_NUMBERS // 2 else [])


def _points_at(seen: Seen, picked: Iterable[int]) -> dict[str, Any]:
    width, picked = 8 * len(seen.labels), list(picked)
    return {
        "iteration": [seen.rows.iteration[i] for i in picked],
        "x": [_vector(seen.rows.x[i * width : (i + 1) * width]) for i in picked],
    }


def _last_point(seen: Seen) -> list[float]:
    return _vector(seen.rows.x[-8 * len(seen.labels) :]) if seen.rows.x else []


def _vector(data: bytes) -> list[float]:
    import struct

    return [float(f"{value:.10g}") for (value,) in struct.iter_unpack("<d", data)]


def _short(value: Any) -> Any:
    return float(f"{value:.10g}") if isinstance(value, float) else value


def lowest_of(rows: Rows) -> int:
    """Returns which iteration had the lowest value; -1 where there is none."""
    return min(range(len(rows)), key=rows.value.__getitem__) if len(rows) else -1


def picked_of(rows: Rows, most: int) -> list[int]:
    """Returns which iterations are shown: all, or `most` of them: the lowest and the highest of each stretch."""
    number = len(rows)
    if number <= most:
        return list(range(number))
    stretches = max(1, most // 2 - 1)
    chosen = {0, number - 1}
    for k in range(stretches):
        stretch = range(k * number // stretches, (k + 1) * number // stretches)
        chosen.add(min(stretch, key=rows.value.__getitem__))
        chosen.add(max(stretch, key=rows.value.__getitem__))
    return sorted(chosen)
