"""Device snapshots: shipped, regenerated, and by other names."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import fake_provider

from qmagic.backends import registry
from qmagic.backends.devices import regenerate, snapshots
from qmagic.errors import InputError, NotFoundError


def test_shipped_devices_are_what_the_script_writes(tmp_path):
    """Regenerating gives the files that are shipped."""
    regenerate.main(tmp_path)
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert written == {file.name: file.read_bytes() for file in snapshots._FOLDER.glob("fake_*.json")}
    assert len(written) == 5


def test_target_is_qiskits():
    """A device's target has the gates, places, errors and durations of Qiskit's own, to 6 digits."""
    ours, theirs = registry.target("fake_sherbrooke"), fake_provider.FakeSherbrooke().target
    assert set(ours.operation_names) == set(theirs.operation_names)
    for name in ("ecr", "sx", "rz", "measure"):
        assert set(ours[name]) == set(theirs[name])
        for place, data in theirs[name].items():
            if name != "measure":
                assert ours[name][place].error == pytest.approx(data.error, rel=1e-5)
            assert ours[name][place].duration == pytest.approx(data.duration, rel=1e-5)
    assert ours.qubit_properties[5].t1 == pytest.approx(theirs.qubit_properties[5].t1, rel=1e-5)
    assert ours.dt == pytest.approx(theirs.dt)


@pytest.mark.parametrize("name", ["fake_manila", "FakeManilaV2", "fake_manila_v2", "FakeManila"])
def test_spellings(name):
    """A device answers to its usual spellings."""
    assert snapshots.device(name).num_qubits == 5


def test_others_come_from_the_runtime(monkeypatch):
    """A device that does not ship comes from qiskit-ibm-runtime; without it one line says what to install."""
    assert snapshots.device("fake_oslo").num_qubits == 7
    snapshots.device.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "qiskit_ibm_runtime", None)
    with pytest.raises(InputError, match="pip install qiskit-ibm-runtime"):
        snapshots.device("fake_oslo")


def test_unknown_device():
    """An unknown device is answered with the nearest name."""
    with pytest.raises(NotFoundError, match="did you mean 'fake_sherbrooke'"):
        snapshots.device("fake_sherbroke")


@pytest.mark.parametrize("name", ["statevector", "aer", "aer.stabilizer", "aer.mps"])
def test_targets_of_simulators(name):
    """A simulator's target takes a circuit of any width through Qiskit's transpiler, in gates that it runs."""
    from qiskit import transpile

    circuit = QuantumCircuit(40, 40)
    circuit.dcx(0, 39)
    circuit.measure(range(40), range(40))
    target = registry.target(name)
    made = transpile(circuit, target=target, optimization_level=0)
    assert set(made.count_ops()) <= set(target.operation_names)
