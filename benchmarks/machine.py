"""What the figures were taken on: machine, versions, how busy it was, and what a commit costs there."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

__all__ = ["facts", "load"]

_PACKAGES = (
    "qmagic", "qiskit", "qiskit-aer", "qulacs", "numpy", "pyzmq", "msgspec", "ipython", "ipykernel", "jupyter-client",
    "numba", "pennylane-lightning",
)  # fmt: skip


def facts(folder: Path) -> dict[str, Any]:
    """Returns what has to be known to compare figures.

    Args:
        folder: Where the homes lie: its disk is the one that commits go to.
    """
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "commit": _commit(),
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version for name in _PACKAGES if (version := _version(name))},
        "file_system": _file_system(folder),
        "fdatasync_ms": _fdatasync(folder),
        "load": load(),
    }


def load() -> float:
    """Returns the load of the last minute: how many processes wanted a core."""
    return round(os.getloadavg()[0], 2)


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _file_system(folder: Path) -> str:
    found = [part for part in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(part.mountpoint)]
    return max(found, key=lambda part: len(part.mountpoint)).fstype if found else ""


def _fdatasync(folder: Path, times: int = 50) -> float:
    """Returns the median milliseconds in which 4 KB get to the disk."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(4096))
            start = time.perf_counter()
            getattr(os, "fdatasync", os.fsync)(file.fileno())
            taken.append(time.perf_counter() - start)
    return round(statistics.median(taken) * 1000, 3)
