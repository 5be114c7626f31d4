"""The manager's laws, under any order of what clients, workers, disks and kills can do."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import msgspec
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from qmagic.errors import ErrorInfo
from qmagic.jobs import JobInfo, JobStatus
from qmagic.protocol import Find
from qmagic.service import rows
from qmagic.service.deaths import MAX_DEATHS
from qmagic.service.ledger import Ledger
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots
from qmagic.service.status import MOVES
from tests.conftest import SOAK
from tests.service.playing import HERE, THERE, PlayedEngine, SteppedStore, encoded, spec

SLOTS, MEMORY = 2, 100
PHASES = [hypothesis.Phase.generate]
WRONG = ErrorInfo("InputError", "wrong")


#: What happens after a piece of news: usually both; when much comes at once, neither.
NEWS = st.sampled_from([("dispatch", "commit"), ("commit", "dispatch"), ("dispatch",), ("dispatch",), ("commit",), ()])


def _job(checked, small, notebook, priority, timeout, where):
    size = {"width": 2, "cell": ""} if small else {"timeout": timeout}
    return {"checked": checked, "notebook": notebook, "priority": priority, "environment": where, **size}


JOBS = st.builds(
    _job, st.booleans(), st.booleans(), st.sampled_from("ab"), st.integers(0, 1), st.sampled_from([None, None, 10.0]),
    st.sampled_from([HERE, HERE, HERE, THERE]),
)  # fmt: skip


class Told:
    """What clients were told about one job."""

    def __init__(self, job):
        self.spec = job
        self.accepted = 0
        self.refused = 0
        self.open = 0  # submits that wait for an answer
        self.ends = []
        self.waits = 0
        self.blamed = 0
        self.cancelled = False


class Laws(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="qm-")
        self.told: dict[str, Told] = {}
        self.now = 0.0
        self.life()

    def life(self):
        """A service starts."""
        self.store = SteppedStore(Path(self.folder.name) / "store.sqlite")
        self.engine = PlayedEngine(SLOTS, MEMORY)
        self.ledger = Ledger(self.store)
        self.published_here = []
        self.ledger.publish = self.published_here.append
        self.manager = Manager(self.ledger, self.engine, Slots(SLOTS, MEMORY), clock=lambda: self.now)
        self.engine.listener = self.manager

    # -- clients

    def _submit(self, job):
        told = self.told.setdefault(job.id, Told(job))
        told.open += 1
        life = self.manager

        def accept(error):
            assert life is self.manager, "an answer from the dead"
            told.open -= 1
            told.accepted += error is None
            told.refused += error is not None

        self.manager.submit(encoded(job), accept)

    @rule(jobs=st.lists(JOBS, min_size=1, max_size=4), then=NEWS)
    def submit(self, jobs, then):
        for given in jobs:
            self._submit(spec(**given))
        self._news(then)

    def _news(self, then):
        """What the service's loop does after news: it hands out work, and hears what was committed meanwhile."""
        if "commit" in then:
            self.store.step()
        if "dispatch" in then:
            self.manager.dispatch()

    @precondition(lambda self: self.told)
    @rule(data=st.data(), asks_first=st.booleans(), then=NEWS)
    def submit_again(self, data, asks_first, then):
        """A client that got no answer sends the same again; or one sends an id twice for no reason."""
        told = data.draw(st.sampled_from(list(self.told.values())))
        job = told.spec.id
        if asks_first:  # as the service does when it is told that this is another try
            self.store.step()
            if rows.find(self.store._connection, Find(id=job)) and not self.manager.knows(job):
                told.accepted += 1
                return
        self._submit(told.spec)
        self._news(then)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def wait(self, data):
        told = data.draw(st.sampled_from(list(self.told.values())))
        told.waits += self.manager.wait(told.spec.id, object(), told.ends.append)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), then=NEWS)
    def cancel(self, data, then):
        told = data.draw(st.sampled_from(list(self.told.values())))
        before = self.ledger.live.get(told.spec.id)
        was = None if before is None else before.status
        answer = self.manager.cancel(told.spec.id)
        assert (answer is None) == (before is None)
        if was is not None and was.final:
            assert answer is was
        elif answer is not None:
            told.cancelled = True
            assert answer in (JobStatus.CANCELLED, JobStatus.CANCELLING)
        self._news(then)

    # -- time, disk, the service itself

    @rule(what=st.sampled_from(["full", "free", "free", "late", "later", "killed", "gone"]), then=NEWS)
    def trouble(self, what, then):
        if what == "full":
            self.store.fill()
        elif what == "free":
            self.store.empty()
        elif what == "killed":
            self._service_is_killed()
        elif what == "gone":
            self.engine.cannot_start(THERE)
        else:
            self.now += 11.0 if what == "late" else 21.0
            self.manager.tick()
        self._news(then)

    def _service_is_killed(self):
        self.store.die()
        for told in self.told.values():
            told.open = told.waits = 0
            told.ends.clear()
        self.life()

    # -- workers

    @precondition(lambda self: self.engine.busy)
    @rule(
        steps=st.lists(
            st.tuples(
                st.integers(0, 9),
                st.sampled_from(["good", "good", "good", "bad", "asks", "asks for all", "asks for all", "dies"]),
                st.integers(1, MEMORY),
            ),
            min_size=1,
            max_size=6,
        ),
        then=NEWS,
    )
    def work(self, steps, then):
        for which, what, memory in steps:
            if not self.engine.busy:
                break
            worker = self.engine.busy[which % len(self.engine.busy)]
            if what == "dies":
                self._die(worker)
            elif self.engine.must_read(worker):
                self.engine.reads(worker, WRONG if what == "bad" else None)
            elif what.startswith("asks"):
                self.engine.asks(worker, memory, SLOTS if what == "asks for all" else 1)
            else:
                self.engine.ends(worker, WRONG if what == "bad" else None)
        self._news(then)

    @precondition(lambda self: self.engine.doomed or self.engine.waiting)
    @rule(which=st.integers(0, 9), late=st.booleans(), then=NEWS)
    def goes(self, which, late, then):
        """A worker that was killed is gone, perhaps with a last word; or one that waits for memory dies."""
        ways = [*self.engine.doomed, *self.engine.waiting]
        worker = ways[which % len(ways)]
        if not worker.killed:
            self._die(worker)
        else:
            if late and worker.calls and worker.asked is None and not worker.calls[0].only_check:
                self.engine.late(worker)
            self.engine.dies(worker)
        self._news(then)

    def _die(self, worker):
        first = worker.calls[0].job
        if first in self.ledger.live and self.ledger.live[first].status in (JobStatus.CREATED, JobStatus.RUNNING):
            self.told[first].blamed += 1
        self.engine.dies(worker)

    # -- the laws

    @invariant()
    def events_ascend(self):
        numbers = [event.seq for event in self.published_here]
        assert numbers == sorted(set(numbers))

    @invariant()
    def each_wait_hears_once(self):
        assert all(len(told.ends) <= told.waits for told in self.told.values())

    def teardown(self):
        """Lets everything end, and then looks at the disk."""
        try:
            self._finish()
            self._look()
        finally:
            self.store.die()
            self.folder.cleanup()

    def _finish(self):
        self.store.empty()
        for _ in range(1000):
            self.store.step()
            self.manager.dispatch()
            for worker in self.engine.doomed:
                self.engine.dies(worker)
            for worker in self.engine.busy:
                (self.engine.reads if self.engine.must_read(worker) else self.engine.ends)(worker)
            if not self.manager.busy:
                break
        left = {job: (r.status, r.admitted, r.attempt) for job, r in self.ledger.live.items()}
        assert not left, f"jobs are stuck: {left}"
        self.store.step()

    def _look(self):
        ask = self.store._connection.execute
        for job, told in self.told.items():
            row = ask("SELECT number, status, final, attempt, deaths, info FROM jobs WHERE id = ?", (job,)).fetchone()
            events = ask("SELECT kind, status, number FROM events WHERE job = ? ORDER BY seq", (job,)).fetchall()
            assert told.open == 0, "a submit was never answered"
            assert len(told.ends) == told.waits, "a wait was never answered"
            if row is None:
                assert told.accepted == 0, "an accepted job is gone"
                assert events == [], "a refused job left events"
                continue
            number, status, final, attempt, deaths, info = row
            assert {event[2] for event in events} == {number}
            statuses = [JobStatus.CREATED, *(JobStatus(event[1]) for event in events)]
            for old, new in itertools.pairwise(statuses):
                assert new in MOVES[old], statuses
            assert final == 1
            assert sum(s.final for s in statuses) == 1
            assert statuses[-1] == status == msgspec.msgpack.decode(info, type=JobInfo).status
            results = ask("SELECT attempt FROM results WHERE number = ?", (number,)).fetchall()
            assert results == ([(attempt,)] if status == "DONE" else [])
            assert deaths <= min(told.blamed, MAX_DEATHS)
            assert deaths < MAX_DEATHS or status in ("FAILED", "CANCELLED")
            assert status != "CANCELLED" or told.cancelled
            assert attempt <= len(events)
            for end in told.ends:
                assert end is None or end.info.status == status
        for table in ("specs", "results", "tags"):
            orphans = ask(f"SELECT count(*) FROM {table} WHERE number NOT IN (SELECT number FROM jobs)").fetchone()[0]
            assert orphans == 0, table
        stored = [row[0] for row in ask("SELECT seq FROM events ORDER BY seq")]
        published = [event.seq for event in self.published_here]
        assert set(published) <= set(stored), "an event was told that is not on disk"


TestManagerLaws = Laws.TestCase
TestManagerLaws.settings = settings(
    max_examples=1000 if SOAK else 25,
    stateful_step_count=60,
    suppress_health_check=list(HealthCheck),
    derandomize=True,  # the same schedules in every run: new ones are sought by hand, not by chance in CI
    phases=PHASES,
)
