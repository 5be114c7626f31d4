"""``%load_ext qmagic`` in a fresh kernel, against an empty cell there."""

from __future__ import annotations

import statistics

from benchmarks.kernel import Kernel, new_home
from benchmarks.row import Row, seconds

TINY = {"rounds": 1}

#: What must not be in the kernel: it is a worker's business.
_HEAVY = ("qiskit", "qiskit_aer", "qulacs", "numpy")


def measure(*, rounds: int = 12) -> list[Row]:
    """Starts kernels without a service; the extension starts one in the background.

    Args:
        rounds: Fresh kernels.
    """
    loading, empty, imported = [], [], set()
    for _ in range(rounds):
        with new_home() as home, Kernel(home) as kernel:
            empty.append(statistics.median(kernel.run("pass") for _ in range(5)))
            loading.append(kernel.run("%load_ext qmagic"))
            kernel.run("for _thread in __import__('threading').enumerate():\n"
                       "    _thread.name.startswith('qmagic') and _thread.join()")  # fmt: skip
            imported |= set(kernel.value(f"[n for n in {_HEAVY} if n in __import__('sys').modules]"))
    more = [a - b for a, b in zip(loading, empty, strict=True)]
    note = f"imported {', '.join(sorted(imported))}" if imported else "imports neither Qiskit nor NumPy"
    return [
        seconds("%load_ext qmagic in a fresh kernel, above an empty cell", more, at_most=0.15, peer=empty,
                holds="qiskit" not in imported, note=note),
    ]  # fmt: skip
