"""QMAGIC_HOME: where it is, who serves it, and what its options say."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qmagic import home
from qmagic.errors import HomeError


@pytest.fixture
def runtime(tmp_path_factory, monkeypatch):
    import tempfile

    with tempfile.TemporaryDirectory(prefix="qm-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_where(monkeypatch, tmp_path):
    """The variable names the home, with a tilde if wanted; without it, it is the platform's folder for data."""
    monkeypatch.setenv("QMAGIC_HOME", str(tmp_path))
    assert home.home_folder() == tmp_path
    monkeypatch.setenv("HOME", "/nowhere/someone")
    monkeypatch.setenv("QMAGIC_HOME", "~/q")
    assert home.home_folder() == Path("/nowhere/someone/q")
    monkeypatch.setenv("QMAGIC_HOME", "relative")
    assert home.home_folder() == Path.cwd() / "relative"
    monkeypatch.delenv("QMAGIC_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/nowhere/someone/data")
    if sys.platform == "linux":
        assert home.home_folder() == Path("/nowhere/someone/data/qmagic")


def test_address(runtime, tmp_path):
    """A home has one short address, however long its path and by whatever link it is reached."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert home.address(link) == home.address(tmp_path)
    assert home.address(tmp_path / "other") != home.address(tmp_path)
    assert len(home.address(tmp_path / ("x" * 200))) < 107
    assert stat.S_IMODE((runtime / "qmagic").stat().st_mode) == 0o700


def test_long_runtime_folder(monkeypatch, tmp_path):
    """A runtime folder whose path is too long for a socket, or cannot be written, is not used."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("x" * 100)))
    assert not str(home.socket_folder()).startswith(str(tmp_path))


def test_discovery(tmp_path):
    """Who serves is read back as it was written, by its owner alone; what is half written is nobody."""
    me = home.start_time(os.getpid())
    found = home.Discovery(
        host=home.host_name(), boot=home.boot_id(), pid=os.getpid(), start=me, protocol=1, version="1", address="ipc://x"
    )  # fmt: skip
    home.write_discovery(tmp_path, found)
    assert home.read_discovery(tmp_path) == found
    assert home.find_service(tmp_path) == found
    path = tmp_path / "service.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(path.read_bytes()[:-5])
    assert home.read_discovery(tmp_path) is None
    path.unlink()
    assert home.find_service(tmp_path) is None


def test_process_alive():
    """A process is known by pid and start time: a dead one, a zombie and one that got its pid later are not it."""
    me = os.getpid()
    assert home.process_alive(me, home.start_time(me))
    assert not home.process_alive(me, "1")
    assert not home.process_alive(me, "")
    process = subprocess.Popen(["sleep", "60"])
    start = home.start_time(process.pid)
    assert home.process_alive(process.pid, start)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not home.process_alive(process.pid, start), "it is a zombie"
    process.wait()
    assert not home.process_alive(process.pid, start)


def test_options(tmp_path):
    """Options are numbers with their defaults; a whole number will do for a fraction."""
    assert home.service_options(tmp_path) == home.ServiceOptions()
    (tmp_path / "config.toml").write_text("workers = 3\nmemory_gb = 2\n")
    assert home.service_options(tmp_path) == home.ServiceOptions(workers=3, memory_gb=2.0)


@pytest.mark.parametrize(
    "text", ["wrokers = 1", "workers = -1", "workers = [1]", "= 3", "workers = nan\n", "workers = 1.5"]
)
def test_wrong_options(tmp_path, text):
    """What is no option, or no number that makes sense, is an error that names the file."""
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(HomeError, match=r"config\.toml"):
        home.service_options(tmp_path)
