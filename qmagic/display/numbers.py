"""How numbers are written for people: as many digits as they carry."""

from __future__ import annotations

import math

__all__ = ["exact", "parameter", "percent", "with_error"]


def percent(fraction: float) -> str:
    """Returns ``"12.5 %"``, ``"0.127 %"``; what is seen but rounds to nothing is ``"<0.001 %"``."""
    if 0 < fraction < 0.000005:
        return "<0.001 %"
    if 0.9995 <= fraction < 1:
        return ">99.9 %"
    decimals = 1 if fraction >= 0.00995 or fraction == 0 else 2 if fraction >= 0.000995 else 3
    return f"{fraction * 100:.{decimals}f} %"


def parameter(value: float) -> str:
    """Returns a parameter's value with 6 digits, enough to tell points of a sweep apart."""
    return f"{round(value, 12) + 0.0:.6g}"


def exact(value: float) -> str:
    """Returns a computed value with 8 digits; rounding noise below 1e-12 is 0."""
    rounded = round(value, 12) + 0.0  # + 0.0 turns -0.0 into 0.0
    return f"{rounded:.8g}" if math.isfinite(value) else str(value)


def with_error(value: float, std: float) -> tuple[str, str]:
    """Returns a measured value and its standard error, both to the error's second digit."""
    if not (std > 0 and math.isfinite(std) and math.isfinite(value)):
        return exact(value), exact(std)
    decimals = min(15, max(0, 1 - math.floor(math.log10(std))))
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text, f"{std:.{decimals}f}"
