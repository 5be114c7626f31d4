"""`minimize`: an ansatz and an observable, or a cost function, to a durable loop."""

from __future__ import annotations

import numbers
import random
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic import client, options
from qmagic.cells import flags
from qmagic.cells.build import build_objects
from qmagic.cells.noise import noise_text
from qmagic.cells.parameters import plain_values
from qmagic.cells.pubs import observables_of
from qmagic.cells.python import is_circuit
from qmagic.cells.request import CellRequest, Wanted
from qmagic.errors import InputError, nearest
from qmagic.jobs import JobSpec, Source, new_job_id, new_seed
from qmagic.loops.gradients import METHODS
from qmagic.loops.optimizers import check
from qmagic.loops.pickling import minor, pickled
from qmagic.loops.seeds import seed_of
from qmagic.tapes import Circuits, Function, LoopSpec, Rules, optimizer_of

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.client import Loop

__all__ = ["loop_job", "minimize"]

_ENCODE = msgspec.msgpack.Encoder().encode
#: Iterations after which a loop ends where nothing else was said.
_MAXITER = 1000


def minimize(
    objective: Any,
    observable_or_x0: Any = None,
    /,
    *,
    observable: Any = None,
    x0: Any = None,
    optimizer: str = "auto",
    gradient: Any = "auto",
    shots: int | None = None,
    precision: float | None = None,
    maxiter: int | None = None,
    learning_rate: float | None = None,
    target: float | None = None,
    tol: float | None = None,
    patience: int | None = None,
    max_shots: int | None = None,
    max_seconds: float | None = None,
    callback: Callable[[int, Any, float], Any] | None = None,
    optimizer_options: Mapping[str, Any] | None = None,
    exact: float | None = None,
    backend: str | None = None,
    noise: Any = None,
    seed: int | None = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    notebook: str = "",
) -> Loop:
    """Starts a hybrid loop as a durable job and returns at once.

    The loop runs in a process of its own: it goes on when the kernel is busy, restarted or gone, and from where it
    stood when its process is killed.

    Args:
        objective: An ansatz: a circuit with free parameters; then its observable comes next. Or a cost function
            ``cost(x)`` of an array, which returns a number or ``(value, standard error)``; then its first point comes
            next. It may take ``seed`` and ``shots`` too.
        observable_or_x0: The observable of an ansatz, or the first point of a function.
        observable: The same by name: what `qmagic.run` takes, one of them.
        x0: The first point, by name. Default for an ansatz: drawn from the seed, uniformly between -pi and pi.
        optimizer: ``spsa``, ``adam``, ``gradient-descent``, ``cma``, ``cobyla``, ``cobyqa``, ``nelder-mead``,
            ``powell``, ``l-bfgs-b``, ``slsqp``; ``"auto"`` takes L-BFGS-B where values are exact and gradients known,
            SPSA where they come from shots, else COBYLA.
        gradient: ``"auto"``, ``"adjoint"``, ``"parameter-shift"``, ``"finite-difference"``, ``"spsa"``; for a
            function also a function of the point.
        shots: Shots of each measurement group, for each value. Default: exact values.
        precision: The wanted standard error of each value, in place of shots.
        maxiter: Iterations after which it ends. Default: 1,000.
        learning_rate: Step size of SPSA, ADAM and gradient descent, sigma of CMA-ES.
        target: Ends when the value is this low: with shots, the upper end of its 95 % interval.
        tol: Ends when an iteration improves the value by less than this, as far as error bars allow to tell.
        patience: Ends after so many iterations without improvement (beyond the error).
        max_shots: Shots that are not to be exceeded, the measurement of the best point included.
        max_seconds: Seconds of work after which it ends.
        callback: Called as ``callback(iteration, x, value)`` in the loop's process; a true value ends the loop.
        optimizer_options: The optimizer's own options, such as ``{"rhobeg": 0.5}``.
        exact: The right answer where it is known; views show it.
        backend: Such as ``"aer"``; as in `qmagic.run`.
        noise: As in `qmagic.run`.
        seed: Of everything random. One that is not given is drawn and kept with the job.
        name: The job's name in lists.
        tags: The job's tags.
        notebook: Groups jobs for fair scheduling. Default: the notebook that Jupyter names, else this process.

    Returns:
        The loop: ``loop.result()``, ``await loop``, ``loop.pause()``, ``step()``, ``resume()``, ``stop()``,
        ``set(...)``, ``fork(iteration)``, ``history()``, ``state()``.

    Raises:
        InputError: Something cannot run; one line says what, and nothing was submitted.

    Example:
        >>> loop = qmagic.minimize(efficient_su2(2, reps=1), "ZZ + 0.5*XI", optimizer="cobyla", seed=7)
        >>> loop.result().value
    """
    rules = _checked_rules(Rules(target, tol, patience, max_shots, max_seconds), maxiter)
    seed = new_seed() if (given := options.defaults().seed if seed is None else seed) is None else _whole("seed", given)
    first: Any = observable_or_x0
    if is_circuit(objective):
        observable = first if observable is None else observable
        if observable is None:
            raise InputError("minimize(ansatz) needs an observable: minimize(ansatz, observable)")
        job = _of_circuit(objective, observable, x0, seed, shots, precision, backend, noise)
        circuits = msgspec.msgpack.decode(job.source.data, type=Circuits)
        points = circuits.pub.parameters
        assert points is not None
        what: Circuits | Function = circuits
        start, labels = points.values, points.names
        slopes, exactly = "", shots is None and precision is None
    elif callable(objective):
        if backend is not None or noise is not None or observable is not None:
            raise InputError("backend, noise and observable belong to an ansatz; a cost function calls qmagic itself")
        start, labels = _point(first if x0 is None else x0)
        functions = {"cost": objective}
        slopes, exactly = "", shots is None and precision is None
        if callable(gradient):
            functions["gradient"], slopes, gradient = gradient, "function", "auto"
        what = Function(pickled(functions), minor(), getattr(objective, "__name__", type(objective).__name__))
        job = _bare(seed)
    else:
        raise InputError(
            f"minimize: expected a circuit with parameters or a function, got {type(objective).__name__} {objective!r}"[:300]
        )
    if gradient not in METHODS:
        raise InputError(f"gradient {gradient!r}: expected one of {', '.join(METHODS)}{nearest(str(gradient), METHODS)}")
    chosen, why = _optimizer(optimizer, exactly, isinstance(what, Circuits) or bool(slopes))
    check(chosen, learning_rate, optimizer_options or {})
    loop = LoopSpec(
        objective=what, x0=start, labels=labels, optimizer=chosen, why=why, options=dict(optimizer_options or {}),
        learning_rate=learning_rate, maxiter=maxiter or _MAXITER, gradient=gradient, shots=shots, precision=precision,
        rules=rules, exact=exact, callback=b"" if callback is None else pickled({"callback": callback}),
    )  # fmt: skip
    usual = options.defaults()
    job = msgspec.structs.replace(
        job, name=name or "", notebook=notebook or client.notebook(),
        tags=tuple(dict.fromkeys((*usual.tags, *((tags,) if isinstance(tags, str) else tags)))),
    )  # fmt: skip
    spec = loop_job(job, loop)
    client.submit(spec)
    return client.Loop(spec.id, spec=spec)


