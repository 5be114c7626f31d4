"""The part of the service's door that is for hybrid loops: orders in, views and tapes out."""

from __future__ import annotations

from qmagic.errors import ErrorInfo
from qmagic.orders import AskLoop, OrderLoop
from qmagic.service.answering import Send, Verbs
from qmagic.service.loops import Loops
from qmagic.service.store import Store
from qmagic.service.tape_rows import Kept, kept
from qmagic.tapes import LoopView

__all__ = ["LoopDoor"]


class LoopDoor:
    """Answers what clients ask about loops.

    Args:
        loops: Decides about them.
        store: Where their tapes are.
        send: Sends a client an answer.
    """

    def __init__(self, loops: Loops, store: Store, send: Send) -> None:
        self._loops, self._store, self._send = loops, store, send
        self.verbs: Verbs = {
            "order": (OrderLoop, self._order),
            "loop": (AskLoop, self._loop),
            "tape": (AskLoop, self._tape),
        }

    def _order(self, client: bytes, number: int, wanted: OrderLoop) -> None:
        self._loops.order(wanted.id, wanted.order, lambda place, error: self._send(client, number, place, error))

    def _loop(self, client: bytes, number: int, wanted: AskLoop) -> None:
        def told(view: LoopView | None, error: Exception | None) -> None:
            if error is not None:
                self._refuse(client, number, error)
            elif view is None:
                self._send(client, number, error=ErrorInfo("NotFoundError", f"there is no loop {wanted.id!r}"))
            else:
                self._send(client, number, view)

        self._loops.view(wanted, told)

    def _tape(self, client: bytes, number: int, wanted: AskLoop) -> None:
        def told(found: Kept | None, error: Exception | None) -> None:
            if found is None:
                self._refuse(client, number, error)
            else:
                self._send(client, number, found.tape)

        self._store.read(lambda connection: kept(connection, wanted.id), told)

    def _refuse(self, client: bytes, number: int, error: Exception | None) -> None:
        self._send(client, number, error=ErrorInfo("ServiceError", f"the store cannot be read: {error}"))
