"""Loops whose values come from a cloud, by the real service and a real stub: each evaluation is one job there."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import qmagic
from qmagic import client
from qmagic.client.loop import tape
from qmagic.errors import InputError, JobCancelledError, JobFailedError
from qmagic.money import SetBudget
from qmagic.service.remote import key_of
from qmagic.tapes import Opened, Told, unpack
from tests.conftest import processes_of
from tests.faults.making import kill, service, status, until

DEVICE = "ibm-stub:manila"
OBSERVABLE = "ZZ + 0.5*XI"


def ansatz():
    circuit = QuantumCircuit(2)
    circuit.ry(Parameter("a"), 0)
    circuit.cx(0, 1)
    circuit.ry(Parameter("b"), 1)
    return circuit


def asked(**more):
    given = {"backend": DEVICE, "optimizer": "cobyla", "maxiter": 2, "shots": 100, "seed": 7} | more
    return qmagic.minimize(ansatz(), OBSERVABLE, **given)


def children(loop):
    """The loop's evaluations, in their order."""
    found = [one.info() for one in qmagic.jobs(100, parent=loop.id) if one.info().kind == "estimate"]
    return sorted(found, key=lambda info: info.id)


def told(loop):
    return [entry for chunk in tape(loop.id) for entry in unpack(chunk) if isinstance(entry, Told)]


def there(stub, info):
    """The statuses of a job's jobs at the stub."""
    return [one["status"] for one in stub.ask("GET", "/jobs?cloud=ibm") if key_of(info.id) in one["tags"]]


def waits(loop, text):
    until(lambda: text in loop.state().waits, 60, f"an evaluation waits: {text}")


def test_each_evaluation_is_a_job(stub):
    """The tape has what its children gave, in their order, with their shots; the best point's value is the last one."""
    stub.fresh()
    loop = asked(name="valley", tags=("t",))
    result = loop.result(90)
    found, on_tape = children(loop), told(loop)
    assert len(found) == len(on_tape) == result.evaluations >= 3
    for info, one in zip(found, on_tape, strict=True):
        assert info.status == "DONE"
        assert (info.backend, info.tags) == (DEVICE, ("t",))
        assert qmagic.job(info.id).result(60)[0].data.evs == one.value
        assert one.shots == 200  # two groups of products
    assert [info.name for info in found] == [f"valley · evaluation {i}" for i in range(1, len(found) + 1)]
    assert result.shots == 200 * len(found)
    assert result.outcome.backend == DEVICE
    assert result.loop.measured == 200
    assert abs(result.value) <= 1.5 + 5 * result.std


def test_points_that_are_asked_together_are_one_job(stub):
    """ADAM's gradient by parameter shift is one job with all shifted points; SPSA's two points are one job."""
    stub.fresh()
    slopes = asked(optimizer="adam", gradient="parameter-shift", maxiter=1)
    slopes.result(90)
    assert len(children(slopes)) == 2
    [first, _] = children(slopes)
    assert qmagic.job(first.id).spec().pubs[0].parameters.shape == (5,)  # the point, and two for each parameter
    pairs = asked(optimizer="spsa", learning_rate=0.1, maxiter=2)
    assert pairs.result(90).evaluations > len(children(pairs))
    names = [info.name.partition(" · ")[2] for info in children(pairs)]
    assert any(name.startswith("evaluations ") for name in names)


def test_a_killed_loop_finds_its_jobs_again(stub, full):
    """With the loop's process and then the service killed while evaluations are under way, each is one job at the stub,
    and the tape has the value of each, once."""
    stub.fresh("run=0.2s")
    for _ in range(full(1, 8)):
        loop = asked(maxiter=3)
        until(lambda loop=loop: loop.state().waits, 60, "an evaluation is under way")
        [pid] = [each.pid for each in status().workers if each.state == "loop" and loop.id in each.jobs]
        kill(pid)
        until(lambda loop=loop: len(told(loop)) >= 2, 60, "the loop goes on")
        kill(service().pid)
        result = loop.result(100)
        found = children(loop)
        assert [info.status for info in found] == ["DONE"] * result.evaluations
        assert all(len(there(stub, info)) == 1 for info in found)
        values = [qmagic.job(info.id).result(60)[0].data.evs for info in found]
        assert [float(value) for value in values] == [one.value for one in told(loop)]


