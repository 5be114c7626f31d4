"""Who has nothing to do leaves: workers first, then the service when all its clients are gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from qmagic import client, home
from tests.faults.making import bell, counts, gone, options, service, status, until

CLIENT = "from qmagic import client; client.jobs(); print(client.service_status().pid, flush=True); input()"


def _client() -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_idle_workers_leave(own_home):
    """Workers that have nothing to do leave, the service stays for its client, and the next job finds it."""
    options(own_home, idle_minutes=0.005)
    counts(client.submit(bell()))
    pid = service().pid
    until(lambda: not home.find_service(own_home) or not status().workers, what="workers have left")
    assert sum(counts(client.submit(bell())).values()) == 100
    assert service().pid == pid


def test_service_leaves_its_dead_clients(own_home):
    """While a client lives the service stays; a client that was killed does not hold it."""
    options(own_home, idle_minutes=0.005)
    first, second = _client(), _client()
    try:
        pid = int(first.stdout.readline())
        assert int(second.stdout.readline()) == pid
        first.kill()
        first.wait()
        until_idle = time.monotonic() + 1.5  # it looks for clients several times meanwhile
        until(lambda: gone(pid) or time.monotonic() > until_idle)
        assert not gone(pid)
        second.kill()
        second.wait()
        until(lambda: gone(pid), what="the service has left")
        assert not (own_home / "service.json").exists()
    finally:
        for process in (first, second):
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


def test_work_keeps_the_service(own_home):
    """A service with work does not leave, clients or not; what it finished is there afterwards."""
    options(own_home, idle_minutes=0.005)
    code = (
        "from qmagic import client; from tests.faults.making import scripted;"
        "job = client.submit(scripted('sleep=1.5')); print(job.id, client.service_status().pid)"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    job, pid = run.stdout.split()
    until(lambda: gone(int(pid)), 60, "the service has left")
    assert counts(client.job(job)) == {"00": 100}
    assert client.job(job).info().attempt == 1
