"""Runs the stub: its folder, token, port, and the file that says where it listens.

    <folder>/state.sqlite    jobs, settings, objects
    <folder>/stub.json       while it runs: process, port, token (0600), read by ``%qstub`` and by tests
    <folder>/stub.lock       held for as long as it lives: one stub for a folder

It listens on the loopback only. Port and token stay the same from one start to the next, so that what clients have
saved stays right.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import msgspec

from qmagic.errors import ServiceError
from qmagic.home import StubPlace, start_time
from qmagic.stub.engine import Engine
from qmagic.stub.store import Store
from qmagic.stub.workers import Workers

__all__ = ["serve"]

_HOST = "127.0.0.1"


def serve(folder: Path, port: int, started: Callable[[StubPlace], None]) -> None:
    """Runs the stub until it is told to stop (SIGTERM, an interrupt, ``POST /qstub/stop``).

    Args:
        folder: Where its state lies; made where it is missing.
        port: Where to listen; 0 for the port of the last time, or a free one.
        started: Called once it listens.

    Raises:
        ServiceError: Another stub has the folder, or the port is taken.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / "stub.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise ServiceError(f"a stub is running already for {folder}") from None
    store = Store(folder / "state.sqlite")
    try:
        asyncio.run(_serve(folder, port, started, store))
    finally:
        with contextlib.suppress(OSError):
            (folder / "stub.json").unlink()
        lock.release()


async def _serve(folder: Path, port: int, started: Callable[[StubPlace], None], store: Store) -> None:
    import uvicorn

    from qmagic.stub.app import app

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leaves signals alone: uvicorn raises them again at its end, before we could tidy up."""
            yield

    token = _kept(store, "token", secrets.token_hex(24))
    listener = _listen(port or int(_kept(store, "port", "0")), given=bool(port))
    place = StubPlace(
        pid=os.getpid(),
        start=start_time(os.getpid()),
        url=f"http://{_HOST}:{listener.getsockname()[1]}",
        token=token,
    )
    store.put("place", "port", str(listener.getsockname()[1]).encode())
    engine = Engine(store, Workers())
    server: Server

    def stop() -> None:
        server.should_exit = True

    config = uvicorn.Config(
        app(engine, place, stop),
        http="h11",  # the door needs its object for a connection
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    engine.resume()
    _publish(folder, place)
    started(place)
    try:
        await server.serve(sockets=[listener])
    finally:
        engine.close()


def _kept(store: Store, name: str, new: str) -> str:
    """Returns what was kept under a name; keeps `new` where there is nothing yet."""
    kept = store.get("place", name)
    if kept is None:
        kept = new.encode()
        store.put("place", name, kept)
    return kept.decode()


def _listen(port: int, given: bool) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError as error:
        if given:
            raise ServiceError(f"port {port} cannot be had: {error.strerror}; choose another with --port") from None
        listener.bind((_HOST, 0))  # the port of the last time is somebody else's now
    listener.listen(128)  # who reads the discovery file may come before the server is ready
    return listener


def _publish(folder: Path, place: StubPlace) -> None:
    new = folder / "stub.new"
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.encode(place))
    new.replace(folder / "stub.json")
