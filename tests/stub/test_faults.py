"""What goes wrong on the wire, seen by a bare HTTP client; restarts; tokens; routes that are not there."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psutil
import pytest

from qmagic.client import stub as control
from qmagic.stub.faults import KINDS

BELL = {
    "gateset": "qis",
    "qubits": 2,
    "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}],
}
JOB = {"type": "ionq.circuit.v1", "backend": "simulator", "shots": 100, "input": BELL}


def ionq(stub, method, path, body=None):
    """Asks IonQ's face, as its clients do."""
    return stub.raw(method, f"/v0.4{path}", body, {"Authorization": f"apiKey {stub.place.token}"})


def submitted(stub):
    return ionq(stub, "POST", "/jobs", JOB)[1]["id"]


def until(stub, id, *states):
    """Polls a job until it is in one of these states."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = ionq(stub, "GET", f"/jobs/{id}")[1]["status"]
        if found in states:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{id} is not {states}")


def bare(stub, kind):
    """Sends one submit on a connection of its own and returns what became of it, in a word."""
    parts = urlsplit(stub.place.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        connection.request("POST", "/v0.4/jobs", json.dumps(JOB), {"Authorization": f"apiKey {stub.place.token}"})
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except http.client.IncompleteRead:
        return "truncated"
    except (ConnectionError, http.client.RemoteDisconnected):
        return "drop"
    finally:
        connection.close()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_what_it_says(stub, kind, after):
    """Each fault looks as it should from outside, once; the job exists if the fault came after the work."""
    stub.fresh()
    stub.ask("POST", "/faults", [{"stage": "submit", "kind": kind, "after": after, "seconds": 0.2}])
    began = time.monotonic()
    assert bare(stub, kind) == ("201" if kind == "slow" else kind)
    assert kind != "slow" or time.monotonic() - began >= 0.2
    accepted = after or kind in ("slow", "truncated")
    assert len(stub.ask("GET", "/jobs?cloud=ionq")) == accepted
    assert bare(stub, kind) == "201"


def test_rates_are_kept(stub):
    """Over the rate, the answer is 429 with the seconds to wait, and no job."""
    stub.fresh("rate=1/s")
    answers = [ionq(stub, "POST", "/jobs", JOB)[0] for _ in range(4)]
    assert answers[:2] == [201, 201]
    assert answers[-1] == 429
    assert len(stub.ask("GET", "/jobs?cloud=ionq")) == answers.count(201)


def test_jobs_fail_when_asked_to(stub):
    """With fail=1 every job ends with the device's error."""
    stub.fresh("fail=1")
    id = submitted(stub)
    assert until(stub, id, "failed", "completed") == "failed"
    assert "calibration" in ionq(stub, "GET", f"/jobs/{id}")[1]["failure"]["error"]


def test_maintenance_holds_jobs(stub):
    """A device in maintenance starts nothing; when it is back, its jobs run."""
    stub.fresh("maintenance=simulator")
    id = submitted(stub)
    assert {until(stub, id, "ready", "started", "completed") for _ in range(5)} == {"ready"}
    stub.ask("POST", "/set", ["maintenance=none"])
    assert until(stub, id, "completed") == "completed"


def test_virtual_time_passes_as_it_is_asked_for(stub):
    """An hour in the queue and one on the device pass in three looks, and each state is seen."""
    stub.fresh("queue=1h", "run=1h", "time=virtual")
    id = submitted(stub)
    assert ionq(stub, "GET", f"/jobs/{id}")[1]["status"] == "ready"
    assert ionq(stub, "GET", f"/jobs/{id}")[1]["status"] == "started"
    assert until(stub, id, "completed")
    found = ionq(stub, "GET", f"/jobs/{id}")[1]
    assert found["started_at"] > found["submitted_at"]


def test_a_seed_repeats_the_counts(stub):
    """With a seed the same jobs in the same order give the same counts, noise included."""
    counts = []
    for _ in range(2):
        stub.fresh("seed=7")
        body = {**JOB, "backend": "qpu.aria-1", "shots": 1000}
        id = ionq(stub, "POST", "/jobs", body)[1]["id"]
        until(stub, id, "completed")
        counts.append(ionq(stub, "GET", f"/jobs/{id}/results/probabilities")[1])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("wide", [False, True])
