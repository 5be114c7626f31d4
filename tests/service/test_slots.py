"""Who holds which slot, memory and threads."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qmagic.engines.base import Reserve
from qmagic.service.record import Record
from qmagic.service.slots import Slots
from tests.service.playing import encoded, spec


def _record() -> Record:
    job = spec()
    return Record(job, encoded(job))


def test_two_that_want_every_core():
    """Two running jobs that each want every core go one after the other, not never."""
    slots = Slots(2, 100)
    first, second = _record(), _record()
    for record in (first, second):
        slots.take([record])
        slots.ask(Reserve(record.id, 10, 2))
    assert list(slots.grants()) == [(first.id, 2)]
    assert list(slots.grants()) == []
    slots.release(first)
    assert list(slots.grants()) == [(second.id, 2)]


def test_what_was_granted_is_given_back_before_more():
    """Two jobs that each simulate twice do not hold memory while they wait for more: one goes on, then the other."""
    slots = Slots(2, 100)
    first, second = _record(), _record()
    for record in (first, second):
        slots.take([record])
        slots.ask(Reserve(record.id, 50, 1))
    assert len(list(slots.grants())) == 2
    for record in (first, second):
        slots.ask(Reserve(record.id, 80, 1))
    assert list(slots.grants()) == [(first.id, 1)]
    slots.release(first)
    assert list(slots.grants()) == [(second.id, 1)]


def test_nothing_runs_beside_a_wide_job():
    """Beside a job that has every core nothing is granted and nothing starts."""
    slots = Slots(2, 100)
    wide, narrow = _record(), _record()
    slots.take([wide])
    slots.take([narrow])
    slots.ask(Reserve(narrow.id, 10, 1))
    slots.ask(Reserve(wide.id, 10, 2))
    assert list(slots.grants()) == [(narrow.id, 1)]  # it came first; the wide one waits for its end
    slots.release(narrow)
    assert list(slots.grants()) == [(wide.id, 2)]
    assert not slots.free()
    slots.release(wide)
    assert slots.free()


def test_a_batch_holds_one_slot():
    """Small jobs that share a call hold one slot, until the last of them has ended."""
    slots = Slots(1, 100)
    batch = [_record() for _ in range(3)]
    slots.take(batch)
    for record in batch:
        assert not slots.free()
        slots.release(record)
    assert slots.free()


def test_a_wish_ends_with_its_job():
    """A job that ended while it waited for memory is granted nothing and blocks nobody."""
    slots = Slots(2, 100)
    big, waiting = _record(), _record()
    for record, memory in ((big, 80), (waiting, 80)):
        slots.take([record])
        slots.ask(Reserve(record.id, memory, 1))
    assert list(slots.grants()) == [(big.id, 1)]
    slots.release(waiting)
    slots.release(big)
    assert list(slots.grants()) == []
    assert slots.free()


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 100), st.integers(1, 3), st.booleans()), max_size=30))
def test_sum_of_grants(wishes):
    """Whatever is asked in whatever order, the sum stays under the limit, and everybody's turn comes."""
    slots = Slots(3, 100)
    waiting, running = [], []
    for memory, threads, ends in wishes:
        if slots.free():
            record = _record()
            slots.take([record])
            slots.ask(Reserve(record.id, memory, threads))
            waiting.append(record)
        running += [job for job, _ in slots.grants()]
        assert slots.reserved <= 100
        if ends and running:
            job = running.pop(0)
            slots.release(next(record for record in waiting if record.id == job))
    for _ in range(len(waiting) + 1):
        running += [job for job, _ in slots.grants()]
        assert slots.reserved <= 100
        for job in running:
            slots.release(next(record for record in waiting if record.id == job))
        running.clear()
    assert slots.reserved == 0
    assert slots.running == []
