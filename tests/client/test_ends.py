"""Ends of jobs come unasked to who submitted them: with the answer, after it, or, where large, in two steps."""

from __future__ import annotations

from qmagic import client
from qmagic.client import connection as connections
from tests.faults.making import bell, counts, uniform


def test_many_at_once(home):
    """Of jobs submitted together, some end before the submit is answered: each is told once, and nothing piles up."""
    jobs = client.submit_many([bell() for _ in range(200)])
    assert all(sum(counts(job).values()) == 100 for job in jobs)
    line = connections.connection()
    assert len(line.ends) == 0
    assert not line.ends._due


def test_large_outcome(home, monkeypatch):
    """The end of a job whose outcome is too large to come unasked is known at once, and the outcome asked for."""
    monkeypatch.setattr(connections, "_LOOK_SECONDS", 600.0)
    job = client.submit(uniform(14, 50_000))
    assert sum(counts(job).values()) == 50_000
