"""Calibrations that drift: a device's snapshot, hour by hour.

With ``drift=s`` each error rate (gate, readout) of an hour is that of the snapshot times ``exp(s g)``, each coherence
time divided by it, ``g`` a standard normal number of its own that is a function of device, hour and place.
"""

from __future__ import annotations

import functools
import random
import time

import msgspec

from qmagic.backends.devices.device import Device
from qmagic.backends.devices.snapshots import device as snapshot

__all__ = ["EPOCH_SECONDS", "calibrated", "epoch_of"]

EPOCH_SECONDS = 3600.0


def epoch_of(moment: float, drift: float) -> int:
    """Returns the number of the calibration that holds at `moment`; 0, the snapshot's own, without drift."""
    return int(moment // EPOCH_SECONDS) if drift else 0


@functools.lru_cache(maxsize=64)
def calibrated(name: str, drift: float, epoch: int) -> Device:
    """Returns a device as it was calibrated in that epoch."""
    device = snapshot(name)
    if not drift or not epoch:
        return device
    draw = random.Random(f"{name} {epoch}")

    def off(value: float | None, most: float, sign: int = 1) -> float | None:
        factor = draw.lognormvariate(0.0, drift) ** sign
        return None if value is None else min(most, value * factor)

    gates = {
        gate: msgspec.structs.replace(data, error=tuple(off(error, 0.5) for error in data.error))
        for gate, data in device.gates.items()
    }
    times = float("inf")
    qubits = msgspec.structs.replace(
        device.qubits,
        t1_us=tuple(off(value, times, -1) for value in device.qubits.t1_us),
        t2_us=tuple(off(value, times, -1) for value in device.qubits.t2_us),
        p01=tuple(off(value, 0.5) or 0.0 for value in device.qubits.p01),
        p10=tuple(off(value, 0.5) or 0.0 for value in device.qubits.p10),
    )
    date = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(epoch * EPOCH_SECONDS))
    return msgspec.structs.replace(device, gates=gates, qubits=qubits, date=date)
