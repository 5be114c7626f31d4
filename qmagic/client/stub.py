"""Starts, finds and asks the stub of the clouds, a process of its own beside the job service.

It belongs to a home, listens on the loopback only, and asks everybody for its token. Nothing here imports its code.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qmagic.client.detached import launch, read_line
from qmagic.errors import InputError, ServiceError
from qmagic.home import StubPlace, find_stub, home_folder, process_alive

__all__ = [
    "change_stub", "forget_stub_jobs", "plan_faults", "start_stub", "stop_stub", "stub_folder", "stub_place",
    "stub_pointers", "stub_status",
]  # fmt: skip

_START_SECONDS = 20.0
_ANSWER_SECONDS = 10.0


def stub_folder() -> Path:
    """Returns the folder of this home's stub."""
    return home_folder() / "stub"


def stub_place() -> StubPlace | None:
    """Returns where the stub listens; None where none runs."""
    return find_stub(stub_folder())


def start_stub(port: int = 0) -> StubPlace:
    """Starts the stub, unless it runs already, and returns where it listens.

    Args:
        port: Where to listen; 0 for the port of the last time, or a free one.

    Raises:
        ServiceError: It does not start; the message says why.
    """
    found = stub_place()
    if found is not None:
        return found
    folder = stub_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    reader = launch(lambda writer: ["qmagic.stub", str(folder), str(port), str(writer)], folder / "stub.log")
    line = read_line(reader, time.monotonic() + _START_SECONDS)
    if line.startswith("error "):
        raise ServiceError(line.removeprefix("error "))
    found = stub_place()
    if found is None:
        raise ServiceError(f"the stub did not start; see {folder / 'stub.log'}")
    return found


def stop_stub() -> bool:
    """Ends the stub and returns whether one ran; its jobs and settings stay on disk."""
    place = stub_place()
    if place is None:
        return False
    _ask(place, "POST", "/stop", {})
    deadline = time.monotonic() + _ANSWER_SECONDS
    while process_alive(place.pid, place.start) and time.monotonic() < deadline:
        time.sleep(0.02)
    return True


def stub_status() -> dict[str, Any] | None:
    """Returns settings, counts of jobs, and what was asked that the stub does not play; None where none runs."""
    place = stub_place()
    return None if place is None else _ask(place, "GET", "/status", None)


def stub_pointers() -> list[dict[str, Any]]:
    """Returns how to point each official client at the stub: ``cloud``, ``environment`` and ``code`` of each.

    Raises:
        ServiceError: No stub runs.
    """
    answer: list[dict[str, Any]] = _ask(_running(), "GET", "/pointers", None)
    return answer


def change_stub(words: Sequence[str]) -> dict[str, Any]:
    """Changes settings, ``["queue=30s", "fail=0.1"]``, and returns all of them.

    Raises:
        InputError: A setting is unknown, or its value makes no sense.
        ServiceError: No stub runs.
    """
    answer: dict[str, Any] = _ask(_running(), "POST", "/set", list(words))["settings"]
    return answer


def plan_faults(faults: Sequence[dict[str, Any]]) -> None:
    """Says which requests go wrong, in place of what was planned before; see `qmagic.stub.faults.Fault`."""
    _ask(_running(), "POST", "/faults", list(faults))


def forget_stub_jobs() -> None:
    """Has the stub forget its jobs, its requests and the faults to come; settings stay."""
    _ask(_running(), "POST", "/clear", {})


def _running() -> StubPlace:
    place = stub_place()
    if place is None:
        raise ServiceError("no stub runs; start it with %qstub start")
    return place


def _ask(place: StubPlace, method: str, path: str, body: Any) -> Any:
    import urllib.error  # 20 ms that %load_ext need not take
    import urllib.request

    request = urllib.request.Request(  # noqa: S310 - the address is our own discovery file's
        f"{place.url}/qstub{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {place.token}"},
        method=method,
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=_ANSWER_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise InputError(json.load(error)["error"]) from None
    except OSError as error:
        raise ServiceError(f"the stub at {place.url} does not answer: {error}") from None
