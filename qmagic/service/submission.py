"""One submit request, from its jobs' arrival to its answer, and the ends that come unasked after it."""

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
        if not self._submit.again:
            for spec in self._submit.specs:
                manager.submit(bytes(spec), self._accept, waiter=self._push if self._submit.follow else None)
            return
        ids = [msgspec.msgpack.decode(spec, type=_Id).id for spec in self._submit.specs]

        def known(found: list[bool] | None, error: Exception | None) -> None:
            stored = {job for job, is_there in zip(ids, found or [], strict=False) if is_there}
            for job, spec in zip(ids, self._submit.specs, strict=True):
                if job in stored and not manager.knows(job):
                    self._accept(None)
                else:
                    manager.submit(bytes(spec), self._accept)

        store.read(lambda connection: [bool(rows.find(connection, Find(id=job, limit=1))) for job in ids], known)

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


class _Id(msgspec.Struct):
    """The only field of a spec that tells whether it is known."""

    id: str
