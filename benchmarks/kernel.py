"""A home of its own for a bench, and real ipykernels that work in it."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from jupyter_client.manager import KernelManager

__all__ = ["ROOT", "Home", "Kernel", "new_home"]

ROOT = Path(__file__).parents[1]
#: Homes lie here, on the disk of the repository: a temporary folder may be in memory, where a commit costs nothing.
OUT = ROOT / "benchmarks" / "out"

_PATIENCE = 300.0


class Home:
    """A QMAGIC_HOME, with nothing of the user's own settings in the processes that use it.

    Args:
        folder: The folder that it is in.
        number: Which home of this folder.
        options: Lines for its ``config.toml``.
    """

    def __init__(self, folder: Path, number: int = 0, options: str = "") -> None:
        self.path = folder / f"home{number}"
        self.path.mkdir(mode=0o700)
        if options:
            (self.path / "config.toml").write_text(options)
        dropped = ("QMAGIC_", "JUPYTER", "JPY_", "IPYTHON", "QISKIT_", "OMP_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        self.environment = kept | {
            "QMAGIC_HOME": str(self.path),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "jupyter"),
            "PYTHONPATH": str(ROOT),
        }

    def python(self, *arguments: str) -> str:
        """Runs Python in this home, in a fresh interpreter, and returns what it printed."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """Ends the service, if one runs."""
        self.python("-m", "qmagic", "stop")


@contextlib.contextmanager
def new_home(options: str = "") -> Iterator[Home]:
    """Gives a home; its service is stopped and everything deleted at the end."""
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="home-", dir=OUT))
    home = Home(folder, options=options)
    try:
        yield home
    finally:
        home.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Kernel:
    """A fresh ipykernel, ready to run cells; a context manager.

    Args:
        home: The home that it works in.
    """

    def __init__(self, home: Home) -> None:
        self.manager = KernelManager(kernel_name="python3")
        with open(home.path.parent / "kernel.log", "ab") as log:
            self.manager.start_kernel(env=home.environment, cwd=str(ROOT), stdout=log, stderr=log)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=_PATIENCE)
        self.shown: list[dict[str, Any]] = []

    def run(self, code: str, *, when_busy: Callable[[], None] | None = None, fails: bool = False) -> float:
        """Runs a cell and returns the seconds from sending it to its idle message; `shown` has what it displayed.

        Args:
            code: The cell.
            when_busy: Called once the kernel works on it.
            fails: Whether an error is what is expected.
        """
        start = time.perf_counter()
        self.follow(self.client.execute(code), when_busy=when_busy, fails=fails)
        return time.perf_counter() - start

    def follow(self, number: str, *, when_busy: Callable[[], None] | None = None, fails: bool = False) -> None:
        """Reads messages until the cell of this number is done."""
        self.shown = []
        failed = ""
        while True:
            message = self.client.get_iopub_msg(timeout=_PATIENCE)
            if message["parent_header"].get("msg_id") != number:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "execute_result" | "display_data":
                    self.shown.append(content["data"])
                case "error":
                    failed = "\n".join(content["traceback"])
                case "execute_input" if when_busy is not None:
                    when_busy()
                case "status" if content["execution_state"] == "idle":
                    break
        if bool(failed) != fails:
            raise RuntimeError(f"a cell should {'' if fails else 'not '}have failed:\n{failed}")

    def value(self, expression: str) -> Any:
        """Returns the value of an expression that is plain data."""
        self.run(f"import json as _json; _json.dumps({expression})")
        return json.loads(ast.literal_eval(self.shown[-1]["text/plain"]))

    def call(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Calls a function of this package in the kernel, and returns its value, which is plain data."""
        self.run(f"import {function.__module__} as _bench")
        return self.value(f"_bench.{function.__name__}(**_json.loads({json.dumps(arguments)!r}))")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
