"""Noise parameters as a user types them: ``depolarizing=0.01,t1=120us,t2=80us,readout=0.02``.

| name | meaning | default |
|---|---|---|
| ``depolarizing`` | parameter p of the depolarizing channel after each gate (as Qiskit's: 1 is fully mixed) | 0 |
| ``depolarizing1``, ``depolarizing2`` | the same, only for gates on one or two qubits | ``depolarizing`` |
| ``t1``, ``t2`` | relaxation and dephasing times, during gates | no relaxation; ``t2 = 2 t1`` |
| ``time1``, ``time2`` | duration of a gate on one or two qubits | 35ns, 300ns |
| ``readout`` | probability that a bit is read wrongly | 0 |
| ``p01``, ``p10`` | ... that 0 is read as 1, and 1 as 0 | ``readout`` |
"""

from __future__ import annotations

import dataclasses
import math
import re

from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["Settings", "parse_settings"]

_PROBABILITIES = ("depolarizing", "depolarizing1", "depolarizing2", "readout", "p01", "p10")
_TIMES = ("t1", "t2", "time1", "time2")
_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_TIME = re.compile(r"([0-9.eE+-]+?)\s*(s|ms|us|µs|μs|ns)")


@dataclasses.dataclass(frozen=True)
class Settings:
    """Noise parameters; probabilities, and times in seconds."""

    depolarizing1: float = 0.0
    depolarizing2: float = 0.0
    t1: float | None = None
    t2: float | None = None
    time1: float = 35e-9
    time2: float = 300e-9
    p01: float = 0.0
    p10: float = 0.0


def parse_settings(text: str) -> Settings:
    """Returns the parameters in `text`.

    Raises:
        NotFoundError: A name is not known.
        InputError: A value is missing, out of range, or has no unit; or ``t2 > 2 t1``.
    """
    given: dict[str, float] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name not in _PROBABILITIES + _TIMES:
            hint = nearest(name, _PROBABILITIES + _TIMES) or f"; expected {', '.join(_PROBABILITIES + _TIMES)}"
            raise NotFoundError(f"no noise parameter {name!r}{hint}, or a device such as fake_sherbrooke")
        if not equals or not value:
            raise InputError(f"noise {name!r} has no value; expected for example {name}={_example(name)}")
        if name in given:
            raise InputError(f"noise {name!r} is given twice")
        given[name] = _time(name, value) if name in _TIMES else _probability(name, value)
    both, readout = given.pop("depolarizing", 0.0), given.pop("readout", 0.0)
    settings = Settings(**{"depolarizing1": both, "depolarizing2": both, "p01": readout, "p10": readout, **given})
    if settings.t1 is not None and settings.t2 is not None and settings.t2 > 2 * settings.t1 * (1 + 1e-12):
        raise InputError("noise t2 is longer than 2 * t1, which no qubit can have; expected t2 <= 2 * t1")
    return settings


def _example(name: str) -> str:
    return "100us" if name in _TIMES else "0.01"


def _probability(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0.0 <= number <= 1.0:
        raise InputError(f"noise {name}={value}: expected a number between 0 and 1")
    return number


def _time(name: str, value: str) -> float:
    match = _TIME.fullmatch(value)
    try:
        number = float(match.group(1)) * _UNITS[match.group(2)] if match else math.nan
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise InputError(f"noise {name}={value}: expected a time with its unit, such as 120us (s, ms, us or ns)")
    return number
