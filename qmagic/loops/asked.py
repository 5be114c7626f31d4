"""What was asked of `minimize`, and the job that it becomes; everything is checked here, in the kernel."""

from __future__ import annotations

import dataclasses
import math
import numbers
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from qmagic import client, options
from qmagic.cells import flags
from qmagic.cells.build import build_objects
from qmagic.cells.noise import noise_text
from qmagic.cells.parameters import plain_values
from qmagic.cells.pubs import observables_of
from qmagic.cells.python import is_circuit
from qmagic.cells.request import CellRequest, Wanted
from qmagic.clouds import provider_of
from qmagic.errors import InputError, nearest
from qmagic.jobs import JobSpec, Source, new_job_id, new_seed
from qmagic.loops.gradients import METHODS
from qmagic.loops.optimizers import check
from qmagic.loops.pickling import minor, pickled
from qmagic.loops.seeds import seed_of
from qmagic.orders import optimizer_of
from qmagic.tapes import Circuits, Function, LoopSpec, Rules

__all__ = ["Asked", "job_of", "loop_job"]

_ENCODE = msgspec.msgpack.Encoder().encode
#: Iterations after which a loop ends where nothing else was said, and shots of a value at a cloud.
_MAXITER, _SHOTS = 1000, 1024
#: How evaluations go to a cloud.
MODES = ("job", "batch", "session")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """The arguments of `minimize`, of which it says what they mean."""

    objective: Any
    second: Any = None
    observable: Any = None
    x0: Any = None
    optimizer: str = "auto"
    gradient: Any = "auto"
    shots: int | None = None
    precision: float | None = None
    maxiter: int | None = None
    learning_rate: float | None = None
    target: float | None = None
    tol: float | None = None
    patience: int | None = None
    max_shots: int | None = None
    max_seconds: float | None = None
    budget: float | None = None
    callback: Callable[[int, Any, float], Any] | None = None
    optimizer_options: Mapping[str, Any] | None = None
    exact: float | None = None
    backend: str | None = None
    mode: str = "job"
    noise: Any = None
    seed: int | None = None
    name: str | None = None
    tags: Iterable[str] = ()
    notebook: str = ""
    cell: str = ""


def job_of(asked: Asked) -> JobSpec:
    """Returns the job of a loop, everything checked.

    Raises:
        InputError: Something cannot run; one line says what.
    """
    rules = Rules(asked.target, asked.tol, asked.patience, asked.max_shots, asked.max_seconds, asked.budget)
    _check_rules(rules, asked.maxiter)
    usual = options.defaults()
    given = usual.seed if asked.seed is None else asked.seed
    seed = new_seed() if given is None else _whole("seed", given)
    gradient, slopes = (asked.gradient, None) if isinstance(asked.gradient, str) else ("auto", asked.gradient)
    if gradient not in METHODS:
        close = nearest(gradient, METHODS)
        raise InputError(f"gradient {gradient!r}: expected one of {', '.join(METHODS)}{close}")
    if asked.mode not in MODES:
        raise InputError(f"mode {asked.mode!r}: expected one of {', '.join(MODES)}{nearest(asked.mode, MODES)}")
    asked = _with_shots(asked)
    job, what, start, labels = (_of_circuit if is_circuit(asked.objective) else _of_function)(asked, seed, slopes)
    exact = asked.shots is None and asked.precision is None
    chosen, why = _optimizer(asked.optimizer, exact, isinstance(what, Circuits) or slopes is not None)
    settings = dict(asked.optimizer_options or {})
    check(chosen, asked.learning_rate, settings)
    loop = LoopSpec(
        objective=what, x0=start, labels=labels, optimizer=chosen, why=why, options=settings,
        learning_rate=asked.learning_rate, maxiter=asked.maxiter or _MAXITER, gradient=gradient, shots=asked.shots,
        precision=asked.precision, rules=rules, exact=asked.exact, mode=asked.mode,
        callback=b"" if asked.callback is None else pickled({"callback": asked.callback}),
    )  # fmt: skip
    tags = (asked.tags,) if isinstance(asked.tags, str) else tuple(asked.tags)
    job = msgspec.structs.replace(
        job, name=asked.name or "", notebook=asked.notebook or client.notebook(), cell=asked.cell,
        tags=tuple(dict.fromkeys((*usual.tags, *tags))),
    )  # fmt: skip
    return loop_job(job, loop)


def loop_job(job: JobSpec, loop: LoopSpec) -> JobSpec:
    """Returns the job of a loop: `job` gives seed, backend, noise and what else is said of a job."""
    return msgspec.structs.replace(
        job, id=new_job_id(), kind="loop", source=Source("loop", _ENCODE(loop)), pubs=(), checked=True
    )


_Parts = tuple[JobSpec, Circuits | Function, bytes, tuple[str, ...]]


