"""Sessions within a budget, at a real stub that charges what IBM publishes: reserved before, settled after, never both
as a session and as its jobs."""

from __future__ import annotations

import os
import signal
from decimal import Decimal

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic import client
from qmagic.client.connection import connection
from qmagic.errors import InputError, ServiceError
from qmagic.home import find_service
from qmagic.money import SetBudget
from qmagic.sessions import AskSession, SessionInfo
from tests.providers.laws import SECONDS, session_wish, until

pytest.importorskip("starlette")
pytest.importorskip("qiskit_ibm_runtime")

DEVICE = "ibm-stub:manila"
#: IBM's pay as you go price of a second of wall time: 96 USD a minute.
SECOND = Decimal("1.6")


@pytest.fixture(autouse=True)
def _no_budget_is_left(home):
    yield
    client.budget(SetBudget(total=None, per_job=None))


def submitted():
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.measure_all()
    return qmagic.run(circuit, backend=DEVICE, shots=100)


def set_budget(total):
    client.budget(SetBudget(total=None if total is None else Decimal(total), renew=total is not None))


def limit():
    [found] = client.budget().limits
    return found


def groups(stub):
    return stub.ask("GET", "/groups?cloud=ibm")


def counted():
    """How many sessions and jobs with a price the report has for this process at the stub's IBM."""
    ours = ("ibm-stub", client.notebook())
    rows = [one for one in client.budget().spending if (one.provider, one.notebook) == ours]
    return sum(one.sessions for one in rows), sum(one.jobs for one in rows)


def wall_seconds(stub):
    """The wall time of the stub's one session by IBM's rule: its first job's start until its close or its last end."""
    (group,) = groups(stub)
    jobs = [one for one in stub.ask("GET", "/jobs?cloud=ibm") if one["group"] == group["id"]]
    ended = [one["ended"] for one in jobs]
    return max(group["closed"], *ended) - min(one["started"] for one in jobs)


def test_reserved_at_its_opening_and_settled_at_its_end(stub):
    """All its seconds are reserved before any job is there; at its end its wall time is billed and nothing for its
    jobs, which keep a time limit of their own; the report has it with its provider and notebook."""
    stub.fresh("price=real")
    set_budget(200)
    sessions, jobs_billed = counted()
    with qmagic.session(DEVICE, max_seconds=100) as held:
        assert (limit().reserved, limit().spent) == (100 * SECOND, 0)
        jobs = [submitted(), submitted()]
        assert [job.result(timeout=SECONDS).provenance.cost for job in jobs] == [0, 0]
        assert "billed with its session" in jobs[0].info().why
        assert (limit().reserved, limit().spent) == (100 * SECOND, 0)
    info = held.info()
    assert info.seconds == pytest.approx(wall_seconds(stub), abs=0.002)
    assert info.cost == pytest.approx(info.seconds * float(SECOND))
    assert 0 < info.cost < 160
    assert (limit().reserved, float(limit().spent)) == (0, pytest.approx(info.cost, abs=1e-5))
    assert [one["facts"]["limit"] for one in stub.ask("GET", "/jobs?cloud=ibm")] == [10, 10]
    assert counted() == (sessions + 1, jobs_billed)
    assert f"{info.cost:.2f} USD, at most 100 s" in repr(held)


def test_it_gets_what_the_budget_pays_for(stub):
    """A session that does not fit gets fewer seconds, there as well, says so with the reason, and warns."""
    stub.fresh("price=real")
    set_budget(160)
    with pytest.warns(UserWarning, match=r"100 s of 600 s were granted: the budget has room for 160\.00 USD"):
        held = qmagic.session(DEVICE, max_seconds=600).open()
    info = held.info()
    assert (info.limit, info.granted) == (100, "100 s of 600 s were granted: the budget has room for 160.00 USD")
    assert [group["facts"]["max_ttl"] for group in groups(stub)] == [100]
    assert limit().reserved == 160
    held.close()


