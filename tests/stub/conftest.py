"""A real stub process for each test module, and the official clients run as their users run them."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from qmagic.client import stub as control
from qmagic.home import StubPlace

CLIENTS = Path(__file__).parent / "clients"
USUAL = "queue=0s run=0s fail=0 drop=0 truncate=0 rate=0 maintenance=none drift=0 price=free time=real seed=none"


@dataclasses.dataclass
class Ran:
    """What a client's script saw, and what the stub was asked meanwhile."""

    seen: dict[str, Any]
    lines: list[dict[str, Any]]
    unknown: list[dict[str, Any]]


class Stub:
    """The stub's process, from outside."""

    @property
    def place(self) -> StubPlace:
        """Where it listens."""
        found = control.stub_place()
        assert found is not None
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Asks one of the stub's own routes."""
        return self.raw(method, f"/qstub{path}", body, {"Authorization": f"Bearer {self.place.token}"})[1]

    def raw(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Sends a request and returns the status and the JSON of the answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.place.url + path, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def fresh(self, *words: str) -> None:
        """Forgets all jobs, requests and faults, and sets the settings to their defaults and these words."""
        self.ask("POST", "/clear", {})
        self.ask("POST", "/set", [*USUAL.split(), *words])

    def calm(self) -> None:
        """Forgets the faults to come, and sets the settings to their defaults; its jobs stay, and go on."""
        self.ask("POST", "/faults", [])
        self.ask("POST", "/set", USUAL.split())

    def run(self, name: str) -> Ran:
        """Runs a client's script with nothing of ours but its environment."""
        pointers = {name: value for one in control.stub_pointers() for name, value in one["environment"].items()}
        ours = ("QMAGIC_", "PYTHONPATH", "AWS_", "QISKIT_", "IONQ_", "AZURE_")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)} | pointers
        script = CLIENTS / f"{name}.py"
        done = subprocess.run(
            [sys.executable, "-P", str(script)], env=environment, capture_output=True, text=True, timeout=110
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        told = self.ask("GET", "/transcript")
        return Ran(json.loads(done.stdout.splitlines()[-1]), told["lines"], told["unknown"])
