"""A device's snapshot as IBM's servers describe it: its configuration, and the properties of its last calibration."""

from __future__ import annotations

from typing import Any

from qmagic.backends.devices import snapshots
from qmagic.backends.devices.device import Device, Gate
from qmagic.errors import NotFoundError

__all__ = ["configuration", "devices", "properties", "snapshot_name"]

_VERSION = "1.0.0"
#: What two-qubit gates each way round, and others, take as parameters.
_PARAMETERS = {"rz": ["theta"], "rx": ["theta"], "rzz": ["theta"], "delay": ["t"]}
#: Microseconds that an IBM device rests between shots: the most, and the usual.
_REP_DELAYS = (500.0, 250.0)


def devices() -> tuple[str, ...]:
    """Returns the names of all devices, the smallest first."""
    return tuple(name.replace("fake_", "ibm_", 1) for name in snapshots.names())


def snapshot_name(device: str) -> str:
    """Returns the name of the snapshot that stands behind a device.

    Raises:
        NotFoundError: There is no such device.
    """
    if device not in devices():
        raise NotFoundError(f"there is no backend {device!r}; there are {', '.join(devices())}")
    return device.replace("ibm_", "fake_", 1)


def configuration(name: str, device: Device) -> dict[str, Any]:
    """Returns what never changes about a device."""
    gates = {gate: data for gate, data in device.gates.items() if gate not in ("measure", "reset", "delay")}
    pairs = sorted({tuple(place) for data in gates.values() for place in data.qubits if len(place) == 2})
    return {
        "backend_name": name,
        "backend_version": _VERSION,
        "n_qubits": device.num_qubits,
        "basis_gates": sorted(gates),
        "gates": [
            {
                "name": gate,
                "parameters": _PARAMETERS.get(gate, []),
                "qasm_def": f"gate {gate} q {{ }}",
                "coupling_map": [list(place) for place in data.qubits],
            }
            for gate, data in gates.items()
        ],
        "coupling_map": [list(pair) for pair in pairs],
        "supported_instructions": [*sorted(device.gates), *device.control_flow],
        "supported_features": ["qasm3"],
        "local": False,
        "simulator": False,
        "conditional": False,
        "open_pulse": False,
        "memory": True,
        "max_shots": 100_000,
        "max_experiments": 300,
        "dynamic_reprate_enabled": True,
        "rep_delay_range": [0.0, _REP_DELAYS[0]],
        "default_rep_delay": _REP_DELAYS[1],
        "dt": device.dt_ns,
        "dtm": device.dt_ns,
        "meas_map": [list(range(device.num_qubits))],
        "timing_constraints": {"acquire_alignment": 1, "granularity": 1, "min_length": 1, "pulse_alignment": 1},
        "description": f"{device.num_qubits} qubits, simulated by qmagic's stub",
        "online_date": "2020-01-01T00:00:00+00:00",
        "processor_type": {"family": "stub", "revision": "1"},
    }


def properties(name: str, device: Device) -> dict[str, Any]:
    """Returns the calibration of a device."""
    date = device.date if "T" in device.date else f"{device.date}T00:00:00+00:00"

    def one(key: str, value: float | None, unit: str = "") -> list[dict[str, Any]]:
        return [] if value is None else [{"date": date, "name": key, "unit": unit, "value": value}]

    readout = device.gates.get("measure")
    lengths = {} if readout is None else dict(zip(readout.qubits, readout.duration_ns, strict=True))
    qubits = []
    for index in range(device.num_qubits):
        p01, p10 = device.qubits.p01[index], device.qubits.p10[index]
        qubits.append([
            *one("T1", device.qubits.t1_us[index], "us"),
            *one("T2", device.qubits.t2_us[index], "us"),
            *one("readout_error", (p01 + p10) / 2),
            *one("prob_meas0_prep1", p10),
            *one("prob_meas1_prep0", p01),
            *one("readout_length", lengths.get((index,)), "ns"),
        ])  # fmt: skip
    return {
        "backend_name": name,
        "backend_version": _VERSION,
        "last_update_date": date,
        "qubits": qubits,
        "gates": [
            entry
            for gate, data in device.gates.items()
            if gate not in ("measure", "delay")
            for entry in _gates(gate, data, one)
        ],
        "general": [],
    }


def _gates(gate: str, data: Gate, one: Any) -> list[dict[str, Any]]:
    return [
        {
            "qubits": list(place),
            "gate": gate,
            "name": gate + "_".join(map(str, place)),
            "parameters": [*one("gate_error", error), *one("gate_length", duration, "ns")],
        }
        for place, error, duration in zip(data.qubits, data.error, data.duration_ns, strict=True)
    ]
