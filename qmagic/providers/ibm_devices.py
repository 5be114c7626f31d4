"""What IBM's devices say of themselves: size, queue, and the medians of their published errors."""

from __future__ import annotations

import statistics
from typing import Any

from qmagic.clouds import Device

__all__ = ["described"]


def described(backend: Any) -> Device:
    """Returns what a device says of itself."""
    status = backend.status()
    gates = [
        properties.error
        for name in backend.target.operation_names
        for places, properties in backend.target[name].items()
        if places is not None and len(places) == 2 and properties is not None and properties.error is not None
    ]
    readout = [one.error for one in backend.target["measure"].values() if one is not None and one.error is not None]
    return Device(
        name=backend.name,
        qubits=backend.num_qubits,
        status="online" if status.operational else str(status.status_msg or "offline"),
        queue=status.pending_jobs,
        two_qubit_error=statistics.median(gates) if gates else None,
        readout_error=statistics.median(readout) if readout else None,
    )
