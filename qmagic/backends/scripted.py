"""A backend that does what its name says, for tests: ``scripted:sleep=0.1,fail=the reason``.

Steps run from left to right, then every bit is 0 (counts) and every expectation value 1:

* ``sleep=SECONDS``: sleeps. ``until=PATH``: waits until there is a file PATH. ``allocate=2GB``: takes memory and
  touches it. ``reserve=2GB``: asks for memory first, as a simulator does; ``threads=2`` for threads.
* ``fail=MESSAGE``: raises `JobFailedError`. ``refuse=MESSAGE``: raises `InputError` before the run. ``exit=CODE``: ends
  the process. ``kill=9``: ends it by a signal.
* ``once=PATH``: ends the script at once if the file PATH is there; else makes it and goes on. So ``once=/x,kill=9``
  kills the first attempt only. ``counts``: does nothing.

It is in no list and runs only when named.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmagic.backends.base import Executable, Grant, Need, Product
from qmagic.errors import InputError, JobFailedError, NotFoundError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qmagic.backends.sampling import Key
    from qmagic.outcomes import CountsTable

__all__ = ["Scripted"]

_STEPS = ("sleep", "until", "allocate", "reserve", "threads", "fail", "refuse", "exit", "kill", "once", "counts")
_UNITS = {"GB": 1 << 30, "MB": 1 << 20, "kB": 1 << 10, "B": 1}


class Scripted:
    """A scripted backend.

    Args:
        name: ``scripted:`` and the script.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._steps: list[tuple[str, str]] = []
        for part in name.partition(":")[2].split(","):
            step, _, value = part.partition("=")
            if step not in _STEPS:
                raise NotFoundError(f"no step {step!r} in {name!r}{nearest(step, _STEPS)}")
            self._steps.append((step, value))

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what the script reserves."""
        del executable, exact
        steps = dict(self._steps)
        if "refuse" in steps:
            raise InputError(steps["refuse"])
        return Need(_bytes(steps.get("reserve", "0B")), int(steps.get("threads", "1")))

    def sample(self, executable: Executable, shots: int, key: Key, grant: Grant) -> tuple[CountsTable, str]:
        """Plays the script; every shot reads 0."""
        from qmagic.backends.sampling import seed_31, table_of

        del grant
        self._play()
        return table_of({0: shots}, executable.program.num_clbits, seed_31(key)[1]), self.name

    def expectations(
        self, executable: Executable, products: Sequence[Product], grant: Grant
    ) -> tuple[NDArray[np.float64], str]:
        """Plays the script; every value is 1."""
        import numpy as np

        del executable, grant
        self._play()
        return np.ones(len(products)), self.name

    def sample_bases(
        self, executable: Executable, bases: Sequence[Product], shots: Sequence[int], keys: Sequence[Key], grant: Grant
    ) -> tuple[list[CountsTable], str]:
        """Plays the script once; every shot reads 0."""
        from qmagic.backends.sampling import seed_31, table_of

        del executable, grant
        self._play()
        tables = [
            table_of({0: number}, len(basis), seed_31(key)[1])
            for basis, number, key in zip(bases, shots, keys, strict=True)
        ]
        return tables, self.name

    def _play(self) -> None:
        held = []
        for step, value in self._steps:
            if step == "sleep":
                time.sleep(float(value))
            elif step == "until":
                while not os.path.exists(value):
                    time.sleep(0.02)
            elif step == "allocate":
                held.append(bytearray(_bytes(value)))  # zeros are not enough: pages must be written to count
                for i in range(0, len(held[-1]), 4096):
                    held[-1][i] = 1
            elif step == "fail":
                raise JobFailedError(value)
            elif step == "exit":
                os._exit(int(value))
            elif step == "kill":
                os.kill(os.getpid(), signal.Signals(int(value)))
            elif step == "once":
                try:
                    os.close(os.open(value, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                except FileExistsError:
                    return


def _bytes(text: str) -> int:
    for unit, size in _UNITS.items():
        if text.endswith(unit):
            return int(float(text.removesuffix(unit)) * size)
    raise InputError(f"expected a size such as 2GB, got {text!r}")
