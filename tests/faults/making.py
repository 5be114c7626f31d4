"""Jobs for tests that run the real service, and the ways to look at and harm its processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qmagic import client, home
from qmagic.client import ask
from qmagic.client.connection import connection
from qmagic.jobs import JobSpec, PubSpec, Source, new_job_id
from qmagic.protocol import ServiceStatus

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


def bell(text: str = BELL, **given: Any) -> JobSpec:
    """Returns a job that takes a millisecond; a scripted backend makes it take longer, or worse."""
    usual = {"id": new_job_id(), "seed": 7, "pubs": (PubSpec(shots=100),), "environment": client.environment()}
    return JobSpec(source=Source("openqasm3", text.encode()), **{**usual, **given})


def scripted(script: str, **given: Any) -> JobSpec:
    """Returns a job that does what the script says; see `qmagic.backends.scripted`."""
    return bell(backend=f"scripted:{script}", checked=True, **given)


def uniform(qubits: int, shots: int, **given: Any) -> JobSpec:
    """Returns a job whose outcomes are all different, nearly: its result is large."""
    text = f'OPENQASM 3.0; include "stdgates.inc"; qubit[{qubits}] q; bit[{qubits}] c; h q; c = measure q;'
    return bell(text, pubs=(PubSpec(shots=shots),), checked=True, **given)


def counts(job: client.Job, timeout: float = 60) -> dict[str, int]:
    return job.result(timeout).counts()


def service() -> home.Discovery:
    """Returns who serves the home of this test."""
    found = home.find_service(home.home_folder())
    assert found is not None, "no service runs"
    return found


def status() -> ServiceStatus:
    found = client.service_status()
    assert found is not None, "no service runs"
    return found


def final_events(job: str) -> list[str]:
    """Returns the statuses of a job's events that are final, as they are on disk."""
    return [event.status for event in ask.events(job).events if event.status in ("DONE", "FAILED", "CANCELLED", "LOST")]


def kinds(job: str) -> list[str]:
    return [event.kind.removeprefix("job.") for event in ask.events(job).events]


def until(fact: Callable[[], Any], seconds: float = 60.0, what: str = "") -> Any:
    """Waits for a fact, not for a time, and returns it."""
    deadline, nap = time.monotonic() + seconds, 0.002
    while not (value := fact()):
        assert time.monotonic() < deadline, f"not so within {seconds:g} s: {what}"
        time.sleep(nap)
        nap = min(1.3 * nap, 0.03)  # asking takes what is asked about the time to become so
    return value


def within(limit: float, once: Callable[[], float], tries: int = 5) -> None:
    """Asserts a law about seconds: `once` returns those of one try, and the quickest counts, since the machine may be
    busy with something else.
    """
    taken = [once()]
    while len(taken) < tries and min(taken) > limit:
        taken.append(once())
    assert min(taken) <= limit, taken


def gone(pid: int) -> bool:
    return not home.start_time(pid)


def kill(pid: int) -> None:
    """Ends a process as nothing can stop, and waits until it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    until(lambda: gone(pid), what=f"process {pid} is gone")


def running(job: client.Job) -> int:
    """Waits until a worker has a job in hand, and returns its pid."""

    def holder() -> int:
        return next((w.pid for w in status().workers if w.jobs[:1] == [job.id] and w.state == "busy"), 0)

    return until(holder, what=f"{job} runs")


def workers() -> list[int]:
    return [worker.pid for worker in status().workers]


def new_line() -> None:
    """Hangs up, so that the next request finds the service, or starts it."""
    connection().close()


def options(folder: Path, **given: float) -> None:
    """Writes the service's options; before it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text("".join(f"{name} = {value}\n" for name, value in given.items()))
