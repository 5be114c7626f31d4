"""Energy and gradient of an ansatz, a hybrid loop's step, against those who do it exactly as well."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, times_as_fast

TINY = {"widths": {4: 2}, "rounds": 1}

#: Qubits, and steps in a round.
_WIDTHS = {4: 200, 8: 100, 12: 30, 16: 3, 20: 1}
#: Where parameter shifts with Aer take too long to be waited for.
_TOO_WIDE_FOR_SHIFTS = 12


def measure(*, widths: dict[int, int] = _WIDTHS, rounds: int = 9) -> list[Row]:
    """Times a step at random points, one thread on each side, everything built before.

    Args:
        widths: Steps in a round for each number of qubits.
        rounds: Rounds in which all take turns.
    """
    rows = []
    for width, steps in widths.items():
        with new_home() as home, Kernel(home) as kernel:
            times, why = kernel.call(in_kernel, width=width, steps=steps, rounds=rounds)
        ours = times.pop("ours")
        medians = {peer: statistics.median(one for each in rounds_ for one in each) for peer, rounds_ in times.items()}
        fastest = min(medians, key=lambda peer: medians[peer])
        others = ", ".join(f"{peer} {1000 * seconds:.3g} ms" for peer, seconds in sorted(medians.items()))
        at_least = 1.0 if width < 8 else 3.0
        what = f"energy and gradient, efficient_su2({width}, reps=2), Ising"
        rows.append(
            times_as_fast(
                what, ours, times[fastest], at_least=at_least, note=f"the fastest is {fastest}; {others}; ours: {why}"
            )
        )
    return rows


def in_kernel(width: int, steps: int, rounds: int) -> tuple[dict[str, list[list[float]]], str]:
    """Runs in the kernel: seconds of each step, for each side and round, and what ours says of itself."""
    import os

    os.environ["OMP_NUM_THREADS"] = "1"  # before a simulator is imported

    import numpy as np

    from benchmarks.gradient_peers import ising, peers
    from qmagic.loops.gradients import choose

    gradient = choose(*ising(width))
    sides: dict[str, Callable[[Any], tuple[float, Any]]] = {
        "ours": lambda x: gradient.value_and_gradient(x)[::2],
        **peers(width, shifts=width <= _TOO_WIDE_FOR_SHIFTS),
    }
    random = np.random.default_rng(width)
    times: dict[str, list[list[float]]] = {side: [] for side in sides}
    start = random.normal(size=6 * width)
    wanted, slopes = sides["ours"](start)
    for side, step in sides.items():
        value, found = step(start)  # warms it up, and shows that all compute the same
        assert abs(value - wanted) < 1e-10 * width, side
        assert np.abs(found - slopes).max() < 1e-10 * width, side
    for _ in range(rounds):
        points = random.normal(size=(steps, 6 * width))
        for side, step in sides.items():
            taken = []
            for x in points[: max(1, steps // 10)] if side.startswith("Aer") else points:
                begin = time.perf_counter()
                step(x)
                taken.append(time.perf_counter() - begin)
            times[side].append(taken)
    return times, gradient.why
