"""The flags of a request: checked, and read into data. No circuit is needed for it, and no Qiskit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qmagic.cells.noise import noise_text
from qmagic.cells.observables import parse_observables
from qmagic.cells.parameters import combine, parse_bind, parse_sweep
from qmagic.cells.request import CellRequest, Wanted
from qmagic.cells.validate import check_precision, check_seed, check_shots
from qmagic.clouds import device_of, provider_of
from qmagic.errors import InputError
from qmagic.jobs import Transpile

__all__ = ["check", "read", "transpile"]

_MOST_TRIALS = 1000
#: The transpiler's level where a device was named and no level.
_USUAL_LEVEL = 1


def check(request: CellRequest) -> None:
    """Checks the flags that stand for themselves.

    Raises:
        InputError: One is out of range, or two exclude each other.
    """
    check_shots(request.shots)
    check_precision(request.precision)
    check_seed(request.seed)
    if request.shots is not None and request.precision is not None:
        raise InputError("shots and precision exclude each other: precision chooses the shots")
    if request.timeout is not None and not request.timeout > 0:
        raise InputError(f"timeout is a number of seconds above 0, got {request.timeout!r}")


def read(request: CellRequest, namespace: Mapping[str, Any]) -> Wanted:
    """Returns what the texts of the flags mean.

    One observable keeps the shape of the sweep's points. Several make a leading axis: each has a value at every point.

    Raises:
        InputError: A text cannot be read.
    """
    observables = parse_observables(request.observables) if request.observables is not None else None
    bind = parse_bind(request.bind) if request.bind is not None else {}
    sweep = parse_sweep(request.sweep) if request.sweep is not None else {}
    several = observables is not None and len(observables) > 1
    return Wanted(
        observables=observables,
        observables_shape=(len(observables), *(1 for _ in sweep)) if several and observables else (),
        parameter_values=combine(bind, sweep),
        sweep=bool(sweep),
        noise=noise_text(request.noise, namespace),
    )


def transpile(request: CellRequest) -> Transpile | None:
    """Returns how circuits are brought onto a device; None when they are not, or when the cloud decides.

    Raises:
        InputError: A flag of the transpiler is out of range, or given without a device.
    """
    at_cloud = bool(provider_of(request.backend))
    wishes = {
        "optimization-level": request.optimization_level,
        "initial-layout": request.initial_layout,
        "seed-transpiler": request.seed_transpiler,
        "trials": request.trials,
        "verbatim": request.verbatim or None,
    }
    given = [flag for flag, value in wishes.items() if value is not None]
    if at_cloud and request.transpile_to is not None:
        raise InputError(f"circuits are brought onto {request.backend} anyway; leave out --transpile-to")
    if request.transpile_to is None and not (at_cloud and given):
        if given:
            raise InputError(f"--{given[0]} needs --transpile-to, such as --transpile-to fake_sherbrooke")
        return None
    level = _USUAL_LEVEL if request.optimization_level is None else request.optimization_level
    if level not in (0, 1, 2, 3):
        raise InputError(f"--optimization-level is 0, 1, 2 or 3, got {level!r}")
    trials = 1 if request.trials is None else request.trials
    if not 1 <= trials <= _MOST_TRIALS:
        raise InputError(f"--trials is a whole number from 1 to {_MOST_TRIALS:,}, got {trials!r}")
    check_seed(request.seed_transpiler)
    layout = None if request.initial_layout is None else _layout(request.initial_layout)
    device = request.transpile_to or device_of(request.backend)
    return Transpile(device, level, layout, request.seed_transpiler, trials, request.verbatim)


def _layout(text: str) -> tuple[int, ...]:
    words = text.replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() and len(word) < 7 for word in words):
        raise InputError(f"--initial-layout names physical qubits, such as 0,1,4; got {text[:60]!r}")
    layout = tuple(int(word) for word in words)
    if len(set(layout)) < len(layout):
        raise InputError(f"--initial-layout names a qubit twice: {text[:60]}")
    return layout
