"""A Braket device's capabilities, in Braket's own schemas."""

from __future__ import annotations

import json
from typing import Any

from qmagic.backends.noise_text import parse_settings
from qmagic.errors import NotFoundError
from qmagic.stub.braket_devices import BraketDevice, named
from qmagic.stub.prices import ARIA_SECONDS

__all__ = ["description"]

_ARIA_GATES = ["x", "y", "z", "rx", "ry", "rz", "h", "cnot", "s", "si", "t", "ti", "v", "vi", "xx", "yy", "zz", "swap"]
_MOST_SHOTS = 100_000


def description(arn: str) -> str:
    """Returns the capabilities of a device as JSON.

    Raises:
        NotFoundError: There is no such device.
    """
    device = named(arn)
    if device is None:
        raise NotFoundError(f"there is no device {arn}")
    return json.dumps(_qpu(device) if device.kind == "QPU" else _simulator(device))


def _service(device: BraketDevice, shots: tuple[int, int]) -> dict[str, Any]:
    return {
        "braketSchemaHeader": {"name": "braket.device_schema.device_service_properties", "version": "1"},
        "executionWindows": [{"executionDay": "Everyday", "windowStartHour": "00:00:00", "windowEndHour": "23:59:59"}],
        "shotsRange": shots,
        "deviceDocumentation": {"summary": f"{device.name}, played by qmagic's stub"},
        "deviceLocation": "this machine",
        "getTaskPollIntervalMillis": 200,
    }


def _simulator(device: BraketDevice) -> dict[str, Any]:
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator

    simulator = DensityMatrixSimulator() if device.name == "dm1" else StateVectorSimulator()
    found: dict[str, Any] = json.loads(simulator.properties.json())
    found["service"] = _service(device, (0, _MOST_SHOTS))
    found["paradigm"]["qubitCount"] = device.qubits
    return found


def _fidelity(device: BraketDevice) -> dict[str, dict[str, float]]:
    """Returns the average gate fidelities that belong to a device's noise: ``1 - p (d - 1) / d`` in d dimensions."""
    noise = parse_settings(device.noise)
    return {
        "1Q": {"mean": 1 - noise.depolarizing1 / 2},
        "2Q": {"mean": 1 - noise.depolarizing2 * 3 / 4},
        "spam": {"mean": 1 - noise.p01},
    }


def _qpu(device: BraketDevice) -> dict[str, Any]:
    from braket.device_schema.ionq import IonqDeviceParameters

    results = [
        {"name": name, "observables": ["x", "y", "z", "h", "i"], "minShots": 1, "maxShots": _MOST_SHOTS}
        for name in ("Sample", "Expectation", "Variance")
    ]
    results.append({"name": "Probability", "minShots": 1, "maxShots": _MOST_SHOTS})
    return {
        "braketSchemaHeader": {"name": "braket.device_schema.ionq.ionq_device_capabilities", "version": "1"},
        "service": _service(device, (1, _MOST_SHOTS)),
        "action": {
            "braket.ir.openqasm.program": {
                "actionType": "braket.ir.openqasm.program",
                "version": ["1"],
                "supportedOperations": _ARIA_GATES,
                "supportedResultTypes": results,
                "supportPhysicalQubits": False,
                "supportsPartialVerbatimBox": False,
                "requiresContiguousQubitIndices": True,
                "requiresAllQubitsMeasurement": True,
            }
        },
        "paradigm": {
            "braketSchemaHeader": {
                "name": "braket.device_schema.gate_model_qpu_paradigm_properties",
                "version": "1",
            },
            "qubitCount": device.qubits,
            "nativeGateSet": ["gpi", "gpi2", "ms"],
            "connectivity": {"fullyConnected": True, "connectivityGraph": {}},
        },
        "provider": {
            "braketSchemaHeader": {"name": "braket.device_schema.ionq.ionq_provider_properties", "version": "1"},
            "fidelity": _fidelity(device),
            "timing": {name.upper() if name[-1] in "q12" else name: seconds for name, seconds in ARIA_SECONDS.items()},
        },
        "deviceParameters": json.loads(IonqDeviceParameters.schema_json()),
    }
