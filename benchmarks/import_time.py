"""``import qmagic`` against ``import qiskit``, in fresh interpreters."""

from __future__ import annotations

from benchmarks.kernel import Home, new_home
from benchmarks.row import Row, times_as_long

TINY = {"rounds": 1}

_PROGRAM = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def measure(*, rounds: int = 15) -> list[Row]:
    """Times the statement, without the interpreter's own start, which both have.

    Args:
        rounds: Fresh interpreters of each side.
    """
    ours: list[list[float]] = []
    used: list[list[float]] = []
    peer: list[list[float]] = []
    with new_home() as home:
        for _ in range(rounds + 1):
            ours.append([_seconds(home, "import qmagic")])
            used.append([_seconds(home, "import qmagic; qmagic.run, qmagic.job, qmagic.Job")])
            peer.append([_seconds(home, "import qiskit")])
    # the first round fills the disk's cache and writes the compiled files
    return [
        times_as_long("import qmagic", ours[1:], peer[1:], at_most=0.2, note="names are loaded when first used"),
        times_as_long("import qmagic, with run and job used", used[1:], peer[1:]),
    ]


def _seconds(home: Home, statement: str) -> float:
    return float(home.python("-c", _PROGRAM.format(statement)))
