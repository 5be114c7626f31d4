"""Which statuses may follow which. The table is the truth: `move` is the only way from one to another.

CREATED → READY → RUNNING → DONE                      a local job
READY → SUBMITTING → QUEUED → RUNNING → FETCHING      a provider's
QUEUED → READY                                        its device is down, and the cancel there confirmed
READY → QUEUED                                        one that was adopted: it is there already
SUBMITTING → IN_DOUBT                                 the reply was lost
RUNNING → READY                                       its worker died: a new attempt
RUNNING → HELD                                        a paused loop gave its process back
any that is not final → CANCELLING → CANCELLED        or DONE, FAILED, LOST, if that came first
"""

from __future__ import annotations

from qmagic.jobs import JobStatus

__all__ = ["MOVES", "IllegalMoveError", "move"]

_S = JobStatus

#: For each status, those that may follow.
MOVES: dict[JobStatus, frozenset[JobStatus]] = {
    _S.CREATED: frozenset({_S.READY, _S.HELD, _S.FAILED, _S.CANCELLING, _S.CANCELLED}),
    _S.HELD: frozenset({_S.READY, _S.FAILED, _S.CANCELLING, _S.CANCELLED}),
    _S.READY: frozenset({_S.RUNNING, _S.SUBMITTING, _S.QUEUED, _S.HELD, _S.FAILED, _S.CANCELLING, _S.CANCELLED}),
    _S.SUBMITTING: frozenset({_S.QUEUED, _S.IN_DOUBT, _S.READY, _S.HELD, _S.FAILED, _S.CANCELLING}),
    _S.IN_DOUBT: frozenset({_S.QUEUED, _S.READY, _S.HELD, _S.FAILED, _S.CANCELLING, _S.LOST}),
    _S.QUEUED: frozenset({_S.READY, _S.RUNNING, _S.FETCHING, _S.HELD, _S.FAILED, _S.CANCELLING, _S.CANCELLED, _S.LOST}),
    _S.RUNNING: frozenset({_S.READY, _S.HELD, _S.FETCHING, _S.DONE, _S.FAILED, _S.CANCELLING, _S.CANCELLED, _S.LOST}),
    _S.FETCHING: frozenset({_S.DONE, _S.FAILED, _S.CANCELLING, _S.CANCELLED, _S.LOST}),
    _S.CANCELLING: frozenset({_S.CANCELLED, _S.DONE, _S.FAILED, _S.LOST}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.LOST: frozenset(),
}


class IllegalMoveError(Exception):
    """The manager tried a move that the table does not have: a bug, never a user's fault."""


def move(job: str, old: JobStatus, new: JobStatus) -> JobStatus:
    """Returns the new status.

    Raises:
        IllegalMoveError: The table does not have this move.
    """
    if new not in MOVES[old]:
        raise IllegalMoveError(
            f"job {job}: {old} → {new} is not a legal move; after {old} may come {sorted(MOVES[old])}"
        )
    return new
