"""The processes of hybrid loops: one for each loop, outside the simulation slots.

One that ran a loop of circuits is free for the next; one that ran a function of the user's ends with it. A spare stands
by for the environment that ran a loop last, so that the next loop, a fork or a sweep's member begins without waiting
for imports. It is started a moment after a loop has begun: one that is over by then has left its process, and imports
should not take the machine from it. Processes are started from the service's main thread: they die with it.
"""

from __future__ import annotations

import dataclasses
import logging
import signal
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import msgspec

from qmagic.engines.ahead import Ahead
from qmagic.engines.base import Done, Failed
from qmagic.engines.loop_messages import Begin, FromLoop, Obey, Pulsed, Ready, Recorded, Rested
from qmagic.engines.process import environment_key
from qmagic.engines.spawn import spawn
from qmagic.home import start_time
from qmagic.jobs import Environment
from qmagic.orders import Order

__all__ = ["LoopEngine", "LoopListener"]

log = logging.getLogger(__name__)

_LEAVE_SECONDS = 0.5
_START_SECONDS = 180.0
#: Spares that are kept: one that has run loops, and one that stands by when it is taken. More of them, which a sweep
#: leaves behind, end after so many seconds.
_SPARES, _SURPLUS_SECONDS = 2, 5.0
#: Seconds after a loop's begin in which no spare is started.
_CALM_SECONDS = 1.0


class LoopListener(Protocol):
    """Who is told what happens in loops' processes."""

    def on_recorded(self, message: Recorded) -> None:
        """A loop's tape has grown."""

    def on_pulsed(self, message: Pulsed) -> None:
        """A loop stands somewhere else."""

    def on_rested(self, message: Rested) -> None:
        """A paused loop has given its process back."""

    def on_loop_done(self, message: Done, last: Recorded | None) -> None:
        """A loop has an outcome; `last` is the end of its tape."""

    def on_loop_failed(self, message: Failed, last: Recorded | None) -> None:
        """A loop has an error; `last` is the end of its tape."""

    def on_loop_died(self, job: str, attempt: int, reason: str, *, killed: bool) -> None:
        """A process ended with a loop in hand, or could not start for it."""


@dataclasses.dataclass(slots=True)
class _Process:
    """A loop's process. `begin` is its loop; None for a spare. `told` says that the loop has ended for us already, and
    the process is about to. `ran` is when its last loop ended (monotonic seconds), 0 before the first.
    """

    process: subprocess.Popen[bytes]
    connection: Connection
    key: str
    executable: str
    start: str
    begin: Begin | None = None
    up: bool = False
    killed: bool = False
    told: bool = False
    ran: float = 0.0
    since: float = dataclasses.field(default_factory=time.monotonic)


