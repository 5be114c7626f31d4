"""A user's function as an objective.

It gets the point as an array, and, where it has parameters of these names, ``seed`` (of this evaluation) and ``shots``.
It returns a number, or ``(value, standard error)``. NumPy's and Python's global generators are seeded before each call,
so that a function that draws from them gives the same value when it is evaluated again.
"""

from __future__ import annotations

import hashlib
import inspect
import random
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.loops import in_place
from qmagic.loops.children import Children
from qmagic.loops.gradients import Estimates, Gradient, choose_for
from qmagic.loops.objective import Answer
from qmagic.loops.pickling import UserError, loaded, user_error
from qmagic.loops.seeds import seed_of
from qmagic.tapes import VALUE, Function, LoopSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.jobs import JobSpec

__all__ = ["FunctionObjective"]


class FunctionObjective:
    """See `objective.Objective`.

    Args:
        job: The job: its seed.
        loop: What was asked of the loop.
        objective: The pickled function.
        children: Runs what it runs at clouds.
    """

    def __init__(self, job: JobSpec, loop: LoopSpec, objective: Function, children: Children) -> None:
        self._children = children
        functions = loaded(objective)
        self._cost: Callable[..., Any] = functions["cost"]
        self._slopes: Callable[..., Any] | None = functions.get("gradient")
        self._seed, self._asked = job.seed, loop.gradient
        self._name = objective.name
        self.fingerprint = _fingerprint(objective.pickle, self._cost, self._slopes)
        self._accepts = {f: _accepted(f) for f in (self._cost, self._slopes) if f is not None}
        self._size = len(loop.x0) // 8
        self._shots: int | None = None
        self._wide: Gradient
        self._differences: Gradient
        self._spent = 0
        self.effort(loop.shots, loop.precision)

    @property
    def name(self) -> str:
        """The function's name."""
        return self._name

    @property
    def gradient(self) -> str:
        """Where gradients come from, and why."""
        if self._slopes is not None:
            return f"function: {getattr(self._slopes, '__name__', 'the gradient')} was given"
        return f"{self._differences.name}: {self._differences.why}"

    def effort(self, shots: int | None, precision: float | None) -> None:
        """Sets what a function that takes ``shots`` gets from here on."""
        self._shots = shots
        noisy = shots is not None or precision is not None
        seed = seed_of(self._seed, "gradient")
        self._wide = choose_for(self._values, self._size, gradient=self._asked, noisy=True, seed=seed)
        self._differences = (
            self._wide if noisy else choose_for(self._values, self._size, gradient=self._asked, seed=seed)
        )

    @property
    def batches(self) -> bool:
        """Never: a function takes one point after the other."""
        return False

    def evaluate_all(self, points: NDArray[np.float64], index: int) -> list[Answer]:
        """Returns the values at several points."""
        return [self.evaluate(x, VALUE, index + i) for i, x in enumerate(points)]

    def evaluate(self, x: NDArray[np.float64], want: int, index: int) -> Answer:
        """Evaluates at a point."""
        if want == VALUE:
            value, std = self._value(x, index)
            return Answer(value, std, None, self._taken())
        value, std = self._value(x, index)
        if self._slopes is None:
            # whether values are noisy is asked of this one: a replayed loop must take the same steps
            step = (self._wide if std > 0 else self._differences).value_and_gradient(x, index)
            return Answer(value, std, step.gradient, self._taken())
        gradient = np.asarray(self._called(self._slopes, x, index), float)
        if gradient.shape != x.shape:
            raise UserError(f"the gradient has the shape {gradient.shape}; expected {x.shape}, as the point")
        return Answer(value, std, gradient, self._taken())

    def _values(self, points: NDArray[np.float64], index: int) -> Estimates:
        found = [self._value(point, index) for point in points]
        return Estimates(np.array([value for value, _ in found]), np.array([std for _, std in found]))

    def _value(self, x: NDArray[np.float64], index: int) -> tuple[float, float]:
        found = self._called(self._cost, x, index)
        if isinstance(found, tuple) and len(found) == 2:
            return _number(found[0]), _number(found[1])
        return _number(found), 0.0

    def _called(self, function: Callable[..., Any], x: NDArray[np.float64], index: int) -> Any:
        seed = seed_of(self._seed, "evaluation", index)
        random.seed(seed)
        np.random.seed(seed & 0xFFFFFFFF)  # noqa: NPY002 - users' functions draw from it
        given: dict[str, Any] = {}
        accepts = self._accepts[function]
        if "seed" in accepts:
            given["seed"] = seed
        if "shots" in accepts:
            given["shots"] = self._shots
            self._spent += self._shots or 0
        try:
            with in_place.evaluation(seed, self._children):
                return function(x.copy(), **given)
        except Exception as error:
            raise user_error(error) from None

    def _taken(self) -> int:
        spent, self._spent = self._spent + in_place.taken(), 0
        return spent


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UserError(
            f"the cost function returned {type(value).__name__} {str(value)[:60]!r}; "
            "expected a number, or (value, standard error)"
        ) from None


def _accepted(function: Callable[..., Any]) -> frozenset[str]:
    """Returns which of our keywords a function takes."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return frozenset()
    return frozenset(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)) & {
        "seed", "shots",
    }  # fmt: skip


def _fingerprint(pickle: bytes, *functions: Callable[..., Any] | None) -> str:
    """Returns a hash of functions: of what travelled, and of the code that one from a module has here and now."""
    digest = hashlib.sha256(pickle)
    seen: set[int] = set()
    for function in functions:
        _add(digest, function, seen)
    return digest.hexdigest()


def _add(digest: Any, function: Any, seen: set[int]) -> None:
    function = inspect.unwrap(function) if callable(function) else function
    function = getattr(function, "__func__", getattr(function, "func", function))
    if not isinstance(function, types.FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    _add_code(digest, function.__code__)
    for cell in function.__closure__ or ():
        _add(digest, cell.cell_contents, seen)
    for name in function.__code__.co_names:  # functions of the same module that it calls
        other = function.__globals__.get(name)
        if getattr(other, "__module__", None) == function.__module__:
            _add(digest, other, seen)


def _add_code(digest: Any, code: types.CodeType) -> None:
    digest.update(code.co_code)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _add_code(digest, constant)
        else:
            digest.update(repr(constant).encode())
