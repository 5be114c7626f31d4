"""kill -9 of anything at any moment: every job still ends exactly once, DONE, with the right result."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from qmagic import client, home
from qmagic.client import ask
from qmagic.errors import JobFailedError, ServiceError
from qmagic.jobs import PubSpec
from tests.faults.making import (
    bell,
    final_events,
    gone,
    kill,
    new_line,
    options,
    scripted,
    service,
    status,
    until,
    within,
)

SUBMITTER = """
import json, sys
import msgspec
from qmagic import client
from qmagic.jobs import JobSpec
for line in open(sys.argv[1], "rb").read().split(b"\\n\\n"):
    client.submit(msgspec.json.decode(line, type=JobSpec))
"""


def _specs(number: int, seed: int) -> list:
    """Returns jobs of all sorts: small ones that share calls, unread text, wider ones, slow ones."""
    draw = random.Random(seed)
    specs = []
    for index in range(number):
        sort = draw.choice(["small", "text", "wide", "slow"])
        qubits = {"small": 4, "text": 3, "wide": 14, "slow": 2}[sort]
        gates = "".join(
            f"rx({draw.random()}) q[{draw.randrange(qubits)}]; cx q[{i}], q[{i + 1}]; " for i in range(qubits - 1)
        )
        text = f'OPENQASM 3.0; include "stdgates.inc"; qubit[{qubits}] q; bit[{qubits}] c; {gates} c = measure q;'
        given = {"seed": index, "pubs": (PubSpec(shots=200),), "tags": ("run",)}
        if sort == "small":
            specs.append(bell(text, width=qubits, checked=True, **given))
        elif sort == "slow":
            specs.append(scripted("sleep=0.2", **given))
        else:
            specs.append(bell(text, **given))
    return specs


def _steady(ask):
    """Asks until a service lives long enough to answer."""
    while True:
        try:
            return ask()
        except ServiceError:
            continue


class Submitter:
    """A process that submits all jobs, as a kernel does; started again, it submits them all again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUBMITTER, str(self._path)], env={**os.environ, "PYTHONPATH": os.getcwd()}
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()


@pytest.mark.timeout(600)
def test_kills(own_home, tmp_path, full):
    """Service, workers and client are killed at random moments of a run; ends are exactly one, DONE, and right."""
    options(own_home, workers=2)
    number = full(40, 200)
    specs = _specs(number, seed=20260101)
    right = [_counts(job) for job in client.submit_many(specs)]
    client.purge()

    import msgspec

    path = tmp_path / "jobs"
    path.write_bytes(b"\n\n".join(map(msgspec.json.encode, specs)))
    draw = random.Random(1)
    kills = ["service"] * full(3, 15) + ["worker"] * full(6, 30) + ["client"] * full(2, 10)
    draw.shuffle(kills)
    submitter = Submitter(path)
    victims: Counter[str] = Counter()
    try:
        for what in kills:
            new_line()
            client.jobs(1)  # a service runs, at this moment
            _let_pass(draw.random() * 0.1)
            if what == "worker":
                _kill_worker(draw, victims)
            elif what == "client":
                submitter.kill()
            elif (found := home.find_service(own_home)) is not None:
                kill(found.pid)
        # a submitter that met too many dying services in a row gave up: the user runs the cell again
        while submitter.process.wait(60) != 0:
            submitter.start()
    finally:
        submitter.process.kill()
        submitter.process.wait()
    assert victims
    assert max(victims.values()) < 3
    for spec, expected in zip(specs, right, strict=True):
        job = client.Job(spec.id)
        try:
            assert _steady(lambda job=job: _counts(job)) == expected
        except JobFailedError as error:
            told = [(event.kind, event.detail) for event in ask.events(job.id).events]
            raise AssertionError(f"{victims[job.id]} kills, {told}") from error
        assert final_events(spec.id) == ["DONE"]
    found = client.jobs(limit=number + 10, tag="run")
    assert sorted(job.id for job in found) == sorted(spec.id for spec in specs)


def _let_pass(seconds: float) -> None:
    threading.Event().wait(seconds)


def _counts(job: client.Job) -> dict[str, int]:
    return job.result(60).counts()


def _kill_worker(draw: random.Random, kills: Counter[str]) -> None:
    """Kills a worker that has work in hand, unless a job of it has lost one already."""
    try:
        busy = until(lambda: [w for w in status().workers if w.jobs], 2.0)
    except (ServiceError, AssertionError):
        return  # everything is done, or nothing was submitted yet
    pid = draw.choice(busy).pid
    try:
        os.kill(pid, signal.SIGSTOP)  # now what it has in hand stays in its hand
    except ProcessLookupError:
        return
    jobs: list[str] = []
    try:
        status()  # by its answer the service has heard the last word of the worker
        jobs = next((w.jobs for w in status().workers if w.pid == pid), [])
    except (ServiceError, AssertionError):
        pass
    # once a job by our count: on a loaded machine the next job may be in its hand by the time it is gone
    if not jobs or any(kills[job] for job in jobs):
        with contextlib.suppress(ProcessLookupError):  # it may have left with its service
            os.kill(pid, signal.SIGCONT)
        return
    kills.update(jobs)
    kill(pid)


def test_no_worker_outlives_its_service(own_home):
    """When the service is killed, its workers are gone within a second, even in the middle of a simulation."""
    jobs = client.submit_many([scripted("sleep=600") for _ in range(2)])

    def outlived() -> float:
        until(lambda: all(str(job.status()) == "RUNNING" for job in jobs), what="both jobs run")
        pids = [worker.pid for worker in status().workers]
        assert pids
        began = time.monotonic()
        kill(service().pid)
        until(lambda: all(gone(pid) for pid in pids), what="workers are gone")
        taken = time.monotonic() - began
        new_line()
        return taken

    within(1.0, outlived)
    for job in jobs:
        assert job.cancel()


def test_attempts_ended_with_the_service_are_not_counted(own_home):
    """A job outlives any number of services, and is not blamed for their deaths."""
    job = client.submit(scripted("sleep=3"))
    for _ in range(4):
        until(lambda: str(job.status()) == "RUNNING")
        kill(service().pid)
    assert _steady(lambda: job.result(60).counts()) == {"00": 100}
    assert job.info().attempt == 5
    assert final_events(job.id) == ["DONE"]


def test_stopped_service_goes_on(own_home):
    """What was unfinished when the service was told to stop runs when it next starts."""
    options(own_home, workers=1)
    jobs = client.submit_many([scripted("sleep=0.3") for _ in range(3)])
    assert client.stop_service()
    assert not client.stop_service()
    assert all(_counts(job) == {"00": 100} for job in jobs)
