"""What every cloud's adapter owes (`qmagic/providers/base.py`), tried through the service against a real stub.

A module for a cloud makes a class of `Laws`, with the names of its devices. What goes wrong on the way of a
single circuit is in tests/faults, for all clouds at once.
"""

from __future__ import annotations

import os
import time

import numpy as np
import psutil
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, Statevector

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.client import stub as control
from qmagic.errors import JobCancelledError, JobFailedError
from qmagic.home import find_service, start_time
from qmagic.jobs import new_job_id
from qmagic.providers.base import ProviderError
from qmagic.providers.pace import pace_of
from qmagic.providers.registry import adapter
from qmagic.sessions import OpenSession

SECONDS = 100


def flipped(qubits=3):
    circuit = QuantumCircuit(qubits)
    circuit.x(0)
    circuit.measure_all()
    return circuit


def kinds(job):
    return [event.kind for event in ask.events(job.id).events]


def until(condition, what):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def session_wish(backend):
    """What asks for a session of this process, of 300 s."""
    cloud, _, device = backend.partition(":")
    pid = os.getpid()
    return OpenSession(
        id=new_job_id(), provider=cloud, device=device, mode="session", seconds=300, pid=pid, start=start_time(pid),
        environment=client.environment(),
    )  # fmt: skip


