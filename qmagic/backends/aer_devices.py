"""What Aer can run on: whether it sees a GPU. Nothing is imported where there is no driver for one."""

from __future__ import annotations

import functools
from pathlib import Path

__all__ = ["DRIVERS", "devices", "sees_gpu"]

#: What NVIDIA's driver, and the one of a virtual machine under Windows, leave behind.
DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))


@functools.cache
def sees_gpu() -> bool:
    """Returns whether Aer sees a GPU: there is a driver, and Aer was built for it."""
    return any(driver.exists() for driver in DRIVERS) and "GPU" in devices()


@functools.cache
def devices() -> tuple[str, ...]:
    """Returns what Aer can run on: ``("CPU",)``, or ``("CPU", "GPU")``."""
    from qiskit_aer import AerSimulator

    return tuple(AerSimulator().available_devices())