def test_too_little_is_left(stub):
    """Where less than a minute is left a session is refused in a line that says what to do; nothing reaches the
    provider, nothing is reserved. One that asks for little enough is opened."""
    stub.fresh("price=real")
    set_budget(80)
    with pytest.raises(InputError) as refused:
        qmagic.session(DEVICE).open()
    assert str(refused.value) == (
        "no session was opened: 600 s of wall time were asked, 960.00 USD; 60 s are the least, and it costs up to "
        "96.00 USD, and of 80.00 USD there are 80.00 USD left; raise the budget with %qbudget 96 USD"
    )
    assert (groups(stub), limit().reserved) == ([], 0)
    with qmagic.session(DEVICE, max_seconds=50):
        assert limit().reserved == 80
    client.budget(SetBudget(total=Decimal(2000), per_job=Decimal(100)))  # a session counts as a job
    with pytest.warns(UserWarning, match="62 s of 600 s"), qmagic.session(DEVICE):
        pass


def test_max_cost(stub):
    """`max_cost` bounds a session with or without a budget; the smaller of the two counts."""
    stub.fresh("price=real")
    with pytest.warns(UserWarning, match=r"75 s of 600 s were granted: max_cost is 120\.50 USD"):
        held = qmagic.session(DEVICE, max_cost=120.5).open()
    assert held.close().limit == 75
    set_budget(112)
    with pytest.warns(UserWarning, match="70 s of 600 s"):
        held = qmagic.session(DEVICE, max_cost=120).open()
    held.close()
    with pytest.raises(InputError, match=r"max_cost=20 pays for 12 s; 60 s are the least: raise max_cost to 96.00 USD"):
        qmagic.session(DEVICE, max_cost=20).open()
    with qmagic.session(DEVICE, max_seconds=12, max_cost=20) as held:
        assert held.info().granted == ""
    with pytest.raises(InputError, match="max_cost is an amount"):
        qmagic.session(DEVICE, max_cost=-1)


def test_jobs_of_a_batch_are_billed(stub):
    """A batch costs nothing and reserves nothing; its jobs are billed as ever, and `max_cost` would bound nothing."""
    stub.fresh("price=real")
    set_budget(40)
    with qmagic.batch(DEVICE) as held:
        assert limit().reserved == 0
        assert submitted().result(timeout=SECONDS).provenance.cost == 3.256
    assert held.info().cost == 0
    assert limit().spent == Decimal("3.256")
    with pytest.raises(InputError, match="jobs are billed one by one, the batch is not, so that max_cost would bound"):
        qmagic.batch(DEVICE, max_cost=5).open()


def test_an_empty_session_costs_nothing(stub):
    """The first job starts the meter: without one nothing is billed. What is free reserves nothing."""
    stub.fresh("price=real")
    set_budget(1000)
    with qmagic.session(DEVICE) as held:
        assert limit().reserved == 960
    assert (held.info().cost, limit().reserved, limit().spent) == (0, 0, 0)
    stub.fresh()
    with qmagic.session(DEVICE, max_cost=0) as held:
        assert limit().reserved == 0
    assert held.info().cost == 0


def test_it_is_settled_when_its_last_job_has_ended(stub):
    """A closed session whose jobs go on keeps its reservation; then its wall time up to the last end is billed."""
    stub.fresh("price=real", "run=3s")
    set_budget(200)
    with qmagic.session(DEVICE, max_seconds=100) as held:
        job = submitted()
        until(lambda: job.status() == "RUNNING", "it does not run")
    info = held.info()
    assert (info.state, info.cost, limit().reserved) == ("closed", None, 160)
    job.result(timeout=SECONDS)
    until(lambda: held.info().cost is not None, "it is not settled")
    assert held.info().seconds == pytest.approx(wall_seconds(stub), abs=0.002)
    assert held.info().seconds >= 3
    assert (limit().reserved, float(limit().spent)) == (0, pytest.approx(held.info().cost, abs=1e-5))


