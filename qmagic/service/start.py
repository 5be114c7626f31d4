"""How the service starts and ends: lock, store, socket, discovery file, in this order, and back."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from qmagic import home as homes
from qmagic.engines.local import LocalEngine
from qmagic.engines.process import launch
from qmagic.errors import HomeError, QmagicError
from qmagic.jobs import Environment

__all__ = ["refuse_foreign", "run"]

log = logging.getLogger("qmagic.service")

#: A discovery file of another host that was touched within this many seconds belongs to a service that lives.
_FRESH_SECONDS = 60.0
#: Seconds to wait for the lock while nobody serves.
_LOCK_SECONDS = 8.0


class AlreadyServedError(Exception):
    """Another service holds the lock: that one serves."""


def run(home_text: str, report: int, environment_json: str) -> None:
    """Serves a home until nobody needs it; reports ``ready`` or ``error <kind> <message>`` to a descriptor.

    Args:
        home_text: The home folder.
        report: Descriptor of a pipe.
        environment_json: The caller's environment, whose worker is started first; "" for none.
    """
    os.set_inheritable(report, False)
    home = Path(home_text)
    try:
        with _lock(home):
            _serve(home, report, environment_json)
    except AlreadyServedError:
        _say(report, "ready")
    except QmagicError as error:
        log.error("%s", error)
        _say(report, f"error {type(error).__name__} {error}")
    except OSError as error:
        log.exception("the service could not start")
        _say(
            report,
            f"error HomeError {home} cannot be used: {error.strerror or error}; "
            "check its owner, its mode and the free space",
        )
    except Exception as error:
        log.exception("the service could not start")
        _say(report, f"error ServiceError the service could not start: {type(error).__name__}: {error}")


@contextlib.contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Holds the home's lock; no child inherits it."""
    import fcntl

    descriptor = os.open(home / "service.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # who holds it is serving, about to serve, or about to leave: in the last case it is our turn
                if homes.find_service(home) is not None or time.monotonic() > deadline:
                    raise AlreadyServedError from None
                time.sleep(0.01)
        refuse_foreign(home)
        yield
    finally:
        os.close(descriptor)


def refuse_foreign(home: Path) -> None:
    """Refuses a home that a living service on another host uses: over NFS the lock may not reach across.

    Raises:
        HomeError: Names the host.
    """
    found = homes.read_discovery(home)
    if found is None or found.host == homes.host_name():
        return
    path = home / "service.json"
    age = time.time() - path.stat().st_mtime
    if age < _FRESH_SECONDS:
        raise HomeError(
            f"{home} is in use by the service on host {found.host!r} (process {found.pid}); "
            "stop it there with 'qmagic stop', or give this host its own QMAGIC_HOME"
        )


def _serve(home: Path, report: int, environment_json: str) -> None:
    first: tuple[Environment, subprocess.Popen[bytes], Connection] | None = None
    if environment_json:
        environment = msgspec.json.decode(environment_json, type=Environment)
        with contextlib.suppress(OSError):
            first = (environment, *launch(environment, home / "results"))
    try:
        _serve_with(home, report, first)
    except BaseException:
        if first is not None:
            first[1].kill()
        raise


def _serve_with(home: Path, report: int, first: tuple[Environment, subprocess.Popen[bytes], Connection] | None) -> None:
    # imported now, while the worker starts
    import zmq

    from qmagic.engines.hosts import Hosts
    from qmagic.engines.loops import LoopEngine
    from qmagic.engines.readers import Readers
    from qmagic.protocol import MAX_REQUEST, PROTOCOL
    from qmagic.service import rows
    from qmagic.service.billing import Billing
    from qmagic.service.budget import Budget
    from qmagic.service.experience import Experience
    from qmagic.service.housekeeping import Housekeeping, clear_results
    from qmagic.service.ledger import Ledger
    from qmagic.service.loop import Loop
    from qmagic.service.loops import Loops
    from qmagic.service.manager import Manager
    from qmagic.service.memory import MemoryWatch, available_cores, total_memory
    from qmagic.service.reading import Reading
    from qmagic.service.remote import Remote
    from qmagic.service.remote_door import RemoteDoor
    from qmagic.service.server import Server
    from qmagic.service.session_billing import SessionBilling
    from qmagic.service.sessions import Sessions
    from qmagic.service.slots import Slots
    from qmagic.service.store import Store
    from qmagic.version import __version__

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    options = homes.service_options(home)
    number = options.workers or available_cores()
    memory = int(options.memory_gb * 2**30) or total_memory() * 3 // 4
    store = Store(home / "store.sqlite", int(options.store_gb * 2**30))
    _end_leftovers(store)
    clear_results(home, store)

    alive: dict[str, list[tuple[int, str]]] = {}

    def remember(whose: str, processes: list[tuple[int, str]]) -> None:
        alive[whose] = processes
        every = [process for each in alive.values() for process in each]
        store.write(
            [("DELETE FROM workers", ()), *(("INSERT INTO workers VALUES (?, ?)", process) for process in every)],
            lambda error: None,
        )

    engine = LocalEngine(number, memory, home / "results", functools.partial(remember, "workers"))
    loop_engine = LoopEngine(home / "results", functools.partial(remember, "loops"))
    hosts = Hosts(str(home))
    ledger, slots, budget = Ledger(store), Slots(number, memory), Budget(store)
    experience = Experience(store)
    loops = Loops(ledger, store, loop_engine, max(4, 2 * number))
    by_time = SessionBilling(budget)
    sessions = Sessions(store, hosts, time.monotonic, ledger, by_time)
    remote = Remote(ledger, hosts, time.monotonic, Billing(budget, by_time.pays_for), sessions)
    manager = Manager(ledger, engine, slots, learner=experience, loops=loops, remote=remote)
    engine.costs = experience.factors
    engine.listener, loop_engine.listener = manager, loops
    if first is not None:
        engine.adopt(*first)
        loop_engine.ahead.of(first[0])

    context = zmq.Context()
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.ROUTER_MANDATORY, 1)  # a reply that cannot be sent is known
    socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
    socket.setsockopt(zmq.SNDHWM, 10_000)  # ends and events that may wait for one client
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_REQUEST)
    address = homes.address(home)
    Path(address.removeprefix("ipc://")).unlink(missing_ok=True)  # stale: the lock is ours
    socket.bind(address)
    pid = os.getpid()
    discovery = homes.Discovery(
        host=homes.host_name(), boot=homes.boot_id(), pid=pid, start=homes.start_time(pid), protocol=PROTOCOL,
        version=__version__, address=address,
    )  # fmt: skip
    housekeeping = Housekeeping(home, discovery, store, ledger, options)
    readers = Readers()
    server = Server(
        home,
        socket,
        store,
        manager,
        engine,
        slots,
        Reading(readers, store, home / "results"),
        housekeeping,
        experience,
        loops,
        budget,
        hosts,
        functools.partial(RemoteDoor, hosts, sessions),
    )
    watch = MemoryWatch(engine, manager, slots, loops)
    idle = options.idle_minutes * 60
    loop = Loop(socket, server, store, manager, engine, readers, loop_engine, hosts, watch, housekeeping, idle)
    ledger.publish = server.publish
    homes.write_discovery(home, discovery)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    log.info("serves %s with %d slots, process %d", home, number, pid)
    _say(report, "ready")
    store.read(rows.ended_lately, lambda ended, error: manager.expected.read(ended or []))
    try:
        loop.run()
    finally:
        (home / "service.json").unlink(missing_ok=True)
        readers.close()
        loop_engine.close()
        sessions.close_all()
        hosts.close()
        engine.close()
        store.close()
        socket.close()
        context.term()
        Path(address.removeprefix("ipc://")).unlink(missing_ok=True)


def _end_leftovers(store: object) -> None:
    """Ends workers that an earlier service left behind, known by pid and start time."""
    from qmagic.service.store import Store

    assert isinstance(store, Store)
    for pid, start in store.ask(lambda connection: connection.execute("SELECT pid, start FROM workers").fetchall()):
        if homes.process_alive(pid, start):
            log.info("ends worker %d, left by an earlier service", pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _say(report: int, line: str) -> None:
    with contextlib.suppress(OSError):
        os.write(report, line.encode() + b"\n")
        os.close(report)
