"""Where an axis has its ticks, and what stands there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

__all__ = ["Scale", "scale"]

#: Steps in units of π, and of a power of ten.
_PI_STEPS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16)
_STEPS = (1, 2, 2.5, 5, 10)


class Scale(msgspec.Struct, frozen=True):
    """A linear axis from `low` to `high`, with ``(value, label)`` for each tick."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> float:
        """Returns where `value` lies: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


def scale(values: Sequence[float], *, ticks: int = 5, round_ends: bool = True, angles: bool = False) -> Scale:
    """Returns an axis that holds all `values`.

    Args:
        values: Finite numbers; what is not finite is passed over.
        ticks: About how many ticks.
        round_ends: Whether the ends move out to the next tick.
        angles: Whether ticks at fractions of π are wanted, where both ends are such.
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-60):
        pad = abs(low) / 2 if abs(low) > 1e-60 else 0.5
        low, high = low - pad, high + pad
    if angles and high - low > 0.1 and _is_angle(low) and _is_angle(high):
        step = next((s for s in _PI_STEPS if (high - low) / math.pi / s <= ticks + 0.5), _PI_STEPS[-1])
        return _with_ticks(low, high, step * math.pi, False, lambda k: _pi_label(k * step))
    step = _round_step((high - low) / ticks)
    decimals = max(0, math.ceil(-math.log10(step) - 1e-9)) + (1 if f"{step:.1e}".startswith("2.5") and step < 10 else 0)
    largest = max(abs(low), abs(high))
    if decimals > 5 or largest >= 1e6:
        digits = min(17, max(3, 1 + math.ceil(math.log10(largest / step))))  # enough to tell ticks apart
        return _with_ticks(low, high, step, round_ends, lambda k: f"{k * step:.{digits}g}")
    return _with_ticks(low, high, step, round_ends, lambda k: f"{k * step:.{decimals}f}")


def _with_ticks(low: float, high: float, step: float, round_ends: bool, label: Callable[[int], str]) -> Scale:
    if round_ends:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        low, high = first * step, last * step
    else:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return Scale(low, high, tuple((k * step, label(k).replace("-", "\N{MINUS SIGN}")) for k in range(first, last + 1)))


def _round_step(least: float) -> float:
    """Returns the smallest round number that is not below `least`."""
    unit = 10.0 ** math.floor(math.log10(least))
    return next(step * unit for step in _STEPS if step * unit >= least * (1 - 1e-9))


def _is_angle(value: float) -> bool:
    """Tells whether `value` is a multiple of π/24 (0 is one)."""
    return abs(value) <= 64 * math.pi and abs(value / math.pi * 24 - round(value / math.pi * 24)) < 1e-9


def _pi_label(times: float) -> str:
    sixteenths = round(times * 16)
    common = math.gcd(sixteenths, 16)
    above, below = abs(sixteenths) // common, 16 // common
    if above == 0:
        return "0"
    number = "" if above == 1 else str(above)
    return ("-" if times < 0 else "") + f"{number}π" + ("" if below == 1 else f"/{below}")
