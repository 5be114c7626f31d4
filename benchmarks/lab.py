"""A real JupyterLab server, and what a real Chromium is started with; for benches and for tests/ui."""

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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["CHROMIUM", "FLAGS", "Lab"]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-domain-reliability", "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever asks: there is no other host
)  # fmt: skip


class Lab:
    """A JupyterLab server on a free port of this machine, with a token and settings of its own.

    Args:
        root: The folder of notebooks that it opens on.
        own: An empty folder for its settings and log.
        environment: Variables for it and its kernels; this process's own where None.
    """

    def __init__(self, root: Path, own: Path, environment: Mapping[str, str] | None = None) -> None:
        self.root, self.token = root, secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        settings = own / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        news = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(news))
        environment = dict(os.environ if environment is None else environment) | {
            "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
            "JUPYTER_TOKEN": self.token,
            "QMAGIC_HEADLESS": "0",  # CI says that nobody watches; here somebody does
            "PATH": str(Path(sys.executable).parent),  # where Node.js is found, each server asks it for its settings
        }
        if folder := os.environ.get("QMAGIC_IPYKERNEL"):
            environment["JUPYTER_PATH"] = str(_kernel_of(Path(folder), own))
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
            *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
            *("--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
            # or each page that is opened makes the server start Node.js, to see whether JupyterLab has to be built
            "--ServerApp.tornado_settings={'page_config_data': {'buildCheck': False}}",
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
        with urllib.request.urlopen(request, timeout=60) as answer:
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
            self._process.wait(30)
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
