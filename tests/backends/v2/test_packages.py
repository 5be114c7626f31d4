"""Other people's packages run on `qmagic.backend(name)` as on any BackendV2."""

from __future__ import annotations

import mthree
import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile

import qmagic
from qmagic.backends.devices import snapshots

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # mthree lags behind Qiskit
]


def total_variation(a: dict[str, float], b: dict[str, float]) -> float:
    return sum(abs(a.get(outcome, 0) - b.get(outcome, 0)) for outcome in {*a, *b}) / 2


def test_mthree_mitigates_a_devices_readout():
    """mthree calibrates on a device's snapshot and brings a GHZ's counts at least twice as near to the ideal ones."""
    backend = qmagic.backend("fake_guadalupe", seed_simulator=6)
    circuit = QuantumCircuit(4)
    circuit.h(0)
    for i in range(3):
        circuit.cx(i, i + 1)
    circuit.measure_all()
    ready = transpile(circuit, backend, initial_layout=[1, 4, 7, 10], optimization_level=1, seed_transpiler=1)
    mapping = mthree.utils.final_measurement_mapping(ready)
    mitigation = mthree.M3Mitigation(backend)
    mitigation.cals_from_system(mapping, shots=20_000)
    counts = backend.run(ready, shots=20_000).result().get_counts()
    raw = {outcome: number / 20_000 for outcome, number in counts.items()}
    mitigated = mitigation.apply_correction(counts, mapping).nearest_probability_distribution()
    ideal = {"0000": 0.5, "1111": 0.5}
    assert total_variation(mitigated, ideal) < total_variation(raw, ideal) / 2


def test_qiskit_experiments_measures_t1():
    """qiskit-experiments' T1 finds the snapshot's relaxation time, within 20 %."""
    from qiskit_experiments import library

    backend = qmagic.backend("fake_manila", seed_simulator=3)
    t1 = snapshots.device("fake_manila").qubits.t1_us[0] * 1e-6
    experiment = library.T1([0], delays=np.linspace(1e-6, 3 * t1, 15), backend=backend)
    experiment.set_transpile_options(optimization_level=0)
    data = experiment.run(backend_run=True, shots=4000).block_for_results()
    found = data.analysis_results("T1", dataframe=True).value.iloc[0]
    assert found.nominal_value == pytest.approx(t1, rel=0.2)