def test_a_killed_service_keeps_its_reservation(stub, home):
    """kill -9 while a job runs in a session: the reservation stands in the next service, which closes the session and
    settles it; the job, which is fetched by the new service, is not billed again."""
    stub.fresh("price=real", "run=4s")
    set_budget(200)
    held = qmagic.session(DEVICE, max_seconds=100).open()
    job = submitted()
    until(lambda: job.status() == "RUNNING", "it does not run")
    os.kill(find_service(home).pid, signal.SIGKILL)
    assert (limit().reserved, limit().spent) == (160, 0)
    assert job.result(timeout=SECONDS).provenance.cost == 0
    until(lambda: held.info().cost is not None, "it is not settled")
    assert (held.info().state, held.info().why) == ("closed", "the service was restarted")
    assert held.info().cost == pytest.approx(wall_seconds(stub) * float(SECOND), abs=0.004)
    assert (limit().reserved, float(limit().spent)) == (0, pytest.approx(held.info().cost, abs=1e-5))
    os.kill(find_service(home).pid, signal.SIGKILL)
    assert float(limit().spent) == pytest.approx(held.info().cost, abs=1e-5)
    held.close()


def test_killed_while_it_is_opened(stub, home):
    """kill -9 between reservation and answer: the session is lost, bills nothing, and gives its reservation back; who
    asks again for it hears that, and no second one is opened."""
    stub.fresh("price=real")
    set_budget(1000)
    with qmagic.session(DEVICE):
        pass  # the host is warm
    stub.fresh("price=real")
    stub.ask("POST", "/faults", [{"stage": "session", "kind": "slow", "after": True, "seconds": 5, "cloud": "ibm"}])
    wanted = session_wish(DEVICE)
    connection().send("open", wanted)
    until(lambda: groups(stub), "it is not there")
    assert limit().reserved == 480
    os.kill(find_service(home).pid, signal.SIGKILL)
    assert (limit().reserved, limit().spent) == (0, 0)
    with pytest.raises(ServiceError, match="the session is lost: the service ended while it was being opened"):
        connection().ask("open", wanted, SessionInfo, timeout=SECONDS)
    assert connection().ask("session", AskSession(wanted.id), SessionInfo).state == "lost"
    assert len(groups(stub)) == 1


@pytest.mark.parametrize("kind", ["500", "drop", "401"])
def test_not_opened(stub, kind):
    """Where the provider's answer to the opening is an error or is lost, nothing stays reserved."""
    stub.fresh("price=real")
    set_budget(1000)
    stub.ask("POST", "/faults", [{"stage": "session", "kind": kind, "cloud": "ibm", "times": 20}])
    with pytest.raises(ServiceError):
        qmagic.session(DEVICE).open()
    assert (limit().reserved, limit().spent) == (0, 0)
    stub.fresh()


def test_a_provider_that_no_longer_tells(stub):
    """Where nobody tells what a session billed, all its seconds count: never too little."""
    stub.fresh("price=real")
    set_budget(200)
    held = qmagic.session(DEVICE, max_seconds=100).open()
    submitted().result(timeout=SECONDS)
    stub.ask("POST", "/clear", {})  # it has forgotten the session
    assert held.close().cost == 160
    assert (limit().reserved, limit().spent) == (0, 160)


def test_without_a_budget_it_is_counted(stub):
    """A session without any budget is opened as asked, and is in the report with what it cost."""
    stub.fresh("price=real")
    before = sum(one.spent for one in client.budget().spending)
    with qmagic.session(DEVICE) as held:
        submitted().result(timeout=SECONDS)
    spent = sum(one.spent for one in client.budget().spending) - before
    assert held.info().cost > 0
    assert float(spent) == pytest.approx(held.info().cost, abs=1e-5)


def test_who_is_open(stub):
    """`qmagic.sessions` lists what is open, with its billed time and who holds it; a close by its id ends it."""
    stub.fresh("price=real")
    held = qmagic.session(DEVICE, max_seconds=100).open()
    submitted().result(timeout=SECONDS)
    (found,) = qmagic.sessions()
    assert (found.id, found.backend, found.state, found.pid) == (held.id, DEVICE, "open", os.getpid())
    assert found.seconds > 0
    assert client.close_session(held.id).state == "closed"
    assert qmagic.sessions() == []
    held.close()