def loop_job(job: JobSpec, loop: LoopSpec) -> JobSpec:
    """Returns the job of a loop: `job` gives seed, backend, noise and what else is said of a job."""
    return msgspec.structs.replace(
        job, id=new_job_id(), kind="loop", source=Source("loop", _ENCODE(loop)), pubs=(), checked=True
    )


def _of_circuit(
    ansatz: QuantumCircuit,
    observable: Any,
    x0: Any,
    seed: int,
    shots: int | None,
    precision: float | None,
    backend: str | None,
    noise: Any,
) -> JobSpec:
    """Returns a job whose source is the objective, everything checked."""
    from qmagic.backends import registry

    usual = options.defaults()
    names = [parameter.name for parameter in ansatz.parameters]
    if not names:
        raise InputError("the ansatz has no free parameters: there is nothing to minimise over")
    if x0 is None:
        draw = random.Random(seed_of(seed, "x0"))
        x0 = [draw.uniform(-3.141592653589793, 3.141592653589793) for _ in names]
    request = CellRequest(
        backend=registry.resolve(usual.backend if backend is None else backend), shots=shots, seed=seed,
        precision=None if precision is None else float(precision), first_line=1,
    )  # fmt: skip
    flags.check(request)
    operators, shape = observables_of(observable)
    wanted = Wanted(
        observables=operators, observables_shape=shape, parameter_values=plain_values(x0),
        noise=usual.noise if noise is None else noise_text(noise, {}),
    )  # fmt: skip
    spec = build_objects(ansatz, "minimize", request, wanted, client.environment())
    pub = spec.pubs[0]
    if len(pub.observables or ()) != 1 or (pub.parameters is not None and pub.parameters.shape not in ((), (1,))):
        raise InputError("minimize takes one observable (a sum of terms) and one first point")
    assert pub.parameters is not None
    pub = msgspec.structs.replace(pub, parameters=_in_order(pub.parameters, names))
    return msgspec.structs.replace(spec, source=Source("loop", _ENCODE(Circuits(spec.source, pub))))


