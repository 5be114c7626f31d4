"""A real Jupyter server (no JupyterLab, no browser) with our extension, on a home of its own."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from qmagic import client
from qmagic.jobs import JobSpec, PubSpec, Source, new_job_id

BELL = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
h q[0];
cx q[0], q[1];
c = measure q;
"""
#: Extensions that are not started, since they take a second of computing: tests/ui has them all.
OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook", "notebook_shim")
#: The backend of a job that runs until it is stopped.
ENDLESS = "scripted:sleep=600"


class Jupyter:
    """A Jupyter server on a free port, below a base URL as a JupyterHub gives it."""

    def __init__(
        self, root: Path, log: Path, *, base: str = "/user/ada/", options: tuple[str, ...] = (), **environment: str
    ) -> None:
        self.root, self.token, self.base, self._log = root, secrets.token_hex(16), base, log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = self.origin + base.rstrip("/")
        command = [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
            *(f"--ServerApp.base_url={base}", "--ServerApp.jpserver_extensions=qmagic.serverextension=True"),
            *(f"--ServerApp.jpserver_extensions={other}=False" for other in OTHERS),
            *options,
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ]
        with log.open("w") as out:
            self._process = subprocess.Popen(
                command,
                env=os.environ | {"JUPYTER_TOKEN": self.token} | environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        until(lambda: self._process.poll() is not None or self.code("api/status", plain=True) == 200, 60, self.log)

    def request(
        self, path: str, body: Any = None, *, method: str | None = None, token: bool = True, plain: bool = False,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:  # fmt: skip
        """Returns the status and the JSON that comes back."""
        address = f"{self.url}/{path}" if plain else f"{self.url}/qmagic/api/{path}"
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(address, data, headers or {}, method=method)
        if token:
            request.add_header("Authorization", f"token {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else text.decode(errors="replace")

    def get(self, path: str) -> Any:
        """Returns what an address that must answer says."""
        status, body = self.request(path)
        assert status == 200, (status, body)
        return body

    def post(self, path: str, body: Any) -> Any:
        """Returns what an address that must take this answers."""
        status, answer = self.request(path, body)
        assert status in {200, 201}, (status, answer)
        return answer

    def code(self, path: str, **how: Any) -> int:
        """Returns the status that an address answers with; 0 when nobody does."""
        try:
            return self.request(path, **how)[0]
        except OSError:
            return 0

    def cookies(self) -> dict[str, str]:
        """Returns the cookies that a browser has after a visit with the token."""
        jar = http.cookiejar.CookieJar()
        visit = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with contextlib.suppress(urllib.error.HTTPError):  # the page that it leads to may be missing
            visit.open(f"{self.url}/login?token={self.token}", timeout=60).read()
        return {cookie.name: cookie.value or "" for cookie in jar}

    def listen(self, since: int | None = None, **how: Any) -> Socket:
        """Opens the WebSocket, with the token unless told otherwise."""
        query = "" if since is None else f"?since={since}"
        address = f"{self.url}/qmagic/api/events{query}".replace("http", "ws", 1)
        how.setdefault("header", {"Authorization": f"token {self.token}"})
        return Socket(websocket.create_connection(address, timeout=60, suppress_origin="origin" not in how, **how))

    def log(self) -> str:
        """Returns the end of the log."""
        return self._log.read_text()[-4000:]

    def stop(self) -> None:
        """Ends the server."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            raise


class Socket:
    """An open WebSocket."""

    def __init__(self, line: websocket.WebSocket) -> None:
        self._line = line

    def next(self, *kinds: str) -> dict[str, Any]:
        """Returns the next message, or the next of these kinds."""
        while True:
            message: dict[str, Any] = json.loads(self._line.recv())
            if not kinds or message["type"] in kinds:
                return message

    def until_end(self, job: str) -> list[dict[str, Any]]:
        """Returns the events of a job up to its end."""
        events: list[dict[str, Any]] = []
        while not events or events[-1]["kind"] not in {"job.done", "job.failed", "job.cancelled"}:
            events += [event for event in self.next("events")["events"] if event["job"] == job]
        return events

    def close(self) -> None:
        """Hangs up."""
        self._line.close()


def until(ready: Callable[[], Any], seconds: float = 60.0, explain: Callable[[], str] = str) -> Any:
    """Waits for something to become true and returns it."""
    deadline = time.monotonic() + seconds
    while not (value := ready()):
        assert time.monotonic() < deadline, f"it did not come within {seconds} s\n{explain()}"
        time.sleep(0.02)
    return value


def submit(text: str = BELL, *, shots: int = 1000, seed: int = 7, **more: Any) -> client.Job:
    """Submits a text as a job."""
    source = Source("openqasm3", text.encode())
    return client.submit(
        JobSpec(
            id=new_job_id(), source=source, pubs=(PubSpec(shots=shots),), seed=seed, environment=client.environment(),
            **more,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def jupyter(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """A server on the module's home."""
    server = Jupyter(tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("log") / "server.log")
    yield server
    server.stop()


@pytest.fixture
def own_jupyter(own_home: Path, tmp_path: Path) -> Iterator[Callable[[], Jupyter]]:
    """Starts a server on a home of this test's own."""
    started: list[Jupyter] = []

    def start() -> Jupyter:
        (tmp_path / "root").mkdir(exist_ok=True)
        started.append(Jupyter(tmp_path / "root", tmp_path / f"server{len(started)}.log"))
        return started[-1]

    yield start
    for server in started:
        server.stop()
