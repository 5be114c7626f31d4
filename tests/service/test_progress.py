"""How a job that still runs is told of: counts that grow, seldom enough, and nothing of it on disk."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from qmagic import client
from qmagic.client import ask
from qmagic.client.follow import follow
from qmagic.engines.base import Chosen, Progress
from qmagic.engines.progress import Reporter
from qmagic.jobs import JobStatus, PubSpec
from qmagic.outcomes import CountsTable, PartialCounts, SampledPub
from qmagic.protocol import Push
from qmagic.results.partial import partial_counts
from qmagic.service.checks import CHECK_SECONDS
from qmagic.service.ledger import Ledger
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots
from tests.faults.making import bell, counts
from tests.service.playing import PlayedEngine, SteppedStore, encoded, spec

#: Ten qubits, measured in the middle: about 1 ms a shot.
MIDDLE = """OPENQASM 3.0; include "stdgates.inc"; qubit[10] q; bit[10] c;
for int i in [0:19] { h q; for int k in [0:8] { cx q[k], q[k + 1]; } }
c[0] = measure q[0]; if (c[0]) { x q[1]; } c = measure q;"""


@pytest.fixture(scope="module", autouse=True)
def folder(home):
    return home


def test_counts_grow_while_shots_come():
    """Live counts only grow, their sum is what is said to be done, and the end has every shot; a seed repeats them."""
    ends, told = [], []
    shots = 1500
    heard = follow()
    next(item for item in heard if item)
    made = client.submit(bell(MIDDLE, backend="aer", width=10, pubs=(PubSpec(shots=shots),)))
    for item in heard:
        if isinstance(item, Push):
            told += [one for one in item.live if one.id == made.id and one.counts]
            ends += [event for event in item.events if event.job == made.id and event.status == "DONE"]
        if ends:
            break
    heard.close()
    assert len(told) >= 2
    for one in told:
        assert one.counts.total == shots
        assert sum(count for _, count in one.counts.outcomes) <= one.counts.shots < shots
        assert one.progress == one.counts.shots / shots
        assert one.counts.registers == (("c", 10),)
    assert all(a.counts.shots <= b.counts.shots for a, b in itertools.pairwise(told))
    # what was told is in the result, which has every shot
    final = counts(made)
    assert sum(final.values()) == shots
    assert all(count <= final[outcome] for one in told for outcome, count in one.counts.outcomes)
    assert [event.kind for event in ask.events(made.id).events] == ["job.created", "job.started", "job.done"]
    assert counts(client.submit(bell(MIDDLE, backend="aer", width=10, pubs=(PubSpec(shots=shots),)))) == final


def test_at_most_ten_times_a_second_and_never_of_a_quick_job():
    """A thousand parts of a millisecond make at most ten messages a second, and those of 0.3 s none at all."""
    now, sent = [0.0], []
    report = Reporter("job", 1, sent.append, clock=lambda: now[0])
    table = CountsTable(b"\0", (5).to_bytes(8, "little"), 0)
    for i in range(1000):
        now[0] = i / 1000
        report(i / 1000, lambda: SampledPub(1, (), 5, (table,)), 10)
        assert not sent or now[0] >= 0.3
    assert len(sent) == 7
    assert sent[0] == Progress("job", 1, 0.3, PartialCounts(5, 10, 1, (("c", 1),), (("0", 5),)))


def test_what_is_told_is_bounded():
    """Of many outcomes the most frequent are told; of long ones fewer, so that a message stays small."""
    rows = [(value, 1 + value % 7) for value in range(5000)]
    data = b"".join(value.to_bytes(250, "big") for value, _ in rows)
    pub = SampledPub(2000, (), 1, (CountsTable(data, b"".join(n.to_bytes(8, "little") for _, n in rows), 0),))
    found = partial_counts(pub, 100_000)
    assert found.distinct == 5000
    assert {count for _, count in found.outcomes} == {7}
    assert 1 <= len(found.outcomes) <= 64
    assert sum(len(outcome) for outcome, _ in found.outcomes) <= 16_384


def test_a_small_job_that_turns_out_long_is_not_taken_for_one_that_cannot_be_read(tmp_path: Path):
    """A job thought too quick to be announced says so when it is not: it runs, and its time to be read is over."""
    now = [0.0]
    store, engine = SteppedStore(tmp_path / "store.sqlite"), PlayedEngine(1, 100)
    manager = Manager(Ledger(store), engine, Slots(1, 100), clock=lambda: now[0])
    engine.listener = manager
    job, answers = spec(width=2, cell="", checked=False), []
    manager.submit(encoded(job), answers.append)
    manager.dispatch()
    (worker,) = engine.busy
    assert worker.calls[0].quiet
    manager.on_chosen(Chosen(job.id, 1, "aer", "measures in the middle"))
    manager.on_progress(Progress(job.id, 1, 0.25))
    store.step()
    assert answers == [None]
    now[0] = 2 * CHECK_SECONDS
    manager.tick()
    (live,) = manager.living.live(10)
    assert (live.id, live.elapsed, live.progress, live.backend) == (job.id, 2 * CHECK_SECONDS, 0.25, "aer")
    engine.ends(worker)
    store.step()
    assert manager.living.counts() == {}
    store.die()


def test_a_small_job_of_many_shots_is_announced():
    """A narrow circuit whose shots are run one by one is seen running, though it looked small."""
    text = MIDDLE.replace("[10] q", "[9] q").replace("[0:8]", "[0:7]").replace("[10] c", "[9] c")
    made = client.submit(bell(text, backend="aer", width=9, pubs=(PubSpec(shots=20_000),)))
    deadline = time.monotonic() + 60
    while not made.info().backend.startswith("aer") and time.monotonic() < deadline:
        time.sleep(0.01)
    info = made.info()
    assert (info.status, info.backend) == (JobStatus.RUNNING, "aer")
    made.cancel()
