"""Views of a hybrid loop: text, HTML with a chart and a table, and JSON (`loop_data`); while it runs and after."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from qmagic.display.axis import scale
from qmagic.display.frame import Frame
from qmagic.display.headless import headless
from qmagic.display.loop_data import LOOP_TYPE, Seen, data, lowest_of, picked_of, reason_of
from qmagic.display.numbers import exact, parameter, with_error
from qmagic.display.oneline import job_line
from qmagic.display.page import escaped, note, page
from qmagic.display.palette import DASHES, stroke
from qmagic.display.sweep import legend
from qmagic.jobs import JobInfo
from qmagic.results.headline import duration
from qmagic.results.loop import LoopResult, many, spent
from qmagic.tapes import LoopSpec, LoopState, LoopView

__all__ = ["loop_bundle", "loop_card", "of_view", "sparkline", "thumbnail"]

_MOST_DRAWN = 400
_MOST_PARAMETERS = 64
_SPARKS = "▁▂▃▄▅▆▇█"


def loop_bundle(result: LoopResult) -> dict[str, Any]:
    """Returns all views of a loop that has ended, keyed by MIME type."""
    found = result.loop
    spec = result.spec and msgspec.msgpack.decode(result.spec.source.data, type=LoopSpec)
    lowest = lowest_of(found.history)
    state = LoopState(
        phase="ended", iteration=found.iterations, evaluations=found.evaluations, spent_shots=found.shots,
        seconds=found.seconds, best=found.lowest, best_iteration=found.history.iteration[lowest] if lowest >= 0 else 0,
        biased=found.measured > 0 or found.std > 0, optimizer=found.optimizer, gradient=found.gradient,
        maxiter=spec.maxiter if spec else 0, shots=spec.shots if spec else None,
        precision=spec.precision if spec else None, learning_rate=spec.learning_rate if spec else None,
        cost=found.cost,
    )  # fmt: skip
    return _bundle(
        Seen(
            result.info,
            state,
            found.history,
            found.labels,
            found.exact,
            found.orders,
            found.notes,
            spec.why if spec else "",
            found,
        )
    )


def loop_card(info: JobInfo, view: LoopView, text: str = "") -> dict[str, Any]:
    """Returns all views of a loop that has not ended, or ended without a result.

    Args:
        info: What the service says of the job.
        view: The loop with all its iterations, and their points.
        text: What plain text says of one that has not ended, besides what it waits for and has spent.
    """
    seen = of_view(info, view)
    views = _bundle(seen)
    if info.status.final or not text:
        return views
    told = [text, seen.state.waits, _spent(seen)]
    return views | {"text/plain": "\n".join(filter(None, told))}


def of_view(info: JobInfo, view: LoopView) -> Seen:
    """Returns what is shown of a loop as the service tells it."""
    return Seen(info, view.state, view.rows, view.labels, view.exact, view.orders, view.notes)


def _bundle(seen: Seen) -> dict[str, Any]:
    return {"text/plain": _text(seen), "text/html": _html(seen), LOOP_TYPE: data(seen)}


# -- words ------------------------------------------------------------------------------------------------------------


def _head(seen: Seen) -> str:
    """Returns the first line."""
    state, result = seen.state, seen.result
    if result is None:
        return job_line(msgspec.structs.replace(seen.info, error=""))  # the table has the reason
    value, std = with_error(result.value, result.std) if result.std else (exact(result.value), "")
    parts = [seen.info.name] if seen.info.name else []
    parts.append(f"{value} ± {std}" if std else value)
    parts.append(f"{many(state.iteration, 'iteration')} of {state.optimizer}")
    parts.append(many(state.evaluations, "evaluation"))
    if state.spent_shots:
        parts.append(f"{state.spent_shots:,} shots")
    if not headless():
        parts += [duration(state.seconds), f"job {seen.info.id}"]
    return " · ".join(parts)


def _rows(seen: Seen) -> list[tuple[str, str]]:
    """Returns what a table says: names and values."""
    state, result = seen.state, seen.result
    rows: list[tuple[str, str]] = []
    if result is not None:
        value = " ± ".join(with_error(result.value, result.std)) if result.std else exact(result.value)
        again = ", measured again after the end" if result.std or result.measured else ""
        again += f" with {result.measured:,} fresh shots" if result.measured else ""
        rows.append(("value", value + again))
    elif state.value is not None:
        last = " ± ".join(with_error(state.value, state.std)) if state.std else exact(state.value)
        rows.append((f"iteration {state.iteration}", last))
    if state.best is not None and (state.biased or result is None):
        words = " (biased: the lowest of noisy values lies below the truth)" if state.biased else ""
        rows.append(("lowest seen", f"{exact(state.best) if not state.biased else f'{state.best:.6g}'}{words}"))
    if seen.answer is not None:
        gap = f"; {result.value - seen.answer:+.2g} above it" if result is not None else ""
        rows.append(("exact answer", exact(seen.answer) + gap.replace("+", "")))
    if reason := reason_of(seen):
        rows.append(("ended", reason))
    if money := _spent(seen):
        rows.append(("spent", money))
    rows.append(("optimizer", state.optimizer + (f" ({seen.why})" if seen.why and seen.why != "asked for" else "")))
    if state.gradient:
        rows.append(("gradient", state.gradient.split(";")[0]))
    return rows


def _spent(seen: Seen) -> str:
    """Returns what a loop has spent, and the most that it may; "" where it is free."""
    state = seen.state
    return spent(state.cost, state.budget) if state.cost or state.budget is not None else ""


def _waits(seen: Seen) -> list[str]:
    return [seen.state.waits] if seen.state.waits and not seen.info.status.final else []


def _text(seen: Seen) -> str:
    lines = [_head(seen), *_waits(seen)]
    if sparks := sparkline(seen.rows.value):
        lines.append(sparks)
    rows = _rows(seen)
    width = max(len(name) for name, _ in rows)
    lines += [f"{name:>{width}}  {value}" for name, value in rows]
    shown = list(_parameters(seen).items())
    if shown:
        lines.append(f"{'x':>{width}}  " + ", ".join(f"{name} = {value}" for name, value in shown[:8]))
        if len(seen.labels) > 8:
            lines[-1] += f", … and {len(seen.labels) - 8} more"
    lines += [f"iteration {one.iteration}: {one.text}" for one in seen.notes[-3:]]
    return "\n".join([*lines, *filter(None, [_traceback(seen)])])


def _traceback(seen: Seen) -> str:
    """Returns where the user's function failed: what comes after the first line of the error."""
    return seen.info.error.partition("\n")[2]