def test_stop_withdraws_what_waits(stub):
    """While an evaluation stands in the device's line, stop cancels it and keeps the best that was seen."""
    stub.fresh()
    loop = asked(maxiter=50)
    until(lambda: loop.state().iteration >= 1, 60, "the first iteration")
    stub.ask("POST", "/set", ["queue=300s"])
    waits(loop, "is QUEUED at ibm-stub:manila")
    loop.stop()
    until(lambda: loop.state().phase == "measuring" and "QUEUED" in loop.state().waits, 60, "the best is measured")
    [withdrawn] = [info for info in children(loop) if info.status == "CANCELLED"]
    assert there(stub, withdrawn) == ["cancelled"]
    loop.cancel()
    with pytest.raises(JobCancelledError):
        loop.result(60)


def test_cancel_takes_its_evaluations_along(stub):
    """A loop that is cancelled leaves no job at the device."""
    stub.fresh("queue=300s")
    loop = asked()
    waits(loop, "is QUEUED")
    loop.cancel()
    with pytest.raises(JobCancelledError):
        loop.result(60)
    [only] = children(loop)
    until(lambda: qmagic.job(only.id).status() == "CANCELLED", 60, "its evaluation is cancelled")
    assert there(stub, only) == ["cancelled"]


def test_a_failed_evaluation_pauses_the_loop(stub):
    """It says what failed; resume tries again, under another id, and what came before stays as it was."""
    stub.fresh()
    loop = asked(maxiter=5)
    until(lambda: loop.state().iteration >= 1, 60, "the first iteration")
    stub.ask("POST", "/set", ["fail=1"])
    until(lambda: loop.state().phase == "paused", 60, "the loop pauses")
    before = len(told(loop))
    [note] = [note.text for note in loop.notes() if note.kind == "paused"]
    assert note.startswith(f"Paused: evaluation {before + 1} failed: ")
    stub.ask("POST", "/set", ["fail=0"])
    loop.resume()
    result = loop.result(90)
    states = [info.status for info in children(loop)]
    assert states.count("FAILED") == 1
    assert states.count("DONE") == result.evaluations


@pytest.mark.parametrize("budget", [None, 50])
def test_what_cannot_run_there_ends_the_loop(stub, budget):
    """A device that is not there fails the loop at once, with the provider's sentence; nothing waits for a resume."""
    stub.fresh()
    with pytest.raises(JobFailedError, match="IBM has no device 'nowhere'"):
        asked(backend="ibm-stub:nowhere", budget=budget).result(60)


def test_a_budget_is_never_passed(stub):
    """Where an evaluation is billed, the loop ends before its budget is, the last measurement included, and says so."""
    stub.fresh("price=real")
    loop = asked(maxiter=50, budget=40, max_seconds=600)
    result = loop.result(110)
    assert "budget of 40.00 USD" in result.reason
    billed = [info.cost for info in children(loop)]
    assert all(cost is not None and cost > 0 for cost in billed)
    assert result.cost == pytest.approx(sum(billed))
    assert sum(billed) <= 40
    assert result.loop.measured > 0
    assert len(billed) >= 3
    assert not client.budget().limits  # no budget of the home was needed
    client.budget(SetBudget(total=None, per_job=None))


def test_what_was_withdrawn_is_counted(stub):
    """A job that was withdrawn too late is billed, and in the loop's cost, also where the best is not measured."""
    stub.fresh("price=real")
    loop = asked(maxiter=50, budget=200)
    until(lambda: loop.state().iteration >= 1, 60, "the first iteration")
    stub.ask("POST", "/set", ["run=2s"])
    stub.ask("POST", "/faults", [{"stage": "cancel", "kind": "500", "cloud": "ibm", "times": 3}])
    waits(loop, "is RUNNING")
    loop.stop()
    stub.ask("POST", "/set", ["fail=1", "run=0s"])
    result = loop.result(90)
    found = children(loop)
    withdrawn = [info for info in found if info.cost][result.evaluations :]
    assert len(withdrawn) == 1
    assert (result.loop.measured, len(found)) == (0, result.evaluations + 2)
    assert result.cost == pytest.approx(sum(info.cost or 0 for info in found))


def test_a_price_that_only_the_service_could_tell(stub, home):
    """Where the provider did not say the price when the loop asked, the service refuses what is too dear, and the loop
    ends as one that knew."""
    stub.fresh("price=real")
    [host] = [one for one in processes_of(home) if "qmagic.engines.host" in one.cmdline()]
    host.kill()  # the next one has nothing in mind
    faults = [{"stage": stage, "kind": "500", "cloud": "ibm", "times": 3} for stage in ("auth", "list", "check")]
    stub.ask("POST", "/faults", faults)
    loop = asked(budget=10)
    with pytest.raises(JobFailedError, match=r"could cost up to 16\.00 USD, .* before the first value"):
        loop.result(90)
    assert [info.status for info in children(loop)] == ["FAILED"]
    assert loop.state().cost == 0


