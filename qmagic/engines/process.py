"""One worker process as its engine sees it, and how it is started."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import subprocess
import time
from multiprocessing.connection import Connection
from pathlib import Path

from qmagic.engines.base import Call
from qmagic.engines.spawn import spawn
from qmagic.jobs import Environment

__all__ = ["State", "WorkerProcess", "environment_key", "launch"]


class State(enum.StrEnum):
    """What a worker process does."""

    STARTING = "starting"
    FREE = "free"
    BUSY = "busy"
    CHECKING = "checking"
    KILLED = "killed"


@dataclasses.dataclass(slots=True)
class WorkerProcess:
    """A worker as the engine sees it. `calls` are those in hand, the running one first; `since` is monotonic."""

    process: subprocess.Popen[bytes]
    connection: Connection
    key: str
    environment: Environment
    start: str
    state: State = State.STARTING
    started: bool = False
    calls: list[Call] = dataclasses.field(default_factory=list)
    since: float = dataclasses.field(default_factory=time.monotonic)


def environment_key(environment: Environment) -> str:
    """Returns what tells environments apart: the interpreter and where it imports from."""
    text = "\0".join((environment.executable, *environment.path))
    return hashlib.sha256(text.encode()).hexdigest()


def launch(environment: Environment, results: Path) -> tuple[subprocess.Popen[bytes], Connection]:
    """Starts a worker process of an environment, in a session of its own, and returns it with our end of the line.

    Raises:
        OSError: The environment's interpreter is gone.
    """
    return spawn(environment, "qmagic.engines.worker", str(results))
