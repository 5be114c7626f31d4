"""Kernels are compiled ahead only where they are missing, by a process that ends with the service."""

from __future__ import annotations

import sys

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
