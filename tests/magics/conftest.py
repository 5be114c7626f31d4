"""A real kernel with the magics loaded, one for each test module, and one home for all of this folder.

It runs in one process (see tests/conftest.py), and each module finds the home as if it were new.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from qmagic import client
from qmagic.client import stub as control
from tests.conftest import a_home, no_jobs_left
from tests.stub.conftest import Stub

QASM = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;\n'
#: A job that runs until it is stopped.
ENDLESS = f"%%qrun --backend scripted:sleep=600\n{QASM}"


@dataclasses.dataclass
class Cell:
    """What a cell showed."""

    status: str = "ok"
    stdout: str = ""
    stderr: str = ""
    shown: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    error: str = ""
    traceback: str = ""
    pages: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The plain text of the only thing shown."""
        assert len(self.shown) == 1, self
        return str(self.shown[0]["text/plain"])


class Kernel:
    """A running ipykernel."""

    def __init__(self) -> None:
        self.manager, self.client = start_new_kernel()

    def run(self, code: str, *, timeout: float = 60, when_busy: Callable[[], None] | None = None) -> Cell:
        """Runs a cell and returns what it showed. `when_busy` is called once the kernel works on it."""
        cell, client = Cell(), self.client
        start = time.monotonic()
        number = client.execute(code)
        while True:
            message = client.get_iopub_msg(timeout=timeout)
            if message["parent_header"].get("msg_id") != number:
                continue
            content = message["content"]
            match message["msg_type"]:
                case "stream" if content["name"] == "stdout":
                    cell.stdout += content["text"]
                case "stream":
                    cell.stderr += content["text"]
                case "execute_result" | "display_data":
                    cell.shown.append(content["data"])
                case "error":
                    cell.error, cell.traceback = content["ename"], _plain("\n".join(content["traceback"]))
                case "execute_input" if when_busy is not None:
                    when_busy()
                case "status" if content["execution_state"] == "idle":
                    break
        cell.seconds = time.monotonic() - start
        reply: dict[str, Any] = {}
        while reply.get("parent_header", {}).get("msg_id") != number:
            reply = client.get_shell_msg(timeout=timeout)
        cell.status = reply["content"]["status"]
        cell.pages = "".join(page["data"]["text/plain"] for page in reply["content"].get("payload", ()))
        return cell

    def value(self, expression: str) -> Any:
        """Returns the value of an expression that is plain data."""
        import ast

        return ast.literal_eval(self.run(expression).text)

    def complete(self, code: str) -> tuple[list[str], float]:
        """Returns what Tab at the end of the code offers, and the seconds that it took."""
        start = time.monotonic()
        reply = self.client.complete(code, reply=True, timeout=60)["content"]
        return reply["matches"], time.monotonic() - start

    def restart(self) -> None:
        """Restarts the kernel and loads the magics again."""
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=60)
        self.run("%load_ext qmagic")

    def stop(self) -> None:
        """Ends the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


def _plain(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """A QMAGIC_HOME for all modules, with a stub once one of them has started it."""
    for home in a_home():
        yield home
        control.stop_stub()


@pytest.fixture(scope="module", autouse=True)
def nothing_left(home: Path) -> Iterator[None]:
    """Ends and forgets a module's jobs, here and at the stub."""
    yield
    if client.service_status() is not None:
        no_jobs_left()
    if control.stub_place() is not None:
        Stub().fresh()


@pytest.fixture(scope="module")
def kernel(home: Path) -> Iterator[Kernel]:
    """A kernel in which ``%load_ext qmagic`` was run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        patch.setenv("QMAGIC_HEADLESS", "0")  # as a person sees it: CI alone would wait for loops
        kernel = Kernel()
    try:
        assert kernel.run("%load_ext qmagic").status == "ok"
        yield kernel
    finally:
        kernel.stop()
