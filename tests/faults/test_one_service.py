"""One home has one service, whatever an earlier one or another host has left in it."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from qmagic import client, home
from qmagic.errors import HomeError
from tests.faults.making import bell, counts, gone, kill, new_line, scripted, service, until


def _services(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if "qmagic.service" in line and str(folder) in line:
            found.append(process.pid)
    return found


def test_ten_at_once(own_home):
    """Ten processes that start the service at the same time end with one, and all are answered."""
    command = [sys.executable, "-c", "from qmagic import client; client.jobs(); print(client.service_status().pid)"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(10)]
    pids = {process.communicate(timeout=60)[0].strip() for process in started}
    assert all(process.returncode == 0 for process in started)
    assert pids == {str(service().pid)}
    until(lambda: _services(own_home) == [service().pid], what="only one is left")


def test_stop_and_start_at_once(own_home):
    """A service that is asked for while another is leaving comes up: nobody has to try again."""
    client.jobs()
    for _ in range(3):
        old = service().pid
        stop = subprocess.Popen(
            [sys.executable, "-m", "qmagic", "stop"],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        until(lambda old=old: gone(old) or not (own_home / "service.json").exists())
        new_line()
        assert client.jobs() == []
        assert service().pid != old
        stop.wait(60)


def _dead_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def _discovery(folder: Path, **given) -> None:
    usual = {
        "host": home.host_name(), "boot": home.boot_id(), "pid": _dead_pid(), "start": "1", "protocol": 1,
        "version": "0", "address": home.address(folder),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    home.write_discovery(folder, home.Discovery(**{**usual, **given}))


@pytest.mark.parametrize("stale", ["dead pid", "reused pid", "other boot", "half a file", "lock", "socket"])
def test_stale_files_heal(own_home, stale):
    """Whatever a service that was killed has left, the next one starts, without anybody's help."""
    own_home.mkdir(parents=True)
    if stale == "dead pid":
        _discovery(own_home)
    elif stale == "reused pid":
        _discovery(own_home, pid=os.getpid(), start="1")
    elif stale == "other boot":
        _discovery(own_home, pid=os.getpid(), start=home.start_time(os.getpid()), boot="another")
    elif stale == "half a file":
        (own_home / "service.json").write_text('{"host": "her')
    elif stale == "lock":
        (own_home / "service.lock").write_text(str(os.getpid()))
    else:
        path = Path(home.address(own_home).removeprefix("ipc://"))
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
    assert sum(counts(client.submit(bell())).values()) == 100


def test_killed_service_heals(own_home):
    """After kill -9 the next request starts a service that knows everything."""
    job = client.submit(bell())
    before = counts(job)
    kill(service().pid)
    assert counts(client.job(job.id)) == before


def test_leftover_workers_are_ended(own_home):
    """A worker that an earlier service left is ended at the start; a stranger that has its pid now is not."""
    client.jobs()
    client.stop_service()
    left, stranger = (subprocess.Popen(["sleep", "60"]) for _ in range(2))
    try:
        with sqlite3.connect(own_home / "store.sqlite") as connection:
            connection.execute("DELETE FROM workers")
            rows = [(left.pid, home.start_time(left.pid)), (stranger.pid, "1")]
            connection.executemany("INSERT INTO workers VALUES (?, ?)", rows)
        connection.close()
        client.jobs()
        assert left.wait(60) == -9
        assert stranger.poll() is None
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_home_of_another_host(own_home):
    """A home that another host serves is refused, naming the host; when that one has been silent, it is taken over."""
    _discovery(own_home, host="elsewhere", pid=1)
    before = (own_home / "service.json").read_bytes()
    with pytest.raises(HomeError, match="host 'elsewhere'"):
        client.jobs()
    assert (own_home / "service.json").read_bytes() == before
    os.utime(own_home / "service.json", (0, 0))
    assert client.jobs() == []
    assert msgspec.json.decode((own_home / "service.json").read_bytes())["host"] == home.host_name()


def test_service_that_cannot_start_says_why(own_home, monkeypatch):
    """A service that ends without a word is reported with the end of its log."""
    from qmagic.errors import ServiceError

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ServiceError, match="did not start"):
        client.jobs()


def test_is_nobodys_child(own_home):
    """The service outlives the process that started it, in a session of its own, and leaves no zombie."""
    code = "from qmagic import client; client.jobs(); print(client.service_status().pid)"
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    pid = int(run.stdout)
    assert pid == service().pid
    assert os.getsid(pid) != os.getsid(0)
    assert psutil.Process(pid).ppid() != os.getpid()


def test_busy_home_is_left_when_its_files_vanish(own_home):
    """A service whose discovery file was deleted still holds the lock: no second one serves beside it."""
    job = client.submit(scripted("sleep=0.2"))
    assert counts(job) == {"00": 100}
    pid = service().pid
    (own_home / "service.json").unlink()
    until(lambda: home.find_service(own_home) is not None, 60, "it is published again")
    assert service().pid == pid
    assert _services(own_home) == [pid]
