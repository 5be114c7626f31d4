"""The provider hosts of a service: one process for each cloud and environment, replaced when it hangs or dies."""

from __future__ import annotations

import dataclasses
import logging
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait

import msgspec

from qmagic.engines.host_messages import Ask, Told
from qmagic.engines.spawn import spawn
from qmagic.jobs import Environment

__all__ = ["HANG_SECONDS", "Hosts", "Then"]

log = logging.getLogger(__name__)

#: Seconds after which a question without an answer means that the client hangs.
HANG_SECONDS = 120.0

Then = Callable[[Told], None]


@dataclasses.dataclass(slots=True)
class _Host:
    process: subprocess.Popen[bytes]
    connection: Connection
    key: tuple[str, str, tuple[str, ...]]
    asked: dict[int, tuple[Then, float]] = dataclasses.field(default_factory=dict)
    last: float = dataclasses.field(default_factory=time.monotonic)


class Hosts:
    """Asks provider hosts. All calls come from the main thread.

    Args:
        home: The home's folder, in which a host finds the stub.
        hang: Seconds after which a question without an answer ends its host.
    """

    def __init__(self, home: str, hang: float = HANG_SECONDS) -> None:
        self._home, self._hang = home, hang
        self._hosts: dict[int, _Host] = {}
        self._number = 0
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Told).decode

    @property
    def descriptors(self) -> set[int]:
        """What becomes readable when there is something to `read`."""
        return set(self._hosts)

    @property
    def pids(self) -> list[int]:
        """The processes."""
        return [host.process.pid for host in self._hosts.values()]

    def ask(
        self,
        provider: str,
        environment: Environment,
        verb: str,
        key: str,
        remote: str,
        spec: bytes,
        then: Then,
        seconds: int | None = None,
        session: str = "",
    ) -> None:
        """Asks a question; `then` hears the answer, or ``trouble="lost"`` where the host ended before it gave one."""
        self._number += 1
        host = self._of(provider, environment)
        if host is None:
            reason = f"the environment's Python cannot be started ({environment.executable})"
            then(Told(self._number, "refused", reason))
            return
        host.last = time.monotonic()
        host.asked[self._number] = (then, host.last)
        try:
            host.connection.send_bytes(self._encode(Ask(self._number, verb, key, remote, spec, seconds, session)))
        except OSError:
            pass  # it has died: reading its end says so

    def read(self, descriptor: int) -> None:
        """Reads one answer of the host behind a descriptor that is readable; its end means that it died."""
        host = self._hosts[descriptor]
        try:
            told = self._decode(host.connection.recv_bytes())
        except (EOFError, OSError, msgspec.MsgspecError):
            self._bury(descriptor, "the provider host ended")
            return
        then, _ = host.asked.pop(told.number, (None, 0.0))
        if then is not None:
            then(told)

    def look(self, idle: float) -> None:
        """Ends hosts that hang, and those that nobody has asked for `idle` seconds."""
        now = time.monotonic()
        for descriptor, host in list(self._hosts.items()):
            if any(now - since > self._hang for _, since in host.asked.values()):
                log.info("provider host %d hangs and is replaced", host.process.pid)
                self._bury(descriptor, f"the provider's client did not answer within {self._hang:.0f} s")
            elif not host.asked and now - host.last > idle:
                self._bury(descriptor, "")

    def serve(self, over: Callable[[], bool], seconds: float) -> None:
        """Reads answers until `over`, for so many seconds at most: for a service that leaves."""
        end = time.monotonic() + seconds
        while not over() and (left := end - time.monotonic()) > 0:
            lines = [host.connection for host in self._hosts.values()]
            for line in wait(lines, left):
                self.read(line.fileno())  # type: ignore[union-attr]  # all are connections

    def close(self) -> None:
        """Ends every host."""
        for host in self._hosts.values():
            host.process.kill()
            host.process.wait()
            host.connection.close()
        self._hosts.clear()

    def _of(self, provider: str, environment: Environment) -> _Host | None:
        key = (provider, environment.executable, environment.path)
        for host in self._hosts.values():
            if host.key == key:
                return host
        try:
            process, connection = spawn(environment, "qmagic.engines.host", provider, self._home)
        except OSError as error:
            log.warning("no provider host can be started with %s: %s", environment.executable, error)
            return None
        host = self._hosts[connection.fileno()] = _Host(process, connection, key)
        return host

    def _bury(self, descriptor: int, reason: str) -> None:
        host = self._hosts.pop(descriptor)
        host.process.kill()
        host.process.wait()
        host.connection.close()
        for number, (then, _) in host.asked.items():
            then(Told(number, "lost", reason))