def _of_circuit(asked: Asked, seed: int, slopes: Any) -> _Parts:
    """Returns a bare job, the objective, its first point and the names of its parameters."""
    from qmagic.backends import registry

    if slopes is not None:
        raise InputError(f"gradient: expected one of {', '.join(METHODS)}; a function goes with a cost function")
    usual, ansatz, x0 = options.defaults(), asked.objective, asked.x0
    backend = asked.backend or usual.backend
    if not provider_of(backend):
        _check_local(asked)
    observable = asked.second if asked.observable is None else asked.observable
    if observable is None:
        raise InputError("minimize(ansatz) needs an observable: minimize(ansatz, observable)")
    names = [parameter.name for parameter in ansatz.parameters]
    if not names:
        raise InputError("the ansatz has no free parameters: there is nothing to minimise over")
    if x0 is None:
        draw = random.Random(seed_of(seed, "x0"))
        x0 = [draw.uniform(-math.pi, math.pi) for _ in names]
    request = CellRequest(
        backend=backend if provider_of(backend) else registry.resolve(backend), shots=asked.shots, seed=seed,
        precision=None if asked.precision is None else float(asked.precision), first_line=1,
    )  # fmt: skip
    flags.check(request)
    operators, shape = observables_of(observable)
    wanted = Wanted(
        observables=operators, observables_shape=shape, parameter_values=plain_values(x0),
        noise=usual.noise if asked.noise is None else noise_text(asked.noise, {}),
    )  # fmt: skip
    spec = build_objects(ansatz, "minimize", request, wanted, client.environment())
    pub = spec.pubs[0]
    if len(pub.observables or ()) != 1 or (pub.parameters is not None and pub.parameters.shape not in ((), (1,))):
        raise InputError("minimize takes one observable (a sum of terms) and one first point")
    assert pub.parameters is not None
    values = _in_order(pub.parameters, names)
    circuits = Circuits(spec.source, msgspec.structs.replace(pub, parameters=values))
    return spec, circuits, values.values, tuple(names)


def _of_function(asked: Asked, seed: int, slopes: Any) -> _Parts:
    """Returns the same for a cost function."""
    cost = asked.objective
    if not callable(cost):
        what = f"{type(cost).__name__} {cost!r}"[:200]
        raise InputError(f"minimize: expected a circuit with parameters or a function, got {what}")
    if asked.backend is not None or asked.noise is not None or asked.observable is not None:
        raise InputError("backend, noise and observable belong to an ansatz; a cost function calls qmagic itself")
    if asked.mode != "job":
        raise InputError(
            f"mode {asked.mode!r} goes with an ansatz and a device at a cloud; a cost function has neither"
        )
    start, labels = _point(asked.second if asked.x0 is None else asked.x0)
    functions = {"cost": cost} | ({} if slopes is None else {"gradient": slopes})
    function = Function(pickled(functions), minor(), getattr(cost, "__name__", type(cost).__name__))
    job = JobSpec(id="", source=Source("loop", b""), pubs=(), seed=seed, environment=client.environment())
    return job, function, start, labels


def _with_shots(asked: Asked) -> Asked:
    """Gives a loop at a cloud, which has no exact values, the usual shots where nothing else was said."""
    backend = asked.backend or options.defaults().backend
    if not is_circuit(asked.objective) or not provider_of(backend) or (asked.shots, asked.precision) != (None, None):
        return asked
    return dataclasses.replace(asked, shots=_SHOTS)


def _check_local(asked: Asked) -> None:
    """Refuses what only a cloud has."""
    if asked.backend and asked.backend.startswith("best("):
        raise InputError(
            f"backend {asked.backend!r}: a loop stays on one device; name it, such as ibm:ibm_torino (%qplan says "
            "which one is best)"
        )
    for name, given in (("mode", asked.mode != "job"), ("budget", asked.budget is not None)):
        if given:
            where = "a cloud's device, such as backend='ibm:ibm_torino'"
            raise InputError(f"{name} goes with {where}; nothing is billed on this machine")


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


def _optimizer(wanted: str, exact: bool, slopes: bool) -> tuple[str, str]:
    if wanted != "auto":
        return optimizer_of(wanted), "asked for"
    if not exact:
        return "spsa", "values come from shots, and two of them for each iteration are enough"
    if slopes:
        return "l-bfgs-b", "values are exact and gradients are known"
    return "cobyla", "nothing is known of the gradient"


def _check_rules(rules: Rules, maxiter: int | None) -> None:
    for name, value in (("maxiter", maxiter), *((one, getattr(rules, one)) for one in rules.__struct_fields__)):
        if value is None:
            continue
        if not isinstance(value, numbers.Real) or math.isnan(value):
            raise InputError(f"{name} {value!r}: expected a number")
        if name != "target" and value <= 0:
            raise InputError(f"{name} {value}: expected more than 0")
        if name in ("maxiter", "patience", "max_shots"):
            _whole(name, value)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InputError(f"{name} {value!r}: expected a whole number")
    return int(value)
