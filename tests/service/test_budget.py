"""The budget is never exceeded: not by concurrent jobs, not over a crash; and what was spent is known."""

from __future__ import annotations

import queue
import random
import sqlite3
import threading
import time
from decimal import Decimal

import pytest

from qmagic.errors import InputError
from qmagic.money import Money, SetBudget
from qmagic.service import budget_rows as rows
from qmagic.service.budget import Budget
from qmagic.service.database import open_database
from qmagic.service.store import Store
from tests.service.playing import SteppedStore

AMOUNTS = [Decimal(amount) for amount in ("2", "1", "0.5", "3", "0.33", "0")]
TOTALS = [Decimal(4), Decimal(5), Decimal("3.5"), Decimal(8), Decimal(30), None]
JOBS = ["a", "b", "c", "d"]
CURRENCIES = ["USD", "USD", "HQC"]


def usd(amount: str) -> Money:
    return Money(Decimal(amount))


@pytest.fixture
def store(tmp_path):
    store = SteppedStore(tmp_path / "store.sqlite")
    yield store
    store.die()


class Schedule:
    """A random schedule of limits, reservations, settlements and crashes, against sums that are made here.

    What was submitted to a provider was on disk before (`step`); a crash forgets what was not. All jobs live on.
    """

    def __init__(self, path, seed):
        self.path, self.random = path, random.Random(seed)
        self.start()
        self.store.ask(
            lambda connection: connection.executemany(
                "INSERT INTO jobs VALUES (?, ?, 'QUEUED', 0, 0, NULL, '', '', 0, 0, x'')", list(enumerate(JOBS))
            )
        )
        self.now = self.disk = {"limits": {}, "open": {}, "spent": {}, "by_job": {}}

    def start(self):
        self.store = SteppedStore(self.path)
        self.store.ask(lambda connection: connection.execute("PRAGMA synchronous = OFF"))  # the machine does not fail
        self.budget = Budget(self.store)

    def play(self, moves):
        for _ in range(moves):
            self.random.choices(*zip(*self.MOVES, strict=True))[0](self)
            self.check()
        self.store.step()
        by_job = {job: rows.decimal(units) for job, units in self.store.ask(rows.load).spent_by_job}
        self.store.die()
        assert by_job == self.now["by_job"]

    def check(self):
        """The budget says what is, and grants never went above a limit that stood."""
        told = {limit.currency: limit for limit in self.budget.limits()}
        assert told.keys() == self.now["limits"].keys()
        for currency, limit in told.items():
            assert (limit.total, limit.per_job) == self.now["limits"][currency]
            assert limit.spent + limit.reserved == self.taken(currency)

    def note(self, part, key, value):
        """Notes a fact that is on its way to the disk; None takes it away."""
        kept = {name: value for name, value in self.now[part].items() if name != key}
        self.now = {**self.now, part: kept if value is None else {**kept, key: value}}

    def taken(self, currency, without=None):
        reserved = sum(
            bound.amount for job, bound in self.now["open"].items() if bound.currency == currency and job != without
        )
        return self.now["spent"].get(currency, 0) + reserved

    def limit(self):
        currency, renew = self.random.choice(CURRENCIES), self.random.random() < 0.3
        total, per_job = self.random.choice(TOTALS), self.random.choice([None, None, *TOTALS])
        fresh = renew or currency not in self.now["limits"]
        self.budget.change(SetBudget(currency, total, per_job, renew))
        self.note("limits", currency, None if total is None and per_job is None else (total, per_job))
        if fresh:
            self.note("spent", currency, None)

    def reserve(self):
        job, amount, currency = (self.random.choice(of) for of in (JOBS, AMOUNTS, CURRENCIES))
        room = self.taken(currency, without=job) + amount
        before = self.now["by_job"].get(job, 0)
        reason = self.budget.reserve(job, Money(amount, currency), provider="p", notebook="n")
        total, per_job = self.now["limits"].get(currency, (None, None))
        fits = (total is None or room <= total) and (per_job is None or amount + before <= per_job)
        known = not self.now["limits"] or currency in self.now["limits"]
        assert (reason is None) == (amount == 0 or (fits and known)), reason
        self.note("open", job, None if reason else Money(amount, currency))

    def reserve_without_a_bound(self):
        job = self.random.choice(JOBS)
        if self.now["limits"]:
            assert "nothing bounds" in self.budget.reserve(job, None, provider="p")
            self.note("open", job, None)

    def settle(self):
        job, part = self.random.choice(JOBS), self.random.choice([None, Decimal(1), Decimal("0.5"), Decimal(0)])
        bound = self.now["open"].get(job)
        billed = None if bound is None or part is None else Money(bound.amount * part, bound.currency)
        self.budget.settle(job, billed)
        if bound is not None:
            spent = (billed or bound).amount
            self.note("open", job, None)
            self.note("by_job", job, self.now["by_job"].get(job, 0) + spent)
            if bound.currency in self.now["limits"]:
                self.note("spent", bound.currency, self.now["spent"].get(bound.currency, 0) + spent)

    def release(self):
        job = self.random.choice(JOBS)
        self.budget.release(job)
        self.note("open", job, None)

    def step(self):
        """Everything so far comes to the disk, which is full for a while or not."""
        if self.random.random() < 0.3:
            self.store.fill()
            self.store.step()
            self.store.empty()
        self.store.step()
        self.disk = self.now

    def crash(self):
        """The service dies and another one starts."""
        self.store.die()
        self.start()
        self.now = self.disk

    MOVES = (
        (limit, 2), (reserve, 8), (reserve_without_a_bound, 0.5), (settle, 4), (release, 1), (step, 3), (crash, 1),
    )  # fmt: skip


