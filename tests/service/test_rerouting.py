"""A choice that turns out badly: the manager stops it, goes to the next alternative, says so, and learns."""

from __future__ import annotations

import pytest

from qmagic.engines.base import Chosen
from qmagic.jobs import JobStatus
from qmagic.protocol import Find
from qmagic.service import rows
from qmagic.service.experience import MOST, Experience
from qmagic.service.ledger import Ledger
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots
from tests.service.playing import PlayedEngine, SteppedStore, encoded, spec


class Life:
    """A manager with played workers, and a clock that a test turns."""

    def __init__(self, folder):
        self.now = 0.0
        self.store = SteppedStore(folder / "store.sqlite")
        ledger = Ledger(self.store)
        self.experience = Experience(self.store)
        self.engine = PlayedEngine(2, 100)
        self.manager = Manager(ledger, self.engine, Slots(2, 100), lambda: self.now, self.experience)
        self.engine.listener = self.manager
        self.job = spec(checked=True)
        self.manager.submit(encoded(self.job), lambda error: None)
        self.step()

    def step(self):
        self.manager.dispatch()
        self.store.step()

    def choose(self, backend, seconds, patience, reason="", blame=None):
        call = self.worker.calls[0]
        blame = (blame or backend,)
        self.manager.on_chosen(
            Chosen(call.job, call.attempt, backend, "why", seconds, patience, blame, seconds, reason)
        )
        self.store.step()

    @property
    def worker(self):
        return next(worker for worker in self.engine.workers if worker.calls and not worker.killed)

    @property
    def found(self):
        return self.store.ask(lambda connection: rows.find(connection, Find(id=self.job.id, events=True)))[0]

    def events(self):
        return [(event.kind, event.detail.get("reason", "")) for event in self.found.events]


@pytest.fixture
def life(tmp_path):
    made = Life(tmp_path)
    yield made
    made.store.die()


def test_over_its_time(life):
    """After its patience the worker is killed, the job runs again without that backend, and an event says why."""
    life.choose("sparse", 0.1, 5.0)
    life.now = 5.0
    life.manager.tick()
    assert life.engine.doomed
    life.engine.dies(life.engine.doomed[0])
    life.step()
    kind, reason = life.events()[-2]
    assert kind == "job.rerouted"
    assert reason == "sparse took more than 5 s, and 0.1 s were estimated"
    assert life.worker.calls[0].avoid == ("sparse",)
    assert life.worker.calls[0].notes == ("sparse was left: it took more than 5 s, and 0.1 s were estimated",)
    assert life.found.info.status is JobStatus.RUNNING
    life.engine.ends(life.worker)
    life.step()
    assert life.found.info.status is JobStatus.DONE


def test_what_was_stopped_is_learnt(life):
    """Of several backends the one to blame is remembered, as one that took at least so long."""
    life.choose("stim, sparse", 0.1, 5.0, blame="sparse")
    life.now = 5.0
    life.manager.tick()
    assert life.experience.factors.keys() == {"sparse"}
    assert 1 < life.experience.factors["sparse"] <= MOST


def test_a_crash_may_be_anybody_s_fault_two_are_not(life):
    """After one crash the job runs again as it was, so that its counts stay; after two it goes elsewhere."""
    for crash in range(2):
        assert life.worker.calls[0].avoid == ()
        life.choose("sparse", 0.1, 5.0)
        life.engine.dies(life.worker)
        life.step()
        assert life.events()[-2][0] == ("job.returned", "job.rerouted")[crash]
    assert life.worker.calls[0].avoid == ("sparse",)
    assert life.events()[-2][1] == "sparse crashed 2 times (killed by SIGKILL)"


def test_within_its_time(life):
    """Nothing happens before."""
    life.choose("sparse", 0.1, 5.0)
    life.now = 4.9
    life.manager.tick()
    assert not life.engine.doomed


def test_the_last_alternative_has_all_the_time(life):
    """With nothing else to go to, patience is 0 and nobody is stopped: neither for time nor for memory."""
    life.choose("statevector", 0.1, 0.0)
    life.now = 1e6
    life.manager.tick()
    assert not life.engine.doomed
    assert not life.manager.rerouting.turn(life.job.id, "took 9 GB")


def test_over_its_memory(life):
    """Memory far over the estimate turns it, too."""
    life.choose("aer.matrix_product_state", 1.0, 100.0)
    assert life.manager.rerouting.turn(life.job.id, "took 9 GB of memory")
    life.engine.dies(life.engine.doomed[0])
    life.step()
    assert ("job.rerouted", "aer.matrix_product_state took 9 GB of memory") in life.events()


def test_a_cancel_comes_first(life):
    """A job that is being turned and is cancelled is cancelled."""
    life.choose("sparse", 0.1, 5.0)
    life.manager.rerouting.turn(life.job.id, "was slow")
    life.manager.cancel(life.job.id)
    life.engine.dies(life.engine.doomed[0])
    life.step()
    assert life.found.info.status is JobStatus.CANCELLED


def test_what_gave_up_by_itself_is_told(life):
    """A worker that went on by itself makes an event, while the job runs on."""
    life.choose("branches", 0.1, 0.0, reason="sparse grew too large")
    assert life.events()[-1] == ("job.rerouted", "sparse grew too large")
    assert life.found.info.status is JobStatus.RUNNING
