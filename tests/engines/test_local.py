"""The local engine and its worker processes, without a service."""

from __future__ import annotations

import errno
import math
import os
import select
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from qmagic.client import environment
from qmagic.engines import local
from qmagic.engines.base import Call
from qmagic.engines.local import LocalEngine
from qmagic.engines.process import State
from qmagic.home import start_time
from qmagic.jobs import Environment
from tests.faults.making import bell, gone, scripted, uniform, until, within


class Heard:
    """Remembers what an engine reports."""

    def __init__(self):
        self.checked, self.reserved, self.done, self.failed, self.died = [], [], [], [], []

    def on_checked(self, message):
        self.checked.append(message)

    def on_chosen(self, message):
        """Which backend was chosen is no end."""

    def on_progress(self, message):
        pass

    def on_reserve(self, message):
        self.reserved.append(message)

    def on_done(self, message):
        self.done.append(message)

    def on_failed(self, message):
        self.failed.append(message)

    def on_died(self, message):
        self.died.append(message)

    def on_free(self):
        pass


@pytest.fixture
def engine(tmp_path):
    engine = LocalEngine(1, 1 << 30, tmp_path / "results")
    engine.listener = Heard()
    yield engine
    engine.close()
    assert engine.workers == []


def _read(engine, fact, seconds=60.0):
    """Lets the engine read what its workers say until a fact is so."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline
        lines = [worker.connection.fileno() for worker in engine.workers]
        for line in select.select(lines, [], [], 0.05)[0]:
            engine.read(line)


def _run(engine, *specs, **given):
    _read(engine, lambda: engine.ready(specs[0].environment))
    calls = [Call(spec.id, 1, msgspec.msgpack.encode(spec), **given) for spec in specs]
    engine.run(specs[0].environment, calls)


def test_outcomes_come_in_order(engine):
    """Calls that share a worker end one after the other, and the worker is free again after the last."""
    specs = [bell(seed=seed) for seed in range(5)]
    _run(engine, *specs)
    _read(engine, lambda: len(engine.listener.done) == 5)
    assert [done.job for done in engine.listener.done] == [spec.id for spec in specs]
    _read(engine, lambda: engine.ready(environment()))


def test_check(engine):
    """A worker that only checks says whether the input is sound, and runs nothing."""
    good, bad = bell(), bell("OPENQASM 3.0; nonsense;")
    _run(engine, good, check=True, only_check=True)
    _read(engine, lambda: engine.listener.checked)
    _run(engine, bad, check=True, only_check=True)
    _read(engine, lambda: len(engine.listener.checked) == 2)
    assert [message.error is None for message in engine.listener.checked] == [True, False]
    assert engine.listener.done == engine.listener.failed == []


def test_large_outcomes_are_files(engine, tmp_path):
    """An outcome over 1 MB is a file of the user's alone, written whole."""
    spec = uniform(18, 200_000)
    _run(engine, spec)
    _read(engine, lambda: engine.listener.reserved or engine.listener.done)
    if engine.listener.reserved:
        engine.grant(spec.id, 1)
    _read(engine, lambda: engine.listener.done)
    (done,) = engine.listener.done
    assert done.outcome == b""
    assert [path.name for path in (tmp_path / "results").iterdir()] == [done.file]


@pytest.mark.parametrize(("long", "calm"), [(0.0, 1000.0), (1000.0, 0.0)], ids=["not quick", "calm"])
def test_a_spare_comes(engine, monkeypatch, long, calm):
    """While a job may be quick there is one worker; where it is not, or when it is over and all is calm, a second one
    stands by."""
    monkeypatch.setattr(local, "_LONG_SECONDS", 1000.0)
    monkeypatch.setattr(local, "_CALM_SECONDS", 1000.0)
    _run(engine, bell())
    assert 0 < engine.stand_by() <= 1000.0
    _read(engine, lambda: engine.listener.done)
    assert 0 < engine.stand_by() <= 1000.0
    assert len(engine.workers) == 1
    monkeypatch.setattr(local, "_LONG_SECONDS", long)
    monkeypatch.setattr(local, "_CALM_SECONDS", calm)
    if calm:
        assert engine.stand_by() > 100
        _run(engine, scripted("sleep=30"))
    assert engine.stand_by() == math.inf
    assert len(engine.workers) == 2
    _read(engine, lambda: sum(worker.state is State.FREE for worker in engine.workers) == (1 if calm else 2))


