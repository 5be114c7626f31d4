"""`run` and `run_each`: circuits to durable jobs, from Python; `plan`: what they would do."""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from qmagic import options
from qmagic.cells import flags
from qmagic.cells.build import build_objects, build_text
from qmagic.cells.languages import detect
from qmagic.cells.noise import noise_text
from qmagic.cells.parameters import plain_values
from qmagic.cells.pubs import observables_of
from qmagic.cells.request import CellRequest, Wanted
from qmagic.cells.validate import check_text
from qmagic.errors import InputError, nearest
from qmagic.jobs import Environment, JobSpec, ParameterValues
from qmagic.plans.plan import Plan, opened
from qmagic.quotes import CloudPlan

if TYPE_CHECKING:
    from qmagic.client import Group, Job

__all__ = ["plan", "run", "run_each"]


@overload
def run(
    circuits: Any, backend: str | None = ..., shots: int | None = ..., seed: int | None = ..., observables: Any = ...,
    parameter_values: Any = ..., precision: float | None = ..., noise: Any = ..., name: str | None = ...,
    tags: Iterable[str] = ..., *, transpile_to: str | None = ..., optimization_level: int | None = ...,
    initial_layout: Iterable[int] | None = ..., seed_transpiler: int | None = ..., trials: int | None = ...,
    verbatim: bool = ..., timeout: float | None = ..., priority: int = ..., notebook: str = ...,
    repeat: Literal[1] = ..., failover: bool = ...,
) -> Job: ...  # fmt: skip


@overload
def run(
    circuits: Any, backend: str | Sequence[str] | None = ..., shots: int | None = ..., seed: int | None = ...,
    observables: Any = ..., parameter_values: Any = ..., precision: float | None = ..., noise: Any = ...,
    name: str | None = ..., tags: Iterable[str] = ..., *, transpile_to: str | None = ...,
    optimization_level: int | None = ..., initial_layout: Iterable[int] | None = ...,
    seed_transpiler: int | None = ..., trials: int | None = ..., verbatim: bool = ..., timeout: float | None = ...,
    priority: int = ..., notebook: str = ..., repeat: int = ..., failover: bool = ...,
) -> Job | Group: ...  # fmt: skip


