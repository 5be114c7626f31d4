"""The table of legal moves."""

from __future__ import annotations

import pytest

from qmagic.jobs import JobStatus
from qmagic.service.status import MOVES, IllegalMoveError, move


def test_final_states_are_final():
    """From a final status there is no way on, and from any other there is one."""
    for status in JobStatus:
        assert status.final == (not MOVES[status])


def test_every_end_can_be_reached():
    """From every status a job can come to an end."""
    for start in JobStatus:
        reached, todo = set(), [start]
        while todo:
            status = todo.pop()
            if status not in reached:
                reached.add(status)
                todo += MOVES[status]
        assert any(status.final for status in reached)


def test_a_cancel_is_possible_until_the_end():
    """Whatever is not final can be cancelled, at once or by way of CANCELLING."""
    for status in JobStatus:
        if not status.final and status is not JobStatus.CANCELLING:
            assert {JobStatus.CANCELLED, JobStatus.CANCELLING} & MOVES[status]


def test_illegal_moves():
    """A move that is not in the table is an error that names both ends."""
    assert move("j", JobStatus.READY, JobStatus.RUNNING) is JobStatus.RUNNING
    with pytest.raises(IllegalMoveError, match="DONE → READY"):
        move("j", JobStatus.DONE, JobStatus.READY)