def test_a_bell_is_a_bell(stub, wide):
    """Without noise the probabilities are exact; an outcome that never comes is not there."""
    stub.fresh()
    qubits = 20 if wide else 2
    body = {**JOB, "input": {**BELL, "qubits": qubits}}
    id = ionq(stub, "POST", "/jobs", body)[1]["id"]
    until(stub, id, "completed")
    found = ionq(stub, "GET", f"/jobs/{id}/results/probabilities")[1]
    assert found == {"0": pytest.approx(0.5), "3": pytest.approx(0.5)}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/ibm/experimental/programs"), ("POST", "/braket/jobs"), ("GET", "/v0.4/sessions"), ("GET", "/nothing")],
)
def test_what_is_not_played_is_refused_and_noted(stub, method, path):
    """A route that is not there answers 501 with its name, and the stub's status lists it."""
    stub.fresh()
    status, told = stub.raw(method, path, {} if method == "POST" else None)
    assert status == 501
    assert f"does not play {method} {path}" in told["message"]
    assert [(one["method"], one["path"]) for one in stub.ask("GET", "/status")["unknown"]] == [(method, path)]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/ibm/experimental/backends", {"Authorization": "apikey wrong"}),
        ("/ibm/experimental/backends", {"Authorization": "Bearer a.b.c"}),
        ("/ibm/experimental/backends", {}),
        (
            "/braket/quantum-task/x",
            {"Authorization": "AWS4-HMAC-SHA256 Credential=wrong/1/us-east-1/braket/aws4_request"},
        ),
        ("/azure/job-1/inputData?sig=wrong", {}),
        ("/v0.4/jobs", {"Authorization": "apiKey wrong"}),
        ("/qstub/status", {"Authorization": "Bearer wrong"}),
    ],
)
def test_nobody_comes_in_without_the_token(stub, path, headers):
    """Each face, and the stub's own routes, refuse who does not know the token."""
    assert stub.raw("GET", path, headers=headers)[0] == 401


def test_the_token_stays_where_it_belongs(stub, home):
    """The token is in no repr and no log; its file and folder are the user's alone."""
    place = stub.place
    assert place.token not in repr(place)
    assert place.token not in (home / "stub" / "stub.log").read_text()
    assert (home / "stub").stat().st_mode & 0o077 == 0
    for name in ("stub.json", "state.sqlite"):
        assert (home / "stub" / name).stat().st_mode & 0o077 == 0


def test_it_listens_on_the_loopback_only(stub):
    """Nobody on another machine can reach the stub."""
    ends = [one.laddr.ip for one in psutil.Process(stub.place.pid).net_connections() if one.status == "LISTEN"]
    assert ends == ["127.0.0.1"]


def test_a_killed_stub_goes_on(stub):
    """kill -9 loses no job: the next stub has the same address and token, keeps results, runs what had not ended."""
    stub.fresh("seed=3")
    done = submitted(stub)
    until(stub, done, "completed")
    before = ionq(stub, "GET", f"/jobs/{done}/results/probabilities")[1]
    stub.ask("POST", "/set", ["maintenance=all"])
    waiting = submitted(stub)
    place = stub.place
    os.kill(place.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(place.pid)] if psutil.pid_exists(place.pid) else [], timeout=60)
    after = control.start_stub()
    assert (after.url, after.token) == (place.url, place.token)
    assert after.pid != place.pid
    assert ionq(stub, "GET", f"/jobs/{done}/results/probabilities")[1] == before
    assert ionq(stub, "GET", f"/jobs/{waiting}")[1]["status"] == "ready"
    stub.ask("POST", "/set", ["maintenance=none"])
    assert until(stub, waiting, "completed") == "completed"


def test_two_stubs_do_not_share_a_folder(stub, home):
    """A second stub for the same folder says that there is one."""
    command = [sys.executable, "-m", "qmagic", "stub", "--folder", str(home / "stub")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "a stub is running already" in done.stderr


def test_it_can_run_alone(tmp_path):
    """`python -m qmagic stub` serves until it is interrupted, and says how each client finds it."""
    command = [sys.executable, "-m", "qmagic", "stub", "--folder", str(tmp_path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        assert told["pid"] == process.pid
        assert [one["cloud"] for one in told["clients"]] == ["ibm", "braket", "azure", "ionq"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert not (tmp_path / "stub.json").exists()
