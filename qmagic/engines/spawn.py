"""Starts a process of ours in an environment, in a session of its own, with a line to it."""

from __future__ import annotations

import os
import socket
import subprocess
from multiprocessing.connection import Connection

from qmagic.jobs import Environment

__all__ = ["spawn"]

#: Results up to 1 MB pass without a second wake-up.
_BUFFER = 1 << 20


def spawn(environment: Environment, module: str, *arguments: str) -> tuple[subprocess.Popen[bytes], Connection]:
    """Starts ``python -m module FD PARENT *arguments`` and returns the process with our end of the line.

    To be called from the main thread: the signal that ends the process with its parent follows the thread.

    Raises:
        OSError: The environment's interpreter is gone.
    """
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    with theirs:
        try:
            process = subprocess.Popen(
                [environment.executable, "-m", module, str(theirs.fileno()), str(os.getpid()), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(environment.path), "PYTHONSAFEPATH": "1"},
            )
        except OSError:
            ours.close()
            raise
    return process, Connection(ours.detach())
