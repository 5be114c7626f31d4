"""Jobs that are several at their provider, which takes one circuit a job: submitted, watched and named as one.

The id of such a job is the ids of its parts, with commas between, in the order of `measured.expand`. Each part has a
key of its own, so that a submit that broke off goes on where it stopped: nothing is ever there twice. Where a part
fails, or is cancelled, the others are cancelled too, and the job ends when nothing of it is under way.
"""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from qmagic.clouds import AccountJob
from qmagic.providers.base import InDoubtError, LaterError, ProviderError, RateError, RemoteStatus, Standing

if TYPE_CHECKING:
    from qmagic.providers.measured import Shots
    from qmagic.providers.pace import Pace

__all__ = ["Parts", "joined", "separate", "together"]

_OVER = (RemoteStatus.DONE, RemoteStatus.FAILED, RemoteStatus.CANCELLED)
_THREADS = 8
#: Seconds for which a submit of several parts, and of one, goes on trying: the service, which tries again after that,
#: takes two minutes without an answer for a client that hangs.
_PATIENCE, _PATIENCE_ALONE = 60.0, 10.0
_FIRST_PAUSE, _LAST_PAUSE = 0.1, 5.0
#: How often a question is asked where nobody answers.
_TRIES = 4
_MOST_REMEMBERED = 10_000

_Made = TypeVar("_Made")


def joined(ids: Sequence[str]) -> str:
    """Returns the id of a job whose parts have these."""
    return ",".join(ids)


def separate(id: str) -> list[str]:
    """Returns the ids of a job's parts."""
    return id.split(",")


def together(jobs: Sequence[AccountJob]) -> AccountJob:
    """Returns a job as its provider lists it, from its parts."""
    statuses = {one.status for one in jobs}
    broken = [one.value for one in (RemoteStatus.FAILED, RemoteStatus.CANCELLED) if one.value in statuses]
    status = broken[0] if broken else statuses.pop() if len(statuses) == 1 else RemoteStatus.RUNNING.value
    return msgspec.structs.replace(jobs[0], id=joined([one.id for one in jobs]), status=status)


class Parts:
    """The parts of an adapter's jobs.

    Args:
        look: Asks the provider where a part stands.
        cancel: Asks the provider to stop a part.
        pace: How fast parts may be submitted, from the second on.
    """

    def __init__(self, look: Callable[[str], Standing], cancel: Callable[[str], None], pace: Pace) -> None:
        self._look, self._cancel, self._pace = look, cancel, pace
        self._pool = concurrent.futures.ThreadPoolExecutor(_THREADS)
        self._over: dict[str, Standing] = {}
        self._came: dict[str, dict[str, Shots]] = {}

    def each(self, ask: Callable[[str], _Made], ids: Sequence[str]) -> list[_Made]:
        """Asks something of each part, several at once; where some fail, all are asked before the first error.

        What may be tried again is, a few times and soon: the client's own repeats are off.
        """
        if len(ids) == 1:
            return [_again(ask, ids[0])]
        asked = [self._pool.submit(_again, ask, id) for id in ids]
        concurrent.futures.wait(asked)
        return [one.result() for one in asked]

    def fetch(self, get: Callable[[str], Shots], id: str) -> list[Shots]:
        """Returns the shots of all parts; those that came are kept while others are tried again."""
        came = self._came.setdefault(id, {})

        def one(part: str) -> Shots:
            if part not in came:
                came[part] = get(part)
            return came[part]

        found = self.each(one, separate(id))
        self._came.pop(id, None)
        return found

    def submit(self, count: int, submit_one: Callable[[int], str]) -> str:
        """Submits all parts and returns the job's id.

        Args:
            count: How many there are.
            submit_one: Submits one, by its number, such that doing so twice makes one job.

        Raises:
            InDoubtError: Some may be there; the same submit again completes them.
            ProviderError: None is there.
        """
        deadline, stop = time.monotonic() + (_PATIENCE if count > 1 else _PATIENCE_ALONE), threading.Event()
        first = _patiently(submit_one, 0, deadline, stop, alone=count == 1)
        if count == 1:
            return first

        def one(number: int) -> str | ProviderError:
            self._pace.wait()
            try:
                return _patiently(submit_one, number, deadline, stop, alone=False)
            except ProviderError as error:
                stop.set()
                return error

        found = [first, *self._pool.map(one, range(1, count))]
        ids = [part for part in found if isinstance(part, str)]
        errors = [part for part in found if not isinstance(part, str)]
        if not errors:
            return joined(ids)
        for error in errors:
            if not isinstance(error, (InDoubtError, LaterError, RateError)):  # it will not get better
                self.each(self._cancel, ids)
                raise error
        raise InDoubtError(f"{len(ids)} of {count} tasks of the job were accepted: {errors[0]}")

    def look(self, id: str) -> Standing:
        """Returns where a job stands."""
        ids = separate(id)
        standings = self.each(self._standing, ids)
        if len(ids) == 1:
            return standings[0]
        statuses = {one.status for one in standings}
        broken = [one for one in standings if one.status in (RemoteStatus.FAILED, RemoteStatus.CANCELLED)]
        if broken:
            alive = [part for part, one in zip(ids, standings, strict=True) if one.status not in _OVER]
            if alive:
                self.each(self._cancel, alive)
                return Standing(RemoteStatus.RUNNING)
            failed = [one for one in broken if one.status is RemoteStatus.FAILED]
            return (failed or broken)[0]
        if statuses == {RemoteStatus.DONE}:
            return Standing(RemoteStatus.DONE)
        if statuses == {RemoteStatus.QUEUED}:
            return standings[0]
        return Standing(RemoteStatus.RUNNING)

    def cancel(self, id: str) -> None:
        """Asks for all parts of a job to be stopped."""
        self.each(self._cancel, separate(id))

    def _standing(self, id: str) -> Standing:
        """Returns where a part stands; one that is over is not asked for again."""
        if id in self._over:
            return self._over[id]
        standing = self._look(id)
        if standing.status in _OVER:
            if len(self._over) >= _MOST_REMEMBERED:
                self._over.clear()
            self._over[id] = standing
        return standing


def _again(ask: Callable[[str], _Made], id: str) -> _Made:
    """Asks until there is an answer, at most `_TRIES` times."""
    for number in range(_TRIES - 1):
        try:
            return ask(id)
        except LaterError:
            time.sleep(_FIRST_PAUSE * 2**number)
    return ask(id)


def _patiently(
    submit_one: Callable[[int], str], number: int, deadline: float, stop: threading.Event, *, alone: bool
) -> str:
    """Submits a part until it is known to be there, or surely is not.

    A doubt is solved by submitting again, under the same key. A job of one part leaves waiting to the service.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            return submit_one(number)
        except (InDoubtError, LaterError, RateError) as error:
            settled = alone and not isinstance(error, InDoubtError)
            wait = max(pause, getattr(error, "wait", 0.0))
            if settled or stop.is_set() or time.monotonic() + wait > deadline:
                raise
        pause = min(_LAST_PAUSE, 2 * pause)
        stop.wait(wait)
