"""Compiles the kernels of exact steps before the first loop asks for them, once on a machine for each qmagic.

It takes about ten seconds of one core, at the lowest priority, in a process of the environment that loops will run in.
"""

from __future__ import annotations

import os
import subprocess
import time

from qmagic.backends import kernels
from qmagic.jobs import Environment

__all__ = ["Ahead"]

#: Seconds that the service has run before this begins: what a notebook does first should have the machine.
_PATIENCE = 10.0


class Ahead:
    """Starts a process that compiles, where kernels are missing. It ends by itself, or with the service."""

    def __init__(self) -> None:
        self._environment: Environment | None = None
        self._due = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def of(self, environment: Environment) -> None:
        """Sets the environment; what follows is done by `look`."""
        self._environment, self._due = environment, time.monotonic() + _PATIENCE

    def look(self) -> None:
        """Starts the process when its time has come, and takes note of its end."""
        if self._environment is not None and time.monotonic() > self._due:
            if kernels.missing():
                self._start(self._environment)
            self._environment = None
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _start(self, environment: Environment) -> None:
        try:
            self._process = subprocess.Popen(
                [environment.executable, "-m", "qmagic.backends.kernels"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(environment.path), "PYTHONSAFEPATH": "1"},
            )  # fmt: skip
        except OSError:
            pass  # the first loop says what is wrong with this Python