def sparkline(values: list[float], width: int = 60) -> str:
    """Returns values as a row of blocks between the highest and the lowest."""
    if len(values) < 3:
        return ""
    places = (
        [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)] if len(values) > width else values
    )
    low, high = min(places), max(places)
    span = (high - low) or 1.0
    return f"{parameter(high)} " + "".join(_SPARKS[round((v - low) / span * 7)] for v in places) + f" {parameter(low)}"


def _parameters(seen: Seen) -> dict[str, str]:
    """Returns the best point of a loop that has ended, by the parameters' names."""
    import struct

    best, width, lowest = b"", 8 * len(seen.labels), lowest_of(seen.rows)
    if seen.result is not None:
        best = seen.result.x
    elif seen.info.status.final and seen.rows.x and lowest >= 0:
        best = seen.rows.x[lowest * width : (lowest + 1) * width]
    return {
        label: parameter(value) for label, (value,) in zip(seen.labels, struct.iter_unpack("<d", best), strict=False)
    }


# -- HTML -------------------------------------------------------------------------------------------------------------


def _html(seen: Seen) -> str:
    body = note(_waits(seen)) + (_chart(seen) if len(seen.rows) > 1 else "")
    cells = "".join(
        f'<tr><th scope="row" class="qm-soft" style="text-align:left">{escaped(name)}</th>'
        f'<td style="text-align:left;white-space:normal">{escaped(value)}</td></tr>'
        for name, value in _rows(seen)
    )
    body += f'<table class="qm-t"><tbody>{cells}</tbody></table>'
    found = list(_parameters(seen).items())
    if found:
        listed = "".join(
            f'<tr><th scope="row" class="qm-key" style="text-align:left">{escaped(name)}</th><td>{value}</td></tr>'
            for name, value in found[:_MOST_PARAMETERS]
        )
        more = (
            f"<tr><td colspan=2>… and {len(found) - _MOST_PARAMETERS} more</td></tr>"
            if len(found) > _MOST_PARAMETERS
            else ""
        )
        body += (
            f"<details><summary>the best point, {many(len(found), 'parameter')}</summary>"
            f'<table class="qm-t"><tbody>{listed}{more}</tbody></table></details>'
        )
    body += note([f"iteration {one.iteration}: {one.text}" for one in seen.notes[-5:]])
    if where := _traceback(seen):
        body += f'<details><summary>where it failed</summary><pre class="qm-pre">{escaped(where)}</pre></details>'
    return page(_head(seen), body, series=3)


