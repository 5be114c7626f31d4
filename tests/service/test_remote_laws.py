"""The laws of jobs at providers, under random schedules of lost replies, late arrivals, errors, cancels and kills."""

from __future__ import annotations

import random
from decimal import Decimal

import msgspec
import pytest

from qmagic.engines.host_messages import Told
from qmagic.jobs import JobInfo, JobSpec, JobStatus
from qmagic.money import Money, Price, SetBudget
from qmagic.quotes import Quote
from qmagic.service import rows
from qmagic.service.billing import Billing
from qmagic.service.budget import Budget
from qmagic.service.ledger import Ledger
from qmagic.service.manager import Manager
from qmagic.service.remote import Remote, key_of
from qmagic.service.slots import Slots
from tests.service.playing import PlayedEngine, SteppedStore, encoded, spec


class PlayedCloud:
    """A provider without an idempotency key, that loses replies, answers late and says wrong things."""

    def __init__(self, draw, clock, on_disk, price):
        self.draw, self.clock, self.on_disk, self.price = draw, clock, on_disk, price
        self.jobs = {}  # id: {key, status}
        self.asked = []  # questions without an answer
        self.late = []  # submits that are still on their way, with the time of their arrival
        self.calm = self.forgetful = False
        self.down = set()
        self.number = 0

    def ask(self, provider, environment, verb, key, remote, data, then, seconds=None, session=""):
        assert verb != "submit" or self.on_disk(key), "submitted before the key was on disk"
        device = msgspec.msgpack.decode(data, type=JobSpec).backend if verb == "submit" else ""
        self.asked.append((verb, key, remote, then, device, provider))

    def accept(self, key, device="", late=False):
        id = f"r{len(self.jobs)}"
        self.jobs[id] = {"key": key, "status": "queued", "device": device, "late": late}
        return id

    def alive(self, key):
        return [id for id, one in self.jobs.items() if one["key"] == key and one["status"] != "cancelled"]

    def step(self):
        """Answers a question that waits, in one of the ways in which it may go."""
        for moment, key, device in [one for one in self.late if one[0] <= self.clock()]:
            self.late.remove((moment, key, device))
            self.accept(key, device, late=True)
        if not self.asked:
            return
        verb, key, remote, then, device, provider = self.asked.pop(self.draw.randrange(len(self.asked)))
        bad = not self.calm and self.draw.random() < 0.4
        self.number += 1
        if verb == "submit":
            way = self.draw.choice(["after", "before", "late", "later", "rate", "auth"]) if bad else "good"
            if way == "late":
                # the stub's door is on this machine: nothing is under way for long
                longest = 1.5 if provider.endswith("-stub") else 5.0
                self.late.append((self.clock() + self.draw.uniform(0, longest), key, device))
            id = self.accept(key, device) if way in ("good", "after") else ""
            trouble = {"after": "doubt", "before": "lost", "late": "doubt", "good": ""}.get(way, way)
            then(Told(self.number, trouble, remotes=[id] if way == "good" else []))
        elif bad and not (verb == "find" and self.draw.random() < 0.5):
            then(Told(self.number, self.draw.choice(["later", "lost", "auth", "rate", "gone"])))
        elif verb == "find":
            then(Told(self.number, remotes=self.alive(key)))
        elif verb == "up":
            then(Told(self.number, status="maintenance" if f"ibm-stub:{key}" in self.down else "online"))
        elif verb == "cancel" and not self.calm and self.draw.random() < 0.4:
            then(Told(self.number))  # acknowledged, and forgotten
        elif verb == "cancel":
            if self.jobs[remote]["status"] in ("queued", "running"):
                self.jobs[remote]["status"] = "cancelled"
            then(Told(self.number))
        elif verb == "look":
            job = self.jobs[remote]
            after = {"queued": "running", "running": "done"}
            on_its_way = any(one == key for _, one, _ in self.late)
            if self.draw.random() < 0.5 and not on_its_way and job["device"] not in self.down:
                job["status"] = after.get(job["status"], job["status"])
            then(
                Told(self.number, status=job["status"], cost=Money(self.price / 2) if job["status"] == "done" else None)
            )
        elif verb == "quote":
            then(Told(self.number, quote=Quote(price=Price(estimate=Money(self.price), bound=Money(self.price)))))
        elif self.forgetful:
            then(Told(self.number, "gone"))
        else:
            then(Told(self.number, outcome=b"result", headline="h"))


