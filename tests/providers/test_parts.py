"""Jobs that are several at their provider: there once, all of them, or known to be in part."""

from __future__ import annotations

import time

import pytest

from qmagic.providers.base import AuthError, InDoubtError, LaterError, RateError, RefusedError, RemoteStatus, Standing
from qmagic.providers.pace import Pace, pace_of
from qmagic.providers.parts import Parts

Q, R, D, F, C = (
    RemoteStatus.QUEUED, RemoteStatus.RUNNING, RemoteStatus.DONE, RemoteStatus.FAILED, RemoteStatus.CANCELLED,
)  # fmt: skip


class There:
    """A provider in memory, which makes one task of each number, however often it is asked."""

    def __init__(self, troubles=()):
        self.troubles, self.tasks, self.asked = list(troubles), {}, 0
        self.parts = Parts(self.look, self.cancel, pace_of("azure", stub=True))

    def submit_one(self, number):
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, InDoubtError) or trouble is None:
            self.tasks.setdefault(number, Q)
        if trouble is not None:
            raise trouble
        return str(number)

    def look(self, id):
        self.asked += 1
        return Standing(self.tasks[int(id)], "broken" if self.tasks[int(id)] is F else "")

    def cancel(self, id):
        if self.tasks[int(id)] in (Q, R):
            self.tasks[int(id)] = C


def test_doubts_and_limits_are_solved():
    """Whatever goes wrong on the way, each part is there once, and the id names them in order."""
    there = There([InDoubtError("lost"), None, RateError("fast", 0.01), LaterError("down"), InDoubtError("lost")])
    assert there.parts.submit(5, there.submit_one) == "0,1,2,3,4"
    assert sorted(there.tasks) == [0, 1, 2, 3, 4]


def test_a_refusal_leaves_nothing():
    """Where a part is refused those that were accepted are cancelled."""
    there = There([None, None, RefusedError("no")])
    with pytest.raises(RefusedError):
        there.parts.submit(4, there.submit_one)
    assert set(there.tasks.values()) <= {C}


def test_one_part_leaves_waiting_to_the_service():
    """A job of one part that nobody takes now says so at once."""
    there = There([RateError("fast", 100.0)])
    with pytest.raises(RateError):
        there.parts.submit(1, there.submit_one)


@pytest.mark.parametrize(
    ("tasks", "status"), [([Q, Q], Q), ([Q, R], R), ([D, Q], R), ([D, D], D), ([C, C], C), ([D, F], F), ([C, F], F)]
)
def test_a_job_stands_where_its_parts_stand(tasks, status):
    """It is done when all are, and failed or cancelled when one is and none is left."""
    there = There()
    there.tasks = dict(enumerate(tasks))
    assert there.parts.look("0,1").status is status


def test_a_part_that_fails_takes_the_others_with_it():
    """The others are cancelled; then the job has failed, with the part's reason."""
    there = There()
    there.tasks = {0: D, 1: F, 2: R, 3: Q}
    assert there.parts.look("0,1,2,3").status is R
    assert there.tasks == {0: D, 1: F, 2: C, 3: C}
    assert there.parts.look("0,1,2,3") == Standing(F, "broken")


def test_what_is_over_is_not_asked_for_again():
    """A part that has ended costs no more requests."""
    there = There()
    there.tasks = {0: D, 1: Q}
    for _ in range(3):
        there.parts.look("0,1")
    assert there.asked == 4


def test_what_came_is_kept():
    """A fetch that fails for one part asks only for that one again."""
    there, got = There(), []

    def get(part):
        got.append(part)
        if part == "1" and got.count("1") == 1:
            raise AuthError("not now")
        return part

    with pytest.raises(AuthError):
        there.parts.fetch(get, "0,1,2")
    assert there.parts.fetch(get, "0,1,2") == ["0", "1", "2"]
    assert sorted(got) == ["0", "1", "1", "2"]


def test_a_question_is_asked_again():
    """Where nobody answers a few tries follow, and then the error does."""
    there, asked = There(), []

    def silent(id):
        asked.append(id)
        raise LaterError("cut")

    with pytest.raises(LaterError):
        there.parts.each(silent, ["0"])
    assert asked == ["0"] * 4


def test_pace():
    """So many at once, then so many a second."""
    pace, began = Pace(50.0, 5), time.monotonic()
    for _ in range(15):
        pace.wait()
    assert 0.19 <= time.monotonic() - began < 5.0
