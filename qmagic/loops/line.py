"""A loop's line to the service: tape and pulses go out on a thread of their own; orders come in by the inbox.

The tape goes out at least every `BATCH` seconds; what has not gone out when the process is killed is computed again.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

import msgspec

from qmagic.engines.loop_messages import FromLoop, Pulsed, Recorded, Rested
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
        self._lock = threading.Lock()
        self._last: LoopState | None = None
        self._reminded = 0.0
        #: Says how the loop stands.
        self.state: Callable[[], LoopState] = LoopState

    def start(self) -> None:
        """Starts to write."""
        self._writer = threading.Thread(target=self._write, name="tape", daemon=True)
        self._writer.start()

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
            self.close()
            self.send(Rested(self._job, self._attempt))
            os._exit(0)

    def close(self) -> None:
        """Ends the writing, once everything has gone out."""
        self._over.set()
        self._writer.join()

    def send(self, message: FromLoop) -> None:
        """Sends a message."""
        data = self._encode(message)
        with self._lock:
            self._connection.send_bytes(data)

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        try:
            while not self._over.wait(BATCH):
                self._flush()
            self._flush()
        except OSError:
            os._exit(1)  # the service is gone

    def _flush(self) -> None:
        entries = [self._entries.popleft() for _ in range(len(self._entries))]
        stood: list[Stood] = []
        for entry in entries:
            if isinstance(entry, Told):
                self._evaluations = entry.index + 1
            elif isinstance(entry, Stood):
                self._iterations = entry.iteration
                stood.append(entry)
        if entries:
            self.send(Recorded(self._job, self._attempt, pack(entries), self._evaluations, self._iterations))
        state, now = self.state(), time.monotonic()
        still = self._last is not None and msgspec.structs.replace(state, seconds=self._last.seconds) == self._last
        if stood or not still or (state.phase != "paused" and now - self._reminded > _REMINDER):
            self._last, self._reminded = state, now
            self.send(Pulsed(Pulse(self._job, state, rows_of(stood[-_MOST_ROWS:]))))
