"""The processes that simulate: the ones that know Qiskit and the vendors' codecs; the server itself stays light.

Simulators hold Python's lock for as long as they run; a server that shared it with them would answer nobody.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures.process import BrokenProcessPool

from qmagic.stub.programs import Answer, Work, run

__all__ = ["Workers"]


class Workers:
    """One or two processes that simulate jobs, one job each at a time, started with the first job.

    Args:
        count: How many; 0 for one for each two cores.
    """

    def __init__(self, count: int = 0) -> None:
        self._count = count or max(1, min(2, (os.cpu_count() or 1) // 2))
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None

    async def run(self, work: Work) -> Answer:
        """Returns what a job gives; a simulation that kills its process is the job's failure."""
        if self._pool is None:
            self._pool = concurrent.futures.ProcessPoolExecutor(
                self._count, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
            )
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _run, work)
        except BrokenProcessPool:
            if pool is self._pool:
                self._pool = None
            return Answer(error="the simulation's process ended without a word; it may have run out of memory")

    def close(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            processes = list((self._pool._processes or {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()


def _run(work: Work) -> Answer:
    try:
        return run(work)
    finally:
        if not gc.isenabled():
            gc.freeze()
            gc.enable()


def _prepare() -> None:
    """Sets up a process: one thread for each simulation, and no life after the stub."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["QISKIT_PARALLEL"] = "FALSE"
    gc.disable()  # until the first job, which imports what it needs
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
