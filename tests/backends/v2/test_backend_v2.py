"""`qmagic.backend(name)` is a Qiskit BackendV2: transpile, run, Result, options and jobs, as Aer's."""

from __future__ import annotations

import importlib
import types

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.primitives import BackendSamplerV2
from qiskit.providers import BackendV2, JobError, JobStatus, JobV1
from qiskit.result import Result
from qiskit_aer import AerSimulator

import qmagic
from qmagic import client
from qmagic.backends.devices import snapshots
from qmagic.errors import InputError, JobCancelledError, NotFoundError

pytestmark = pytest.mark.usefixtures("home")


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2, name="bell", metadata={"pair": 1})
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def several_registers() -> QuantumCircuit:
    """Always reads 1 in bit 1 of ``low``, and 1 in ``high``; a loose bit stays 0."""
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(3, "low"), ClassicalRegister(2, "high"))
    circuit.x([0, 1])
    circuit.measure([0, 1], [1, 3])
    return circuit


def test_all_backends_have_a_name_and_a_target():
    """`qmagic.backends()` lists BackendV2s, simulators and devices, each found again by its name."""
    found = qmagic.backends()
    assert {"statevector", "aer", "aer.statevector", "fake_manila", "fake_sherbrooke"} <= {one.name for one in found}
    for backend in found:
        assert isinstance(backend, BackendV2)
        assert qmagic.backend(backend.name).target is backend.target
        assert "measure" in backend.operation_names


def test_a_device_has_its_target():
    """A device's backend has its qubits, coupling and gates, and the day of its calibration."""
    backend = qmagic.backend("FakeSherbrooke")
    assert (backend.name, backend.num_qubits) == ("fake_sherbrooke", 127)
    assert backend.coupling_map.size() == 127
    assert "ecr" in backend.operation_names
    assert backend.target["ecr"][1, 0].error > 0
    assert backend.qubit_properties(0).t1 > 0
    assert f"{backend.online_date:%Y-%m-%d}" == snapshots.device("fake_sherbrooke").date


def test_a_simulator_has_no_coupling():
    """A simulator's target names gates for any number of qubits, without a coupling."""
    backend = qmagic.backend("aer.statevector")
    assert backend.coupling_map is None
    assert backend.max_circuits is None
    assert {"h", "cx", "rz", "measure"} <= set(backend.operation_names)
    wide = QuantumCircuit(40)
    wide.h(range(40))
    assert transpile(wide, backend).num_qubits == 40


@pytest.mark.parametrize("name", ["statevector", "aer", "auto"])
def test_a_simulator_runs_what_is_transpiled_for_it(name):
    """`backend.run(transpile(circuit, backend))` gives a Bell's two outcomes."""
    backend = qmagic.backend(name)
    circuit = bell()
    job = backend.run(transpile(circuit, backend) if name != "auto" else circuit, shots=200, seed_simulator=1)
    assert isinstance(job, JobV1)
    assert isinstance(job.result(), Result)
    counts = job.result().get_counts()
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 200


def test_results_are_formatted_as_aers():
    """Counts, hexadecimal counts, memory and header of several registers are exactly those that Aer gives."""
    circuit = several_registers()
    ours = qmagic.backend("aer").run(circuit, shots=3, memory=True).result()
    theirs = AerSimulator().run(circuit, shots=3, memory=True).result()
    assert ours.get_counts() == theirs.get_counts() == {"01 010": 3}
    assert ours.get_memory() == theirs.get_memory()
    assert ours.data() == theirs.data()
    assert ours.results[0].header == theirs.results[0].header
    assert ours.success


def test_results_are_found_by_circuit():
    """Several circuits are one job; `get_counts` finds each by its index, its name and itself."""
    other = several_registers()
    backend = qmagic.backend("auto")
    result = backend.run([bell(), other], shots=10).result()
    assert result.get_counts(other) == result.get_counts(other.name) == result.get_counts(1) == {"01 010": 10}
    assert result.results[0].header["metadata"] == {"pair": 1}
    assert len(result.results) == 2


def test_memory_is_the_counts_one_by_one():
    """With `memory` each shot is there, in an order drawn by the seed, and as often as counted."""
    backend = qmagic.backend("auto", memory=True)
    result = backend.run(bell(), shots=500, seed_simulator=3).result()
    shots = result.get_memory()
    assert {outcome: shots.count(outcome) for outcome in set(shots)} == result.get_counts()
    assert shots != sorted(shots)
    assert backend.run(bell(), shots=500, seed_simulator=3).result().get_memory() == shots


def test_a_seed_gives_the_same_counts():
    """`seed_simulator` decides the counts, and the result names it."""
    backend = qmagic.backend("auto")
    first, second, third = (backend.run(bell(), seed_simulator=seed).result() for seed in (5, 5, 6))
    assert first.get_counts() == second.get_counts()
    assert first.results[0].seed_simulator == 5
    assert third.results[0].seed_simulator == 6


