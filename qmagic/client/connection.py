"""One thread's line to the service: asks, waits, and asks again when the service went away in between.

ZeroMQ sockets belong to one thread, so each thread has its own. A wait can be interrupted at any moment: an answer that
comes later is known by its number and dropped.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import msgspec
import zmq

from qmagic import home as homes
from qmagic.client.ends import MAX_KEPT, Ends
from qmagic.client.environment import environment
from qmagic.client.start import find_or_start
from qmagic.errors import InputError, ServiceError
from qmagic.protocol import MAX_REQUEST, PROTOCOL, Ended, Hello, Reply, Request, ServiceStatus

__all__ = ["ENDS", "PATIENCE", "Connection", "NoServiceError", "connection", "running", "view_only"]

_ENCODE = msgspec.msgpack.Encoder().encode
_REPLY = msgspec.msgpack.Decoder(Reply).decode

#: How often a wait looks whether the service is still there.
_LOOK_SECONDS = 0.25
#: Services that may be lost in a row, each within `PATIENCE`, before a request is given up.
_MAX_LOST = 5
#: Seconds after which an answer may have got lost, and the request is sent again; twice as many the next time.
PATIENCE = 10.0
_MAX_PATIENCE = 300.0
#: What comes under the number of a submit: its answer first, then ends as they come.
ENDS = list[Ended] | None
#: Stands for "whatever comes unasked" where a request's number is expected.
_ANY = -1


class NoServiceError(ServiceError):
    """No service runs, and who asked does not start one."""


class Connection:
    """A line to the service of one home.

    Args:
        home: The home folder.
        viewer: It only looks: it starts no service, asks for no worker, and keeps no idle service from leaving.
    """

    def __init__(self, home: Path, *, viewer: bool = False) -> None:
        self._home, self._viewer = home, viewer
        self._socket: zmq.Socket[bytes] | None = None
        self._service: homes.Discovery | None = None
        self._number = 0
        self._decoders: dict[Any, Any] = {}
        #: Ends of jobs that come unasked.
        self.ends = Ends()

    def ask(self, verb: str, body: Any, answer: Any, *, timeout: float | None = None) -> Any:
        """Asks and returns the answer.

        Args:
            verb: What is asked.
            body: The struct that goes with it.
            answer: Type of the answer.
            timeout: Seconds; None means as long as the service lives.

        Raises:
            QmagicError: What the service answered.
            TimeoutError: The time is up.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        lost, patience = 0, PATIENCE
        while lost < _MAX_LOST:
            number, sent = self.send(verb, body), time.monotonic()
            try:
                reply = self.wait(number, sent + patience if deadline is None else min(deadline, sent + patience))
            except TimeoutError:
                if deadline is not None and time.monotonic() >= deadline:
                    raise
                patience = min(2 * patience, _MAX_PATIENCE)
                continue
            if reply is not None:
                return self.open(reply, answer)
            lost = lost + 1 if time.monotonic() - sent < PATIENCE else 1
        raise ServiceError(
            f"the job service went away {_MAX_LOST} times while it was asked; its log is in {self._home / 'log'}"
        )

    def send(self, verb: str, body: Any = None) -> int:
        """Sends a request, connecting first if need be, and returns its number."""
        socket = self._connect()
        self._number += 1
        data = _ENCODE(Request(self._number, verb, msgspec.Raw(_ENCODE(body))))
        if len(data) > MAX_REQUEST:
            most = f"at most {MAX_REQUEST >> 20} MB can be sent at once"
            raise InputError(f"the job is too large: {len(data) / 2**20:.0f} MB, {most}; split it into several")
        socket.send(data)
        return self._number

    def followed(self, job: str, deadline: float | None = None) -> Ended | None:
        """Returns a job's end if it came unasked, or comes within moments; None means: ask for it."""
        soon = time.monotonic() + _LOOK_SECONDS
        limit = soon if deadline is None else min(soon, deadline)
        with contextlib.suppress(TimeoutError):
            while job in self.ends and self.wait(_ANY, limit) is not None:
                pass
        return self.ends.take(job)

    def wait(self, number: int, deadline: float | None = None) -> Reply | None:
        """Waits for the answer of this number; None when the service that was asked is gone.

        Raises:
            TimeoutError: The deadline (monotonic) has passed.
        """
        while (socket := self._socket) is not None:
            seconds = _LOOK_SECONDS if deadline is None else min(_LOOK_SECONDS, deadline - time.monotonic())
            if socket.poll(max(0, int(seconds * 1000)) or 1):
                reply = _REPLY(socket.recv())
                if reply.number == number:
                    return reply
                if self.ends.due(reply.number):
                    if reply.error is None:  # else a submit that was given up for lost was refused
                        self.ends.keep(self.open(reply, ENDS))
                    if number == _ANY:
                        return reply
                continue
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError
            if not self._alive():
                self.close()
        return None

    def open(self, reply: Reply, answer: Any) -> Any:
        """Returns a reply's body, or raises its error."""
        if reply.error is not None:
            raise reply.error.error()
        decode = self._decoders.get(answer)
        if decode is None:
            decode = self._decoders[answer] = msgspec.msgpack.Decoder(answer).decode
        return decode(reply.body)

    def hear(self, seconds: float) -> Reply | None:
        """Returns the next thing that comes to a listener: the answer to its request, or (number 0) a push.

        None means that nothing came within these seconds. `alive` tells whether anything may still come.
        """
        if self._socket is None or not self._socket.poll(max(1, int(seconds * 1000))):
            return None
        return _REPLY(self._socket.recv())

    @property
    def alive(self) -> bool:
        """Whether the service that was connected to is still there."""
        return self._socket is not None and self._alive()

    @property
    def deserted(self) -> bool:
        """Whether the service that was connected to is gone and did not leave: it is named where it was found."""
        found = homes.read_discovery(self._home)
        return found is not None and found == self._service

    def pause(self, seconds: float) -> None:
        """Lets time pass, open to interrupts."""
        threading.Event().wait(seconds)

    def close(self) -> None:
        """Hangs up; the next request connects again."""
        if self._socket is not None:
            self._socket.close(linger=0)
            self._socket = None
            self.ends.clear()

    def __del__(self) -> None:
        self.close()  # its thread has ended

    def _alive(self) -> bool:
        service = self._service
        return service is not None and homes.process_alive(service.pid, service.start)

    def _connect(self) -> zmq.Socket[bytes]:
        if self._socket is not None:
            return self._socket
        for _ in range(_MAX_LOST):
            socket = self._greet()
            if socket is not None:
                return socket
        raise ServiceError(f"the job service ends as soon as it starts; its log is in {self._home / 'log'}")

    def _greet(self) -> zmq.Socket[bytes] | None:
        """Connects and says hello; None when the service went away meanwhile."""
        mine = None if self._viewer else environment()
        if self._viewer:
            self._service = homes.find_service(self._home)
            if self._service is None:
                raise NoServiceError("no job service runs")
        else:
            self._service = find_or_start(self._home, mine)
        if self._service.protocol != PROTOCOL:
            self._service = self._replace(self._service)
        self._socket = socket = _context().socket(zmq.DEALER)
        try:
            socket.setsockopt(zmq.LINGER, 1000)
            socket.setsockopt(zmq.RCVHWM, MAX_KEPT)
            socket.connect(self._service.address)
            pid = os.getpid()
            number = self.send("hello", Hello(PROTOCOL, pid, homes.start_time(pid), mine, self._viewer))
            reply = self.wait(number, time.monotonic() + PATIENCE)
            if reply is None:
                return None
            status: ServiceStatus = self.open(reply, ServiceStatus)
        except TimeoutError:
            self.close()
            raise ServiceError(
                f"the job service (process {self._service.pid}) does not answer; "
                f"its log is in {self._home / 'log'}; end that process to have it replaced"
            ) from None
        except BaseException:
            self.close()  # interrupted: the next request says hello again
            raise
        for notice in status.notices:
            if notice not in _told:
                _told.add(notice)
                warnings.warn(notice, stacklevel=2)
        return socket

    def _replace(self, service: homes.Discovery) -> homes.Discovery:
        """Puts a service of our protocol in the place of an older one that has nothing to do.

        Raises:
            ServiceError: It is newer than we are, or busy.
        """
        if service.protocol > PROTOCOL:
            raise ServiceError(
                f"the job service is of qmagic {service.version}, newer than this kernel's; "
                "update qmagic here and restart the kernel"
            )
        raise ServiceError(
            f"the job service is of qmagic {service.version}, older than this kernel's; "
            "run 'qmagic stop' when its jobs have ended"
        )


_local = threading.local()
_contexts: dict[int, zmq.Context[zmq.Socket[bytes]]] = {}
_told: set[str] = set()


def _context() -> zmq.Context[zmq.Socket[bytes]]:
    """Returns this process's ZeroMQ context, shared by its threads; a forked child must not use its parent's."""
    pid = os.getpid()
    if pid not in _contexts:
        made = zmq.Context()
        if _contexts.setdefault(pid, made) is not made:
            made.term()  # another thread was quicker
    return _contexts[pid]


def view_only() -> None:
    """Makes the lines of this thread those of a viewer; for threads that ask on behalf of a panel."""
    _local.viewer = True


def connection(home: Path | None = None) -> Connection:
    """Returns this thread's line to the service of a home (default: `home_folder`)."""
    home = home or homes.home_folder()
    lines: dict[tuple[Path, int], Connection] = _local.__dict__.setdefault("lines", {})
    key = (home, os.getpid())  # a forked child must not use its parent's socket
    line = lines.get(key)
    if line is None:
        line = lines[key] = Connection(home, viewer=getattr(_local, "viewer", False))
    return line


def running(home: Path | None = None) -> bool:
    """Tells whether a service runs, without starting one."""
    return homes.find_service(home or homes.home_folder()) is not None