class Life:
    """A service with a store on disk, which may be killed and started again."""

    def __init__(self, path, draw, price=0):
        self.path, self.now, self.draw = path, 1000.0, draw
        self.cloud = PlayedCloud(draw, lambda: self.now, self.on_disk, Decimal(price))
        self.start()

    def start(self):
        self.store = SteppedStore(self.path)
        self.ledger = Ledger(self.store)
        self.budget = Budget(self.store)
        remote = Remote(self.ledger, self.cloud, lambda: self.now, Billing(self.budget))
        self.manager = Manager(self.ledger, PlayedEngine(1, 100), Slots(1, 100), clock=lambda: self.now, remote=remote)

    def kill(self):
        self.store.die()
        # what was asked is done all the same, and nobody hears of it
        for verb, key, _, _, device, _ in self.cloud.asked:
            if verb == "submit" and self.draw.random() < 0.5:
                self.cloud.accept(key, device)
        self.cloud.asked.clear()
        self.start()

    def on_disk(self, key):
        found = rows.unfinished(self.store._connection)
        return any(key_of(record.id) == key and record.status is JobStatus.SUBMITTING for record, _ in found)

    def step(self):
        self.manager.dispatch()
        self.store.step()
        self.cloud.step()
        self.store.step()
        self.now += self.draw.uniform(0, 0.4)

    def status(self, job):
        query = "SELECT status FROM jobs WHERE id = ?"
        return JobStatus(self.store._connection.execute(query, (job,)).fetchone()[0])


@pytest.mark.parametrize(("provider", "price"), [("ibm-stub", 0), ("ibm", 1)])
def test_exactly_one_job_at_the_provider(tmp_path, full, provider, price):
    """Every job that ends DONE has exactly one job at its provider; where jobs cost money, never a second submit after
    a doubt; a cancelled job has none that runs on; all others still wait for their user."""
    for seed in range(full(12, 500)):
        draw = random.Random(seed)
        life = Life(tmp_path / f"{provider}-{seed}.sqlite", draw, price)
        jobs = [spec(backend=f"{provider}:d", checked=True) for _ in range(3)]
        for job in jobs:
            life.manager.submit(encoded(job), lambda error: None)
        for moment in range(60):
            life.step()
            if draw.random() < 0.05:
                life.kill()
            if moment == 20 and draw.random() < 0.5:
                life.manager.cancel(jobs[0].id)
        life.cloud.calm = True
        for _ in range(400):
            life.step()
        for job in jobs:
            status, alive = life.status(job.id), life.cloud.alive(key_of(job.id))
            where = f"seed {seed}, {status}, {alive}"
            if status is JobStatus.IN_DOUBT:
                assert provider == "ibm", where
                assert not alive, where
            elif status is JobStatus.CANCELLED:
                assert not alive, where
            else:
                assert status is JobStatus.DONE, where
                assert len(alive) == 1, where
        life.store.die()


def test_a_budget_is_kept_and_settled(tmp_path, full):
    """Whatever becomes of jobs on their way: what is spent and reserved never passes the budget, what was billed counts
    and no more once all jobs have ended, and a job that was held goes on when there is room."""
    for seed in range(full(12, 500)):
        draw = random.Random(seed)
        life = Life(tmp_path / f"{seed}.sqlite", draw, price=1)
        life.budget.change(SetBudget(total=Decimal(2)))
        jobs = [spec(backend="ibm:d", checked=True) for _ in range(6)]
        for job in jobs:
            life.manager.submit(encoded(job), lambda error: None)
        for moment in range(800):
            life.step()
            if moment < 150 and draw.random() < 0.03:
                life.kill()
            if moment == 20:
                life.manager.cancel(jobs[0].id)
            life.cloud.calm = moment > 200
            if moment == 500:
                life.budget.change(SetBudget(total=Decimal(20)))
            [limit] = life.budget.limits()
            assert limit.spent + limit.reserved <= limit.total, f"seed {seed}"
        ended = {job.id: life.status(job.id) for job in jobs}
        assert JobStatus.HELD not in ended.values(), f"seed {seed}"
        doubts = sum(status is JobStatus.IN_DOUBT for status in ended.values())
        done = sum(status is JobStatus.DONE for status in ended.values())
        [limit] = life.budget.limits()
        assert limit.reserved == doubts, f"seed {seed}"
        assert limit.spent >= Decimal("0.5") * done, f"seed {seed}"
        life.store.die()


