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
from qmagic.protocol import (
    Cancel,
    Costs,
    Ended,
    Find,
    Found,
    Hello,
    Listen,
    Purge,
    Reply,
    Request,
    ServiceStatus,
    Submit,
)  # fmt: skip
from qmagic.service import rows
from qmagic.service.experience import Experience
from qmagic.service.housekeeping import Housekeeping
from qmagic.service.listeners import Listeners
from qmagic.service.manager import Manager
from qmagic.service.slots import Slots
from qmagic.service.store import Store
from qmagic.service.summary import summary

__all__ = ["Server"]

log = logging.getLogger(__name__)

#: Outcomes of up to this size are sent to who submitted the job without being asked for.
MAX_PUSHED = 64 << 10
#: Outcomes that go with the answer to a submit, together.
MAX_EARLY = 4 << 20
_NEWEST = 500
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
        housekeeping: Looks after the home.
        experience: Remembers what runs took.
    """

    def __init__(
        self,
        home: Path,
        socket: zmq.Socket[bytes],
        store: Store,
        manager: Manager,
        engine: LocalEngine,
        slots: Slots,
        housekeeping: Housekeeping,
        experience: Experience,
    ) -> None:
        self._home, self._socket, self._store = home, socket, store
        self._manager, self._engine, self._slots = manager, engine, slots
        self._started = time.time()
        #: Whether somebody asked the service to stop.
        self.stopping = False
        #: When a request came last (monotonic seconds).
        self.last_use = time.monotonic()
        self._clients: dict[bytes, Hello] = {}
        self._listeners = Listeners(store, self._send)
        self._housekeeping = housekeeping
        self._experience = experience
        self._request = msgspec.msgpack.Decoder(Request).decode
        self._verbs: dict[str, tuple[type[Any], Callable[[bytes, int, Any], None]]] = {
            "hello": (Hello, self._hello),
            "submit": (Submit, self._submit),
            "result": (Find, self._result),
            "find": (Find, self._find),
            "cancel": (Cancel, self._cancel),
            "listen": (Listen, self._listeners.add),
            "purge": (Purge, self._purge),
            "plan": (msgspec.Raw, self._plan),
            "costs": (Costs, self._costs),
            "status": (type(None), self._status),
            "stop": (type(None), self._stop),
        }
        self._bodies = {verb: msgspec.msgpack.Decoder(body).decode for verb, (body, _) in self._verbs.items()}

    # -- requests ------------------------------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Pushes an event to whoever listens."""
        self._listeners.publish(event)

    def look_after_clients(self) -> bool:
        """Tells listeners that lost their place, forgets clients that are gone, and tells whether any is left."""
        self._listeners.tell_lost()
        self._clients = {name: c for name, c in self._clients.items() if homes.process_alive(c.pid, c.start)}
        return bool(self._clients)

    def read_requests(self) -> None:
        """Reads and answers the requests that wait, up to a number: then the workers have their turn."""
        self.last_use = time.monotonic()
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
            self._listeners.remove(client)
            return False
        return True

    def _refuse(self, client: bytes, number: int, message: str) -> None:
        self._send(client, number, error=ErrorInfo("ServiceError", message))

    def _hello(self, client: bytes, number: int, hello: Hello) -> None:
        self._clients[client] = hello
        if hello.environment is not None:
            self._engine.warm(hello.environment)
        self._send(client, number, self._summary())

    def _submit(self, client: bytes, number: int, submit: Submit) -> None:
        left = len(submit.specs)
        problem: ErrorInfo | None = None
        early: list[Ended] = []  # ends that come before the answer go with it
        room = MAX_EARLY

        def accept(error: ErrorInfo | None) -> None:
            nonlocal left, problem
            left -= 1
            problem = problem or error
            if left == 0:
                self._send(client, number, early or None, error=problem)

        def push(ended: Ended | None) -> None:
            nonlocal room
            if ended is None:
                return
            if left:
                early.append(_told(ended, min(room, MAX_PUSHED)))
                room -= len(early[-1].outcome)
            else:
                self._send(client, number, [_told(ended, MAX_PUSHED)])

        def take() -> None:
            for spec in submit.specs:
                self._manager.submit(bytes(spec), accept, waiter=push if submit.follow else None)

        if not submit.again:
            take()
            return
        # an earlier try may have got through: what is on disk is accepted, the rest is taken now
        ids = [msgspec.msgpack.decode(spec, type=_Id).id for spec in submit.specs]

        def known(found: list[bool], error: Exception | None) -> None:
            nonlocal left
            stored = {job for job, is_there in zip(ids, found or [], strict=False) if is_there}
            for job, spec in zip(ids, submit.specs, strict=True):
                if job in stored and not self._manager.knows(job):
                    accept(None)
                else:
                    self._manager.submit(bytes(spec), accept)

        self._store.read(
            lambda connection: [bool(rows.find(connection, Find(id=job, limit=1))) for job in ids],
            known,
        )

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
            positions = self._manager.positions() if any(not job.info.status.final for job in jobs) else {}
            placed = [
                msgspec.structs.replace(job, info=msgspec.structs.replace(job.info, position=positions[job.info.id]))
                if job.info.id in positions
                else job
                for job in jobs
            ]
            self._send(client, number, placed)

        self._store.read(lambda connection: rows.find(connection, wanted), found)

    def _cancel(self, client: bytes, number: int, cancel: Cancel) -> None:
        self._send(client, number, {job: self._manager.cancel(job) for job in cancel.ids})

    def _purge(self, client: bytes, number: int, purge: Purge) -> None:
        def done(jobs: int | None, error: Exception | None) -> None:
            if jobs is None:
                self._refuse(client, number, f"nothing was deleted: {error}")
            else:
                self._send(client, number, jobs)

        self._housekeeping.purge(time.time() - purge.older_than, purge.ids, done)

    def _plan(self, client: bytes, number: int, spec: msgspec.Raw) -> None:
        def answer(plan: bytes | None, error: ErrorInfo | None = None) -> None:
            self._send(client, number, plan, error)

        self._manager.plan(bytes(spec), answer, lambda error: answer(None, error))

    def _costs(self, client: bytes, number: int, wanted: Costs) -> None:
        if wanted.reset:
            self._experience.reset()
        self._send(client, number, self._experience.costs())

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


def _told(ended: Ended, most: int) -> Ended:
    """Returns an end as it is told unasked: without an outcome that is too large, which will be asked for."""
    return ended if len(ended.outcome) <= most else msgspec.structs.replace(ended, outcome=b"")


class _Id(msgspec.Struct):
    """The only field of a spec that tells whether it is known."""

    id: str