def test_kill_is_reported_as_ours(engine):
    """A kill on request names the calls that had not ended, and is not taken for a crash."""
    first, second = scripted("sleep=30"), scripted("sleep=0")
    _run(engine, first, second)
    engine.kill(first.id)
    _read(engine, lambda: engine.listener.died)
    (died,) = engine.listener.died
    assert died.killed
    assert [call.job for call in died.calls] == [first.id, second.id]


def test_dropped_job_is_never_heard_of_again(engine):
    """A job that was dropped is in no report, its neighbours are."""
    first, second = scripted("sleep=30"), scripted("sleep=0")
    _run(engine, first, second)
    engine.drop(first.id)
    _read(engine, lambda: engine.listener.died)
    assert [call.job for call in engine.listener.died[0].calls] == [second.id]


def test_crash_names_the_signal(engine):
    """A worker that dies by itself is reported with what ended it, and which call ran."""
    first, second = scripted("kill=11"), scripted("sleep=0")
    _run(engine, first, second)
    _read(engine, lambda: engine.listener.died)
    (died,) = engine.listener.died
    assert not died.killed
    assert died.reason == "killed by SIGSEGV"
    assert died.calls[0].job == first.id
    _read(engine, lambda: engine.ready(environment()))


def test_worker_that_talks_nonsense(engine, tmp_path):
    """A worker that sends what cannot be read counts as dead; the engine goes on."""
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nshift 2\neval \"printf '\\\\000\\\\000\\\\000\\\\003abc' >&$1\"\nexec sleep 60\n")
    script.chmod(0o755)
    engine.ready(Environment(str(script)))
    _read(engine, lambda: engine.listener.died)
    assert not engine.listener.died[0].started


def test_worker_that_does_not_come_up(engine, tmp_path, monkeypatch):
    """A worker that hangs while it starts is ended, and reported as one that cannot start."""
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr(local, "_START_SECONDS", 0.0)
    engine.ready(Environment(str(script)))
    (worker,) = engine.workers
    engine.leave_idle(1000.0)
    _read(engine, lambda: engine.listener.died)
    assert gone(worker.process.pid)
    assert "does not start" in engine.listener.died[0].reason


def test_no_process_can_be_started_now(engine, monkeypatch):
    """When the machine has no process to spare, jobs wait: their environment is not to blame."""

    def full(*arguments):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(local, "launch", full)
    assert not engine.ready(environment())
    assert engine.listener.died == []
    monkeypatch.undo()
    _read(engine, lambda: engine.ready(environment()))


def test_idle_workers_leave(engine):
    """A worker that was free for too long is ended, without a report of a crash."""
    _read(engine, lambda: engine.ready(environment()))
    _read(engine, lambda: not any(worker.state == "starting" for worker in engine.workers))
    engine.leave_idle(-1.0)
    _read(engine, lambda: not engine.workers)
    assert engine.listener.died == []


def test_interrupts_do_not_reach_workers(engine):
    """A worker ignores the interrupts of a terminal, and is in no group of ours."""
    spec = scripted("sleep=0.3")
    _run(engine, spec)
    pid = next(worker.process.pid for worker in engine.workers if worker.calls)
    assert os.getpgid(pid) != os.getpgid(0)
    os.kill(pid, signal.SIGINT)
    _read(engine, lambda: engine.listener.done)
    assert not gone(pid)


CHILD = """
import sys
from qmagic.client import environment
from qmagic.engines.process import launch
from pathlib import Path
process, connection = launch(environment(), Path("/nonexistent"))
connection.recv_bytes()
print(process.pid, flush=True)
input()
"""


def test_worker_dies_with_its_parent():
    """A worker whose parent is killed is gone within a second."""

    def outlived() -> float:
        parent = subprocess.Popen(
            [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )  # fmt: skip
        with parent:
            worker = int(parent.stdout.readline())
            assert start_time(worker)
            parent.kill()
            parent.wait()
            began = time.monotonic()
            until(lambda: gone(worker), what="the worker is gone")
            return time.monotonic() - began

    within(1.0, outlived)