def test_a_doubt_that_costs_money_asks_and_is_obeyed(tmp_path):
    """A job whose reply was lost, and of which the provider does not know, says what its user can do; told to, it is
    submitted again, and then both may have been billed: both count."""
    life = Life(tmp_path / "store.sqlite", random.Random(1), price=1)
    life.cloud.calm = True
    life.budget.change(SetBudget(total=Decimal(5)))
    job = spec(backend="ibm:d", checked=True)
    life.manager.submit(encoded(job), lambda error: None)
    while not any(one[0] == "submit" for one in life.cloud.asked):
        life.manager.dispatch()
        life.store.step()
        if any(one[0] == "quote" for one in life.cloud.asked):
            life.cloud.step()
    [(_, _, _, then, _, _)] = life.cloud.asked
    life.cloud.asked.clear()
    then(Told(0, "doubt", "the connection was cut"))
    for _ in range(400):
        life.step()
    record = life.ledger.live[job.id]
    assert record.status is JobStatus.IN_DOUBT
    assert f"%qjobs --resubmit-in-doubt {job.id} submits it again" in record.info().why
    assert life.manager.retry(job.id)
    for _ in range(100):
        life.step()
    assert life.status(job.id) is JobStatus.DONE
    assert life.budget.limits()[0].spent == Decimal("1.5")
    life.store.die()


def test_a_job_moves_on_from_a_device_that_is_down(tmp_path, full):
    """With failover, devices that go down, cancels that are lost, and kills: the job ends DONE, on a device that is up,
    and exactly one job of it was not cancelled; at no time does one begin elsewhere before a cancel is confirmed."""
    moved = 0
    for seed in range(full(25, 500)):
        draw = random.Random(seed)
        life = Life(tmp_path / f"{seed}.sqlite", draw)
        life.cloud.down = {"ibm-stub:a"} if draw.random() < 0.5 else {"ibm-stub:a", "ibm-stub:b"}
        job = spec(backend="ibm-stub:a", others=("ibm-stub:b", "ibm-stub:c"), failover=True, checked=True)
        life.manager.submit(encoded(job), lambda error: None)
        for moment in range(700):
            life.step()
            life.cloud.calm = moment > 200
            if not life.cloud.calm and draw.random() < 0.03:
                life.kill()
            alive = [life.cloud.jobs[id] for id in life.cloud.alive(key_of(job.id))]
            alive = {one["device"] for one in alive if not one["late"]}  # what comes late is cancelled at the end
            assert len(alive) < 2, f"seed {seed}: on {alive} at once"
        status, alive = life.status(job.id), life.cloud.alive(key_of(job.id))
        assert status is JobStatus.DONE, f"seed {seed}: {status}, {life.cloud.jobs}"
        # one that came late may have run before its cancel was heard
        (id,) = [one for one in alive if not (life.cloud.jobs[one]["late"] and len(alive) > 1)]
        assert life.cloud.jobs[id]["device"] not in life.cloud.down
        moved += life.cloud.jobs[id]["device"] != "ibm-stub:a"
        life.store.die()
    assert moved


def test_a_cancel_by_the_user_is_no_move(tmp_path):
    """A job that is cancelled while it leaves a device is cancelled, and begins nowhere else."""
    life = Life(tmp_path / "store.sqlite", random.Random(1))
    life.cloud.calm, life.cloud.down = True, {"ibm-stub:a"}
    job = spec(backend="ibm-stub:a", others=("ibm-stub:b",), failover=True, checked=True)
    life.manager.submit(encoded(job), lambda error: None)
    while not life.manager.living.seen(JobInfo(id=job.id, status=JobStatus.QUEUED), None).why:
        life.step()
    life.manager.cancel(job.id)
    for _ in range(100):
        life.step()
    assert life.status(job.id) is JobStatus.CANCELLED
    assert not life.cloud.alive(key_of(job.id))
    assert len(life.cloud.jobs) == 1
    life.store.die()


def test_a_result_that_is_gone(tmp_path):
    """A job whose provider says that it is done, and for a minute that its result is not there, is LOST; also one that
    is cancelled meanwhile."""
    life = Life(tmp_path / "store.sqlite", random.Random(1))
    life.cloud.calm = life.cloud.forgetful = True
    jobs = [spec(backend="ibm-stub:a", checked=True) for _ in range(2)]
    for job in jobs:
        life.manager.submit(encoded(job), lambda error: None)
    while any(life.ledger.live[job.id].status is not JobStatus.FETCHING for job in jobs):
        life.step()
    life.manager.cancel(jobs[1].id)
    asked = life.now
    while life.now < asked + 40:
        life.step()
    assert [life.status(job.id) for job in jobs] == [JobStatus.FETCHING, JobStatus.CANCELLING]
    while life.now < asked + 150:
        life.step()
    assert [life.status(job.id) for job in jobs] == [JobStatus.LOST, JobStatus.LOST]
    life.store.die()
