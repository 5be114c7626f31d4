"""The WebSocket: a snapshot, then what happens; resumed by number; offline and back when the service is killed."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading

import msgspec
import pytest

from qmagic import home as homes
from tests.serverextension.conftest import BELL, ENDLESS, submit, until


def kill(home) -> int:
    """Kills the service as nothing can be prepared for, and returns its process."""
    found = homes.find_service(home)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    until(lambda: not homes.process_alive(found.pid, found.start))
    return found.pid


def test_a_snapshot_comes_first_then_each_event_with_the_job_after_it(jupyter):
    """A job's events arrive in order, each with the job as it stood, and their numbers go up."""
    stream = jupyter.listen()
    snapshot = stream.next()
    assert snapshot["type"] == "snapshot"
    assert stream.next()["type"] == "online"
    job = submit(name="watched")
    events = stream.until_end(job.id)
    assert [event["kind"] for event in events] == ["job.created", "job.started", "job.done"]
    assert [event["view"]["status"] for event in events] == ["READY", "RUNNING", "DONE"]
    numbers = [event["seq"] for event in events]
    assert numbers == sorted(numbers)
    assert numbers[0] > snapshot["seq"]
    stream.close()


def test_a_listener_goes_on_where_it_was(jupyter):
    """With `since` it gets what it missed, and no snapshot; with a number from the future, a snapshot."""
    submit().result(60)
    seq = jupyter.get("jobs?limit=1")["seq"]
    missed = submit(name="missed")
    missed.result(60)
    stream = jupyter.listen(seq)
    first = stream.next()
    assert first["type"] == "events"
    assert {event["job"] for event in first["events"]} == {missed.id}
    assert stream.next()["type"] == "online"
    stream.close()
    nothing = jupyter.listen(first["seq"])
    assert nothing.next()["type"] == "online"
    nothing.close()
    future = jupyter.listen(first["seq"] + 1_000_000)
    assert future.next()["type"] == "snapshot"
    future.close()


def test_what_is_not_stored_comes_while_something_runs(jupyter):
    """A running job tells its time and backend, a waiting one its place in line; at most ten messages a second."""
    stream = jupyter.listen()
    jobs = [submit(backend=ENDLESS, seed=i) for i in range((os.cpu_count() or 1) + 1)]
    times: dict[str, list[float]] = {}
    told = set()
    while told != {"why", "position"} or max(map(len, times.values()), default=0) < 4:
        for one in stream.next("live")["jobs"]:
            told |= {what for what in ("why", "position") if one[what]}
            if one["elapsed"] is not None:
                times.setdefault(one["id"], []).append(one["elapsed"])
    # by the service's clock: messages may bunch up on their way; three more, where it looks at that clock late
    for elapsed in times.values():
        assert len(elapsed) <= 10 * (elapsed[-1] - elapsed[0]) + 4
    jupyter.post("jobs/cancel", {"ids": [job.id for job in jobs]})
    until(lambda: all(job.done() for job in jobs))
    stream.close()


def test_a_killed_service_is_said_and_comes_back(home, jupyter):
    """kill -9 with a job running: offline, then online from a new service, and the job goes on to its end."""
    there = len(jupyter.get("jobs")["jobs"])
    job = submit(backend="scripted:sleep=2")
    stream = jupyter.listen()
    assert job.id in {one["id"] for one in stream.next("snapshot")["jobs"]}
    long = submit(backend=ENDLESS)
    until(lambda: long.status() == "RUNNING")
    old = kill(home)
    assert stream.next("offline")["message"]
    stream.next("online")
    found = until(lambda: homes.find_service(home))
    assert found.pid != old
    until(lambda: jupyter.get(f"jobs/{job.id}")["job"]["status"] == "DONE", 60)
    kinds = [event["kind"] for event in jupyter.get(f"jobs/{long.id}")["events"]]
    assert "job.returned" in kinds
    jupyter.post(f"jobs/{long.id}/cancel", {})
    assert stream.until_end(long.id)[-1]["kind"] == "job.cancelled"
    assert len(jupyter.get("jobs")["jobs"]) == there + 2, "a job was lost or made twice"
    stream.close()


def test_looking_never_starts_a_service(own_home, own_jupyter):
    """Without a service, lists, details and the stream come from the disk, and still none runs."""
    job = submit(name="resting")
    job.result(60)
    from qmagic import client

    client.stop_service()
    jupyter = own_jupyter()
    assert [one["id"] for one in jupyter.get("jobs")["jobs"]] == [job.id]
    assert jupyter.get(f"jobs/{job.id}")["result"]["pubs"]
    assert jupyter.get("status")["pid"] is None
    stream = jupyter.listen()
    assert [one["name"] for one in stream.next("snapshot")["jobs"]] == ["resting"]
    assert homes.find_service(own_home) is None, "looking started a service"
    # somebody else starts one: the same stream goes on
    again = submit(name="again")
    assert stream.until_end(again.id)[-1]["kind"] == "job.done"
    stream.close()