def run(
    circuits: Any,
    backend: str | Sequence[str] | None = None,
    shots: int | None = None,
    seed: int | None = None,
    observables: Any = None,
    parameter_values: Any = None,
    precision: float | None = None,
    noise: Any = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    *,
    transpile_to: str | None = None,
    optimization_level: int | None = None,
    initial_layout: Iterable[int] | None = None,
    seed_transpiler: int | None = None,
    trials: int | None = None,
    verbatim: bool = False,
    timeout: float | None = None,
    priority: int = 0,
    notebook: str = "",
    repeat: int = 1,
    failover: bool = False,
) -> Job | Group:
    """Submits circuits as one durable job and returns at once.

    Counts are taken, or, with observables, expectation values. What is not given comes from ``%qconfig`` and the
    project's ``[tool.qmagic]``, then from the defaults named below.

    Args:
        circuits: A circuit of Qiskit, Cirq or Amazon Braket; OpenQASM 2 or 3 text; a PUB as Qiskit's V2 primitives
            take it (``(circuit, parameter_values, shots)`` or ``(circuit, observables, parameter_values, precision)``);
            or a list of these. Counts and expectation values do not mix in one job.
        backend: Such as ``"aer.statevector"``. Default ``"auto"``: the one that suits the circuit best. Several, as a
            list or with commas between them, make a group. ``"best(ibm,braket; max_price=1)"`` chooses among devices.
        shots: Shots of each circuit (at each parameter point), 1 to 10^9. Default 1,024 for counts, and exact
            expectation values. With observables: shots for each group of commuting terms.
        seed: Of all random draws, 0 to 2^63 - 1. One that is not given is drawn and kept with the job.
        observables: For every circuit. Text (``"ZZ; 0.5*XX + YY; Z0*Z3"``: several make an array), an operator of
            Qiskit's, a mapping of labels to coefficients, or a nested list or array of these. The rightmost letter is
            qubit 0.
        parameter_values: For every circuit. A mapping from names (or parameters) to numbers or arrays, of which each
            circuit takes those it has; a ``BindingsArray``; or an array whose last axis runs over the circuit's
            parameters in Qiskit's order. Its other axes broadcast against those of the observables, as in Qiskit.
        precision: The wanted standard error of each observable, in place of shots.
        noise: A device (``"fake_sherbrooke"``), parameters (``"depolarizing=0.01,t1=120us"``) or a Qiskit Aer
            ``NoiseModel``.
        name: The job's name in lists.
        tags: The job's tags, to find it by.
        transpile_to: Device to bring the circuits onto; one that already fits runs untouched.
        optimization_level: The transpiler's, 0 to 3. Default 1.
        initial_layout: Physical qubit of each qubit.
        seed_transpiler: Seed of the transpiler. Default: it follows from the job's seed.
        trials: Number of transpiler seeds to try; the best circuit is kept. Default 1.
        verbatim: Refuse circuits that do not fit the device as they are.
        timeout: Seconds of run time after which the job fails. Default: none.
        priority: A higher one runs earlier within the notebook.
        notebook: Groups jobs for fair scheduling. Default: the notebook that Jupyter names, else this process.
        repeat: How many times to run it, each time as a job of its own, with the next seed; more than once makes a
            group.
        failover: With a backend such as ``"best(ibm,braket)"``: move on to the next best device when the first goes
            down, once its cancel there is confirmed.

    Returns:
        The job: ``job.result()``, ``await job``, ``job.status()``, ``job.cancel()``, ``job.id``. Of several backends
        or runs a `Group`: ``group.result()`` lays them over each other, ``group.jobs`` are the jobs. Type checkers
        take a text for one backend, since they do not see its commas; for a list they expect either.

    Raises:
        InputError: Something cannot run; one line says what, and nothing was submitted. `SourceError` (the text of a
            circuit) and `NotFoundError` (a name) are such.
        ServiceError: The job service cannot take it now.

    Example:
        >>> job = qmagic.run("OPENQASM 3.0; qubit q; bit c; U(pi/2, 0, pi) q; c = measure q;", shots=100)
        >>> job.result().counts()
        {'0': 47, '1': 53}
    """
    from qmagic import client

    usual = options.defaults().backend if backend is None else backend
    backends = client.backends_of(usual)
    request = _request(
        backends[0], shots, seed, precision, name, tags, transpile_to, optimization_level, initial_layout,
        seed_transpiler, trials, verbatim, timeout, priority, notebook, failover,
    )  # fmt: skip
    spec = _spec(circuits, request, _wanted(observables, parameter_values, noise), client.environment())
    if len(backends) == repeat == 1:
        return client.submit(spec)
    return client.submit_group(client.group_specs(spec, backends, repeat))


def plan(circuits: Any, **same: Any) -> Plan | CloudPlan:
    """Returns what `run` would do with the same arguments: where it would run, why, and what else could. Nothing runs.

    Args:
        circuits: What `run` takes.
        same: The other arguments of `run`.

    Returns:
        The plan: it prints what is chosen, the facts behind it, the alternatives with their estimated seconds and
        memory, and what cannot run the circuit, and why. ``plan.pubs[0].chosen.backend`` and so on are data. That of a
        cloud (``plan.quote``) has the compiled circuits, their chances and the price.

    Raises:
        InputError: As `run`. A circuit that nothing here can hold is no error: its plan says so.
        TypeError: There is no such argument.
    """
    from qmagic import client

    wanted = _wanted(*(same.pop(name, None) for name in ("observables", "parameter_values", "noise")))
    _check_names("plan", same)
    spec = _spec(circuits, _request(**{**_NOT_GIVEN, **same}), wanted, client.environment())
    return opened(client.plan(spec), spec.backend)


def _check_names(function: str, given: Iterable[str]) -> None:
    for name in given:
        if name not in _NOT_GIVEN:
            raise TypeError(f"{function}() has no argument {name!r}{nearest(name, _NOT_GIVEN)}")


