"""Who is next: fair between notebooks, first come within one, priority on request."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qmagic.service.record import Record
from qmagic.service.scheduler import Scheduler
from tests.service.playing import encoded, spec


def _records(jobs):
    made = []
    for number, (notebook, priority) in enumerate(jobs, 1):
        job = spec(notebook=notebook, priority=priority, cell="")
        made.append(Record(job, encoded(job), number))
    return made


JOBS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-1, 1)), max_size=25)


@settings(max_examples=200)
@given(JOBS, st.data())
def test_order(jobs, data):
    """Notebooks take turns; within one priority goes first, then who came first; what is removed is skipped."""
    scheduler, line = Scheduler(), {}
    for record in _records(jobs):
        scheduler.add(record)
        line.setdefault(record.spec.notebook, []).append(record)
    for own in line.values():
        own.sort(key=lambda record: (-record.spec.priority, record.number))
    while any(line.values()):
        if data.draw(st.integers(0, 4)) == 0:
            gone = data.draw(st.sampled_from([record for own in line.values() for record in own]))
            scheduler.remove(gone.id)
            line[gone.spec.notebook].remove(gone)
        assert len(scheduler) == sum(map(len, line.values()))
        expected = next((notebook for notebook in line if line[notebook]), None)
        taken = scheduler.next()
        if expected is None:
            assert taken is None
            break
        assert taken is line[expected].pop(0)
        line[expected] = line.pop(expected)  # to the end of the line
    assert scheduler.next() is None


@settings(max_examples=100)
@given(JOBS)
def test_positions(jobs):
    """A job's position is the turn at which it is taken."""
    scheduler = Scheduler()
    for record in _records(jobs):
        scheduler.add(record)
    told = scheduler.positions()
    taken = []
    while (record := scheduler.next()) is not None:
        taken.append(record.id)
    assert told == {job: place for place, job in enumerate(taken, 1)}


def test_one_notebook_cannot_starve_another():
    """A notebook with a thousand jobs in line delays another's first job by one job at most."""
    scheduler = Scheduler()
    records = _records([("busy", 0)] * 1000 + [("other", 0)])
    for record in records:
        scheduler.add(record)
    assert records[-1] in [scheduler.next(), scheduler.next()]


def test_who_does_not_fit_is_passed_over():
    """A notebook whose first job does not fit does not hold up the others, and keeps its place."""
    scheduler = Scheduler()
    first, second = _records([("a", 0), ("b", 0)])
    scheduler.add(first)
    scheduler.add(second)
    assert scheduler.next(lambda record: record is second) is second
    assert scheduler.next() is first