@pytest.mark.parametrize("held", [fcntl.LOCK_SH, fcntl.LOCK_EX], ids=["another looks", "a service leaves"])
def test_who_looks_waits_for_others(home, held):
    """While somebody else looks, or a service is about to leave, the store is read all the same."""
    from qmagic import client
    from qmagic.client import view

    job = submit()
    job.result(60)
    client.stop_service()
    with (home / "service.lock").open("rb+") as lock:
        fcntl.flock(lock, held)
        if held == fcntl.LOCK_EX:
            threading.Timer(1.0, lock.close).start()
        assert [one.id for one in view.resting(1).jobs] == [job.id]


def test_a_killed_service_that_had_nothing_to_do_stays_away(home, jupyter):
    """kill -9 of an idle one: offline for a moment, then what the disk holds, and none is started for the looking."""
    job = submit(name="before")
    job.result(60)
    stream = jupyter.listen()
    stream.next("snapshot")
    kill(home)
    stream.next("offline")
    stream.next("online")
    assert jupyter.get(f"jobs/{job.id}")["result"]["pubs"]
    assert homes.find_service(home) is None
    stream.close()


def test_a_page_that_looks_does_not_keep_the_service(own_home, own_jupyter):
    """An idle service leaves although a page listens and asks; the page is not told that anything is wrong."""
    own_home.mkdir()
    (own_home / "config.toml").write_text("idle_minutes = 0.02\n")
    jupyter = own_jupyter()
    stream = jupyter.listen()
    stream.next("snapshot")
    stream.next("online")
    submit_elsewhere()
    stream.next("events")

    def left() -> bool:
        jupyter.get("status")
        jupyter.get("jobs")
        return homes.find_service(own_home) is None

    until(left, 60)
    submit_elsewhere()
    kinds = [stream.next()["type"]]
    while kinds[-1] != "events":
        kinds.append(stream.next()["type"])
    assert "offline" not in kinds
    stream.close()


def submit_elsewhere() -> None:
    """Runs a job from a process that ends, so that nobody but the page is left."""
    code = f"import qmagic; qmagic.run({BELL!r}).result(60)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_server_starts_the_service_where_jobs_wait(own_home, own_jupyter):
    """A Jupyter server that comes up on a store with an unfinished job has it go on, before anybody looks."""
    job = submit(backend="scripted:sleep=2")
    until(lambda: job.status() == "RUNNING")
    kill(own_home)
    own_jupyter()
    until(lambda: homes.find_service(own_home) is not None)
    assert job.result(60).shots == 1000


def test_a_service_that_does_not_answer_holds_up_nobody_else(home, jupyter):
    """While the service is stopped in mid-air, questions to it wait, and the server's other routes answer at once."""
    submit().result(60)
    jupyter.get("jobs")
    found = homes.find_service(home)
    os.kill(found.pid, signal.SIGSTOP)
    try:
        answers: list[int] = []
        waiting = [threading.Thread(target=lambda: answers.append(jupyter.code("jobs"))) for _ in range(4)]
        for thread in waiting:
            thread.start()
        for _ in range(5):
            assert jupyter.code("api/status", plain=True) == 200, jupyter.log()
        assert not answers, "a question was answered by a service that stands still"
    finally:
        os.kill(found.pid, signal.SIGCONT)
    for thread in waiting:
        thread.join(60)
    assert answers == [200] * 4


def test_ten_thousand_jobs_fit_a_bounded_number_of_bytes(own_home, own_jupyter):
    """A listing of 10,000 costs at most 700 bytes a job, the stream's snapshot holds the newest 500."""
    from qmagic import client
    from qmagic.jobs import JobInfo, JobStatus
    from qmagic.service.store import open_database

    job = submit(name="last")
    job.result(60)
    client.stop_service()
    store, _ = open_database(own_home / "store.sqlite")
    store.execute("BEGIN")
    for i in range(10_000):
        info = JobInfo(
            id=f"2{i:014d}", status=JobStatus.DONE, name=f"sweep point {i}", backend="aer.statevector", shots=4096,
            tags=("sweep",), notebook="/srv/ada/notebooks/sweep.ipynb", created=1.7e9 + i, started=1.7e9 + i,
            ended=1.7e9 + i + 1, attempt=1, headline="00 2048, 11 2048", notebook_path="/srv/ada/notebooks/s.ipynb",
        )  # fmt: skip
        store.execute(
            "INSERT INTO jobs VALUES (?, ?, 'DONE', 1, ?, ?, '', '', 1, 0, ?)",
            (10 + i, info.id, info.created, info.ended, msgspec.msgpack.encode(info)),
        )
        store.execute("INSERT INTO specs SELECT ?, spec FROM specs WHERE number = 1", (10 + i,))
    store.execute("COMMIT")
    store.close()
    jupyter = own_jupyter()
    for served in (False, True):
        if served:
            submit(seed=9).result(60)
        jobs = jupyter.get("jobs?limit=10000")["jobs"]
        assert len(jobs) == 10_000
        assert len(msgspec.json.encode(jobs)) < 700 * 10_000
        pages, before = [], ""
        while True:
            page = jupyter.get(f"jobs?limit=1000&before={before}")["jobs"]
            pages += [one["id"] for one in page]
            if len(page) < 1000:
                break
            before = page[-1]["id"]
        assert len(pages) == len(set(pages)) == 10_001 + served
        stream = jupyter.listen()
        assert len(stream.next("snapshot")["jobs"]) == 500
        stream.close()
