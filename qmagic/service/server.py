"""The service's door: reads requests from its socket, asks the manager or the store, and answers.

What takes long is answered later; a reader that is too slow loses its place, not the manager's time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import zmq

from qmagic import home as homes
from qmagic.engines.local import LocalEngine
from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.jobs import JobInfo
from qmagic.money import AskBudget
from qmagic.protocol import (
    Cancel,
    Diagnose,
    Draw,
    Ended,
    Find,
    Found,
    Heard,
    Hello,
    Listen,
    Listing,
    Purge,
    Push,
    Reply,
    Request,
    ServiceStatus,
    Submit,
)  # fmt: skip
from qmagic.service import rows
from qmagic.service.budget import Budget
from qmagic.service.housekeeping import Housekeeping
from qmagic.service.listeners import Listeners, heard
from qmagic.service.manager import Manager
from qmagic.service.reading import Reading
from qmagic.service.slots import Slots
from qmagic.service.store import Store
from qmagic.service.submission import Submission
from qmagic.service.summary import summary

__all__ = ["Server"]

log = logging.getLogger(__name__)

#: What somebody who only looks may ask without keeping an idle service from leaving.
_LOOKS = frozenset(("hello", "find", "list", "listen", "result", "status"))
_READABLE = int(zmq.POLLIN)

_ENCODE = msgspec.msgpack.Encoder().encode


class Server:
    """Answers the clients of one home.

    Args:
        home: The folder.
        socket: A bound ROUTER socket.
        store: The home's store.
        manager: What decides.
        engine: What runs.
        slots: What running jobs hold.
        reading: Looks at texts and circuits.
        housekeeping: Looks after the home.
        budget: What jobs may cost.
    """

    def __init__(
        self,
        home: Path,
        socket: zmq.Socket[bytes],
        store: Store,
        manager: Manager,
        engine: LocalEngine,
        slots: Slots,
        reading: Reading,
        housekeeping: Housekeeping,
        budget: Budget,
    ) -> None:
        self._home, self._socket, self._store = home, socket, store
        self._manager, self._engine, self._slots = manager, engine, slots
        self._started = time.time()
        #: Whether somebody asked the service to stop.
        self.stopping = False
        #: When a request came last (monotonic seconds).
        self.last_use = time.monotonic()
        self._clients: dict[bytes, Hello] = {}
        self._viewers: set[bytes] = set()
        self._listeners = Listeners(manager, self._push)
        self._reading = reading
        self._housekeeping, self._budget = housekeeping, budget
        self._request = msgspec.msgpack.Decoder(Request).decode
        self._verbs: dict[str, tuple[type[Any], Callable[[bytes, int, Any], None]]] = {
            "hello": (Hello, self._hello),
            "submit": (Submit, self._submit),
            "result": (Find, self._result),
            "find": (Find, self._find),
            "list": (Find, self._list),
            "cancel": (Cancel, self._cancel),
            "listen": (Listen, self._listen),
            "purge": (Purge, self._purge),
            "diagnose": (Diagnose, self._diagnose),
            "draw": (Draw, self._draw),
            "budget": (AskBudget, self._ask_budget),
            "status": (type(None), self._status),
            "stop": (type(None), self._stop),
        }
        self._bodies = {verb: msgspec.msgpack.Decoder(body).decode for verb, (body, _) in self._verbs.items()}

    # -- requests ------------------------------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Has an event told to whoever listens."""
        self._listeners.publish(event)

    def flush(self) -> None:
        """Tells listeners what has happened since the last time."""
        self._listeners.flush()

    def look_after_clients(self) -> bool:
        """Tells listeners that lost their place, forgets clients that are gone, and tells whether any is left."""
        self._listeners.look()
        self._clients = {name: c for name, c in self._clients.items() if homes.process_alive(c.pid, c.start)}
        return bool(self._clients)

    def read_requests(self) -> None:
        """Reads and answers the requests that wait, up to a number: then the workers have their turn."""
        for _ in range(100):
            try:
                client, *frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._answer(client, frames)
            if not int(self._socket.get(zmq.EVENTS)) & _READABLE:  # cheaper than to fail
                return

    def _answer(self, client: bytes, frames: list[bytes]) -> None:
        number = -1
        try:
            request = self._request(frames[-1])
            number = request.number
            if client not in self._viewers or request.verb not in _LOOKS:
                self.last_use = time.monotonic()
            if request.verb not in self._verbs:
                self._refuse(client, number, f"the service does not know the request {request.verb!r}")
                return
            _, handle = self._verbs[request.verb]
            handle(client, number, self._bodies[request.verb](request.body))
        except msgspec.MsgspecError as error:
            self._refuse(client, number, f"the service cannot read this request: {error}")
        except Exception:
            log.exception("a request failed")
            self._refuse(client, number, "the service failed at this request; its log in QMAGIC_HOME says why")

    # -- answers ------------------------------------------------------------------------------------------------------

    def _send(self, client: bytes, number: int, body: Any = None, error: ErrorInfo | None = None) -> bool:
        data = _ENCODE(Reply(number, msgspec.Raw(_ENCODE(body)), error))
        try:
            self._socket.send_multipart([client, data], zmq.NOBLOCK)
        except zmq.Again:
            return False  # too slow: it asks again
        except zmq.ZMQError:
            self._clients.pop(client, None)  # gone
            self._viewers.discard(client)
            self._listeners.forget(client)
            return False
        return True

    def _refuse(self, client: bytes, number: int, message: str) -> None:
        self._send(client, number, error=ErrorInfo("ServiceError", message))

    def _hello(self, client: bytes, number: int, hello: Hello) -> None:
        if hello.viewer:
            self._viewers.add(client)
        else:
            self._clients[client] = hello
        if hello.environment is not None:
            self._engine.warm(hello.environment)
        self._send(client, number, self._summary())

    def _submit(self, client: bytes, number: int, submit: Submit) -> None:
        answer = Submission(submit, lambda ends, error: self._send(client, number, ends, error))
        answer.start(self._manager, self._store)

    def _result(self, client: bytes, number: int, wanted: Find) -> None:
        def told(ended: Ended | None) -> None:
            if ended is not None:
                self._send(client, number, ended)
            else:
                self._send(client, number, error=ErrorInfo("NotFoundError", f"there is no job {wanted.id!r}"))

        def found(ended: Ended | None, error: Exception | None) -> None:
            if error is not None:
                self._refuse(client, number, f"the store cannot be read: {error}")
            else:
                told(ended)

        if self._manager.wait(wanted.id, client, told):
            return

        self._store.read(lambda connection: rows.ended(connection, wanted.id), found)

    def _find(self, client: bytes, number: int, wanted: Find) -> None:
        def found(jobs: list[Found] | None, error: Exception | None) -> None:
            if jobs is None:
                self._refuse(client, number, f"the store cannot be read: {error}")
                return
            infos = self._placed([job.info for job in jobs])
            self._send(
                client,
                number,
                [msgspec.structs.replace(job, info=info) for job, info in zip(jobs, infos, strict=True)],
            )

        self._store.read(lambda connection: rows.find(connection, wanted), found)

    def _list(self, client: bytes, number: int, wanted: Find) -> None:
        def found(listing: Listing | None, error: Exception | None) -> None:
            if listing is None:
                self._refuse(client, number, f"the store cannot be read: {error}")
            else:
                self._send(client, number, msgspec.structs.replace(listing, jobs=self._placed(listing.jobs)))

        self._store.read(lambda connection: rows.listing(connection, wanted), found)

    def _placed(self, jobs: list[JobInfo]) -> list[JobInfo]:
        """Adds what is not stored to jobs that have not ended: place in line, backend."""
        if all(job.status.final for job in jobs):
            return jobs
        positions = self._manager.positions()
        return [job if job.status.final else self._manager.seen(job, positions.get(job.id)) for job in jobs]

    def _diagnose(self, client: bytes, number: int, wanted: Diagnose) -> None:
        self._reading.diagnose(client, wanted, lambda body, error: self._answer_with(client, number, body, error))

    def _draw(self, client: bytes, number: int, wanted: Draw) -> None:
        self._reading.draw(client, wanted, lambda body, error: self._answer_with(client, number, body, error))

    def _answer_with(self, client: bytes, number: int, body: bytes, error: ErrorInfo | None) -> None:
        self._send(client, number, body, error)

    def _cancel(self, client: bytes, number: int, cancel: Cancel) -> None:
        self._send(client, number, {job: self._manager.cancel(job) for job in cancel.ids})

    def _purge(self, client: bytes, number: int, purge: Purge) -> None:
        def done(jobs: int | None, error: Exception | None) -> None:
            if jobs is None:
                self._refuse(client, number, f"nothing was deleted: {error}")
            else:
                self._send(client, number, jobs)

        self._housekeeping.purge(time.time() - purge.older_than, purge.ids, done)

    def _ask_budget(self, client: bytes, number: int, wanted: AskBudget) -> None:
        self._budget.ask(wanted.change, lambda report, error: self._send(client, number, report, error))

    def _status(self, client: bytes, number: int, _: None) -> None:
        self._send(client, number, self._summary())

    def _stop(self, client: bytes, number: int, _: None) -> None:
        log.info("told to stop")
        self._send(client, number)
        self.stopping = True

    def _summary(self) -> ServiceStatus:
        return summary(
            self._home, self._started, self._store, self._manager, self._engine, self._slots, len(self._clients)
        )

    def _push(self, client: bytes, push: Push | ErrorInfo) -> bool:
        if isinstance(push, ErrorInfo):
            return self._send(client, 0, error=push)
        return self._send(client, 0, push)

    def _listen(self, client: bytes, number: int, listen: Listen) -> None:
        """Sends what the listener has missed, then (number 0) every event as it comes."""

        def found(value: Heard | None, error: Exception | None) -> None:
            if value is None:
                self._refuse(client, number, f"the store cannot be read: {error}")
                return
            self._listeners.add(client)
            if not self._send(client, number, value):
                self._listeners.lose(client)

        self._store.read(lambda connection: heard(connection, listen), found)
