"""The budget through the real service and a real stub that charges what clouds publish: never passed, and settled."""

from __future__ import annotations

import concurrent.futures
import os
import signal
from decimal import Decimal

import pytest

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.errors import JobCancelledError
from qmagic.home import find_service
from qmagic.money import SetBudget
from tests.providers.laws import SECONDS, flipped, until

#: IBM's rule of thumb for 100 shots (2 s and 0.00035 s for each) at 1.60 USD a second, as the stub reckons it.
BILL = Decimal("3.256")
#: The most that the job can cost: its time limit of 10 s.
BOUND = Decimal(16)


@pytest.fixture(autouse=True)
def _no_budget_is_left(home):
    yield
    client.budget(SetBudget(total=None, per_job=None))


def submitted(**more):
    return qmagic.run(flipped(), backend="ibm-stub:manila", shots=100, **more)


def limit():
    [found] = client.budget().limits
    return found


def held(job):
    return job.status() == "HELD" and job.info().why.startswith("budget: ")


def test_a_budget_is_never_passed_by_many_at_once(stub, full):
    """50 jobs from 50 threads, and a budget for a few: at every moment what was spent and is reserved is within it, the
    stub has billed what was settled, what is left over is HELD; a raise lets the others go."""
    stub.fresh("price=real")
    jobs_at_once, room = 50, full(3, 8)
    total = room * BILL + BOUND
    client.budget(SetBudget(total=total))
    with concurrent.futures.ThreadPoolExecutor(jobs_at_once) as pool:
        jobs = [each.result() for each in [pool.submit(submitted) for _ in range(jobs_at_once)]]
        seen = []

        def settled():
            now = limit()
            seen.append(now.spent + now.reserved)
            return now.reserved == 0 and all(job.done() or held(job) for job in jobs)

        until(settled, "the jobs neither end nor are held")
    assert max(seen) <= total
    done = [job for job in jobs if job.done()]
    assert len(done) == room + 1  # then what is left is less than the bound of another
    billed = [round(Decimal(one["cost"]), 6) for one in stub.ask("GET", "/jobs?cloud=ibm")]
    assert limit().spent == sum(billed) == BILL * len(done)
    assert [job.info().cost for job in done] == [float(BILL)] * len(done)
    waiting = [job for job in jobs if job not in done]
    client.budget(SetBudget(total=total + BOUND))
    until(lambda: sum(job.done() for job in jobs) > len(done), "nothing goes on after the raise")
    until(lambda: limit().reserved == 0, "it is not settled")
    assert limit().spent <= limit().total
    client.cancel([job.id for job in waiting])
    until(lambda: all(job.done() for job in jobs), "a held job cannot be cancelled")
    assert limit().reserved == 0


def test_a_held_job_says_so_and_goes_at_once_when_there_is_room(stub):
    """A job over the limit of one job is HELD with the reason and nothing of it reaches the provider; it runs when the
    limit is raised, with the time limit that its bound rests on."""
    stub.fresh("price=real")
    client.budget(SetBudget(per_job=Decimal(2)))
    job = submitted()
    until(lambda: held(job), "it is not held")
    assert "it costs up to 16.00 USD, more than the 2.00 USD that a job may" in job.info().why
    assert stub.ask("GET", "/jobs?cloud=ibm") == []
    client.budget(SetBudget(per_job=Decimal(16)))
    result = job.result(timeout=SECONDS)
    assert result.provenance.cost == float(BILL)
    assert [one["facts"]["limit"] for one in stub.ask("GET", "/jobs?cloud=ibm")] == [10]
    kinds = [event.kind for event in ask.events(job.id).events]
    assert kinds[:3] == ["job.created", "job.held", "job.returned"]


def test_a_cancelled_job_costs_nothing(stub):
    """A job that is cancelled in the provider's queue gives back what was reserved for it."""
    stub.fresh("price=real", "queue=1h")
    client.budget(SetBudget(total=Decimal(20)))
    job = submitted()
    until(lambda: job.status() == "QUEUED", "it is not queued")
    assert limit().reserved == BOUND
    job.cancel()
    with pytest.raises(JobCancelledError):
        job.result(timeout=SECONDS)
    assert (limit().spent, limit().reserved) == (0, 0)


def test_a_killed_service_keeps_reservations_and_settles(stub, home):
    """kill -9 of the service while a job is queued: its reservation stands in the next one, which settles it."""
    stub.fresh("price=real", "queue=3s")
    client.budget(SetBudget(total=Decimal(20)))
    job = submitted()
    until(lambda: job.status() == "QUEUED", "it is not queued")
    os.kill(find_service(home).pid, signal.SIGKILL)
    assert limit().reserved == BOUND
    job.result(timeout=SECONDS)
    assert (limit().spent, limit().reserved) == (BILL, 0)


def test_without_a_budget_spending_is_known_all_the_same(stub):
    """A job that ran while no budget was set has its cost, and is in the report; on a free stub it has none."""
    stub.fresh("price=real")
    before = sum(one.spent for one in client.budget().spending)
    assert submitted().result(timeout=SECONDS).provenance.cost == float(BILL)
    assert sum(one.spent for one in client.budget().spending) == before + BILL
    stub.fresh()
    assert submitted().result(timeout=SECONDS).provenance.cost == 0
    assert sum(one.spent for one in client.budget().spending) == before + BILL


def test_a_doubt_about_money_asks_its_user(stub):
    """A submit that was cut before it arrived, to a stub that charges: the job is in doubt and keeps its reservation;
    told to, it is submitted again, and the first one counts as if it had run."""
    stub.fresh("price=real")
    client.budget(SetBudget(total=Decimal(40)))
    stub.ask("POST", "/faults", [{"stage": "submit", "kind": "drop", "after": False, "cloud": "ibm"}])
    job = submitted()
    until(lambda: "%qjobs --resubmit-in-doubt" in job.info().why, "it does not ask")
    assert job.status() == "IN_DOUBT"
    assert (limit().spent, limit().reserved) == (0, BOUND)
    assert client.retry([job.id]) == {job.id: True}
    assert job.result(timeout=SECONDS).provenance.cost == float(BILL)
    assert (limit().spent, limit().reserved) == (BOUND + BILL, 0)
    assert len(stub.ask("GET", "/jobs?cloud=ibm")) == 1


def test_a_doubt_can_be_given_up(stub):
    """A job in doubt that is cancelled, and that the provider does not know, ends and costs nothing."""
    stub.fresh("price=real")
    client.budget(SetBudget(total=Decimal(20)))
    stub.ask("POST", "/faults", [{"stage": "submit", "kind": "drop", "after": False, "cloud": "ibm"}])
    job = submitted()
    until(lambda: "%qcancel" in job.info().why, "it does not ask")
    job.cancel()
    with pytest.raises(JobCancelledError):
        job.result(timeout=SECONDS)
    assert (limit().spent, limit().reserved) == (0, 0)
