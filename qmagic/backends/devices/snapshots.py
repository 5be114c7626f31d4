"""Finds a device by name: the shipped ones first, then those of qiskit-ibm-runtime, if it is installed."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import msgspec

from qmagic.backends.devices.device import Device, Gate, Qubits
from qmagic.errors import InputError, NotFoundError, nearest

__all__ = ["device", "is_device_name", "names", "snapshot_of"]

_FOLDER = Path(__file__).parent


@functools.cache
def names() -> tuple[str, ...]:
    """Returns the names of the shipped devices, the smallest first."""
    files = sorted(_FOLDER.glob("fake_*.json"), key=lambda file: (file.stat().st_size, file.name))
    return tuple(file.stem for file in files)


def is_device_name(text: str) -> bool:
    """Returns whether `text` is meant as a device's name; there need not be such a device."""
    return text.lower().startswith("fake") and text.replace("_", "").isalnum()


@functools.lru_cache(maxsize=32)
def device(name: str) -> Device:
    """Returns the device called `name`, such as ``fake_sherbrooke``; it is kept for the next call.

    Raises:
        NotFoundError: There is no such device.
        InputError: It is not among the shipped ones, and qiskit-ibm-runtime is not installed.
    """
    plain = _plain(name)
    for known in names():
        if _plain(known) == plain:
            return msgspec.json.decode((_FOLDER / f"{known}.json").read_bytes(), type=Device)
    if not is_device_name(name):
        raise NotFoundError(f"no device {name!r}{nearest(name, names())} Shipped: {', '.join(names())}.".strip())
    return _from_runtime(name, plain)


def _plain(name: str) -> str:
    """Returns a name that is the same for ``fake_manila``, ``FakeManila`` and ``FakeManilaV2``."""
    return name.lower().replace("_", "").removesuffix("v2")


def _from_runtime(name: str, plain: str) -> Device:
    try:
        from qiskit_ibm_runtime import fake_provider
    except ImportError:
        raise InputError(
            f"no device {name!r} among the shipped ones ({', '.join(names())}){nearest(name, names())} "
            "others need: pip install qiskit-ibm-runtime"
        ) from None
    classes = {_plain(cls): cls for cls in dir(fake_provider) if cls.startswith("Fake") and "Provider" not in cls}
    if plain not in classes:
        known = [*names(), *(f"fake_{key.removeprefix('fake')}" for key in classes)]
        raise NotFoundError(f"no device {name!r}{nearest(name.lower(), known)}")
    return snapshot_of(getattr(fake_provider, classes[plain])())


def snapshot_of(backend: Any) -> Device:
    """Returns one of qiskit-ibm-runtime's fake backends as a device, numbers rounded to 6 digits.

    Its calibration data tells the two readout errors apart, which its target does not.
    """
    from qiskit.circuit.controlflow import get_control_flow_name_mapping

    target, calibration = backend.target, backend.properties()
    indices = range(target.num_qubits)
    gates = {}
    for name in sorted(target.operation_names):
        places = {place: data for place, data in target[name].items() if place is not None}
        gates[name] = Gate(
            qubits=tuple(places),
            error=tuple(_rounded(getattr(data, "error", None)) for data in places.values()),
            duration_ns=tuple(_rounded(getattr(data, "duration", None), 1e9) for data in places.values()),
        )
    return Device(
        format=1,
        name=backend.name,
        date=f"{calibration.last_update_date:%Y-%m-%d}",
        num_qubits=target.num_qubits,
        dt_ns=float(f"{(target.dt or 0.0) * 1e9:.12g}"),
        qubits=Qubits(
            t1_us=tuple(_rounded(target.qubit_properties[q].t1, 1e6) for q in indices),
            t2_us=tuple(_rounded(target.qubit_properties[q].t2, 1e6) for q in indices),
            p01=tuple(_readout(calibration, q, "prob_meas1_prep0") for q in indices),
            p10=tuple(_readout(calibration, q, "prob_meas0_prep1") for q in indices),
        ),
        gates={name: gate for name, gate in gates.items() if name not in get_control_flow_name_mapping()},
        control_flow=tuple(name for name in gates if name in get_control_flow_name_mapping()),
    )


def _readout(calibration: Any, qubit: int, name: str) -> float:
    data = calibration.qubit_property(qubit)
    return _rounded((data.get(name) or data["readout_error"])[0]) or 0.0


def _rounded(value: float | None, scale: float = 1.0) -> float | None:
    return None if value is None else float(f"{value * scale:.6g}")