def _in_order(values: Any, names: list[str]) -> Any:
    """Returns parameter values in the order of the circuit's parameters."""
    import numpy as np

    row = np.frombuffer(values.values, "<f8")
    ordered = np.ascontiguousarray(row[[values.names.index(name) for name in names]], "<f8")
    return type(values)(tuple(names), ordered.tobytes())


def _point(x0: Any) -> tuple[bytes, tuple[str, ...]]:
    """Returns a function's first point, and names for its numbers."""
    import numpy as np

    if x0 is None:
        raise InputError("minimize(cost) needs a first point: minimize(cost, x0)")
    try:
        point = np.atleast_1d(np.asarray(x0, dtype="<f8"))
    except (TypeError, ValueError):
        raise InputError(f"x0: expected numbers, got {x0!r}"[:200]) from None
    if point.ndim != 1 or not point.size or not np.isfinite(point).all():
        raise InputError(f"x0: expected a list of finite numbers, got {np.array2string(point, threshold=8)}")
    return point.tobytes(), tuple(f"x[{i}]" for i in range(point.size))


def _bare(seed: int) -> JobSpec:
    return JobSpec(id="", source=Source("loop", b""), pubs=(), seed=seed, environment=client.environment())


def _optimizer(wanted: str, exact: bool, slopes: bool) -> tuple[str, str]:
    if wanted != "auto":
        return optimizer_of(wanted), "asked for"
    if not exact:
        return "spsa", "values come from shots, and two of them for each iteration are enough"
    if slopes:
        return "l-bfgs-b", "values are exact and gradients are known"
    return "cobyla", "nothing is known of the gradient"


def _checked_rules(rules: Rules, maxiter: int | None) -> Rules:
    for name, value in (("maxiter", maxiter), *((one, getattr(rules, one)) for one in rules.__struct_fields__)):
        if value is None:
            continue
        if not isinstance(value, numbers.Real) or value != value:
            raise InputError(f"{name} {value!r}: expected a number")
        if name != "target" and value <= 0:
            raise InputError(f"{name} {value}: expected more than 0")
        if name in ("maxiter", "patience", "max_shots"):
            _whole(name, value)
    return rules


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InputError(f"{name} {value!r}: expected a whole number")
    return int(value)