def test_options_are_defaults_for_runs():
    """Options given with the name, or by `set_options`, hold for each run that does not say otherwise."""
    backend = qmagic.backend("auto", shots=50)
    assert backend.options.shots == 50
    assert sum(backend.run(bell()).result().get_counts().values()) == 50
    backend.set_options(shots=60)
    assert sum(backend.run(bell()).result().get_counts().values()) == 60
    assert sum(backend.run(bell(), shots=70).result().get_counts().values()) == 70
    assert backend.options.shots == 60


def test_a_device_brings_its_noise():
    """A Bell on a device shows readout errors; without them (`noise_model`) only the two outcomes."""
    backend = qmagic.backend("fake_manila")
    circuit = transpile(bell(), backend, initial_layout=[1, 2], optimization_level=1)
    assert set(backend.run(circuit, shots=4000, seed_simulator=2).result().get_counts()) == {"00", "01", "10", "11"}


def test_a_device_runs_circuits_exactly_as_they_are():
    """A circuit that does not fit the device is refused before it is submitted: `transpile` is the user's to call."""
    before = len(client.jobs())
    with pytest.raises(InputError):
        qmagic.backend("fake_manila").run(bell())
    assert len(client.jobs()) == before


def test_qiskits_backend_sampler_runs_on_it():
    """Qiskit's BackendSamplerV2, which only knows `run` and `Result`, works on our backend."""
    circuit = bell()
    data = BackendSamplerV2(backend=qmagic.backend("aer")).run([circuit], shots=100).result()[0].data
    assert set(data.meas.get_counts()) == {"00", "11"}


def test_a_job_has_qiskits_interface():
    """The job tells its id, backend and status in Qiskit's words, and can be cancelled."""
    backend = qmagic.backend("scripted:sleep=60")
    job = backend.run(bell(), job_tags=["mine"], job_name="long")
    assert (job.job.info().tags, job.job.info().name) == (("mine",), "long")
    assert job.backend() is backend
    assert not job.in_final_state()
    with pytest.raises(JobError):
        job.submit()
    assert job.cancel()
    job.wait_for_final_state(timeout=60)
    with pytest.raises(JobCancelledError):
        job.result()
    assert (job.status(), job.cancelled()) == (JobStatus.CANCELLED, True)


def test_wrong_names_get_the_nearest():
    """An unknown backend, device or option raises one line with the nearest name."""
    with pytest.raises(InputError, match="did you mean 'fake_sherbrooke'"):
        qmagic.backend("fake_sherbroke")
    with pytest.raises(NotFoundError, match=r"did you mean 'aer\.statevector'"):
        qmagic.backend("aer.statevctor")
    with pytest.raises(NotFoundError, match="did you mean 'shots'"):
        qmagic.backend("aer", shot=3)
    with pytest.raises(NotFoundError, match="did you mean 'seed_simulator'"):
        qmagic.backend("aer").run(bell(), seed_simulation=3)
    with pytest.raises(InputError, match="meas_level"):
        qmagic.backend("aer").run(bell(), meas_level=1)
    with pytest.raises(InputError, match="no measurements"):
        qmagic.backend("aer").run(QuantumCircuit(1, 1))


def test_what_a_simulator_cannot_run_is_not_submitted():
    """A T gate on the stabilizer simulator is refused with one line, and there is no job."""
    circuit = QuantumCircuit(1, 1)
    circuit.t(0)
    circuit.measure(0, 0)
    before = len(client.jobs())
    with pytest.raises(InputError):
        qmagic.backend("aer.stabilizer").run(circuit)
    assert len(client.jobs()) == before


def test_the_distribution_is_right():
    """On each simulator ``ry(t)`` reads 1 with probability sin²(t/2), within 5 standard errors."""
    circuit = QuantumCircuit(1, 1)
    circuit.ry(1.2, 0)
    circuit.measure(0, 0)
    expected, shots = np.sin(0.6) ** 2, 10_000
    for name in ("statevector", "aer.statevector", "aer.density_matrix"):
        ones = qmagic.backend(name).run(circuit, shots=shots, seed_simulator=1).result().get_counts()["1"]
        assert abs(ones / shots - expected) < 5 * np.sqrt(expected * (1 - expected) / shots)


def test_public_names_stay_functions():
    """Importing the submodules `qmagic.run` and `qmagic.backends` does not hide the functions of these names."""
    for name in ("run", "backends"):
        assert isinstance(importlib.import_module(f"qmagic.{name}"), types.ModuleType)
        assert isinstance(getattr(qmagic, name), types.FunctionType)
