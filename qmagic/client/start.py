"""Finds the service of a home, or starts it: detached, its output in the home's log."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from qmagic import errors
from qmagic import home as homes
from qmagic.client.detached import launch, read_line
from qmagic.errors import HomeError, QmagicError, ServiceError
from qmagic.home import find_service
from qmagic.jobs import Environment

__all__ = ["find_or_start", "find_service"]

_START_SECONDS = 10.0
#: Times that a start is tried when the service ends without a word.
_STARTS = 3


def find_or_start(home: Path, environment: Environment | None = None) -> homes.Discovery:
    """Returns who serves the home, after starting a service where there is none.

    Args:
        home: The home folder; made where it is missing.
        environment: The environment whose worker a new service starts at once.

    Raises:
        HomeError: The home cannot be used.
        ServiceError: The service does not start; the message has the last lines of its log.
    """
    found = find_service(home)
    if found is not None:
        return found
    log = _prepare(home)
    deadline = time.monotonic() + _START_SECONDS
    for _ in range(_STARTS):
        line = _start(home, log, environment, deadline)
        if line.startswith("error "):
            _, kind, message = line.split(" ", 2)
            error = getattr(errors, kind, ServiceError)(message)
            assert isinstance(error, QmagicError)
            raise error
        # it serves, or gave way to another that started at the same time; it may also have been killed meanwhile
        found = find_service(home)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            break
    raise ServiceError(f"the job service did not start; the end of its log:\n{_tail(log)}")


def _start(home: Path, log: Path, environment: Environment | None, deadline: float) -> str:
    """Starts a service and returns what it reports."""
    given = msgspec.json.encode(environment).decode() if environment else ""
    try:
        reader = launch(lambda writer: ["qmagic.service", str(home), str(writer), given], log)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ServiceError(f"the job service cannot be started with {sys.executable}: {error}") from None
    return read_line(reader, deadline)


def _prepare(home: Path) -> Path:
    """Makes the home and its log folder, and returns the log's path.

    Raises:
        HomeError: They cannot be made or written.
    """
    log = home / "log" / "service.log"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError as error:
        raise HomeError(
            f"QMAGIC_HOME {home} cannot be written: {error.strerror}; "
            "check its owner and mode, or set QMAGIC_HOME to another folder"
        ) from None
    return log


def _tail(log: Path, lines: int = 8) -> str:
    try:
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
    except OSError as error:
        return f"({log} cannot be read: {error.strerror})"
