"""Who listens, and what they are told: every stored event, and, while something runs, what is not stored.

The manager never waits for a listener: one that is too slow loses its place, is told so as soon as it reads, and
listens again from where it was. What is not stored goes out at most ten times a second, newest value per job, and only
while somebody listens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.protocol import Find, Heard, Listen, Live, Push
from qmagic.service import rows
from qmagic.service.manager import Manager
from qmagic.tapes import Pulse

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Listeners", "heard"]

#: Jobs of a snapshot, and of one message of what is not stored.
_NEWEST = 500
_MOST_LIVE = 200
#: Events that a listener may have missed and still be told, in place of a snapshot.
_MOST_MISSED = 1000
_PAUSE = 0.1
#: Seconds after which times are told anew where nothing else has changed.
_REMINDER = 1.0
#: At most this share of the time goes into what is not stored: with thousands in line it comes more seldom.
_SHARE = 0.05


def heard(connection: sqlite3.Connection, listen: Listen) -> Heard:
    """Returns what a listener has missed."""
    seq, _ = rows.last_numbers(connection)
    oldest = connection.execute("SELECT min(seq) FROM events").fetchone()[0] or 0
    missed = seq - listen.since
    if listen.since < 0 or listen.since + 1 < oldest or not 0 <= missed <= _MOST_MISSED:
        return Heard(seq, [], rows.listing(connection, Find(limit=_NEWEST)))
    return Heard(seq, rows.events_since(connection, listen.since))


class Listeners:
    """The clients that listen.

    Args:
        manager: Knows what runs.
        push: Sends a client a `Push` or an error; False when it cannot take it now.
    """

    def __init__(self, manager: Manager, push: Callable[[bytes, Push | ErrorInfo], bool]) -> None:
        self._manager, self._push = manager, push
        self._lost: dict[bytes, bool] = {}  # whether it has lost its place
        self._events: list[Event] = []
        self._live: list[Live] = []
        self._pulses: list[Pulse] = []
        self._pulsed = 0.0
        self._told = self._next = 0.0

    def add(self, client: bytes) -> None:
        """Tells a client whatever happens from now on."""
        self.flush()
        self._lost[client] = False
        self._told = 0.0

    def forget(self, client: bytes) -> None:
        """Tells a client nothing more."""
        self._lost.pop(client, None)

    def lose(self, client: bytes) -> None:
        """Notes that a client has lost its place: it is told as soon as it reads."""
        if client in self._lost:
            self._lost[client] = True

    def __len__(self) -> int:
        return len(self._lost)

    def publish(self, event: Event) -> None:
        """Takes in an event that is on disk."""
        if self._lost:
            self._events.append(event)

    def pulse(self, pulse: Pulse) -> None:
        """Takes in what is new of a loop."""
        if self._lost:
            self._pulses.append(pulse)

    def flush(self) -> None:
        """Sends what has happened since the last time, and, now and then, what is not stored."""
        now = time.monotonic()
        if self._pulses and now - self._pulsed >= _PAUSE:
            pulses, self._pulses, self._pulsed = self._pulses, [], now
            self._send(Push(loops=pulses), must=False)  # who misses some asks for them
        if self._events:
            events, self._events = self._events, []
            self._send(Push(events))
        if self._lost and self._manager.busy:
            self._send_live()

    def look(self) -> None:
        """Tells those that were too slow to listen again, as soon as they read."""
        for client, lost in list(self._lost.items()):
            if lost and self._push(client, ErrorInfo("ServiceError", "events were lost: listen again")):
                self.forget(client)

    def _send_live(self) -> None:
        began = time.monotonic()
        if began < self._next:
            return
        live = self._manager.living.live(_MOST_LIVE)
        if live and (_lasting(live) != _lasting(self._live) or began - self._told >= _REMINDER):
            self._live, self._told = live, began
            self._send(Push(live=live), must=False)
        now = time.monotonic()
        self._next = began + max(_PAUSE, (now - began) / _SHARE)

    def _send(self, push: Push, *, must: bool = True) -> None:
        for client, lost in list(self._lost.items()):
            if not lost and not self._push(client, push) and must and client in self._lost:
                self._lost[client] = True


def _lasting(live: list[Live]) -> list[tuple[object, ...]]:
    """Returns what does not change by itself as time goes by."""
    return [(one.id, one.position, one.expected, one.progress, one.backend, one.why) for one in live]
