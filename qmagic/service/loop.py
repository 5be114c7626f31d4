"""The service's loop: one thread serves the clients' socket, the workers' lines, the store's completions, and time.

Nothing in it waits. Workers are started from this thread, which lives as long as the service: on Linux they die
with it.
"""

from __future__ import annotations

import logging
import math
import time

import zmq

from qmagic.engines.hosts import Hosts
from qmagic.engines.local import LocalEngine
from qmagic.engines.loops import LoopEngine
from qmagic.engines.readers import Readers
from qmagic.service.housekeeping import Housekeeping
from qmagic.service.manager import Manager
from qmagic.service.memory import MemoryWatch
from qmagic.service.server import Server
from qmagic.service.store import Store

__all__ = ["Loop"]

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.25


class Loop:
    """Runs the service until it is told to stop, or nobody needs it any more.

    Args:
        socket: The clients' socket.
        server: Answers it.
        store: The home's store.
        manager: What decides.
        engine: What runs.
        readers: What looks at texts and circuits.
        loops: What runs hybrid loops.
        hosts: What asks the clouds.
        watch: Keeps an eye on memory.
        housekeeping: Looks after the home.
        idle: Seconds without work after which workers leave, and then the service.
    """

    def __init__(
        self,
        socket: zmq.Socket[bytes],
        server: Server,
        store: Store,
        manager: Manager,
        engine: LocalEngine,
        readers: Readers,
        loops: LoopEngine,
        hosts: Hosts,
        watch: MemoryWatch,
        housekeeping: Housekeeping,
        idle: float,
    ) -> None:
        self._socket, self._server, self._store = socket, server, store
        self._manager, self._engine, self._readers = manager, engine, readers
        self._loops, self._hosts = loops, hosts
        self._watch, self._housekeeping, self._idle = watch, housekeeping, idle
        self._poller = zmq.Poller()
        self._polled: set[int] = set()
        self._last_care = 0.0
        self._needed = time.monotonic()
        self._stopping = False

    def run(self) -> None:
        """Serves until it is told to stop, the store is found damaged, or nobody needs it."""
        wake = self._store.wake.fileno()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(wake, zmq.POLLIN)
        while not (self._stopping or self._server.stopping):
            self._manager.dispatch()
            wait = min(_TICK_SECONDS, self._engine.stand_by())
            self._follow_workers()
            for source, _ in self._poller.poll(math.ceil(wait * 1000)):
                if source is self._socket:
                    self._server.read_requests()
                elif source == wake:
                    self._store.complete()
                elif int(source) in self._readers.descriptors:
                    self._readers.read(int(source))
                elif int(source) in self._loops.descriptors:
                    self._loops.read(int(source))
                elif int(source) in self._hosts.descriptors:
                    self._hosts.read(int(source))
                else:
                    self._engine.read(int(source))
            self._server.flush()
            if time.monotonic() - self._last_care >= _TICK_SECONDS:
                self._care()

    def stop(self) -> None:
        """Ends the loop after its current pass; callable from a signal handler."""
        self._stopping = True

    def _follow_workers(self) -> None:
        descriptors = {worker.connection.fileno() for worker in self._engine.workers}
        descriptors |= self._readers.descriptors | self._loops.descriptors | self._hosts.descriptors
        for descriptor in descriptors - self._polled:
            self._poller.register(descriptor, zmq.POLLIN)
        for descriptor in self._polled - descriptors:
            self._poller.unregister(descriptor)
        self._polled = descriptors

    def _care(self) -> None:
        """What is looked at a few times a second: time-outs, memory, clients, idleness, the damaged store."""
        self._last_care = now = time.monotonic()
        self._manager.tick()
        self._watch.look()
        self._housekeeping.look()
        self._engine.leave_idle(self._idle)
        self._readers.look(self._idle)
        self._loops.look(self._idle)
        self._hosts.look(self._idle)
        if self._server.look_after_clients() or self._manager.busy:
            self._needed = now
        if self._store.damaged:
            log.error("the store is damaged: the service ends; its next start sets the store aside")
            self._stopping = True
        elif now - max(self._needed, self._server.last_use) > self._idle:
            log.info("idle: the service leaves")
            self._stopping = True
