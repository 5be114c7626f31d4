"""Kernels are compiled ahead only where they are missing, by a process that ends with the service."""

from __future__ import annotations

import os
import sys
import time

import filelock
import pytest

from qmagic.backends import kernels
from qmagic.engines import ahead
from qmagic.engines.ahead import Ahead
from qmagic.jobs import Environment


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(ahead, "_PATIENCE", 0.0)
    made = Ahead()
    made.of(Environment(sys.executable, tuple(sys.path)))
    yield made
    made.close()


def test_missing_kernels_are_compiled_aside(soon, monkeypatch, tmp_path):
    """In an empty cache a process begins, once; it is ended with whoever started it."""
    monkeypatch.setattr(kernels, "folder", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernels.missing()
    assert kernels.parts() == []
    soon.look()
    process = soon._process
    assert process is not None
    soon.look()
    assert soon._process is process
    soon.close()
    assert process.poll() is not None


def test_kernels_that_are_there_are_left_alone(soon, monkeypatch, tmp_path):
    """No process begins, and a loop's process may load them in parts."""
    (tmp_path / "exact").mkdir()
    (tmp_path / "exact" / "run.nbc").touch()
    monkeypatch.setattr(kernels, "folder", lambda: tmp_path)
    soon.look()
    assert soon._process is None
    assert len(kernels.parts()) == 2


def test_they_are_compiled_by_one_at_a_time(monkeypatch, tmp_path):
    """Who compiles keeps the others out; who comes meanwhile waits, and no longer than is reasonable."""
    monkeypatch.setattr(kernels, "folder", lambda: tmp_path / "kernels-here")
    monkeypatch.setattr(kernels, "_PATIENCE", 0.2)
    another = filelock.FileLock(tmp_path / "kernels.lock")
    with kernels.turn(), pytest.raises(filelock.Timeout):
        another.acquire(timeout=0)
    with another.acquire(timeout=0):
        began = time.monotonic()
        with kernels.turn():
            assert time.monotonic() - began >= 0.2
    (tmp_path / "kernels-here").mkdir()
    (tmp_path / "kernels-here" / "run.nbc").touch()
    monkeypatch.delattr(filelock, "FileLock")  # what is there is waited for by nobody
    with kernels.turn():
        pass


def test_kernels_that_nobody_compiled_for_long_go(monkeypatch, tmp_path):
    """A reinstallation does not leave its predecessors' kernels for ever; young ones and what else is there stay."""
    for name in ("kernels-here", "kernels-old", "kernels-young", "other"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0 if name != "kernels-young" else time.time()))
    monkeypatch.setattr(kernels, "folder", lambda: tmp_path / "kernels-here")
    with kernels.turn():
        pass
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"kernels-here", "kernels-young", "other"}