def test_any_schedule_keeps_the_law(tmp_path, full):
    """Whatever is set, reserved, settled, given back and lost in a crash: a grant never breaks a limit."""
    for seed in range(full(20, 600)):
        Schedule(tmp_path / f"{seed}.sqlite", seed).play(120)


def test_fifty_submitters_at_once(tmp_path, full):
    """Fifty threads that reserve, spend and give back never have more out than the budget, as one loop sees it."""
    store = Store(tmp_path / "store.sqlite")
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(20), Decimal(2)))
    asked: queue.SimpleQueue = queue.SimpleQueue()
    rounds = full(20, 400)

    def submitter(number):
        random_ = random.Random(number)
        answer: queue.SimpleQueue = queue.SimpleQueue()
        for i in range(rounds):
            job, bound = f"j{number}.{i}", Decimal(random_.randint(1, 250)) / 100
            asked.put(("reserve", job, bound, answer.put))
            if answer.get() is not None:
                continue
            if random_.random() < 0.2:
                asked.put(("release", job, None, answer.put))
            else:
                asked.put(("settle", job, bound * random_.randint(0, 4) / 400, answer.put))
            answer.get()
        asked.put(None)

    threads = [threading.Thread(target=submitter, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    out, spent, most, granted, held, ended = {}, Decimal(0), Decimal(0), 0, 0, 0
    while ended < len(threads):
        request = asked.get(timeout=60)
        if request is None:
            ended += 1
            continue
        verb, job, amount, answer = request
        if verb == "reserve":
            reason = budget.reserve(job, Money(amount), provider="p")
            if reason is None:
                out[job] = amount
                granted += 1
                most = max(most, spent + sum(out.values()))
            held += reason is not None
            answer(reason)
        elif verb == "release":
            budget.release(job)
            del out[job]
            answer(None)
        else:
            budget.settle(job, Money(amount))
            del out[job]
            spent += amount
            answer(None)
        store.complete()
    store.close()
    assert most <= 20
    assert most > 15, "the budget was never under pressure"
    assert granted > 50
    assert held > 50
    connection, _ = open_database(tmp_path / "store.sqlite")
    assert rows.decimal(connection.execute("SELECT sum(spent) FROM charges").fetchone()[0]) == spent
    assert connection.execute("SELECT count(*) FROM charges WHERE spent IS NULL").fetchone()[0] == 0
    connection.close()


def test_a_reservation_is_on_disk_before_what_follows(tmp_path):
    """What is written after a grant cannot be on disk without the reservation, even when a commit fails first."""
    store = SteppedStore(tmp_path / "store.sqlite")
    budget = Budget(store)
    store.fill()
    assert budget.reserve("a" * 5000, usd("1"), provider="p") is None
    submitted = []
    store.write([("INSERT INTO workers VALUES (1, 'x')", ())], submitted.append, must=True)
    store.step()
    assert submitted == []
    store.empty()
    store.step()
    assert submitted == [None]
    assert store.ask(lambda c: c.execute("SELECT count(*) FROM charges").fetchone())[0] == 1
    store.die()


def test_a_job_that_ended_unsettled_counts_in_full(store):
    """A reservation whose job has ended, or is gone, is what was spent when the service starts again."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(10)))
    assert budget.reserve("gone", usd("4"), provider="p") is None
    store.step()
    again = Budget(store)
    [limit] = again.limits()
    assert (limit.spent, limit.reserved) == (4, 0)


def test_room_is_told_when_there_is_some(store):
    """Who was held hears when a limit rises, a reservation comes back, or less was billed; not otherwise."""
    budget = Budget(store)
    heard = []
    budget.room = lambda: heard.append(1)
    budget.change(SetBudget("USD", Decimal(5)))
    assert heard == [1]
    assert budget.reserve("a", usd("4"), provider="p") is None
    assert "it costs up to 2.00 USD, and of 5.00 USD there are 1.00 USD left" in budget.reserve(
        "b", usd("2"), provider="p"
    )
    assert heard == [1]
    budget.settle("a", usd("4"))
    assert heard == [1]
    assert budget.reserve("c", usd("1"), provider="p") is None
    budget.settle("c", usd("0.5"))
    assert heard == [1, 1]
    assert budget.reserve("d", usd("0.5"), provider="p") is None
    budget.release("d")
    assert heard == [1, 1, 1]
    budget.change(SetBudget("USD", Decimal(7)))
    assert heard == [1, 1, 1, 1]
    assert budget.reserve("b", usd("2"), provider="p") is None


def test_a_second_attempt_is_paid_for_too(store):
    """A job that was billed and goes to its provider again has both counted, against its own limit as well."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(10), Decimal(3)))
    assert budget.reserve("a", usd("2"), provider="p") is None
    budget.settle("a")
    assert "more than the 3.00 USD that a job may" in budget.reserve("a", usd("2"), provider="p")
    assert budget.reserve("a", usd("1"), provider="p") is None
    budget.settle("a")
    budget.settle("a", usd("9"))
    [limit] = budget.limits()
    assert (limit.spent, limit.reserved) == (3, 0)


def test_a_bill_above_the_bound_stops_what_follows(store):
    """A provider that bills more than the bound is believed, and then nothing else is granted."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(5)))
    assert budget.reserve("a", usd("1"), provider="p") is None
    budget.settle("a", usd("6"))
    assert "there are 0.00 USD left" in budget.reserve("b", usd("0.01"), provider="p")


def test_what_nothing_bounds_runs_without_a_budget_and_is_counted(store):
    """Without a budget a job of unknown price runs; what it was billed is in the report, and in none of the limits."""
    budget = Budget(store)
    assert budget.reserve("a", None, provider="p") is None
    budget.settle("a", usd("3"))
    assert budget.reserve("b", None, provider="p") is None
    budget.settle("b")
    store.step()
    assert [(one.jobs, one.spent, one.currency) for one in store.ask(rows.spending)] == [(1, 3, "USD")]


def test_what_costs_nothing_always_runs(store):
    """A bound of 0 passes whatever the budget, in whatever currency."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(0), Decimal(0)))
    assert budget.reserve("a", Money(Decimal(0), "HQC"), provider="p") is None
    assert budget.reserve("b", usd("0.000001"), provider="p") is not None


def test_another_currency_is_held_and_said(store):
    """Where the budget is in dollars, what costs Quantinuum's credits is held, and the line says what to type."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(20)))
    reason = budget.reserve("a", Money(Decimal("12.5"), "HQC"), provider="azure")
    assert reason == "it costs up to 12.50 HQC, and the budget is in USD; set one, as in %qbudget 13 HQC"
    budget.change(SetBudget("HQC", Decimal(13)))
    assert budget.reserve("a", Money(Decimal("12.5"), "HQC"), provider="azure") is None


@pytest.mark.parametrize("billed", [Money(Decimal("0.1"), "EUR"), Money(Decimal("NaN")), Money(Decimal(-1)), None])
def test_a_bill_that_says_nothing_counts_as_the_bound(store, billed):
    """What is billed in another currency, or is no amount, does not make room: the bound counts."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(5)))
    assert budget.reserve("a", usd("4"), provider="p") is None
    budget.settle("a", billed)
    assert budget.limits()[0].spent == 4


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e13"])
def test_an_amount_that_is_none_is_refused(store, amount):
    """A limit or bound that is negative, no number or absurd is refused, and changes nothing."""
    budget = Budget(store)
    budget.change(SetBudget("USD", Decimal(5)))
    with pytest.raises(InputError, match="expected a number"):
        budget.change(SetBudget("USD", Decimal(amount)))
    with pytest.raises(InputError, match="expected a number"):
        budget.reserve("a", Money(Decimal(amount)), provider="p")
    assert [(limit.total, limit.reserved) for limit in budget.limits()] == [(5, 0)]


def test_spending_by_day_provider_notebook(store):
    """The report adds up what was billed and what is reserved, by day, provider and notebook, and outlives the jobs."""
    budget = Budget(store)
    for job, provider, notebook, bound in (
        ("a", "ibm", "one.ipynb", "3"), ("b", "ibm", "one.ipynb", "2"), ("c", "braket", "one.ipynb", "1"),
        ("d", "ibm", "two.ipynb", "5"), ("e", "ionq", "two.ipynb", "0"),
    ):  # fmt: skip
        assert budget.reserve(job, usd(bound), provider=provider, notebook=notebook) is None
    budget.settle("a", usd("2.5"))
    budget.settle("b")
    store.step()
    store.ask(lambda c: c.execute("UPDATE charges SET time = 0 WHERE job = 'd'"))
    found = store.ask(rows.spending)
    first = time.strftime("%Y-%m-%d", time.localtime(0))
    assert [(r.provider, r.notebook, r.jobs, r.spent, r.reserved) for r in found] == [
        ("braket", "one.ipynb", 1, 0, 1), ("ibm", "one.ipynb", 2, Decimal("4.5"), 0), ("ibm", "two.ipynb", 1, 0, 5),
    ]  # fmt: skip
    assert found[-1].day == first < found[0].day


def test_a_store_of_version_1_gets_its_tables(tmp_path):
    """A store from before there were budgets opens, keeps its jobs, and can hold a budget."""
    from qmagic.service import schema

    old = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    old.executescript(f"BEGIN; {schema._STEPS[0]} PRAGMA user_version = 1; COMMIT;")
    old.execute("INSERT INTO jobs VALUES (1, 'j', 'READY', 0, 0, NULL, '', '', 0, 0, x'')")
    old.close()
    store = SteppedStore(tmp_path / "store.sqlite")
    assert Budget(store).reserve("j", usd("1"), provider="p") is None
    store.step()
    assert store.ask(lambda c: c.execute("SELECT id FROM jobs").fetchall()) == [("j",)]
    store.die()


def test_what_went_without_a_budget_counts_against_a_later_one(store):
    """A job at its provider, submitted while there was no limit, is reserved in full from when its bound is known; a
    reservation that it has already stays as it is."""
    budget = Budget(store)
    assert budget.reserve("b", usd("1"), provider="p") is None
    budget.change(SetBudget("USD", Decimal(5)))
    budget.note("a", usd("4"), provider="p")
    budget.note("b", usd("3"), provider="p")
    assert budget.limits()[0].reserved == 5
    assert "there are 0.00 USD left" in budget.reserve("c", usd("1"), provider="p")
    assert budget.refusal(usd("1")) == budget.reserve("c", usd("1"), provider="p")
    assert budget.settle("a", usd("2")) == usd("2")
    assert budget.refusal(usd("2")) == ""
    assert (budget.settle("x", usd("1"), provider="p"), budget.settle("y", None, provider="p")) == (usd("1"), None)
    assert budget.limits()[0].spent == 3