def test_a_cost_function_may_call_a_cloud(stub):
    """What `qmagic.run` submits inside a cost function is a child of the loop's, with a result as ever."""
    stub.fresh()

    def cost(x):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(1)
        circuit.ry(float(x[0]), 0)
        circuit.measure_all()
        counts = qmagic.run(circuit, backend="ibm-stub:manila", shots=200).result().counts()
        return (counts.get("0", 0) - counts.get("1", 0)) / 200

    loop = qmagic.minimize(cost, [1.0], optimizer="cobyla", maxiter=4, seed=3)
    result = loop.result(90)
    found = [one.info() for one in qmagic.jobs(20, parent=loop.id)]
    assert len(found) == result.evaluations
    assert {info.status for info in found} == {"DONE"}
    assert result.value == pytest.approx(np.cos(result.x[0]), abs=0.35)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mode": "sesion"}, "did you mean 'session'"),
        ({"backend": None, "mode": "batch"}, "mode goes with a cloud's device"),
        ({"backend": None, "budget": 2}, "nothing is billed on this machine"),
        ({"budget": -1}, "budget -1: expected more than 0"),
        ({"backend": "best(ibm-stub)"}, "a loop stays on one device"),
    ],
)
def test_mistakes_are_one_line(home, given, message):
    """What cannot be asked for is said, and nothing is submitted."""
    with pytest.raises(InputError) as found:
        asked(**given)
    assert message in str(found.value)
    assert "\n" not in str(found.value)


def sessions(stub):
    return stub.ask("GET", "/groups?cloud=ibm")


def test_a_session_is_closed_on_a_pause_and_at_the_end(stub):
    """All evaluations go into it; a pause closes it, what follows goes into another one; at the end none is open."""
    stub.fresh()
    loop = asked(mode="session", maxiter=60)
    until(lambda: loop.state().iteration >= 1, 60, "the first iteration")
    [first] = sessions(stub)
    assert not first["closed"]
    loop.pause()
    until(lambda: loop.state().phase == "paused", 60, "the loop is paused")
    until(lambda: sessions(stub)[0]["closed"], 60, "its session is closed")
    before = loop.state().evaluations
    loop.resume()
    until(lambda: loop.state().evaluations > before, 60, "it goes on")
    loop.stop()
    loop.result(90)
    until(lambda: all(one["closed"] for one in sessions(stub)), 60, "none is open")
    jobs = [one["group"] for one in stub.ask("GET", "/jobs?cloud=ibm")]
    assert len(sessions(stub)) == 2
    assert set(jobs) == {one["id"] for one in sessions(stub)}


def test_a_killed_loop_closes_its_session(stub):
    """The session of a loop whose process dies is closed; the loop goes on in another, and none is open at the end."""
    stub.fresh()
    loop = asked(mode="session", maxiter=60)
    until(lambda: len(told(loop)) >= 1, 60, "the loop runs")
    [pid] = [each.pid for each in status().workers if each.state == "loop" and loop.id in each.jobs]
    kill(pid)
    until(lambda: len(sessions(stub)) == 2, 60, "it goes on in another session")
    until(lambda: any(one["closed"] for one in sessions(stub)), 60, "the first one is closed")
    loop.cancel()
    until(lambda: all(one["closed"] for one in sessions(stub)), 60, "none is open")


def test_a_sessions_time_fits_the_budget(stub):
    """Where wall time is billed, the session gets the seconds that the loop's budget pays for, or the loop ends at once
    and says what they cost; its jobs are not billed again."""
    stub.fresh("price=real")
    with pytest.raises(JobFailedError, match=r"max_cost=20 pays for 12 s; 60 s are the least"):
        asked(mode="session", budget=20).result(60)
    loop = asked(mode="session", budget=112)
    result = loop.result(90)
    assert not client.unclosed()
    assert [one.cost for one in children(loop)] == [0.0] * result.evaluations
    [opened] = [entry for chunk in tape(loop.id) for entry in unpack(chunk) if isinstance(entry, Opened)]
    assert opened.most == pytest.approx(70 * 1.6)
    assert 0 < result.cost <= 112


def test_a_fork_pays_for_its_own(stub):
    """A fork begins with its parent's values, of which nothing is billed to it."""
    stub.fresh("price=real")
    loop = asked(budget=200, maxiter=2)
    result = loop.result(90)
    fork = loop.fork(1, maxiter=2)
    again = fork.result(90)
    billed = [info.cost for info in children(fork)]
    assert 0 < len(billed) < result.evaluations
    assert again.cost == pytest.approx(sum(billed))
    assert fork.state().budget == 200
