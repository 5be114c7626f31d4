"""A real JupyterLab and a real browser.

A browser that is missing is a failure, not a skip: what nobody looks at is broken within months.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-domain-reliability", "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever asks: there is no other host
)  # fmt: skip

#: Milliseconds that a page may take for anything: continuous integration may be busy.
PATIENCE = 60_000


class Lab:
    """A JupyterLab server on a free port of this machine, with a token and settings of its own.

    Args:
        root: The folder of notebooks that it opens on.
        own: An empty folder for its settings and log.
    """

    def __init__(self, root: Path, own: Path) -> None:
        self.root, self.token = root, secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        settings = own / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        news = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(news))
        environment = os.environ | {
            "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
            "JUPYTER_TOKEN": self.token,
            "QMAGIC_HEADLESS": "0",  # CI says that nobody watches; here somebody does
        }
        if folder := os.environ.get("QMAGIC_IPYKERNEL"):
            environment["JUPYTER_PATH"] = str(_kernel_of(Path(folder), own))
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
            *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
            *("--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ]
        self._log = own / "server.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("JupyterLab did not start:\n" + self._log.read_text()[-3000:])
            time.sleep(0.1)

    def request(self, path: str, method: str = "GET") -> Any:
        """Returns the server's answer."""
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def _answers(self) -> bool:
        try:
            self.request("api/status")
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Ends the server and its kernels: by its own shut-down, and if that does not help, its process group."""
        try:
            self.request("api/shutdown", method="POST")
        except OSError:
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _kernel_of(folder: Path, own: Path) -> Path:
    """Makes the kernel "python3" find the ipykernel in `folder` first; returns where Jupyter has to look for it."""
    place = own / "share" / "kernels" / "python3"
    place.mkdir(parents=True)
    kernel = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "env": {"PYTHONPATH": str(folder)},
    }
    (place / "kernel.json").write_text(json.dumps(kernel))
    return own / "share"


@pytest.fixture(scope="module")
def lab(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab whose kernels use the module's home."""
    server = Lab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.fail("the browser tests need Chromium on PATH (Debian: apt install chromium fonts-dejavu-core)")
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        expect.set_options(timeout=PATIENCE)
        yield chromium
        expect.set_options(timeout=5_000)
        chromium.close()


@pytest.fixture
def context(browser: Any, lab: Lab) -> Iterator[Any]:
    """A profile whose pages may talk to our server only; what they asked of others is in ``context.refused``."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE)
    context.refused, context.errors = [], []
    ours = (lab.url, lab.url.replace("http", "ws", 1), "data:", "blob:")

    def guard(route: Any) -> None:
        if route.request.url.startswith(ours):
            route.continue_()
        else:
            context.refused.append(route.request.url)
            route.abort()

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: context.errors.append(str(error)))
        page.on("console", lambda line: context.errors.append(line.text) if line.type == "error" else None)
        page.on("websocket", lambda socket: None if socket.url.startswith(ours) else context.refused.append(socket.url))

    context.route("**/*", guard)
    context.on("page", watch)
    yield context
    context.close()


@pytest.fixture
def page(context: Any, tmp_path: Path) -> Iterator[Any]:
    """A page of that profile; ``page.refused`` and ``page.errors`` (of its console) are the profile's."""
    page = context.new_page()
    page.refused, page.errors = context.refused, context.errors
    yield page
    if not page.is_closed():
        page.screenshot(path=str(tmp_path / "last.png"))  # pytest keeps the folders of the last three runs


@pytest.fixture
def faults(context: Any) -> Iterator[list[str]]:
    """Errors in the console, and requests that would have left the machine; there are none when the test ends."""
    yield context.errors
    assert context.errors == []
    assert context.refused == []
