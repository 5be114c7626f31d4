"""SciPy's optimizers, which call the loop. They are deterministic in what they are told: a tape that is replayed
through them leaves them where they stood.

COBYLA: M. J. D. Powell, in Advances in Optimization and Numerical Analysis, p. 51 (1994). COBYQA: T. M. Ragonneau, PhD
thesis, Hong Kong Polytechnic University (2022). Nelder-Mead: The Computer Journal 7, 308 (1965). Powell: The Computer
Journal 7, 155 (1964). L-BFGS-B: R. H. Byrd et al., SIAM Journal on Scientific Computing 16, 1190 (1995). SLSQP:
D. Kraft, DFVLR-FB 88-28 (1988).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.loops.optimizers.asking import Run
from qmagic.orders import OPTIMIZERS
from qmagic.tapes import BOTH, VALUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Scipy", "options_of"]

#: A limit that is never reached: the loop has its own.
_NEVER = 10**8
#: Each optimizer's own limits of iterations or evaluations.
_LIMITS: dict[str, dict[str, int]] = {
    "cobyla": {"maxiter": _NEVER},
    "cobyqa": {"maxiter": _NEVER, "maxfev": _NEVER},
    "nelder-mead": {"maxiter": _NEVER, "maxfev": _NEVER},
    "powell": {"maxiter": _NEVER, "maxfev": _NEVER},
    "l-bfgs-b": {"maxiter": _NEVER, "maxfun": _NEVER},
    "slsqp": {"maxiter": _NEVER},
}
_NOT_OPTIONS = {"disp", "iprint", "callback", "bounds", "constraints", "args", "return_all", "direc", "workers", "jac"}
_OPTIONS = {
    "cobyla": ("_cobyla_py", "_minimize_cobyla"),
    "cobyqa": ("_cobyqa_py", "_minimize_cobyqa"),
    "nelder-mead": ("_optimize", "_minimize_neldermead"),
    "powell": ("_optimize", "_minimize_powell"),
    "l-bfgs-b": ("_lbfgsb_py", "_minimize_lbfgsb"),
    "slsqp": ("_slsqp_py", "_minimize_slsqp"),
}


@functools.cache  # looking at a signature takes longer than a step of a small ansatz
def options_of(name: str) -> tuple[str, ...]:
    """Returns the options that SciPy's optimizer has, without limits, which are the loop's."""
    import importlib

    module, function = _OPTIONS[name]
    found = inspect.signature(getattr(importlib.import_module(f"scipy.optimize.{module}"), function)).parameters
    return tuple(
        key
        for key, one in list(found.items())[2:]
        if one.kind is not one.VAR_KEYWORD and key not in _NOT_OPTIONS and key not in _LIMITS[name]
    )


class Scipy:
    """One of SciPy's optimizers.

    Args:
        name: Its name.
        x: The first point.
        options: Its options, as `scipy.optimize.minimize` takes them.
    """

    def __init__(self, name: str, x: NDArray[np.float64], options: Mapping[str, Any]) -> None:
        self._name, self._x = name, np.array(x, dtype=float)
        self._options = {**_LIMITS[name], **options}

    def run(self, on: Run) -> str:
        """Minimises, and returns SciPy's own word for why it ended."""
        from scipy.optimize import minimize

        last = self._x

        def value(x: NDArray[np.float64]) -> float:
            return on.evaluate(x, VALUE).value

        def both(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            answer = on.evaluate(x, BOTH)
            assert answer.gradient is not None
            return answer.value, answer.gradient

        def stood(intermediate_result: Any) -> None:
            nonlocal last
            x = np.array(intermediate_result.x, dtype=float)
            step, last = float(np.linalg.norm(x - last)), x
            on.stand(x, value=float(intermediate_result.fun), step=step)

        slopes = OPTIMIZERS[self._name].gradient
        found = minimize(
            both if slopes else value, self._x, method=self._name, jac=True if slopes else None, callback=stood,
            options=self._options,
        )  # fmt: skip
        return f"{'converged' if found.success else 'ended'}: {str(found.message).strip()}"

    def change_learning_rate(self, learning_rate: float) -> None:
        """Does nothing: there is none."""
