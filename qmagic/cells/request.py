"""What a person typed into a cell, with the flags already parsed.

A `CellRequest` is plain data: it knows nothing of IPython, Qiskit or the service. `None` means "not given".
"""

from __future__ import annotations

import dataclasses
from typing import Any

from qmagic.jobs import Observable

__all__ = ["CellRequest", "Wanted"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellRequest:
    """A cell (or a line) that asks for a job.

    Attributes:
        body: The text below the magic's line; "" for a line magic.
        first_line: The line of the cell on which `body` starts (the magic's own line is 1).
        lang: ``"auto"``, ``"python"``, ``"openqasm2"`` or ``"openqasm3"``.
        circuit: Name of a variable or an expression that gives the circuits, in place of the body's last value.
        file: A ``.qasm`` or ``.qpy`` file in place of the body.
        shots: Shots of each circuit; None means 1,024 for counts and exact expectation values.
        precision: Wanted standard error of each observable.
        seed: Seed of all random draws; drawn when None.
        backend: A backend's name, or ``"auto"``.
        observables: ``"ZZ; 0.5*XX + YY; Z0*Z3"``.
        bind: ``"theta=0.3,phi=pi/4"``.
        sweep: ``"theta=0:pi:21"`` (start, stop, number of points, both ends included).
        noise: A device snapshot's name, noise parameters, or the name of a ``NoiseModel`` variable.
        transpile_to: Device snapshot to transpile to.
        optimization_level: 0 to 3.
        initial_layout: ``"0,1,4"``.
        seed_transpiler: Seed of the transpiler.
        trials: Number of transpiler seeds to try.
        verbatim: Insist that the circuits already fit the device.
        name: The job's name.
        tags: The job's tags.
        timeout: Seconds of run time after which the job fails.
        priority: Higher runs earlier within the notebook.
        resubmit_in_doubt: Submit again what may have been lost on its way to a provider, though it costs money.
        failover: Move on to the next best device when the first goes down.
        state: Ask for the state after each gate, in place of counts.
        cell: The whole cell as it was typed, for the record; "" means the body.
        notebook: Groups jobs for fair scheduling (a kernel's or notebook's identity).
    """

    body: str = ""
    first_line: int = 2
    lang: str = "auto"
    circuit: str | None = None
    file: str | None = None
    shots: int | None = None
    precision: float | None = None
    seed: int | None = None
    backend: str = "auto"
    observables: str | None = None
    bind: str | None = None
    sweep: str | None = None
    noise: str | None = None
    transpile_to: str | None = None
    optimization_level: int | None = None
    initial_layout: str | None = None
    seed_transpiler: int | None = None
    trials: int | None = None
    verbatim: bool = False
    name: str = ""
    tags: tuple[str, ...] = ()
    timeout: float | None = None
    priority: int = 0
    resubmit_in_doubt: bool = False
    failover: bool = False
    state: bool = False
    notebook: str = ""
    cell: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What holds for every circuit of a request, read and ready.

    Attributes:
        observables: In C order; None for counts, unless the PUBs bring their own.
        observables_shape: The shape of their array.
        parameter_values: A `ParameterValues`, or what `pubs.parameter_values_of` takes.
        sweep: Whether the values are a sweep.
        noise: The noise as it travels.
    """

    observables: tuple[Observable, ...] | None = None
    observables_shape: tuple[int, ...] = ()
    parameter_values: Any = None
    sweep: bool = False
    noise: str | None = None