class LoopEngine:
    """Runs loops, each in a process of its own.

    Args:
        results: Folder for large outcomes.
        on_change: Called with the processes that live now, whenever that changes (they are kept on disk).
    """

    def __init__(self, results: Path, on_change: Callable[[list[tuple[int, str]]], None]) -> None:
        self.listener: LoopListener
        self._results, self._on_change = results, on_change
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(FromLoop).decode
        self._processes: dict[int, _Process] = {}
        self._last: tuple[Environment, str, bool] | None = None  # of the last loop, until there is a spare
        self._begun = 0.0
        #: Compiles what the first loop would wait for.
        self.ahead = Ahead()

    @property
    def descriptors(self) -> set[int]:
        """What becomes readable when there is something to `read`."""
        return set(self._processes)

    @property
    def processes(self) -> list[tuple[str, int, str]]:
        """The job, the process and the interpreter of each loop; "" as the job of a spare."""
        return [
            (one.begin.job if one.begin else "", one.process.pid, one.executable) for one in self._processes.values()
        ]

    def begin(self, environment: Environment, begin: Begin, *, kernels: bool = False) -> None:
        """Runs a loop; a spare takes it where there is one. The next spare loads the compiled kernels if this loop may
        use `kernels`: who minimizes functions never needs them.
        """
        key = environment_key(environment)
        # the one whose loop ended last has loaded most
        spare = max((p for p in self._spares if p.key == key), key=lambda p: (p.up, p.ran, p.since), default=None)
        one = spare or self._start(environment, key)
        if one is None:
            reason = f"its Python cannot be started ({environment.executable})"
            self.listener.on_loop_died(begin.job, begin.attempt, reason, killed=False)
            return
        one.begin, one.since = begin, time.monotonic()
        if one.up:
            self._send(one, begin)
        self._last, self._begun = (environment, key, kernels), time.monotonic()

    def order(self, job: str, order: Order) -> None:
        """Passes an order on to a loop's process."""
        one = self._holder(job)
        if one is not None and one.up:  # one that is not up has yet to be told of its loop, and with it of all orders
            self._send(one, Obey(order))
        elif one is not None and one.begin is not None:
            one.begin = msgspec.structs.replace(one.begin, orders=[*one.begin.orders, order])

    def kill(self, job: str) -> bool:
        """Ends a loop's process; `on_loop_died` follows. Tells whether there is one."""
        one = self._holder(job)
        if one is not None:
            self._end(one)
        return one is not None

    def read(self, descriptor: int) -> None:
        """Reads one message of the process behind a descriptor that is readable; its end means that it died."""
        one = self._processes.get(descriptor)
        if one is None:
            return
        try:
            message = self._decode(one.connection.recv_bytes())
        except (EOFError, OSError):
            self._bury(descriptor, one)
            return
        except msgspec.MsgspecError as error:
            log.error("loop process %d sent what cannot be read: %s", one.process.pid, error)
            one.process.kill()
            return
        self._handle(one, message)

    def look(self, idle: float) -> None:
        """Ends spares that nobody has needed for `idle` seconds, and processes that do not come up."""
        self.ahead.look()
        now = time.monotonic()
        for one in self._processes.values():
            if now - one.since > (_START_SECONDS if not one.up else idle) and (not one.up or one.begin is None):
                one.killed = one.up
                one.process.kill()
        up = all(one.up for one in self._processes.values())
        if self._last is not None and up and now - self._begun > _CALM_SECONDS:
            self._stand_by(*self._last)
            self._last = None
        for one in sorted(self._spares, key=lambda p: -p.since)[_SPARES:]:
            if now - one.since > _SURPLUS_SECONDS:
                self._end(one)

    def close(self) -> None:
        """Ends every process and waits until they are gone."""
        self.ahead.close()
        for one in self._processes.values():
            one.process.kill()
        for one in self._processes.values():
            one.process.wait()
            one.connection.close()
        self._processes.clear()

    # -- inside -----------------------------------------------------------------------------------------------------

    @property
    def _spares(self) -> list[_Process]:
        return [one for one in self._processes.values() if one.begin is None and not one.killed]

    def _end(self, one: _Process) -> None:
        one.killed = True
        one.process.kill()

    def _holder(self, job: str) -> _Process | None:
        return next((p for p in self._processes.values() if p.begin and p.begin.job == job and not p.told), None)

    def _start(self, environment: Environment, key: str, *parts: str) -> _Process | None:
        try:
            process, connection = spawn(environment, "qmagic.loops.process", str(self._results), *parts)
        except OSError as error:
            log.warning("no loop process can be started with %s: %s", environment.executable, error)
            return None
        one = _Process(process, connection, key, environment.executable, start_time(process.pid))
        self._processes[connection.fileno()] = one
        self._report()
        return one

    def _stand_by(self, environment: Environment, key: str, kernels: bool) -> None:
        """Keeps one spare, for the environment that was used last."""
        for spare in self._spares:
            if spare.key != key:
                self._end(spare)
        if not self._spares:
            self._start(environment, key, "circuits", "optimizers", *(["kernels"] if kernels else []))

    def _handle(self, one: _Process, message: FromLoop) -> None:
        if isinstance(message, Ready):
            one.up = True
            one.since = self._begun = time.monotonic()
            if one.begin is not None:
                self._send(one, one.begin)
            return
        if one.begin is None or one.told:
            return
        if isinstance(message, Recorded):
            self.listener.on_recorded(message)
        elif isinstance(message, Pulsed):
            self.listener.on_pulsed(message)
        elif isinstance(message, Rested):
            one.told = True
            self.listener.on_rested(message)
        else:
            if message.lasts:  # before anybody hears of the end: the next loop may come with it
                one.begin = None
                one.since = one.ran = time.monotonic()
            else:
                one.told = True
            if message.pulsed is not None:
                self.listener.on_pulsed(message.pulsed)
            if isinstance(message.end, Done):
                self.listener.on_loop_done(message.end, message.recorded)
            else:
                self.listener.on_loop_failed(message.end, message.recorded)

    def _send(self, one: _Process, message: Begin | Obey) -> None:
        try:
            one.connection.send_bytes(self._encode(message))
        except OSError:
            pass  # it has died: reading its end says so

    def _bury(self, descriptor: int, one: _Process) -> None:
        try:
            code = one.process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            one.process.kill()
            code = one.process.wait()
        one.connection.close()
        del self._processes[descriptor]
        self._report()
        if one.begin is not None and not one.told:
            reason = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            if not one.up:
                reason = f"its process does not start ({reason}); the log in QMAGIC_HOME says why"
            self.listener.on_loop_died(one.begin.job, one.begin.attempt, reason, killed=one.killed)

    def _report(self) -> None:
        self._on_change([(one.process.pid, one.start) for one in self._processes.values()])