class Laws:
    """The laws; a subclass names the cloud, a device without noise, and a QPU with noise."""

    cloud: str
    ideal: str
    qpu: str
    #: Whether a job of several circuits is several jobs there.
    one_circuit_a_job = True
    #: Whether a submit may be repeated, so that there is never a second job.
    idempotent = True

    def run(self, circuit, device="", **more):
        return qmagic.run(circuit, backend=f"{self.cloud}-stub:{device or self.ideal}", **more)

    def jobs(self, stub):
        """The jobs at the stub that were not cancelled."""
        found = stub.ask("GET", f"/jobs?cloud={self.cloud}")
        if self.idempotent:
            assert all(one["status"] != "cancelled" for one in found), "there was a second one"
        return [one for one in found if one["status"] != "cancelled"]

    def assert_one_job_one_result(self, stub, job):
        assert job.result(timeout=SECONDS).counts() == {"001": 500}
        assert len(self.jobs(stub)) == 1
        assert stub.ask("GET", "/transcript")["unknown"] == []

    def adapter(self, stub, monkeypatch):
        for one in control.stub_pointers():
            for name, value in one["environment"].items():
                monkeypatch.setenv(name, value)
        return adapter(self.cloud, pace_of(self.cloud, stub=True))

    def kill_host(self, home):
        """kill -9 of the cloud's provider host."""
        hosts = [
            one
            for one in psutil.Process(find_service(home).pid).children()
            if "qmagic.engines.host" in one.cmdline() and f"{self.cloud}-stub" in one.cmdline()
        ]
        assert len(hosts) == 1
        hosts[0].kill()

    def test_counts(self, stub):
        """X on qubit 0 of 3 is '001', exactly where there is no noise, and one job is at the provider."""
        stub.fresh()
        job = self.run(flipped(), shots=500)
        self.assert_one_job_one_result(stub, job)
        assert kinds(job)[:3] == ["job.created", "job.submitting", "job.queued"]

    def test_counts_of_a_noisy_device(self, stub):
        """The QPU's counts have noise, and the same order."""
        stub.fresh()
        counts = self.run(flipped(), self.qpu, shots=500).result(timeout=SECONDS).counts()
        assert 350 < counts["001"] < 500
        assert sum(counts.values()) == 500

    def test_classical_registers(self, stub):
        """Registers of any sizes, bits in any order, bits that nothing is written to, a qubit that is read twice."""
        stub.fresh()
        a, b, qubits = ClassicalRegister(2, "a"), ClassicalRegister(3, "b"), QuantumRegister(4)
        circuit = QuantumCircuit(qubits, a, b)
        circuit.x([0, 2])
        circuit.swap(0, 1)
        circuit.measure(1, b[2])
        circuit.measure(2, a[0])
        circuit.measure(3, a[1])
        circuit.measure(1, b[0])
        result = self.run(circuit, shots=50).result(timeout=SECONDS)
        assert result.counts() == {"101 01": 50} or result.counts() == {"10101": 50}

    def test_parameters(self, stub):
        """A sweep's points have their counts, in the array's order."""
        stub.fresh()
        a, b = Parameter("a"), Parameter("b")
        circuit = QuantumCircuit(2)
        circuit.rx(a, 0)
        circuit.ry(2 * b + a, 1)
        circuit.rz(a, 0)
        circuit.rz(-a, 0)  # goes when the circuit is compiled
        circuit.measure_all()
        values = {"a": [0.0, np.pi, 0.0], "b": [0.0, -np.pi / 2, np.pi / 2]}
        job = self.run(circuit, shots=20, parameter_values=values)
        result = job.result(timeout=SECONDS)
        assert [result.counts(0, point=i) for i in range(3)] == [{"00": 20}, {"01": 20}, {"10": 20}]
        assert len(self.jobs(stub)) == (3 if self.one_circuit_a_job else 1)

    def test_distribution(self, stub):
        """Counts of a circuit of many gates are those of its exact state, within 5 standard errors of each outcome."""
        stub.fresh()
        circuit, shots = QuantumCircuit(3), 4000
        circuit.h([0, 1, 2])
        circuit.t(0)
        circuit.cp(0.7, 0, 1)
        circuit.sx(1)
        circuit.crx(1.1, 1, 2)
        circuit.u(0.3, 0.4, 0.5, 0)
        circuit.iswap(0, 2)
        circuit.rzz(0.9, 1, 2)
        circuit.ccx(0, 1, 2)
        circuit.unitary(np.array([[0, 1j], [1, 0]]), [1])
        circuit.rxx(0.4, 0, 1)
        exact = Statevector(circuit).probabilities_dict()
        circuit.measure_all()
        counts = self.run(circuit, shots=shots).result(timeout=SECONDS).counts()
        for outcome, probability in exact.items():
            error = np.sqrt(probability * (1 - probability) / shots)
            assert abs(counts.get(outcome, 0) / shots - probability) <= 5 * error + 1e-9

    def test_expectation_values(self, stub):
        """Values are those of the exact state, within 5 of the standard errors that are told, for every point."""
        stub.fresh()
        a = Parameter("a")
        circuit = QuantumCircuit(3)
        circuit.ry(a, 0)
        circuit.cx(0, 2)
        circuit.sdg(1)
        circuit.rx(0.8, 1)
        operators = [SparsePauliOp(one) for one in ("ZIZ", ["XIX", "IYI"], "YIX", "ZII")]
        angles = [0.3, 1.9]
        pub = (circuit, operators, [[[angle]] for angle in angles])
        result = self.run([pub], shots=800).result(timeout=SECONDS)
        exact = [
            [Statevector(circuit.assign_parameters({a: angle})).expectation_value(one).real for one in operators]
            for angle in angles
        ]
        assert np.shape(result.evs) == (2, 4)
        assert (np.abs(np.asarray(result.evs) - exact) <= 5 * np.asarray(result.stds)).all()
        assert (np.asarray(result.stds) > 0).all()

    def test_precision(self, stub):
        """A precision holds for each observable as a whole, though shots must be said beforehand."""
        stub.fresh()
        bell = QuantumCircuit(2)
        bell.h(0)
        bell.cx(0, 1)
        result = self.run(bell, observables="ZZ + XX; ZI", precision=0.05).result(timeout=SECONDS)
        assert (np.asarray(result.stds) <= 0.05).all()
        assert abs(result.evs[0] - 2) <= 5 * 0.05

    def test_a_failed_job_says_why(self, stub):
        """A job that fails at the provider fails here, with the provider's reason."""
        stub.fresh("fail=1")
        with pytest.raises(JobFailedError, match="lost its calibration"):
            self.run(flipped(), shots=10).result(timeout=SECONDS)

    def test_what_cannot_run_there_is_refused(self, stub):
        """A device that is not there, a circuit that goes on after a measurement: a sentence, and nothing there."""
        stub.fresh()
        with pytest.raises(JobFailedError, match="no device 'nowhere'"):
            self.run(flipped(), "nowhere", shots=10).result(timeout=SECONDS)
        middle = QuantumCircuit(1, 2)
        middle.measure(0, 0)
        middle.h(0)
        middle.measure(0, 1)
        with pytest.raises(JobFailedError, match="goes on after a measurement"):
            self.run(middle, shots=10).result(timeout=SECONDS)
        wide = QuantumCircuit(60)
        wide.measure_all()
        with pytest.raises(JobFailedError, match="qubits; the circuit has 60"):
            self.run(wide, shots=10).result(timeout=SECONDS)
        assert self.jobs(stub) == []

    def test_cancel(self, stub):
        """A cancel reaches the provider, all of a job's parts, and is done when the provider says so."""
        stub.fresh("queue=1h")
        job = qmagic.run([flipped(), flipped()], backend=f"{self.cloud}-stub:{self.ideal}", shots=10)
        until(lambda: job.status() == "QUEUED", "it is not queued")
        job.cancel()
        with pytest.raises(JobCancelledError):
            job.result(timeout=SECONDS)
        found = stub.ask("GET", f"/jobs?cloud={self.cloud}")
        assert [one["status"] for one in found] == ["cancelled"] * (2 if self.one_circuit_a_job else 1)

    def test_several_circuits_in_trouble(self, stub):
        """A job of several circuits is there once, all of it, though replies are lost all the time."""
        stub.fresh("drop=0.1", "truncate=0.05", "rate=30/s", "seed=1")
        job = qmagic.run([flipped()] * 6, backend=f"{self.cloud}-stub:{self.ideal}", shots=100)
        result = job.result(timeout=SECONDS)
        assert [result.counts(i) for i in range(6)] == [{"001": 100}] * 6
        assert len(self.jobs(stub)) == (6 if self.one_circuit_a_job else 1)

    def test_a_host_that_is_killed_in_the_middle(self, stub, home):
        """kill -9 of the provider host while a job of several circuits is submitted: what is there stays, once."""
        stub.fresh()
        self.run(flipped(), shots=1).result(timeout=SECONDS)  # the host is warm
        stub.fresh("rate=1/s" if self.one_circuit_a_job else "rate=0")  # two at once, then one a second
        stub.ask(
            "POST", "/faults", [{"stage": "submit", "kind": "slow", "seconds": 1, "cloud": self.cloud, "times": 4}]
        )
        job = qmagic.run([flipped()] * 4, backend=f"{self.cloud}-stub:{self.ideal}", shots=100)
        until(lambda: self.jobs(stub), "nothing has arrived")
        self.kill_host(home)
        stub.ask("POST", "/set", ["rate=0"])
        result = job.result(timeout=SECONDS)
        assert [result.counts(i) for i in range(4)] == [{"001": 100}] * 4
        assert len(self.jobs(stub)) == (4 if self.one_circuit_a_job else 1)
        assert "job.in_doubt" in kinds(job)

    def test_devices(self, stub, monkeypatch):
        """Devices are listed as they are now, and a circuit is told as it is submitted."""
        stub.fresh(f"maintenance={self.qpu}")
        provider = self.adapter(stub, monkeypatch)
        found = {one.name: one for one in provider.devices()}
        assert found[self.ideal].status == "online"
        assert found[self.qpu].status != "online"
        assert (found[self.ideal].simulator, found[self.qpu].simulator) == (True, False)
        assert found[self.qpu].qubits >= 11
        circuit = QuantumCircuit(3)
        circuit.ccx(0, 1, 2)
        compiled = provider.compiled(self.qpu, circuit)
        assert max(len(one.qubits) for one in compiled.data) <= 2

    def test_no_token_is_told(self, stub, monkeypatch):
        """What the provider says of a wrong token, and all that is told of it, has no token in it."""
        stub.fresh()
        provider = self.adapter(stub, monkeypatch)
        stub.ask("POST", "/faults", [{"stage": "poll", "kind": "401", "cloud": self.cloud, "times": 3}])
        with pytest.raises(ProviderError) as caught:
            provider.look(self.unknown_id)
        assert stub.place.token not in str(caught.value)
        assert caught.value.__cause__ is None
