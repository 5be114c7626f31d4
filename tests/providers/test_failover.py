"""``best(...)`` and failover against a real stub: the right device, and never two jobs."""

from __future__ import annotations

import msgspec
import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.errors import InputError
from qmagic.service.remote import key_of
from tests.providers.laws import SECONDS, flipped, until

WISH = "best(ibm-stub:manila,ibm-stub:perth)"


def there(stub, job):
    """The statuses and devices of a job's jobs at the stub."""
    found = [one for one in stub.ask("GET", "/jobs?cloud=ibm") if key_of(job.id) in one["tags"]]
    return sorted((one["status"], one["device"]) for one in found)


def other(device):
    return "ibm_perth" if device == "ibm_manila" else "ibm_manila"


def test_the_best_device(stub):
    """The job goes where the calibration says, and says why; what is too small or in maintenance is out."""
    stub.fresh("maintenance=ibm_guadalupe")
    job = qmagic.run(flipped(6), backend="best(ibm-stub:manila,ibm-stub:perth,ibm-stub:guadalupe; max_price=500)")
    assert job.result(timeout=SECONDS).outcome.backend == "ibm-stub:ibm_perth"
    assert job.info().why.startswith("best of 3, a shot goes through with")
    choice = client.choose(msgspec.structs.replace(job.spec(), backend="best(ibm-stub)"))
    outs = {one.backend: one.out for one in choice.ranked}
    assert outs["ibm-stub:ibm_manila"] == "has 5 qubits of 6"
    assert outs["ibm-stub:ibm_guadalupe"] == "is not online (maintenance)"
    success = [one.success for one in choice.ranked if not one.out]
    assert success[0] >= max(success) - 0.02


def test_nothing_fits(stub):
    """Where no device can take it, nothing is submitted, and each says why not."""
    stub.fresh()
    with pytest.raises(InputError, match="has 5 qubits of 6"):
        qmagic.run(flipped(6), backend="best(ibm-stub:manila)")
    with pytest.raises(InputError, match="needs devices to go to"):
        qmagic.run(flipped(), backend="ibm-stub:manila", failover=True)
    assert stub.ask("GET", "/jobs?cloud=ibm") == []


def test_a_provider_without_access_is_left_out(stub):
    """A provider that does not let us in is left out, and why the job went elsewhere says so; with none left nothing is
    submitted, and one line names each."""
    pytest.importorskip("qiskit_ionq")
    stub.fresh()
    stub.ask("POST", "/faults", [{"stage": "list", "kind": "401", "cloud": "ionq", "times": 1000}])
    job = qmagic.run(flipped(), backend="best(ionq-stub,ibm-stub:manila)", shots=100)
    assert job.result(timeout=SECONDS).outcome.backend == "ibm-stub:ibm_manila"
    assert "the only device, a shot goes through with" in job.info().why
    assert "without ionq-stub, which cannot be asked (" in job.info().why
    with pytest.raises(InputError) as refused:
        qmagic.run(flipped(), backend="best(ionq-stub,azure-stub:nowhere)")
    assert "none of ionq-stub, azure-stub:nowhere can take the job: ionq-stub cannot be asked (" in str(refused.value)
    assert "azure-stub:nowhere is not there" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    stub.fresh()
    assert stub.ask("GET", "/jobs?cloud=ionq") == []


def test_what_it_would_really_cost(stub):
    """The price that decides is the one of the job's quote: nothing at a stub that charges nothing, else the bound with
    all of its executions."""
    from qiskit.quantum_info import SparsePauliOp

    stub.fresh()
    job = qmagic.run(flipped(), backend="best(ibm-stub:manila; max_price=0)", shots=100)
    assert "0.00 USD at most" in job.info().why
    job.result(timeout=SECONDS)  # before the stub forgets it
    stub.fresh("price=real")
    bell = QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    observable = SparsePauliOp(["ZZ", "XX"])  # two bases
    given = {"observables": observable, "shots": 10_000}
    planned = qmagic.plan(bell, backend="ibm-stub:manila", **given)
    estimate = qmagic.run(bell, backend="best(ibm-stub:manila)", **given)
    assert f"{planned.quote.price.bound} at most" in estimate.info().why
    estimate.result(timeout=SECONDS)
    assert planned.quote.circuits[0].executions == 2
    with pytest.raises(InputError, match=r"ibm-stub:ibm_manila may cost 16\.00 USD, and 15 is allowed"):
        qmagic.run(flipped(), backend="best(ibm-stub:manila; max_price=15)", shots=100)
    stub.fresh()


def test_it_moves_on(stub):
    """A device that goes into maintenance while a job is queued: the job is cancelled there, then runs on the next."""
    stub.fresh("queue=2s")
    job = qmagic.run(flipped(), backend=WISH, shots=100, failover=True)
    until(lambda: job.status() == "QUEUED", "it is not queued")
    (first,) = [device for _, device in there(stub, job)]
    stub.ask("POST", "/set", [f"maintenance={first}"])
    assert sum(job.result(timeout=SECONDS).counts().values()) == 100
    assert there(stub, job) == [("cancelled", first), ("done", other(first))]
    kinds = [event.kind for event in ask.events(job.id).events]
    assert kinds.index("job.leaving") < kinds.index("job.moved") < kinds.index("job.done")
    assert job.info().backend == f"ibm-stub:{other(first)}"
    assert job.info().why.startswith(f"moved here from ibm-stub:{first}, which went down")


def test_it_moves_out_of_a_session(stub):
    """A job in a session whose device goes down runs at the next one, in no session."""
    stub.fresh()
    best = qmagic.run(flipped(), backend=WISH, shots=100).result(timeout=SECONDS).outcome.backend
    stub.fresh("queue=1h")
    with qmagic.session(best):
        job = qmagic.run(flipped(), backend=WISH, shots=100, failover=True)
        until(lambda: job.status() == "QUEUED", "it is not queued")
        stub.ask("POST", "/set", [f"maintenance={best.partition(':')[2]}", "queue=0s"])
        assert sum(job.result(timeout=SECONDS).counts().values()) == 100
    grouped = {one["status"]: bool(one["group"]) for one in stub.ask("GET", "/jobs?cloud=ibm")}
    assert grouped == {"cancelled": True, "done": False}


def test_it_waits_for_the_cancel(stub):
    """While a cancel cannot be confirmed, the job says what it waits for, and begins nowhere else."""
    stub.fresh("queue=1h")
    job = qmagic.run(flipped(), backend=WISH, shots=100, failover=True)
    until(lambda: job.status() == "QUEUED", "it is not queued")
    (first,) = [device for _, device in there(stub, job)]
    stub.ask("POST", "/faults", [{"stage": "cancel", "kind": "500", "cloud": "ibm", "times": 1000}])
    stub.ask("POST", "/set", [f"maintenance={first}"])
    until(lambda: "when its cancel there is confirmed" in job.info().why, "it does not say so")
    assert there(stub, job) == [("queued", first)]
    stub.ask("POST", "/faults", [])
    job.cancel()
    until(lambda: job.done(), "it is not cancelled")


def test_both_are_down(stub):
    """A job whose every device is down stays where it is."""
    stub.fresh("queue=1h")
    job = qmagic.run(flipped(), backend=WISH, shots=100, failover=True)
    until(lambda: job.status() == "QUEUED", "it is not queued")
    stub.ask("POST", "/set", ["maintenance=all"])
    until(lambda: len(there(stub, job)) == 2, "it has not moved")
    job.cancel()
    until(lambda: job.done(), "it is not cancelled")
    assert [status for status, _ in there(stub, job)] == ["cancelled", "cancelled"]
