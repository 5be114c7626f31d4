"""Calibrations: as IBM writes them, and as they drift."""

from __future__ import annotations

import math
import statistics

import pytest

from qmagic.stub.calibration import calibrated
from qmagic.stub.ibm_devices import configuration, properties


@pytest.mark.parametrize("name", ["manila", "sherbrooke", "torino"])
def test_a_device_is_what_ibm_says_of_it(name):
    """From our description the client makes the target that it makes from IBM's own files."""
    from qiskit_ibm_runtime import fake_provider
    from qiskit_ibm_runtime.models import BackendProperties
    from qiskit_ibm_runtime.utils.backend_converter import convert_to_target
    from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data

    device = calibrated(f"fake_{name}", 0.0, 0)
    told = configuration_from_server_data(configuration(f"ibm_{name}", device))
    ours = convert_to_target(told, BackendProperties.from_dict(properties(f"ibm_{name}", device)))
    theirs = getattr(fake_provider, f"Fake{name.capitalize()}" + ("V2" if name == "manila" else ""))().target
    assert ours.num_qubits == theirs.num_qubits
    assert ours.dt == pytest.approx(theirs.dt)
    for gate in set(theirs.operation_names) - {"delay", "reset"}:
        assert set(ours[gate] or ()) == set(theirs[gate] or ()), gate
        for place, data in (theirs[gate] or {}).items():
            if data is None or gate == "measure":
                continue
            assert ours[gate][place].error == pytest.approx(data.error, rel=1e-4, abs=1e-12), (gate, place)
            assert ours[gate][place].duration == pytest.approx(data.duration, rel=1e-3, abs=1e-12), (gate, place)
    for mine, other in zip(ours.qubit_properties, theirs.qubit_properties, strict=True):
        assert mine.t1 == pytest.approx(other.t1, rel=1e-4)


def test_calibrations_drift():
    """An hour's errors are a function of device and hour, and their logarithms spread as was asked for."""
    still = calibrated("fake_sherbrooke", 0.0, 0)
    drifted = calibrated("fake_sherbrooke", 0.1, 490_000)
    assert calibrated("fake_sherbrooke", 0.1, 490_000) == drifted
    assert calibrated("fake_sherbrooke", 0.1, 490_001) != drifted
    assert drifted.date != still.date
    pairs = zip(still.gates["ecr"].error, drifted.gates["ecr"].error, strict=True)
    ratios = [math.log(new / old) for old, new in pairs if old is not None and old < 0.3]
    # 140 numbers: the standard error of a standard deviation s is s / sqrt(2 n), of the mean s / sqrt(n)
    assert statistics.stdev(ratios) == pytest.approx(0.1, abs=5 * 0.1 / math.sqrt(2 * len(ratios)))
    assert statistics.mean(ratios) == pytest.approx(0.0, abs=5 * 0.1 / math.sqrt(len(ratios)))
