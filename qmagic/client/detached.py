"""Starts a process that outlives us: nobody's child, a session of its own, its output in a log. It reports one line."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["launch", "read_line"]


def launch(command: Callable[[int], list[str]], log: Path) -> int:
    """Starts ``python -m`` and a command, and returns the descriptor on which it reports.

    Args:
        command: Makes the module and its arguments, given the descriptor that it is to write to.
        log: Gets its output.

    Raises:
        OSError: The log cannot be opened, or there is no shell.
        subprocess.CalledProcessError: The shell failed.
    """
    reader, writer = os.pipe()
    try:
        with open(log, "ab") as output:
            # the shell leaves at once, so that the process is nobody's zombie
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", sys.executable, "-m", *command(writer)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[writer],
                start_new_session=True,
                cwd="/",
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
                    "PYTHONSAFEPATH": "1",
                },
                check=True,
            )
    except BaseException:
        os.close(reader)
        raise
    finally:
        os.close(writer)
    return reader


def read_line(reader: int, deadline: float) -> str:
    """Reads what it reports, and closes the descriptor; "" when it went without a word or takes too long."""
    data = b""
    try:
        while not data.endswith(b"\n"):
            ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(reader, 65536) if ready else b""
            if not chunk:
                break
            data += chunk
    finally:
        os.close(reader)
    return data.decode(errors="replace").strip()
