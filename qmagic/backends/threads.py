"""How many OpenMP threads a simulator's own runtime uses.

A worker starts with one thread (with both cores busy, OpenMP's default makes a Bell ten times slower). A wide circuit
may use more: the number is set in the simulator's own copy of the runtime, for one run.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["available", "using"]


def available() -> int:
    """Returns the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def using(threads: int, package: str) -> Iterator[None]:
    """Lets the OpenMP runtime that came with `package` use `threads` threads inside the block."""
    runtime = _runtime(package) if threads > 1 else None
    if runtime is None:
        yield
        return
    before = int(runtime.omp_get_max_threads())
    runtime.omp_set_num_threads(threads)
    try:
        yield
    finally:
        runtime.omp_set_num_threads(before)


@functools.cache
def _runtime(package: str) -> ctypes.CDLL | None:
    """Returns the OpenMP library that `package` has loaded, None where there is none to be found."""
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:  # not Linux: the number of threads stays as the environment set it
        return None
    for line in maps.splitlines():
        path = line.rsplit(maxsplit=1)[-1]
        if package in path and "libgomp" in path:
            return ctypes.CDLL(path)
    return None
