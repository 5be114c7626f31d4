"""What ``auto`` chose, with a real service: recorded, run again as it was, left where it turns out badly."""

from __future__ import annotations

import pytest

import qmagic
from qmagic import client
from qmagic.client.ask import events
from tests.contracts.jobs import ghz
from tests.plans.circuits import deceptive, scrambled, turned


@pytest.fixture(autouse=True)
def _home(home):
    """A service for this module."""


def test_a_rerun_is_the_same():
    """Another run of the same job has the same backend and counts, also when it went to several backends."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(120, 120)
    circuit.compose(ghz(60), range(60), range(60), inplace=True)
    circuit.compose(turned(60), range(60, 120), range(60, 120), inplace=True)
    job = qmagic.run(circuit, shots=300, seed=5)
    first, again = job.result(60), job.rerun()
    second = again.result(60)
    assert second.counts() == first.counts()
    assert second.outcome.pubs[0].metadata["parts"] == first.outcome.pubs[0].metadata["parts"]
    assert again.spec().rerun_of == job.id
    assert second.outcome.notes == ()


def test_what_gives_up_is_left():
    """A simulator that finds out that it will not do is left for the next; events and notes say so."""
    job = qmagic.run(deceptive(), shots=100_000, seed=1)
    result = job.result(120)
    kinds = {event.kind: event.detail for event in events(job.id).events}
    if result.outcome.backend == "aer.matrix_product_state" and "job.rerouted" not in kinds:
        pytest.fail(f"the sparse state was not the first choice: {job.info().why}")
    assert kinds["job.rerouted"]["to"] == "aer.matrix_product_state"
    assert "amplitudes" in kinds["job.rerouted"]["reason"]
    assert result.outcome.notes == (kinds["job.rerouted"]["reason"],)
    assert job.info().why.startswith("the entanglement of 40 qubits")
    assert job.rerun().result(120).counts() == result.counts()


def test_costs_are_learnt():
    """A run that takes long enough is remembered with its estimate; the plan's time moves; it can be forgotten."""
    client.costs(reset=True)
    circuit = scrambled(21, 6)
    before = qmagic.plan(circuit, shots=10)
    backend = before.pubs[0].chosen.backend
    for _ in range(10):  # a worker's first run teaches nothing, and there are several workers
        if not client.costs():
            qmagic.run(circuit, shots=10).result(60)
    (cost,) = client.costs()
    assert (cost.backend, cost.runs) == (backend, 1)
    after = qmagic.plan(circuit, shots=10)
    times = {one.backend: one.seconds for one in (after.pubs[0].chosen, *after.pubs[0].alternatives)}
    assert times[backend] == pytest.approx(before.pubs[0].chosen.seconds * cost.factor)
    assert client.costs(reset=True) == []
    assert qmagic.plan(circuit, shots=10).seconds == pytest.approx(before.seconds)


def test_a_plan_makes_no_job():
    """Planning leaves nothing behind, whether the circuit can run or not, or cannot even be read."""
    before = len(client.jobs(limit=500))
    assert qmagic.plan(ghz(100)).pubs[0].chosen.backend == "stim"
    refused = qmagic.plan(scrambled(60, 40))
    assert refused.pubs[0].error.startswith("nothing here can run this circuit")
    with pytest.raises(qmagic.errors.SourceError, match="line 1"):
        qmagic.plan("OPENQASM 3.0; qubit q; nonsense q;")
    with pytest.raises(TypeError, match="did you mean 'shots'"):
        qmagic.plan(ghz(2), shot=5)
    assert len(client.jobs(limit=500)) == before
