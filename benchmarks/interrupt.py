"""An interrupt of a 24-qubit simulation: the cell is back, the simulation is gone, the next Bell answers."""

from __future__ import annotations

import threading
import time

import psutil

from benchmarks.circuits import bell_text, wide_text
from benchmarks.kernel import Home, Kernel, new_home
from benchmarks.row import Row, seconds

TINY = {"rounds": 1, "qubits": 22}

_PATIENCE = 60.0
#: Less than what a worker has in memory before it has a state (about 90 MB), and more than the rest of the difference.
_IMPORTS = 50 << 20
_BELL = f"%%qrun\n{bell_text()}"


def measure(*, rounds: int = 10, qubits: int = 24) -> list[Row]:
    """Interrupts the kernel, as the front end's button does, while a worker simulates.

    Args:
        rounds: Interrupts.
        qubits: Width of the simulation; a state has at least 8 bytes for each amplitude.
    """
    back, gone, over, bells, memory = [], [], [], [], []
    with new_home() as home, Kernel(home) as kernel:
        kernel.run("%load_ext qmagic")
        kernel.run(_BELL)
        for _ in range(rounds):
            interrupt = _Interrupt(home, kernel, held=8 << qubits)
            kernel.run(f"%%qrun\n{wide_text(qubits)}", when_busy=interrupt, fails=True)
            back.append(time.perf_counter() - interrupt.sent)
            bells.append(kernel.run(_BELL))
            interrupt.wait()
            gone.append(interrupt.gone - interrupt.sent)
            memory.append(interrupt.memory)
            over.append(gone[-1] - 0.05 * memory[-1] / 2**30)
            time.sleep(1.0)  # a person looks at it
    held = f"it held {sorted(memory)[len(memory) // 2] / 2**20:.0f} MB"
    what = f"interrupt of a {qubits}-qubit simulation:"
    return [
        seconds(f"{what} cell back", back, at_most=0.1),
        seconds(f"{what} worker gone, less 0.05 s per GB it held", over, at_most=0.1, note=held),
        seconds(f"{what} worker gone", gone, note=held),
        seconds(f"{what} next Bell, sent at once", bells, at_most=0.2),
    ]


class _Interrupt:
    """Finds the worker that simulates, interrupts the kernel, and sees when the worker is gone.

    Args:
        home: Whose worker.
        kernel: Which kernel.
        held: Bytes of the state that it simulates, at least.
    """

    def __init__(self, home: Home, kernel: Kernel, held: int) -> None:
        self._home, self._kernel, self._held = home, kernel, held
        self.sent = self.gone = 0.0
        self.memory = 0

    def __call__(self) -> None:
        worker = self._simulating()
        time.sleep(0.3)  # in the middle of it
        self.memory = worker.memory_info().rss
        self._watch = threading.Thread(target=self._see_it_go, args=(worker,), daemon=True)
        self.sent = time.perf_counter()
        self._kernel.manager.interrupt_kernel()
        self._watch.start()

    def wait(self) -> None:
        """Waits until the worker is gone."""
        self._watch.join()

    def _see_it_go(self, worker: psutil.Process) -> None:
        while self.sent + _PATIENCE > time.perf_counter() and _there(worker):
            time.sleep(0.0005)
        self.gone = time.perf_counter()

    def _simulating(self) -> psutil.Process:
        """Waits until a worker of this home has more memory than an idle one: by the state that it simulates."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for process in psutil.process_iter():
                try:
                    if (
                        "qmagic.engines.worker" in process.cmdline()
                        and process.environ().get("QMAGIC_HOME") == str(self._home.path)
                        and process.memory_info().rss > self._held + _IMPORTS
                    ):
                        return process
                except psutil.Error:
                    continue  # gone meanwhile, or not ours to read
            time.sleep(0.01)
        raise TimeoutError("no worker simulates")


def _there(process: psutil.Process) -> bool:
    """Whether a process runs: a zombie holds no memory any more."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