def thumbnail(seen: Seen) -> str:
    """Returns a loop's chart alone."""
    return _chart(seen, names=False) if len(seen.rows) > 1 else ""


def _chart(seen: Seen, *, names: bool = True) -> str:
    """Returns value against iteration, with its error band, the lowest so far, and the exact answer."""
    picked = picked_of(seen.rows, _MOST_DRAWN)
    x = [seen.rows.iteration[i] for i in picked]
    values, stds = [seen.rows.value[i] for i in picked], [seen.rows.std[i] for i in picked]
    so_far, lowest = [], math.inf
    place = set(picked)
    for i, value in enumerate(seen.rows.value):
        lowest = min(lowest, value)
        if i in place:
            so_far.append(lowest)
    ends = [v - s for v, s in zip(values, stds, strict=True)] + [v + s for v, s in zip(values, stds, strict=True)]
    ends += [] if seen.answer is None else [seen.answer]
    across = scale([float(i) for i in x], ticks=6, round_ends=False)
    whole = tuple((tick, f"{tick:,.0f}") for tick, _ in across.ticks if tick == round(tick))
    frame = Frame(msgspec.structs.replace(across, ticks=whole), scale(ends), "iteration", "value")
    drawn, words = "", ["value"]
    if any(stds):
        edge = [f"{frame.x(i):.1f},{frame.y(v + s):.1f}" for i, v, s in zip(x, values, stds, strict=True)]
        edge += [
            f"{frame.x(i):.1f},{frame.y(v - s):.1f}" for i, v, s in reversed(list(zip(x, values, stds, strict=True)))
        ]
        drawn += f'<polygon class="qm-f0" fill="#2563c9" fill-opacity=".18" points="{" ".join(edge)}"/>'
    drawn += _line(frame, x, values, 0)
    shown = 1
    if so_far != values:
        drawn += _line(frame, x, so_far, 1, dashes=DASHES[1])
        words.append("lowest seen (biased)" if seen.state.biased else "best so far")
        shown = 2
    if seen.answer is not None:
        drawn += _line(frame, [x[0], x[-1]], [seen.answer] * 2, shown, dashes=DASHES[shown])
        words.append("exact answer")
    what = f"value over {len(seen.rows)} iterations, from {parameter(values[0])} to {parameter(values[-1])}"
    return frame.svg(drawn, what) + (legend(words) if names else "")


def _line(frame: Frame, x: list[int], y: list[float], series: int, dashes: str = "") -> str:
    points = " ".join(f"{frame.x(a):.1f},{frame.y(b):.1f}" for a, b in zip(x, y, strict=True))
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline {stroke(series)} fill="none" stroke-width="1.6" stroke-linejoin="round"{dash} points="{points}"/>'
    )
