"""Old jobs at a provider: listed, and adopted, against a real stub; nothing is ever submitted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.client import stub as control
from qmagic.errors import InputError, JobCancelledError, NotFoundError
from qmagic.home import find_service
from tests.providers.laws import SECONDS, until

#: Somebody's own code, without qmagic: two registers in one job, expectation values in the other.
THEIRS = """
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2, QiskitRuntimeService, SamplerV2
backend = QiskitRuntimeService().backend("ibm_manila")
circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "a"), ClassicalRegister(1, "b"))
circuit.x(2)
state = transpile(circuit.copy(), backend, initial_layout=[0, 1, 2])
circuit.measure([0, 1, 2], [0, 1, 2])
made = transpile(circuit, backend, initial_layout=[0, 1, 2])
print(SamplerV2(mode=backend).run([made], shots=400).job_id())
observable = SparsePauliOp("ZII").apply_layout(state.layout)
print(EstimatorV2(mode=backend).run([(state, observable)]).job_id())
"""


@pytest.fixture(scope="module")
def theirs(stub):
    """The provider's ids of two jobs that qmagic did not submit."""
    stub.fresh()
    pointers = {name: value for one in control.stub_pointers() for name, value in one["environment"].items()}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", THEIRS],
        env={**os.environ, **pointers}, capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    return done.stdout.split()


def submits(stub):
    lines = stub.ask("GET", "/transcript")["lines"]
    return sum(line["method"] == "POST" and line["path"].endswith("/jobs") for line in lines)


def test_listed(stub, theirs):
    """Jobs of the account are listed newest first, those of qmagic with their id here."""
    circuit = QuantumCircuit(1)
    circuit.measure_all()
    ours = qmagic.run(circuit, backend="ibm-stub:manila", shots=10)
    ours.result(timeout=SECONDS)
    found = client.account_jobs("ibm-stub")
    assert [(one.remote.id, one.known) for one in found] == [
        (ours.info().remote, ours.id), (theirs[1], ""), (theirs[0], "")
    ]  # fmt: skip
    assert {one.remote.device for one in found} == {"ibm_manila"}
    assert [one.remote.kind for one in found] == ["sample", "estimate", "sample"]
    assert [one.remote.created for one in found] == sorted((one.remote.created for one in found), reverse=True)
    assert len(client.account_jobs("ibm-stub", limit=2)) == 2


def test_adopted(stub, theirs):
    """An adopted job gives the provider's result, with its registers, without a submit; again it is the same job."""
    before = submits(stub)
    job = qmagic.adopt(f"ibm-stub:{theirs[0]}")
    result = job.result(timeout=SECONDS)
    assert max(result.counts(), key=result.counts().get) == "100"
    assert result.register("b").counts().keys() <= {"0", "1"}
    assert result.register("a").counts()["00"] > 300
    assert "ibm-stub:ibm_manila" in repr(result)
    assert qmagic.adopt(f"ibm-stub:{theirs[0]}") == job
    value = qmagic.adopt(f"ibm-stub:{theirs[1]}").result(timeout=SECONDS)
    assert float(value.evs) < -0.5  # the device's readout errors included
    assert submits(stub) == before
    kinds = [event.kind for event in ask.events(job.id).events]
    assert kinds == ["job.created", "job.adopted", "job.fetching", "job.done"]


def test_adopted_while_it_waits(stub, home):
    """A job that has not ended is followed, found again by the next service, and cancelled like any other."""
    stub.fresh("queue=1h")
    circuit = QuantumCircuit(1)
    circuit.measure_all()
    ours = qmagic.run(circuit, backend="ibm-stub:manila", shots=10)
    until(lambda: ours.status() == "QUEUED", "it is not queued")
    remote = ours.info().remote
    assert qmagic.adopt(f"ibm-stub:{remote}") == ours
    ours.cancel()
    with pytest.raises(JobCancelledError):
        ours.result(timeout=SECONDS)
    client.purge(ids=[ours.id])  # qmagic forgets it, the provider does not
    job = qmagic.adopt(f"ibm-stub:{remote}")
    os.kill(find_service(home).pid, signal.SIGKILL)
    with pytest.raises(JobCancelledError):
        job.result(timeout=SECONDS)


def test_what_cannot_be_adopted(stub, theirs):
    """A job or a provider that is not there is refused in a sentence; an adopted job has no circuit to run again."""
    stub.fresh()
    with pytest.raises(NotFoundError, match="knows no job"):
        qmagic.adopt("ibm-stub:nothing")
    with pytest.raises(InputError, match="no provider 'ibn'"):
        qmagic.adopt("ibn:x")
    with pytest.raises(InputError, match="provider and id"):
        qmagic.adopt("d149")
