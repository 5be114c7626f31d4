"""A warm process of a bench's own, which answers one question after the other and is killed when it takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.kernel import ROOT

__all__ = ["Served", "serve"]

#: A worker starts with one thread and gives a wide circuit more.
_WORKER = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
_START = 120.0


class Served:
    """``python -m MODULE --serve``, started when first asked, and again after it had to be killed.

    Args:
        module: A module that calls `serve` when it is started so.
        worker: Whether it has the threads of a worker; else those that libraries take by themselves.
    """

    def __init__(self, module: str, *, worker: bool) -> None:
        self._command = [sys.executable, "-m", module, "--serve"]
        self._environment = {**os.environ, **(_WORKER if worker else {}), "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int | None:
        """The process; None while there is none."""
        return None if self._process is None else self._process.pid

    def ask(self, question: Any, seconds: float) -> Any:
        """Returns the answer.

        Raises:
            TimeoutError: It did not come in time, and the process was killed.
            EOFError: The process ended.
        """
        process = self._started()
        assert process.stdin is not None
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        return self._answer(process, seconds)

    def end(self) -> None:
        """Kills the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                cwd=ROOT, env=self._environment,
            )  # fmt: skip
            self._answer(self._process, _START)
        return self._process

    def _answer(self, process: subprocess.Popen[str], seconds: float) -> Any:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(seconds) else None
        if not line:
            self.end()
            raise EOFError("the process ended") if line == "" else TimeoutError(f"over {seconds:g} s")
        return json.loads(line)


def serve(answer: Callable[[Any], Any]) -> None:
    """Answers what comes on the standard input, after saying that it is ready."""
    print("true", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
