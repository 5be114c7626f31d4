"""Disks that are full, homes that cannot be used, stores that are damaged: a clear error, nothing overwritten."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from qmagic import client, home
from qmagic.errors import DiskFullError, HomeError, ServiceError
from tests.faults.making import bell, counts, kill, new_line, options, scripted, service, status, uniform, until

MB = 1 << 20


def _mount(*arguments: str) -> bool:
    return os.getuid() == 0 and subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(own_home):
    """The home on a disk of 6 MB of its own, where we may mount one; returns it with what fills it."""
    own_home.mkdir(parents=True)
    if not _mount("-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", str(own_home)):
        pytest.skip("only root can mount a disk that is small enough to be filled")
    try:
        yield own_home
        client.stop_service()
    finally:
        subprocess.run(["umount", "-l", str(own_home)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(65536))
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))


def test_full_disk(small_disk):
    """On a full disk finished work waits, new jobs are refused, reading works; with space again all goes on."""
    options(small_disk, workers=1)
    old = client.submit(bell())
    before = counts(old)
    # they run while the disk is full: one result would go into the database, one into a file
    slow, large, larger = client.submit_many([scripted("sleep=2"), uniform(16, 100_000), uniform(18, 200_000)])
    until(lambda: str(slow.status()) == "RUNNING")
    ballast = small_disk / "ballast"
    _fill(ballast)
    refused = _refused(lambda: bell(cell="x" * 1_000_000))
    assert "free some space" in str(refused)
    until(lambda: status().disk_full, what="the service says that its disk is full")
    assert counts(client.job(old.id)) == before
    until(lambda: any(larger.id in w.jobs for w in status().workers), what="the last one runs")
    assert not large.done()
    assert not larger.done()
    with pytest.raises(DiskFullError):
        client.submit(bell(cell="x" * 1_000_000))
    ballast.unlink()
    assert counts(slow) == {"00": 100}
    assert sum(counts(large).values()) == 100_000
    assert sum(counts(larger).values()) == 200_000
    until(lambda: not status().disk_full)
    assert counts(client.submit(bell())) == before


def _refused(make) -> DiskFullError:
    """Submits until a job is refused: the log of the database may have some space left."""
    for _ in range(20):
        try:
            client.submit(make())
        except DiskFullError as error:
            return error
    raise AssertionError("every job was taken")


def test_full_store(own_home):
    """A store that may not grow refuses new jobs, shows old ones, and takes new ones after a purge."""
    options(own_home, store_gb=0.002)
    old = client.submit(bell())
    before = counts(old)
    _refused(lambda: bell(cell="x" * 200_000))
    assert counts(client.job(old.id)) == before
    until(lambda: client.purge() or not client.jobs(status="DONE"))
    until(lambda: not status().disk_full)
    assert counts(client.submit(bell())) == before


def test_read_only_home(own_home):
    """A home that cannot be written is refused with a sentence."""
    own_home.mkdir(parents=True)
    if os.getuid() != 0:
        own_home.chmod(0o500)
        with pytest.raises(HomeError, match="cannot be written"):
            client.jobs()
        return
    # nobody is read-only for root but a disk that is
    assert _mount("--bind", str(own_home), str(own_home))
    try:
        assert _mount("-o", "remount,bind,ro", str(own_home))
        with pytest.raises(HomeError, match="cannot be written: Read-only file system"):
            client.jobs()
    finally:
        subprocess.run(["umount", "-l", str(own_home)], check=True)
    assert list(own_home.iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make files of another user")
def test_home_of_another_user(own_home):
    """A user whose home belongs to somebody else gets a sentence, and nothing of it is touched."""
    (own_home / "log").mkdir(parents=True)
    own_home.chmod(0o700)
    code = """
import os, sys
from qmagic import client
from qmagic.client import start  # what is needed is imported while this user may still read it
from qmagic.results import result
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    client.jobs()
except Exception as error:
    print(type(error).__name__, error)
