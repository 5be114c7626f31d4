"""Values of parameters, by name: ``--bind theta=0.3,phi=pi/4`` and ``--sweep theta=0:pi:21``.

Names are Qiskit's, Unicode and indices included (``θ[10]``). Binding is by name only: an OpenQASM round trip sorts
``_θ_10_`` before ``_θ_2_``, so that an order means nothing.

Several sweeps make a grid: one is a line of points, two are a plane. In the `ParameterValues` the swept names
come first, in the order of the axes.
"""

from __future__ import annotations

import math
import numbers
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from qmagic.cells.arithmetic import number
from qmagic.errors import InputError
from qmagic.jobs import ParameterValues

__all__ = ["MOST_POINTS", "combine", "pack_floats", "parse_bind", "parse_sweep", "plain_values"]

#: The most points of one sweep, over all its axes.
MOST_POINTS = 100_000


def parse_bind(text: str) -> dict[str, float]:
    """Returns the values in ``"theta=0.3,phi=pi/4,x=[0.1,0.2]"`` (a list gives ``x[0]``, ``x[1]``, ...).

    Raises:
        InputError: Not of that form, or a name twice.
    """
    values: dict[str, float] = {}
    for name, value in _assignments(text, "--bind", "theta=0.3,phi=pi/4"):
        if value.startswith("[") and value.endswith("]"):
            given = {f"{name}[{i}]": item for i, item in enumerate(_split(value[1:-1]))}
        else:
            given = {name: value}
        for key, item in given.items():
            if key in values:
                raise InputError(f"--bind: {key} is given twice")
            values[key] = number(item, f"--bind {key}")
    return values


def parse_sweep(text: str) -> dict[str, tuple[float, ...]]:
    """Returns the points of each axis in ``"theta=0:pi:21"``: start, stop, number of points, both ends included.

    Raises:
        InputError: Not of that form, a name twice, or more than `MOST_POINTS` points.
    """
    axes: dict[str, tuple[float, ...]] = {}
    total = 1
    for name, value in _assignments(text, "--sweep", "theta=0:pi:21"):
        parts = value.split(":")
        if len(parts) != 3:
            raise InputError(f"--sweep {name}={value}: expected start:stop:points, such as {name}=0:pi:21")
        if name in axes:
            raise InputError(f"--sweep: {name} is given twice")
        start, stop = (number(part, f"--sweep {name}") for part in parts[:2])
        if not parts[2].strip().isascii() or not parts[2].strip().isdigit() or len(parts[2]) > 9 or int(parts[2]) < 1:
            raise InputError(f"--sweep {name}: the number of points is a whole number from 1, got {parts[2].strip()!r}")
        points = int(parts[2])
        total *= points
        if total > MOST_POINTS:
            raise InputError(f"--sweep: {total:,} points are more than {MOST_POINTS:,}")
        axes[name] = _line(start, stop, points)
    return axes


def combine(bind: Mapping[str, float], sweep: Mapping[str, Sequence[float]]) -> ParameterValues | None:
    """Returns the grid over all sweeps, with the bound values at every point; None when nothing is given.

    Raises:
        InputError: A name is both bound and swept.
    """
    if not bind and not sweep:
        return None
    for name in bind:
        if name in sweep:
            raise InputError(f"{name} is both bound (--bind) and swept (--sweep); give it once")
    shape = tuple(len(points) for points in sweep.values())
    names = (*sweep, *bind)
    rows: list[tuple[float, ...]] = [()]
    for points in sweep.values():
        rows = [(*row, value) for row in rows for value in points]
    constant = tuple(bind.values())
    return ParameterValues(names, pack_floats([value for row in rows for value in (*row, *constant)]), shape)


def plain_values(values: Any) -> Any:
    """Returns a mapping from names to numbers as `ParameterValues` (one point), anything else as it is."""
    if not isinstance(values, Mapping) or not values:
        return values
    if not all(isinstance(name, str) and isinstance(value, numbers.Real) for name, value in values.items()):
        return values
    return ParameterValues(tuple(values), pack_floats([float(value) for value in values.values()]))


def pack_floats(values: Sequence[float]) -> bytes:
    """Returns float64, little-endian."""
    return struct.pack(f"<{len(values)}d", *values)


def _line(start: float, stop: float, points: int) -> tuple[float, ...]:
    if points == 1:
        return (start,)
    step = (stop - start) / (points - 1)
    if not math.isfinite(step):
        raise InputError(f"--sweep: {start:g} to {stop:g} is too wide")
    # The last point is the stop itself, whatever the rounding of the steps.
    return (*(start + i * step for i in range(points - 1)), stop)


def _assignments(text: str, flag: str, example: str) -> list[tuple[str, str]]:
    found = []
    for item in _split(text):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not name or not value:
            raise InputError(f"{flag}: expected name=value, such as {example}, got {item.strip()[:60]!r}")
        found.append((name, value))
    return found


def _split(text: str) -> list[str]:
    """Splits at commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]
