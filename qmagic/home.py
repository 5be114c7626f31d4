"""QMAGIC_HOME: the folder that holds everything of one user, and how its service is found.

    config.toml     the service's options, written by the user (`ServiceOptions`)
    store.sqlite    jobs, events, results: touched by the service alone
    results/        results over 1 MB
    log/            the service's and the workers' output
    service.json    the discovery file (`Discovery`): where the running service listens
    service.lock    held by the service for as long as it lives
    stub/           the stub's own folder: its state, and stub.json (`StubPlace`) while it runs

The socket itself lies in a short 0700 folder of the user's (`socket_folder`): an ipc path has at most 107 characters.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import socket
import stat
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from qmagic.errors import HomeError, nearest

__all__ = [
    "Discovery",
    "ServiceOptions",
    "StubPlace",
    "boot_id",
    "find_service",
    "find_stub",
    "home_folder",
    "process_alive",
    "read_discovery",
    "service_options",
    "socket_folder",
    "start_time",
]


@dataclasses.dataclass(frozen=True)
class ServiceOptions:
    """The service's options, from ``config.toml`` in the home, read when the service starts.

    Attributes:
        workers: Simulations that run at once; 0 means one for each core that this process may use.
        memory_gb: Memory that all simulations together may take; 0 means three quarters of the machine's (or cgroup's).
        idle_minutes: Minutes without work after which workers leave, and the service after the last client and worker.
        keep_days: Days for which finished jobs are kept; 0 means forever.
        store_gb: Size that the store may reach; then new jobs are refused. 0 means as far as the disk goes.
    """

    workers: int = 0
    memory_gb: float = 0.0
    idle_minutes: float = 10.0
    keep_days: float = 0.0
    store_gb: float = 0.0


class Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """Who serves a home, and where. `start` is the process's start time, so that a reused pid is noticed."""

    host: str
    boot: str
    pid: int
    start: str
    protocol: int
    version: str
    address: str


class StubPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stub of the clouds listens. `token` is what its clients have to know: it is in no repr."""

    pid: int
    start: str
    url: str
    token: str

    def __repr__(self) -> str:
        return f"StubPlace(pid={self.pid}, url={self.url!r})"


def home_folder() -> Path:
    """Returns the home: ``$QMAGIC_HOME``, or the platform's folder for a user's data."""
    given = os.environ.get("QMAGIC_HOME")
    if given:
        return _path(given) if os.path.isabs(given) else Path(given).expanduser().absolute()
    import platformdirs  # only where no home is named: saves the import for tests and clusters

    return Path(platformdirs.user_data_dir("qmagic", appauthor=False))


#: A path is costly to make, and this one is wanted for each request.
_path = functools.lru_cache(maxsize=8)(Path)


def service_options(home: Path) -> ServiceOptions:
    """Returns the options in ``config.toml``; defaults where there is none.

    Raises:
        HomeError: The file is not TOML, or has an unknown key or a value of the wrong kind.
    """
    path = home / "config.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ServiceOptions()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise HomeError(f"{path} is not valid TOML: {error}") from None
    known = {name: type(value) for name, value in dataclasses.asdict(ServiceOptions()).items()}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise HomeError(f"{path}: unknown option {key!r}{nearest(key, known)}")
        wanted, kind = (int, "a whole number") if known[key] is int else (int | float, "a number")
        if isinstance(value, bool) or not isinstance(value, wanted) or not 0 <= value < float("inf"):
            raise HomeError(f"{path}: {key} = {value!r}, expected {kind}, 0 or more")
        values[key] = known[key](value)
    return ServiceOptions(**values)


def socket_folder() -> Path:
    """Returns the folder for sockets, made if need be: ours alone, mode 0700.

    Raises:
        HomeError: The folder belongs to somebody else or is open to others.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(runtime) if runtime and os.access(runtime, os.W_OK) and len(runtime) < 60 else None
    folder = base / "qmagic" if base else Path(tempfile.gettempdir()) / f"qmagic-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(
            f"the folder for sockets {folder} cannot be made: {error.strerror}; "
            "remove what is there or set XDG_RUNTIME_DIR"
        ) from None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise HomeError(
            f"{folder} must be a folder of yours with mode 0700, "
            f"found owner {found.st_uid} and mode {found.st_mode & 0o777:o}; "
            "remove it or set XDG_RUNTIME_DIR"
        )
    return folder


def address(home: Path) -> str:
    """Returns the ZeroMQ address of a home's service."""
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]
    path = str(socket_folder() / f"{name}.sock")
    if len(path) > 107:
        raise HomeError(
            f"the socket's path {path} is longer than 107 characters; set XDG_RUNTIME_DIR to a short folder"
        )
    return f"ipc://{path}"


def read_discovery(home: Path) -> Discovery | None:
    """Returns the discovery file's content, None where there is none or it cannot be read."""
    try:
        return msgspec.json.decode((home / "service.json").read_bytes(), type=Discovery)
    except (OSError, msgspec.MsgspecError):
        return None


def find_service(home: Path) -> Discovery | None:
    """Returns who serves the home; None when nobody does (a stale file, a dead process, an earlier boot)."""
    found = read_discovery(home)
    if found is None or found.host != host_name() or found.boot != boot_id():
        return None
    return found if process_alive(found.pid, found.start) else None


def find_stub(folder: Path) -> StubPlace | None:
    """Returns where the stub of a folder listens; None where none runs."""
    try:
        found = msgspec.json.decode((folder / "stub.json").read_bytes(), type=StubPlace)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if process_alive(found.pid, found.start) else None


def write_discovery(home: Path, discovery: Discovery) -> None:
    """Publishes who serves the home; readers see the old file or the new one, never half of it."""
    path = home / "service.json"
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(discovery))
    new.chmod(0o600)
    new.replace(path)


@functools.cache
def boot_id() -> str:
    """Returns what tells one boot of this machine from the next; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def host_name() -> str:
    """Returns this machine's name."""
    return socket.gethostname()


def start_time(pid: int) -> str:
    """Returns when a process started, as text to compare; "" when there is no such process (or a zombie)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return ""
    except (OSError, IndexError):
        return ""
    import psutil  # not Linux

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.Error:
        return ""


def process_alive(pid: int, start: str) -> bool:
    """Tells whether the process that had this pid and start time still runs."""
    return bool(start) and start_time(pid) == start
