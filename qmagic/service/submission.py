"""One submit request, from its jobs' arrival to its answer, and the ends that come unasked after it.

Several jobs are made all, or none of them: the inputs that nobody has checked are read first, and only when all are
sound does the first job exist.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qmagic.errors import ErrorInfo
from qmagic.protocol import Ended, Find, Submit
from qmagic.service import rows
from qmagic.service.manager import Manager
from qmagic.service.store import Store

__all__ = ["MAX_EARLY", "MAX_PUSHED", "Submission"]

#: Outcomes of up to this size are sent to who submitted the job without being asked for.
MAX_PUSHED = 64 << 10
#: Outcomes that go with the answer to a submit, together.
MAX_EARLY = 4 << 20


class Submission:
    """The jobs of one request. It is answered once, when all are on disk or refused.

    Args:
        submit: The request.
        answer: Sends the answer (ends that came before it, the first error), and later ends.
    """

    def __init__(self, submit: Submit, answer: Callable[[list[Ended] | None, ErrorInfo | None], object]) -> None:
        self._submit, self._answer = submit, answer
        self._left = len(submit.specs)
        self._problem: ErrorInfo | None = None
        self._early: list[Ended] = []
        self._room = MAX_EARLY

    def start(self, manager: Manager, store: Store) -> None:
        """Hands the jobs to the manager; of a request sent again, only those that an earlier try did not bring in."""
        heads = [msgspec.msgpack.decode(spec, type=_Head) for spec in self._submit.specs]
        if not self._submit.again:
            self._make(manager, list(range(len(heads))), heads)
            return

        def known(found: list[bool] | None, error: Exception | None) -> None:
            on_disk = found or [False] * len(heads)
            stored = [there and not manager.knows(head.id) for there, head in zip(on_disk, heads, strict=True)]
            for there in stored:
                if there:
                    self._accept(None)
            self._make(manager, [i for i, there in enumerate(stored) if not there], heads)

        store.read(lambda connection: [bool(rows.find(connection, Find(id=head.id, limit=1))) for head in heads], known)

    def _make(self, manager: Manager, places: list[int], heads: list[_Head]) -> None:
        """Makes the jobs at these places of the request; of several, none whose input was not read."""
        unread = [i for i in places if not (heads[i].checked or manager.knows(heads[i].id))]
        if len(places) == 1 or not unread:
            self._admit(manager, places, checked=False)
            return
        refused: dict[int, ErrorInfo] = {}
        waits = set(unread)

        def read(place: int, error: ErrorInfo | None) -> None:
            waits.discard(place)
            if error is not None:
                refused[place] = error
            if waits:
                return
            if not refused:
                self._admit(manager, places, checked=True)
                return
            first = min(refused)
            message = f"job {first + 1} of {len(heads)}: {refused[first].message}; nothing was submitted"
            self._answer(None, msgspec.structs.replace(refused[first], message=message))

        for place in unread:
            manager.checks.check(bytes(self._submit.specs[place]), lambda error, place=place: read(place, error))  # type: ignore[misc]

    def _admit(self, manager: Manager, places: list[int], *, checked: bool) -> None:
        waiter = self._push if self._submit.follow else None
        for place in places:
            manager.submit(bytes(self._submit.specs[place]), self._accept, waiter=waiter, checked=checked)

    def _accept(self, error: ErrorInfo | None) -> None:
        self._left -= 1
        self._problem = self._problem or error
        if self._left == 0:
            self._answer(self._early or None, self._problem)

    def _push(self, ended: Ended | None) -> None:
        if ended is None:
            return
        if self._left:  # an end that comes before the answer goes with it
            self._early.append(_told(ended, min(self._room, MAX_PUSHED)))
            self._room -= len(self._early[-1].outcome)
        else:
            self._answer([_told(ended, MAX_PUSHED)], None)


def _told(ended: Ended, most: int) -> Ended:
    """Returns an end as it is told unasked: without an outcome that is too large, which will be asked for."""
    return ended if len(ended.outcome) <= most else msgspec.structs.replace(ended, outcome=b"")


class _Head(msgspec.Struct):
    """What a submission looks at itself: whether a job is known, and whether its input was read."""

    id: str
    checked: bool = False
