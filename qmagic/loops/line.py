"""A loop's line to the service: tape and pulses go out on a thread of their own; orders come in by the inbox.

The tape goes out at least every `BATCH` seconds; what has not gone out when the process is killed is computed again.
One thread writes for the loops of a process, one after the other: most loops are over before they would have started
theirs.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue

import msgspec

from qmagic.engines.base import Done, Failed
from qmagic.engines.loop_messages import FromLoop, Over, Pulsed, Recorded, Rested
from qmagic.loops.inbox import Orders
from qmagic.orders import Order
from qmagic.tapes import Entry, LoopState, Pulse, Stood, Told, pack, rows_of

__all__ = ["BATCH", "Line"]

#: Seconds between two chunks of the tape, and between two pulses.
BATCH = 0.1
#: Seconds after which a paused loop gives its process back.
_REST = float(os.environ.get("QMAGIC_LOOP_REST_SECONDS", "300"))
#: Iterations that one pulse holds; who listens asks for those that it misses.
_MOST_ROWS = 1000
#: Seconds between pulses of a loop that does not move.
_REMINDER = 1.0


class Line:
    """One loop's line. See `door.Door`.

    Args:
        connection: To the service.
        job: The job's id.
        attempt: The attempt's number.
        orders: Orders that the tape does not have yet, and those to come.
        evaluations: How many evaluations are on the tape.
        iterations: How many iterations are on the tape.
    """

    def __init__(
        self, connection: Connection, job: str, attempt: int, orders: Orders, evaluations: int, iterations: int
    ) -> None:
        self._connection, self._job, self._attempt = connection, job, attempt
        self._evaluations, self._iterations = evaluations, iterations
        self._encode = msgspec.msgpack.Encoder().encode
        self._entries: deque[Entry] = deque()
        self._orders, self._over = orders, threading.Event()
        self._gathering, self._closed = threading.Lock(), False
        self._last: LoopState | None = None
        self._reminded = 0.0
        #: Says how the loop stands.
        self.state: Callable[[], LoopState] = LoopState

    def start(self) -> None:
        """Starts to write."""
        _lines().put(self)

    # -- the loop's own thread ----------------------------------------------------------------------------------------

    def record(self, *entries: Entry) -> None:
        """Puts entries on the tape."""
        self._entries.extend(entries)  # one step: a chunk has all of them or none

    def order(self) -> Order | None:
        """Returns the next order, None where there is none."""
        return self._orders.take()

    def stopping(self) -> bool:
        """Tells whether an order to stop waits."""
        return self._orders.stopping()

    def await_order(self) -> None:
        """Waits for an order; where none comes for long, ends the process."""
        if not self._orders.wait(_REST):
            for message in (*self._close(), Rested(self._job, self._attempt)):
                if message is not None:
                    self._send(message)
            os._exit(0)

    def end(self, end: Done | Failed, lasts: bool) -> None:
        """Ends the line with the loop's end, and all that has not gone out before it."""
        self._send(Over(end, *self._close(), lasts))
        self._over.set()  # last: to wake a thread takes longer than a step of a small ansatz

    # -- the thread ---------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Sends what is new, until the line is closed."""
        try:
            while not self._over.wait(BATCH):
                with self._gathering:
                    for message in () if self._closed else self._news():
                        if message is not None:
                            self._send(message)
        except OSError:
            os._exit(1)  # the service is gone

    def _close(self) -> tuple[Recorded | None, Pulsed | None]:
        """Has nothing go out any more, and returns what has not: the last of the tape, and how the loop stands."""
        with self._gathering:
            self._closed = True
            return self._news()

    def _send(self, message: FromLoop) -> None:
        self._connection.send_bytes(self._encode(message))

    def _news(self) -> tuple[Recorded | None, Pulsed | None]:
        """Returns what is new of the tape, and how the loop stands if that is."""
        recorded = pulsed = None
        entries = [self._entries.popleft() for _ in range(len(self._entries))]
        stood: list[Stood] = []
        for entry in entries:
            if isinstance(entry, Told):
                self._evaluations = entry.index + 1
            elif isinstance(entry, Stood):
                self._iterations = entry.iteration
                stood.append(entry)
        if entries:
            recorded = Recorded(self._job, self._attempt, pack(entries), self._evaluations, self._iterations)
        state, now = self.state(), time.monotonic()
        still = self._last is not None and msgspec.structs.replace(state, seconds=self._last.seconds) == self._last
        if stood or not still or (state.phase != "paused" and now - self._reminded > _REMINDER):
            self._last, self._reminded = state, now
            pulsed = Pulsed(Pulse(self._job, state, rows_of(stood[-_MOST_ROWS:])))
        return recorded, pulsed


@functools.cache
def _lines() -> SimpleQueue[Line]:
    """Returns what the thread that writes takes lines from."""
    lines: SimpleQueue[Line] = SimpleQueue()

    def serve() -> None:
        while True:
            lines.get().write()

    threading.Thread(target=serve, name="tape", daemon=True).start()
    return lines
