"""Optimizers: what they are called, what they take, and how each is made.

Rules: an optimizer is a function of the seed and of what it is told, and of nothing else; it reports each iteration at
a point that was evaluated. Ours ask and tell (`asking.Asking`); SciPy's call the loop (`scipy.Scipy`), and stand again
where they stood when a tape is replayed through them. Both `run` on a `Run`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError, nearest
from qmagic.loops.optimizers.asking import Optimizer, Run
from qmagic.orders import LANDSCAPE, OPTIMIZERS, facts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Optimizer", "Run", "check", "load", "make"]

_OURS = {
    "spsa": "qmagic.loops.optimizers.spsa:Spsa",
    "adam": "qmagic.loops.optimizers.descent:Adam",
    "gradient-descent": "qmagic.loops.optimizers.descent:GradientDescent",
    "cma": "qmagic.loops.optimizers.cma:Cma",
    LANDSCAPE: "qmagic.loops.optimizers.plane:Plane",
}


def check(name: str, learning_rate: float | None, options: Mapping[str, Any]) -> None:
    """Checks an optimizer's settings.

    Raises:
        InputError: It has no learning rate, no such option, or needs a package that is not installed.
    """
    if learning_rate is not None and not facts(name).learning_rate:
        able = [one for one, known in OPTIMIZERS.items() if known.learning_rate]
        raise InputError(f"optimizer {name} has no learning rate; {', '.join(able)} have one")
    if learning_rate is not None and not 0 < learning_rate < float("inf"):
        raise InputError(f"learning rate {learning_rate}: expected a number above 0")
    if name == "cma" and importlib.util.find_spec("cma") is None:
        raise InputError("optimizer cma needs the package cma, which is not installed: pip install 'qmagic[loops]'")
    known = _options(name)
    for option in options:
        if option not in known:
            having = ", ".join(known) or "none"
            raise InputError(f"optimizer {name} has no option {option!r}{nearest(option, known)}; it has {having}")


def make(
    name: str, x: NDArray[np.float64], *, seed: int, learning_rate: float | None, options: Mapping[str, Any]
) -> Optimizer:
    """Returns an optimizer that starts at `x`.

    Raises:
        InputError: The settings do not fit.
    """
    check(name, learning_rate, options)
    if name not in _OURS:
        from qmagic.loops.optimizers.scipy import Scipy

        return Scipy(name, x, options)
    given = dict(options) | ({} if learning_rate is None else {"learning_rate": learning_rate})
    made: Optimizer = _class(name)(x, seed, **given)
    return made


def load(name: str) -> None:
    """Imports what an optimizer needs."""
    if name in _OURS:
        _class(name)
    else:
        importlib.import_module("scipy.optimize")


def _class(name: str) -> Any:
    module, _, attribute = _OURS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def _options(name: str) -> Sequence[str]:
    if name not in _OURS:
        from qmagic.loops.optimizers.scipy import options_of

        return options_of(name)
    parameters = inspect.signature(_class(name)).parameters.values()
    return [one.name for one in parameters if one.kind is one.KEYWORD_ONLY and one.name != "learning_rate"]