def run_each(circuits: Iterable[Any], **same: Any) -> list[Job]:
    """Submits each circuit as a job of its own, all in one message.

    Args:
        circuits: What `run` takes, several of them.
        same: The other arguments of `run`, for every job. With ``seed=s`` the i-th job has the seed ``s + i``, so that
            equal circuits do not get equal counts.

    Returns:
        The jobs, in the order of the circuits.

    Raises:
        InputError: As `run`; names the circuit, and nothing was submitted.
        TypeError: There is no such argument.
    """
    from qmagic import client

    wanted = _wanted(*(same.pop(name, None) for name in ("observables", "parameter_values", "noise")))
    _check_names("run_each", same)
    request = _request(**{**_NOT_GIVEN, **same})
    environment = client.environment()
    specs = []
    for i, circuit in enumerate(circuits):
        mine = request if request.seed is None or i == 0 else dataclasses.replace(request, seed=request.seed + i)
        try:
            specs.append(_spec(circuit, mine, wanted, environment))
        except InputError as error:
            error.add_note(f"in circuit {i} of run_each")
            raise
    return client.submit_many(specs) if specs else []


_NOT_GIVEN: dict[str, Any] = {
    "backend": None, "shots": None, "seed": None, "precision": None, "name": None, "tags": (), "transpile_to": None,
    "optimization_level": None, "initial_layout": None, "seed_transpiler": None, "trials": None, "verbatim": False,
    "timeout": None, "priority": 0, "notebook": "", "failover": False,
}  # fmt: skip


def _request(
    backend: str | None,
    shots: Any,
    seed: Any,
    precision: Any,
    name: str | None,
    tags: Iterable[str],
    transpile_to: str | None,
    optimization_level: int | None,
    initial_layout: Iterable[int] | None,
    seed_transpiler: Any,
    trials: int | None,
    verbatim: bool,
    timeout: float | None,
    priority: int,
    notebook: str,
    failover: bool,
) -> CellRequest:
    """Returns the arguments with the user's defaults filled in, checked."""
    from qmagic import client

    usual = options.defaults()
    device = transpile_to if transpile_to is not None else usual.transpile_to
    level = optimization_level
    if level is None and device is not None:
        level = usual.optimization_level
    request = CellRequest(
        backend=backend if backend is not None else usual.backend,
        shots=_whole(shots) if shots is not None else usual.shots if precision is None else None,
        seed=_whole(seed) if seed is not None else usual.seed,
        precision=None if precision is None else float(precision),
        name=name or "",
        tags=(*usual.tags, *((tags,) if isinstance(tags, str) else tags)),
        transpile_to=device,
        optimization_level=level,
        initial_layout=None if initial_layout is None else ",".join(str(_whole(qubit)) for qubit in initial_layout),
        seed_transpiler=None if seed_transpiler is None else _whole(seed_transpiler),
        trials=trials,
        verbatim=verbatim,
        timeout=timeout if timeout is not None else usual.timeout,
        priority=priority,
        notebook=notebook or client.notebook(),
        failover=failover,
        first_line=1,
    )
    flags.check(request)
    return request


def _wanted(observables: Any, parameter_values: Any, noise: Any) -> Wanted:
    operators, shape = (None, ()) if observables is None else observables_of(observables)
    return Wanted(
        observables=operators,
        observables_shape=shape,
        parameter_values=plain_values(parameter_values),
        noise=options.defaults().noise if noise is None else noise_text(noise, {}),
    )


def _spec(circuits: Any, request: CellRequest, wanted: Wanted, environment: Environment) -> JobSpec:
    values = wanted.parameter_values
    if isinstance(circuits, str) and (values is None or isinstance(values, ParameterValues)):
        check_text(circuits, "the text")
        language = detect(circuits)
        if language != "python":
            return build_text(circuits, language, request, wanted, environment)
    # An array of values needs the circuit's parameters in order, so that text is read here then.
    return build_objects(circuits, "the argument", request, wanted, environment)


def _whole(value: Any) -> int:
    """NumPy's integers are whole numbers too."""
    return value if isinstance(value, bool) or not isinstance(value, numbers.Integral) else int(value)
