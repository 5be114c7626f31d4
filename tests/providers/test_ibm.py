"""IBM's adapter against a real stub, through the service. What goes wrong on the way is in tests/faults."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.client import stub as control
from qmagic.errors import JobCancelledError, JobFailedError
from qmagic.service.remote import key_of
from tests.providers.laws import SECONDS, flipped, kinds, until


def submitted(**more):
    return qmagic.run(flipped(), backend="ibm-stub:manila", shots=500, **more)


def remote_jobs(stub, job):
    """The jobs at the stub that carry this job's key, those that were not cancelled first."""
    found = [one for one in stub.ask("GET", "/jobs?cloud=ibm") if key_of(job.id) in one["tags"]]
    return sorted(found, key=lambda one: one["status"] == "cancelled")


def assert_one_job_one_result(stub, job):
    counts = job.result(timeout=SECONDS).counts()
    assert max(counts, key=counts.get) == "001"
    assert sum(counts.values()) == 500
    alive = [one for one in remote_jobs(stub, job) if one["status"] != "cancelled"]
    assert [one["id"] for one in alive] == [job.info().remote]


def test_counts(stub):
    """X on qubit 0 of 3 is '001' on the device too; every step is an event, the key on disk before the submit."""
    stub.fresh()
    job = submitted()
    assert_one_job_one_result(stub, job)
    found = kinds(job)
    assert found[:3] == ["job.created", "job.submitting", "job.queued"]
    assert found[-2:] == ["job.fetching", "job.done"]
    events = {event.kind: event.detail for event in ask.events(job.id).events}
    assert events["job.submitting"] == {"key": key_of(job.id)}
    assert events["job.queued"] == {"remote": job.info().remote}


def test_cells_and_registers(stub):
    """OpenQASM runs too, and registers come back with their names and places."""
    stub.fresh()
    text = """OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; bit[2] a; bit b;
        x q[2]; a[0] = measure q[0]; a[1] = measure q[1]; b = measure q[2];"""
    counts = qmagic.run(text, backend="ibm-stub:manila", shots=500).result(timeout=SECONDS).counts()
    assert max(counts, key=counts.get) == "100"


def test_expectation_values(stub):
    """Observables follow the layout; labels are those that were asked for."""
    stub.fresh()
    bell = QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    result = qmagic.run(bell, backend="ibm-stub:manila", observables="ZZ; XX; ZI", shots=4000).result(timeout=SECONDS)
    parity, phase, single = result.evs
    assert 0.8 < parity <= 1.1
    assert 0.8 < phase <= 1.1
    assert abs(single) < 0.2


def test_parameters(stub):
    """A sweep is one job at the provider, and each point has its counts."""
    from qiskit.circuit import Parameter

    stub.fresh()
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("a"), 0)
    circuit.measure_all()
    job = qmagic.run(circuit, backend="ibm-stub:manila", shots=500, parameter_values={"a": [0.0, 3.14159]})
    result = job.result(timeout=SECONDS)
    assert result.counts(0, point=0)["0"] > 400
    assert result.counts(0, point=1)["1"] > 400
    assert len(remote_jobs(stub, job)) == 1


def test_a_failed_job_says_why(stub):
    """A job that fails at the provider fails here, with the provider's reason."""
    stub.fresh("fail=1")
    with pytest.raises(JobFailedError, match="lost its calibration"):
        submitted().result(timeout=SECONDS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "ibm-stub:nowhere"}, "IBM has no device 'nowhere'"),
        ({"noise": "fake_manila"}, "leave out --noise"),
    ],
)
def test_what_cannot_run_there_is_refused(stub, options, message):
    """A device that is not there, or noise on a device, fails with a sentence and leaves nothing at the provider."""
    stub.fresh()
    with pytest.raises(JobFailedError, match=message):
        qmagic.run(flipped(), **{"backend": "ibm-stub:manila", "shots": 10, **options}).result(timeout=SECONDS)
    assert stub.ask("GET", "/jobs?cloud=ibm") == []


def test_a_circuit_that_is_too_wide_is_refused(stub):
    """It fails with both numbers, and is not held for better times."""
    stub.fresh()
    wide = QuantumCircuit(7)
    wide.h(range(7))
    for what in (wide.measure_all(inplace=False), [(wide, "Z" * 7)]):
        with pytest.raises(JobFailedError, match="ibm_manila has 5 qubits; the circuit has 7"):
            qmagic.run(what, backend="ibm-stub:manila", shots=10).result(timeout=SECONDS)
    assert stub.ask("GET", "/jobs?cloud=ibm") == []


def test_cancel(stub):
    """A cancel reaches the provider, and is done when the provider says so."""
    stub.fresh("queue=1h")
    job = submitted()
    until(lambda: job.status() == "QUEUED", "it is not queued")
    job.cancel()
    with pytest.raises(JobCancelledError):
        job.result(timeout=SECONDS)
    assert [one["status"] for one in remote_jobs(stub, job)] == ["cancelled"]


def test_without_a_stub_a_job_waits(stub):
    """Where nobody answers a job is held, with the reason, and goes on when somebody does."""
    stub.fresh()
    control.stop_stub()
    client.stop_service()
    job = submitted()
    until(lambda: job.status() == "HELD", "it is not held")
    reasons = [event.detail["reason"] for event in ask.events(job.id).events if event.kind == "job.held"]
    assert "no stub runs; start it with %qstub start" in reasons[0]
    control.start_stub()
    assert_one_job_one_result(stub, job)
