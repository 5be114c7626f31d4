"""The first ``%%qrun`` of a fresh kernel, against the first Aer cell of another."""

from __future__ import annotations

from benchmarks.circuits import bell_text
from benchmarks.kernel import Home, Kernel, new_home
from benchmarks.row import Row, seconds

TINY = {"rounds": 1}

_CELL = f"%%qrun --shots 1024\n{bell_text()}"
_LOAD = "%load_ext qmagic"
_AER = """\
from qiskit import QuantumCircuit, transpile
from qiskit_aer import AerSimulator
circuit = QuantumCircuit(2, 2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure([0, 1], [0, 1])
simulator = AerSimulator()
simulator.run(transpile(circuit, simulator), shots=1024).result().get_counts()
"""


def measure(*, rounds: int = 10) -> list[Row]:
    """Times cells from being sent to idle, their result shown. The kernel has run an empty cell before.

    Args:
        rounds: Fresh kernels of each kind.
    """
    cold, cold_both, warm, warm_both, aer = [], [], [], [], []
    for _ in range(rounds):
        with new_home() as home:
            cold.append(_after_loading(home))
            warm.append(_after_loading(home))
            warm_both.append(_with_loading(home))
            with Kernel(home) as kernel:
                kernel.run("pass")
                aer.append(kernel.run(_AER))
        with new_home() as home:
            cold_both.append(_with_loading(home))
    at_once = "sent as soon as %load_ext's cell is done"
    both = "both cells sent at once, as by Run All"
    return [
        seconds("first %%qrun of a fresh kernel, service cold", cold, at_most=0.6, peer=aer, note=at_once),
        seconds("first %%qrun of a fresh kernel, service warm", warm, at_most=0.03, peer=aer, note=at_once),
        seconds("%load_ext and the first %%qrun, service cold", cold_both, peer=aer, note=both),
        seconds("%load_ext and the first %%qrun, service warm", warm_both, peer=aer, note=both),
    ]


def _after_loading(home: Home) -> float:
    """Times the first ``%%qrun`` alone: the service has had no time but that of the cell above it."""
    with Kernel(home) as kernel:
        kernel.run("pass")
        kernel.run(_LOAD)
        taken = kernel.run(_CELL)
        assert "1024" in str(kernel.shown), kernel.shown
    return taken


def _with_loading(home: Home) -> float:
    """Times ``%load_ext`` and the first ``%%qrun``, sent together."""
    with Kernel(home) as kernel:
        kernel.run("pass")
        kernel.client.execute(_LOAD)
        return kernel.run(_CELL)
