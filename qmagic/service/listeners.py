"""Who listens to events: each gets a snapshot or what it missed, then every event as it comes.

The socket's high-water mark bounds what may wait for a listener. One that is too slow loses its place and is told so,
as soon as it reads again; it then listens anew from where it was. The manager never waits for a listener.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.protocol import Find, Found, Listen
from qmagic.service import rows
from qmagic.service.store import Store

__all__ = ["Listeners"]

#: Jobs in a snapshot, and events that are sent after one another in place of it.
_NEWEST = 500
_MOST_MISSED = 1000


class Listeners:
    """The clients that listen.

    Args:
        store: Has what they missed.
        send: Sends a reply (client, number, body, error) without waiting; False when the client is too slow or gone.
    """

    def __init__(self, store: Store, send: Callable[..., bool]) -> None:
        self._store, self._send = store, send
        self._lost: dict[bytes, bool] = {}  # client -> whether it has lost its place

    def __len__(self) -> int:
        return len(self._lost)

    def publish(self, event: Event) -> None:
        """Pushes an event to whoever keeps up."""
        for client, lost in list(self._lost.items()):
            if not lost and not self._send(client, 0, [event]) and client in self._lost:
                self._lost[client] = True

    def tell_lost(self) -> None:
        """Tells those that were too slow to listen again, as soon as they read."""
        for client, lost in list(self._lost.items()):
            if lost and self._send(client, 0, error=ErrorInfo("ServiceError", "events were lost: listen again")):
                del self._lost[client]

    def remove(self, client: bytes) -> None:
        """Forgets a client that is gone."""
        self._lost.pop(client, None)

    def add(self, client: bytes, number: int, listen: Listen) -> None:
        """Sends what the listener has missed; from then on it gets every event, under number 0.

        Commits and this query complete in order, so that no event falls between the two, and none comes twice.
        """

        def found(value: tuple[int, list[Event], list[Found]] | None, error: Exception | None) -> None:
            if value is None:
                problem = ErrorInfo("ServiceError", f"the store cannot be read: {error}")
                self._send(client, number, error=problem)
                return
            seq, events, jobs = value
            self._lost[client] = False
            answer = {"seq": seq, "events": events, "jobs": [job.info for job in jobs]}
            if not self._send(client, number, answer) and client in self._lost:
                self._lost[client] = True

        self._store.read(lambda connection: _missed(connection, listen.since), found)


def _missed(connection: sqlite3.Connection, since: int) -> tuple[int, list[Event], list[Found]]:
    """Returns the last event's number, and the events after `since`, or a snapshot where these are too many or gone."""
    seq, _ = rows.last_numbers(connection)
    first: Any = connection.execute("SELECT min(seq) FROM events").fetchone()[0] or 0
    if since < 0 or since + 1 < first or not 0 <= seq - since <= _MOST_MISSED:
        return seq, [], rows.find(connection, Find(limit=_NEWEST))
    return seq, rows.events_since(connection, since), []