"""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert run.stdout.startswith("HomeError"), run
    assert "Permission denied" in run.stdout


def test_newer_store(own_home):
    """A store of a newer version is refused, and not changed."""
    client.jobs()
    client.stop_service()
    path = own_home / "store.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(HomeError, match="version 99"):
        client.jobs()
    assert path.read_bytes() == before


def test_foreign_store(own_home):
    """A store whose tables are not those of its version is refused with what to do, and nothing of it is lost."""
    job = client.submit(bell())
    job.result(60)
    client.stop_service()
    path = own_home / "store.sqlite"

    def set_version(number):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (before,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {number}")
        return before

    version = set_version(1)
    with pytest.raises(HomeError, match="no release of qmagic wrote it; use another QMAGIC_HOME"):
        client.jobs()
    assert set_version(version) == 1
    assert [one.id for one in client.jobs()] == [job.id]


@pytest.mark.parametrize("where", ["head", "middle", "cut off"])
def test_damaged_store(own_home, where):
    """A damaged store is set aside, not deleted; the user is warned, and a new one is begun."""
    jobs = client.submit_many([bell(cell="x" * 3000) for _ in range(50)])
    for job in jobs:
        counts(job)
    client.stop_service()
    path = own_home / "store.sqlite"
    whole = bytearray(path.read_bytes())
    if where == "head":
        whole[:200] = bytes(200)
    elif where == "middle":
        for page in range(4096, len(whole), 4096):
            whole[page : page + 600] = b"\xff" * 600
    else:
        whole = whole[: len(whole) // 2 // 4096 * 4096 + 100]
    path.write_bytes(whole)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")

        def noticed():
            with contextlib.suppress(ServiceError):  # the service that finds it ends
                client.jobs(limit=1000)
            return [p for p in own_home.glob("store.sqlite.damaged-*") if not p.name.endswith(("-wal", "-shm"))]

        (aside,) = until(noticed)
        assert sum(counts(client.submit(bell())).values()) == 100
    assert any("set aside" in str(warning.message) for warning in told)
    assert len(aside.read_bytes()) >= len(whole)
    if where == "head":  # it could not be opened at all
        assert aside.read_bytes() == whole


def test_damaged_log(own_home):
    """A damaged write-ahead log costs at most what was in it: the service starts, and tells no lies."""
    first = client.submit(bell())
    counts(first)
    kill(service().pid)
    log = own_home / "store.sqlite-wal"
    data = bytearray(log.read_bytes())
    data[len(data) // 2 :] = os.urandom(len(data) - len(data) // 2)
    log.write_bytes(data)
    new_line()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert sum(counts(client.submit(bell())).values()) == 100


@pytest.mark.parametrize("what", ["a file", "in a file"])
def test_home_is_a_file(own_home, monkeypatch, what):
    """A home path that is a file is refused with a sentence, and the file stays as it is."""
    file = own_home.parent / "file"
    file.write_text("mine")
    monkeypatch.setenv("QMAGIC_HOME", str(file if what == "a file" else file / "home"))
    with pytest.raises(HomeError, match="cannot be"):
        client.jobs()
    assert file.read_text() == "mine"


def test_long_home(own_home, monkeypatch):
    """A home whose path is longer than a socket's may be works like any other."""
    folder = own_home.parent / ("long" * 40) / ("longer" * 30)
    monkeypatch.setenv("QMAGIC_HOME", str(folder))
    try:
        assert sum(counts(client.submit(bell())).values()) == 100
    finally:
        client.stop_service()


@pytest.mark.parametrize("wrong", ["mode", "owner", "file"])
def test_socket_folder(own_home, monkeypatch, wrong):
    """A folder for sockets that others could enter is refused, and left as it is."""
    runtime = own_home.parent / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    folder = runtime / "qmagic"
    if wrong == "file":
        folder.write_text("mine")
    else:
        folder.mkdir(mode=0o700)
        if wrong == "mode":
            folder.chmod(0o755)
        elif os.getuid() == 0:
            os.chown(folder, 1234, 1234)
        else:
            pytest.skip("only root can give a folder away")
    before = folder.lstat()
    with pytest.raises(HomeError, match="XDG_RUNTIME_DIR"):
        client.jobs()
    after = folder.lstat()
    assert (before.st_mode, before.st_uid) == (after.st_mode, after.st_uid)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worker = 2", "unknown option 'worker'; did you mean 'workers'?"),
        ('workers = "two"', "expected a whole number"),
        ("memory_gb = -1", "0 or more"),
        ("workers = true", "expected a whole number"),
        ("workers 2", "not valid TOML"),
    ],
)
def test_config(own_home, text, said):
    """An option that is not known or has the wrong kind is refused in one line that names the file."""
    own_home.mkdir(parents=True)
    (own_home / "config.toml").write_text(text)
    with pytest.raises(HomeError) as told:
        client.jobs()
    assert said in str(told.value)
    assert "config.toml" in str(told.value)
    assert "\n" not in str(told.value)
    (own_home / "config.toml").unlink()
    assert client.jobs() == []
    assert home.service_options(own_home) == home.ServiceOptions()
