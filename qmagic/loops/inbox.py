"""What the service says to a loop's process: a loop to run, orders for it; after its end perhaps another loop.

One thread reads all of it, so that an order arrives while the loop computes, and a loop finds only its own orders.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from multiprocessing.connection import Connection
from queue import SimpleQueue

import msgspec

from qmagic.engines.loop_messages import Begin, ToLoop
from qmagic.orders import Order

__all__ = ["Inbox", "Orders"]


class Orders:
    """The orders of one loop that it has not obeyed.

    Args:
        first: Those that came with it.
    """

    def __init__(self, first: list[Order]) -> None:
        self._orders, self._came = deque(first), threading.Event()

    def add(self, order: Order) -> None:
        """Adds one; called by the thread that reads."""
        self._orders.append(order)
        self._came.set()

    def drop(self, obeyed: set[int]) -> None:
        """Leaves out those with these numbers; called once, before any was taken."""
        for order in [order for order in self._orders if order.number in obeyed]:
            self._orders.remove(order)

    def take(self) -> Order | None:
        """Returns the next one, None where there is none."""
        return self._orders.popleft() if self._orders else None

    def stopping(self) -> bool:
        """Tells whether one of them is to stop."""
        return any(order.kind == "stop" for order in list(self._orders))

    def wait(self, seconds: float) -> bool:
        """Waits until there is one; tells whether there is."""
        self._came.clear()
        return bool(self._orders) or self._came.wait(seconds)


class Inbox:
    """Reads what comes in. The process leaves when the service is gone.

    Args:
        connection: To the service.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._decode = msgspec.msgpack.Decoder(ToLoop).decode
        self._begun: SimpleQueue[tuple[Begin, Orders]] = SimpleQueue()
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    @property
    def empty(self) -> bool:
        """Whether no loop waits."""
        return self._begun.empty()

    def next(self) -> tuple[Begin, Orders]:
        """Waits for a loop and returns it, with its orders."""
        return self._begun.get()

    def _read(self) -> None:
        orders = Orders([])  # those before the first loop, and late ones of a loop that has ended, are nobody's
        try:
            while True:
                message = self._decode(self._connection.recv_bytes())
                if isinstance(message, Begin):
                    orders = Orders(message.orders)
                    self._begun.put((message, orders))
                else:
                    orders.add(message.order)
        except (EOFError, OSError):
            os._exit(1)  # the service is gone
