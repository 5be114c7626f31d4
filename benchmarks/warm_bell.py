"""A Bell in a warm kernel, 1,024 shots, each text different, against Aer in the kernel's own process."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.circuits import bell, bell_text
from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, times_as_long

TINY = {"rounds": 2, "block": 2, "paced": 2}

_SHOTS = 1024


def measure(*, rounds: int = 40, block: int = 25, paced: int = 80) -> list[Row]:
    """Times ``%%qrun`` to its result, and to its result shown.

    Args:
        rounds: Rounds of the hot loop.
        block: Calls of each side in a round: a hot loop is hot with itself.
        paced: Rounds, of one call each, at a notebook's pace.
    """
    with new_home() as home, Kernel(home) as kernel:
        kernel.run("%load_ext qmagic")
        kernel.run(f"%%qrun --shots {_SHOTS}\n{bell_text()}")
        hot = kernel.call(in_kernel, rounds=rounds, block=block, idle=0.0)
        slow = kernel.call(in_kernel, rounds=paced, block=1, idle=0.05)
    return [
        times_as_long("warm Bell, hot loop: %%qrun to result", hot["ours"], hot["aer"], at_most=2.0),
        times_as_long("warm Bell, 50 ms idle between: %%qrun to result", slow["ours"], slow["aer"], at_most=1.2),
        times_as_long(
            "the same in a hot loop, shown as well", hot["shown"], hot["aer"], note="Aer's result is not shown"
        ),
        times_as_long(
            "the same with 50 ms idle, shown as well", slow["shown"], slow["aer"], note="Aer's result is not shown"
        ),
    ]


def in_kernel(rounds: int, block: int, idle: float) -> dict[str, list[list[float]]]:
    """Runs in the kernel: seconds of each call, of each side, for each round."""
    from IPython import get_ipython
    from IPython.display import display
    from qiskit_aer import AerSimulator

    shell: Any = get_ipython()
    simulator = AerSimulator()
    numbers = iter(range(1, 10**9))

    def run_aer() -> None:
        circuit = circuits.pop()
        timed(lambda: simulator.run(circuit, shots=_SHOTS).result(), times["aer"][-1])

    def timed(call: Any, into: list[float]) -> Any:
        time.sleep(idle)
        start = time.perf_counter()
        value = call()
        into.append(time.perf_counter() - start)
        return value

    for number in range(20):  # both are warm before the first round
        simulator.run(bell(number), shots=_SHOTS).result()
        shell.run_cell_magic("qrun", f"--shots {_SHOTS}", bell_text(next(numbers)))
    times: dict[str, list[list[float]]] = {"ours": [], "aer": [], "shown": []}
    for _ in range(rounds):
        for each in times.values():
            each.append([])
        circuits = [bell(number) for number in range(block)]
        for _ in range(block):
            run_aer()
        for shown in (False, True):
            texts = [bell_text(next(numbers)) for _ in range(block)]
            for text in texts:

                def cell(text: str = text, shown: bool = shown) -> Any:
                    result = shell.run_cell_magic("qrun", f"--shots {_SHOTS}", text)
                    if shown:
                        display(result)
                    return result

                result = timed(cell, times["shown" if shown else "ours"][-1])
                assert sum(result.counts().values()) == _SHOTS, result
    return times
