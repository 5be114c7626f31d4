"""Braket, IonQ and Azure besides running jobs: old jobs listed and adopted, and devices that go down."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.client import stub as control
from qmagic.errors import JobFailedError, NotFoundError
from tests.providers.laws import SECONDS, flipped, until

#: Somebody's own code, without qmagic: X on qubit 0 of 3; prints the provider's ids of the jobs.
THEIRS = {
    "braket": """
from braket.aws import AwsDevice
from braket.circuits import Circuit
device = AwsDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1")
print(device.run(Circuit().x(0).i(1).i(2), shots=100).id)
""",
    "ionq": """
from qiskit import QuantumCircuit
from qiskit_ionq import IonQProvider
circuit = QuantumCircuit(3)
circuit.x(0)
circuit.measure_all()
print(IonQProvider().get_backend("ionq_simulator").run(circuit, shots=100).job_id())
""",
    "azure": """
import contextlib, os, sys
from azure.core.credentials import AzureKeyCredential
from azure.quantum import Workspace
from azure.quantum.qiskit import AzureQuantumProvider
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
workspace = Workspace(
    subscription_id="00000000-0000-0000-0000-000000000000", resource_group="stub", name="stub", location="eastus",
    credential=AzureKeyCredential(os.environ["AZURE_QUANTUM_STUB_KEY"]),
    _quantum_endpoint=os.environ["AZURE_QUANTUM_STUB"],
)
circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "a"), ClassicalRegister(1, "b"))
circuit.x(0)
circuit.measure([0, 1, 2], [0, 1, 2])
with contextlib.redirect_stdout(sys.stderr):
    provider = AzureQuantumProvider(workspace=workspace)
    as_qir = provider.get_backend("ionq.simulator").run(circuit, shots=100)
    as_json = provider.get_backend("ionq.simulator", input_data_format="ionq.circuit.v1", gateset="qis")
    second = as_json.run(circuit, shots=100)
print(as_qir.id(), second.id())
""",
}
#: A task without shots, whose result is an exact value.
NO_COUNTS = """
from braket.aws import AwsDevice
from braket.circuits import Circuit, Observable
device = AwsDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1")
print(device.run(Circuit().h(0).expectation(Observable.Z(), target=0), shots=0).id)
"""
#: A device without noise, and how many jobs two circuits are there.
DEVICES = {"braket": ("sv1", 2), "ionq": ("simulator", 1), "azure": ("ionq.simulator", 2)}


def theirs(script):
    """The provider's ids of jobs that qmagic did not submit, oldest first."""
    pointers = {name: value for one in control.stub_pointers() for name, value in one["environment"].items()}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**os.environ, **pointers}, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()


@pytest.mark.parametrize("cloud", DEVICES)
def test_listed_and_adopted(stub, cloud):
    """Jobs are listed newest first and adopted with counts in Qiskit's order, and nothing is submitted for that."""
    stub.fresh()
    device, parts = DEVICES[cloud]
    remotes = theirs(THEIRS[cloud])
    second = QuantumCircuit(2)
    second.x(1)
    second.measure_all()
    ours = qmagic.run([flipped(), second], backend=f"{cloud}-stub:{device}", shots=50)
    ours.result(timeout=SECONDS)
    there = stub.ask("GET", f"/jobs?cloud={cloud}")

    found = client.account_jobs(f"{cloud}-stub")
    assert [one.known for one in found] == [ours.id] * parts + [""] * len(remotes)
    assert [one.remote.id for one in found[parts:]] == remotes[::-1]
    assert {(one.remote.device, one.remote.status) for one in found} == {(device, "done")}
    created = [one.remote.created for one in found]
    assert created == sorted(created, reverse=True)
    assert created[-1] > 1.7e9
    assert len(client.account_jobs(f"{cloud}-stub", limit=1)) == 1

    for remote in remotes:
        job = qmagic.adopt(f"{cloud}-stub:{remote}")
        result = job.result(timeout=SECONDS)
        assert result.counts() == {"001": 100}
        assert f"{cloud}-stub:{device}" in repr(result)
        assert qmagic.adopt(f"{cloud}-stub:{remote}") == job
        kinds = [event.kind for event in ask.events(job.id).events]
        assert kinds == ["job.created", "job.adopted", "job.fetching", "job.done"]

    remote = ours.info().remote
    assert qmagic.adopt(f"{cloud}-stub:{remote}") == ours
    client.purge(ids=[ours.id])  # qmagic forgets it, the provider does not
    again = qmagic.adopt(f"{cloud}-stub:{remote}").result(timeout=SECONDS)
    assert again.counts(0) == {"001": 50}
    assert {outcome[-2:]: count for outcome, count in again.counts(1).items()} == {"10": 50}
    assert stub.ask("GET", f"/jobs?cloud={cloud}") == there


@pytest.mark.parametrize("cloud", DEVICES)
def test_what_cannot_be_adopted(stub, cloud):
    """A job that is not there is refused in a sentence."""
    stub.fresh()
    with pytest.raises(NotFoundError, match=f"{cloud}-stub knows no job 'nothing'"):
        qmagic.adopt(f"{cloud}-stub:nothing")


def test_a_result_without_counts(stub):
    """An adopted job whose result qmagic cannot read fails with a sentence."""
    stub.fresh()
    (remote,) = theirs(NO_COUNTS)
    with pytest.raises(JobFailedError, match="has no counts"):
        qmagic.adopt(f"braket-stub:{remote}").result(timeout=SECONDS)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("braket-stub:Aria-1", "ionq-stub:simulator"),
        ("ionq-stub:qpu.aria-1", "azure-stub:ionq.simulator"),
        ("azure-stub:ionq.simulator", "braket-stub:sv1"),
    ],
)
def test_it_moves_to_another_cloud(stub, first, second):
    """A queued job whose device goes down is cancelled there, and then runs at another cloud."""
    stub.fresh("queue=1h")
    cloud, _, device = first.partition("-stub:")
    job = qmagic.run(flipped(), backend=f"best({first.lower()},{second})", shots=100, failover=True)
    until(lambda: job.status() == "QUEUED", "it is not queued")
    assert job.info().backend == first
    stub.ask("POST", "/set", [f"maintenance={device}", "queue=0s"])
    assert job.result(timeout=SECONDS).counts() == {"001": 100}
    assert job.info().backend == second
    assert job.info().why.startswith(f"moved here from {first}, which went down")
    assert [one["status"] for one in stub.ask("GET", f"/jobs?cloud={cloud}")] == ["cancelled"]
    other = second.partition("-stub:")[0]
    assert [one["status"] for one in stub.ask("GET", f"/jobs?cloud={other}")] == ["done"]


def test_outcomes_of_azure():
    """Programs made of Qiskit's circuits have the last register and its last bit first, others bit 0."""
    from types import SimpleNamespace

    from qmagic.providers.azure_roads import _bits

    qiskits, others = (SimpleNamespace(id="x", metadata=one) for one in ({"qiskit": "True"}, None))
    assert _bits([[0], [0, 1]], qiskits) == [1, 0, 0]
    assert _bits([1, 0, 0], others) == [1, 0, 0]
