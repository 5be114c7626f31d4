"""Jobs that are stopped, crash, run too long or take too much: who is to blame, and what is left."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import psutil
import pytest
from msgspec.structs import replace

import qmagic
from qmagic import client
from qmagic.client import ask
from qmagic.errors import InputError, JobCancelledError, JobFailedError, NotFoundError, ServiceError
from qmagic.jobs import Environment, JobStatus, new_job_id
from tests.faults.making import BELL, bell, counts, final_events, gone, kinds, options, running, scripted, status, until


@pytest.fixture(scope="module", autouse=True)
def folder(home):
    options(home, workers=2, memory_gb=1.5)
    return home


def test_cancel_waiting():
    """A job that waits is cancelled without ever having run, and those behind it go on."""
    busy = client.submit_many([scripted("sleep=30"), scripted("sleep=30")])
    waiting, behind = client.submit_many([scripted("sleep=0"), scripted("sleep=0")])
    assert waiting.cancel()
    assert kinds(waiting.id) == ["created", "cancelled"]
    with pytest.raises(JobCancelledError):
        waiting.result(60)
    for job in busy:
        job.cancel()
    assert counts(behind) == {"00": 100}


def test_cancel_running():
    """A job that runs is gone with its worker, a warm spare takes the next one, and cancelling again says no."""
    job = client.submit(scripted("sleep=30"))
    worker = running(job)
    until(lambda: any(w.state == "free" for w in status().workers), what="a spare stands by")
    spares = {w.pid for w in status().workers if w.state == "free"}
    assert job.cancel()
    with pytest.raises(JobCancelledError):
        job.result(60)
    assert gone(worker)
    following = client.submit(scripted("sleep=2"))
    assert running(following) in spares
    assert counts(following) == {"00": 100}
    assert not job.cancel()
    assert final_events(job.id) == ["CANCELLED"]


def test_cancel_while_read():
    """A job cancelled while its input is read was never there, and its submit says so."""
    text = (
        "OPENQASM 3.0;\n" + 'include "stdgates.inc"; qubit[2] q; bit[2] c;\n' + "h q[0];\n" * 150_000 + "c = measure q;"
    )
    spec = bell(text)
    told = []

    def submit():
        try:
            client.submit(spec)
        except JobCancelledError as error:
            told.append(error)

    thread = threading.Thread(target=submit)
    thread.start()
    until(lambda: any(spec.id in w.jobs for w in status().workers), what="it is being read")
    assert client.Job(spec.id).cancel()
    thread.join(60)
    assert told
    with pytest.raises(NotFoundError):
        client.job(spec.id)


def test_cancel_finished_and_unknown():
    """What has ended cannot be cancelled, and what is unknown cannot either."""
    job = client.submit(bell())
    job.result(60)
    assert not job.cancel()
    assert job.status() is JobStatus.DONE
    assert client.cancel(["0" * 15]) == {"0" * 15: None}


@pytest.mark.parametrize("how", ["cancel", "crash"])
def test_neighbours(how):
    """When a shared worker call ends early, its other jobs return unblamed; after a crash they run alone."""
    # a loop of many gates: short, and some milliseconds each
    turns = "for int i in [0:499] { x q[0]; x q[0]; }"
    text = bell(BELL.replace("c = measure", f"{turns} c = measure"), width=2, checked=True)
    jobs, caught = [], None
    for _ in range(20):
        jobs += client.submit_many([replace(text, id=new_job_id()) for _ in range(60)])
        while caught is None and status().jobs.get("READY"):
            caught = _stop_a_shared_call()
        if caught:
            break
    pid, shared = caught
    first = client.Job(shared[0])
    if how == "cancel":
        assert first.cancel()
    else:
        os.kill(pid, signal.SIGKILL)
    ended = {job.id: final_events(job.id) for job in jobs if _ends(job)}
    assert ended.pop(shared[0]) == (["CANCELLED"] if how == "cancel" else ["DONE"])
    assert all(statuses == ["DONE"] for statuses in ended.values())
    for place, id in enumerate(shared):
        returned = [event for event in ask.events(id).events if event.kind == "job.returned"]
        blame = [event.detail["deaths"] for event in returned]
        assert blame == ([] if how == "cancel" and place == 0 else [int(how == "crash" and place == 0)])


def _ends(job):
    try:
        job.result(60)
    except JobCancelledError:
        pass
    return True


def _stop_a_shared_call():
    """Stops a worker that has several jobs in hand, and returns its pid and these; None when all were too quick."""
    for worker in status().workers:
        if len(worker.jobs) < 2:
            continue
        os.kill(worker.pid, signal.SIGSTOP)
        until(lambda pid=worker.pid: psutil.Process(pid).status() == psutil.STATUS_STOPPED, what="it stands still")
        status()  # by its answer the service has heard the worker's last word
        shared = next(w.jobs for w in status().workers if w.pid == worker.pid)
        if len(shared) >= 2:
            return worker.pid, shared
        os.kill(worker.pid, signal.SIGCONT)
    return None


def test_crash_counts_against_its_job():
    """A job that kills its worker three times fails, names the signal, and takes no other job with it."""
    crash = client.submit(scripted("kill=11"))
    others = client.submit_many([scripted("sleep=0.01") for _ in range(6)])
    with pytest.raises(JobFailedError, match="died 3 times, the last time killed by SIGSEGV"):
        crash.result(60)
    assert kinds(crash.id) == ["created", *["started", "returned"] * 2, "started", "failed"]
    assert all(counts(job) == {"00": 100} for job in others)


def test_second_attempt(tmp_path):
    """A job whose worker dies once is run again, with the same result."""
    job = client.submit(scripted(f"once={tmp_path / 'mark'},kill=9"))
    assert counts(job) == {"00": 100}
    assert kinds(job.id) == ["created", "started", "returned", "started", "done"]
    assert job.info().attempt == 2


def test_timeout():
    """A job over its time-out fails with a sentence, is not tried again, and its worker is gone."""
    job = client.submit(scripted("sleep=30", timeout=0.3))
    worker = running(job)
    with pytest.raises(JobFailedError, match=r"time-out of 0\.3 s"):
        job.result(60)
    assert gone(worker)
    assert kinds(job.id) == ["created", "started", "failed"]


def test_memory_is_watched():
    """A job that takes more memory than it may is stopped, told so, and not tried again."""
    job = client.submit(scripted("allocate=3GB,sleep=30"))
    with pytest.raises(JobFailedError, match="GB of memory"):
        job.result(60)
    assert kinds(job.id) == ["created", "started", "failed"]


def test_memory_is_reserved():
    """Reservations wait for each other when they do not fit together, and what can never fit is refused."""
    jobs = client.submit_many([scripted("reserve=1GB,sleep=0.15") for _ in range(3)])
    most = 0

    def ended():
        nonlocal most
        now = status()
        most = max(most, now.memory_reserved)
        assert now.memory_reserved <= now.memory_limit
        return all(job.done() for job in jobs)

    until(ended)
    assert most == 1 << 30
    with pytest.raises((JobFailedError, InputError), match="GB"):
        client.submit(scripted("reserve=2GB")).result(60)


def test_two_wide_jobs():
    """Two jobs that both want every core run one after the other: they do not wait for each other forever."""
    jobs = client.submit_many([scripted("threads=2,sleep=0.1") for _ in range(4)])
    assert all(counts(job) == {"00": 100} for job in jobs)


def test_failed_job_says_why():
    """A job that fails keeps its reason."""
    job = client.submit(scripted("fail=the reason"))
    with pytest.raises(JobFailedError, match="the reason"):
        job.result(60)
    assert client.job(job.id).info().error == "the reason"


def test_interpreter_is_gone(tmp_path):
    """A job whose environment is gone fails with a sentence; unread text of such an environment is refused."""
    elsewhere = Environment(str(tmp_path / "bin" / "python"))
    job = client.submit(scripted("sleep=0", environment=elsewhere))
    with pytest.raises(JobFailedError, match="Python cannot be started: No such file or directory"):
        job.result(60)
    with pytest.raises(ServiceError, match="cannot be started"):
        client.submit(bell(environment=elsewhere))


def test_worker_cannot_start(tmp_path):
    """An environment without qmagic is tried three times, then its jobs fail and name the log."""
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\nexit 3\n")
    bare.chmod(0o755)
    job = client.submit(scripted("sleep=0", environment=Environment(str(bare))))
    other = client.submit(bell())
    with pytest.raises(JobFailedError, match=r"does not start \(exit code 3\)"):
        job.result(60)
    assert sum(counts(other).values()) == 100


def test_a_loop_that_takes_too_much_memory_is_stopped():
    """It fails with the numbers, keeps its tape, and leaves no process."""

    def greedy(x):
        greedy.kept = [*getattr(greedy, "kept", []), np.ones(25_000_000)]  # 200 MB more each time
        return float(x @ x)

    loop = qmagic.minimize(greedy, [1.0, 2.0], optimizer="nelder-mead", maxiter=100)
    with pytest.raises(JobFailedError, match=r"GB of memory, more than the 1\.5 GB.*its tape is kept"):
        loop.result(60)
    until(lambda: not any(loop.id in worker.jobs for worker in status().workers), what="its process has gone")
    assert loop.history().values.size > 0
