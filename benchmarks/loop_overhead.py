"""What a loop adds to each evaluation in its own process: seeds, tape, events, control; beside SciPy alone."""

from __future__ import annotations

import time

from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, seconds

TINY = {"rounds": 2, "iterations": 200}


def measure(*, rounds: int = 9, iterations: int = 5000) -> list[Row]:
    """Runs Nelder-Mead on Rosenbrock's valley in eight dimensions as a durable loop, and in SciPy alone.

    Args:
        rounds: Loops, each of which gives one figure.
        iterations: Of each loop: about 1.4 evaluations each.
    """
    with new_home() as home, Kernel(home) as kernel:
        kernel.run("%load_ext qmagic")
        found = kernel.call(in_kernel, rounds=rounds, iterations=iterations)
    return [
        seconds(
            "loop overhead of each evaluation (tape, events, control)", found["added"], at_most=50e-6,
            peer=found["alone"], note="beside it: an evaluation in SciPy alone",
        )
    ]  # fmt: skip


def in_kernel(rounds: int, iterations: int) -> dict[str, list[float]]:
    """Runs in the kernel: seconds of each evaluation, added by the loop and in SciPy alone."""
    import numpy as np
    import scipy.optimize

    import qmagic

    def valley(x):
        return float(np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))

    x0 = np.linspace(-1.0, 1.0, 8)
    endless = {"xatol": 0.0, "fatol": 0.0}
    times: dict[str, list[float]] = {"added": [], "alone": []}
    for _ in range(rounds):
        loop = qmagic.minimize(valley, x0, optimizer="nelder-mead", maxiter=iterations, optimizer_options=endless)
        result = loop.result(120)
        start = time.perf_counter()
        found = scipy.optimize.minimize(
            valley, x0, method="nelder-mead", options={"maxiter": iterations, "maxfev": 10**9, **endless}
        )
        alone = (time.perf_counter() - start) / found.nfev
        assert abs(found.nit - result.iterations) <= 1
        times["added"].append(max(1e-9, result.seconds / result.evaluations - alone))
        times["alone"].append(alone)
    return times
