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
from qmagic.engines.hosts import Hosts
from qmagic.engines.local import LocalEngine
from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.money import AskBudget
from qmagic.protocol import (
    Cancel,
    Costs,
    Diagnose,
    Draw,
    Find,
    Heard,
    Hello,
    Listen,
    Purge,
    Push,
    Reply,
    Request,
    ServiceStatus,
    Submit,
)  # fmt: skip
from qmagic.service.answering import Send, Verbs
from qmagic.service.budget import Budget
from qmagic.service.cloud_door import CloudDoor
from qmagic.service.devices import Devices
from qmagic.service.experience import Experience
from qmagic.service.finding import Answer, Finding
from qmagic.service.housekeeping import Housekeeping
from qmagic.service.listeners import Listeners, heard
from qmagic.service.loop_door import LoopDoor
from qmagic.service.loops import Loops
from qmagic.service.manager import Manager
from qmagic.service.reading import Reading
from qmagic.service.remote_door import RemoteDoor
from qmagic.service.slots import Slots
from qmagic.service.store import Store
from qmagic.service.submission import Submission
from qmagic.service.summary import loop_workers, summary

__all__ = ["Server"]

log = logging.getLogger(__name__)

#: What somebody who only looks may ask without keeping an idle service from leaving.
_LOOKS = frozenset(("hello", "find", "list", "listen", "live", "loop", "result", "status", "tape"))
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
        experience: Remembers what runs took.
        loops: Decides about hybrid loops.
        budget: What jobs may cost.
        hosts: Asks the clouds.
        door: Answers what is about providers.
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
        experience: Experience,
        loops: Loops,
        budget: Budget,
        hosts: Hosts,
        door: Callable[[Send], RemoteDoor],
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
        self._finding, self._reading = Finding(manager, store), reading
        self._housekeeping = housekeeping
        self._experience, self._budget = experience, budget
        self._loops, self._devices = loops, Devices(home, hosts)
        self._clouds = CloudDoor(hosts, self._devices, budget, manager, self._send)
        loops.publish = self._listeners.pulse
        self._request = msgspec.msgpack.Decoder(Request).decode
        self._verbs: Verbs = {
            "hello": (Hello, self._hello),
            "submit": (Submit, self._submit),
            "result": (Find, self._result),
            "find": (Find, self._find),
            "list": (Find, self._list),
            "cancel": (Cancel, self._cancel),
            "listen": (Listen, self._listen),
            "live": (Find, self._live),
            "purge": (Purge, self._purge),
            "plan": (msgspec.Raw, self._plan),
            "costs": (Costs, self._costs),
            "diagnose": (Diagnose, self._diagnose),
            "draw": (Draw, self._draw),
            **LoopDoor(loops, store, self._send).verbs,
            **self._clouds.verbs,
            **door(self._send).verbs,
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
        self._devices.look()
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
        self._finding.ended(client, wanted.id, self._answering(client, number))

    def _find(self, client: bytes, number: int, wanted: Find) -> None:
        self._finding.jobs(wanted, self._answering(client, number))

    def _list(self, client: bytes, number: int, wanted: Find) -> None:
        self._finding.listing(wanted, self._answering(client, number))

    def _diagnose(self, client: bytes, number: int, wanted: Diagnose) -> None:
        self._reading.diagnose(client, wanted, self._answering(client, number))

    def _draw(self, client: bytes, number: int, wanted: Draw) -> None:
        self._reading.draw(client, wanted, self._answering(client, number))

    def _answering(self, client: bytes, number: int) -> Answer:
        def answer(body: Any, error: ErrorInfo | None) -> None:
            self._send(client, number, body, error)

        return answer

    def _cancel(self, client: bytes, number: int, cancel: Cancel) -> None:
        self._send(client, number, {job: self._manager.cancel(job) for job in cancel.ids})

    def _live(self, client: bytes, number: int, wanted: Find) -> None:
        self._send(client, number, self._manager.living.live_of(wanted.id))

    def _purge(self, client: bytes, number: int, purge: Purge) -> None:
        def done(jobs: int | None, error: Exception | None) -> None:
            if jobs is None:
                self._refuse(client, number, f"nothing was deleted: {error}")
            else:
                self._send(client, number, jobs)

        self._housekeeping.purge(time.time() - purge.older_than, purge.ids, done)

    def _plan(self, client: bytes, number: int, spec: msgspec.Raw) -> None:
        answer = self._answering(client, number)
        if not self._clouds.plan(bytes(spec), answer):
            self._manager.checks.plan(bytes(spec), answer)

    def _costs(self, client: bytes, number: int, wanted: Costs) -> None:
        if wanted.reset:
            self._experience.reset()
        self._send(client, number, self._experience.costs())

    def _ask_budget(self, client: bytes, number: int, wanted: AskBudget) -> None:
        self._budget.ask(wanted.change, lambda report, error: self._send(client, number, report, error))

    def _status(self, client: bytes, number: int, _: None) -> None:
        self._send(client, number, self._summary())

    def _stop(self, client: bytes, number: int, _: None) -> None:
        log.info("told to stop")
        self._send(client, number)
        self.stopping = True

    def _summary(self) -> ServiceStatus:
        found = summary(
            self._home, self._started, self._store, self._manager, self._engine, self._slots, len(self._clients)
        )
        return msgspec.structs.replace(found, workers=[*found.workers, *loop_workers(self._loops.processes())])

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
