"""The shell's door: each command, plain and as JSON; what goes wrong is one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from qmagic import client
from qmagic.__main__ import main
from tests.faults.making import bell, counts, running, scripted, service


@pytest.fixture(scope="module", autouse=True)
def folder(home):
    return home


def _json(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def _text(capsys, *arguments):
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_status(capsys, folder):
    """`status` shows the service, and starts none."""
    client.stop_service()
    assert _json(capsys, "status") == {"pid": None, "home": str(folder)}
    assert "no service runs" in _text(capsys, "status")
    counts(client.submit(bell()))
    told = _json(capsys, "status")
    assert told["pid"] == service().pid
    assert told["workers"]
    assert f"process {told['pid']}" in _text(capsys, "status")


def test_jobs(capsys):
    """`jobs` lists jobs, newest first, by status and tag."""
    first, second = client.submit(bell(tags=("main",))), client.submit(bell(tags=("main",), name="named"))
    for job in (first, second):
        counts(job)
    told = _json(capsys, "jobs", "--tag", "main")
    assert [job["id"] for job in told] == [second.id, first.id]
    assert {job["status"] for job in told} == {"DONE"}
    assert _json(capsys, "jobs", "--tag", "main", "--limit", "1") == told[:1]
    assert _json(capsys, "jobs", "--status", "failed", "--status", "RUNNING") == []
    lines = _text(capsys, "jobs", "--tag", "main").splitlines()
    assert [line.split()[0] for line in lines] == [second.id, first.id]
    assert "named" in lines[0]
    assert _text(capsys, "jobs", "--tag", "nothing").strip() == "no jobs"


def test_show(capsys):
    """`show` gives one job with its events, by id or a beginning of it."""
    job = client.submit(scripted("fail=the reason"))
    with pytest.raises(Exception, match="the reason"):
        job.result(60)
    told = _json(capsys, "show", job.id)
    assert told["status"] == "FAILED"
    assert [event["kind"] for event in told["events"]] == ["job.created", "job.started", "job.failed"]
    text = _text(capsys, "show", job.id[:14])
    assert "error: the reason" in text
    assert text.count("job.") == 3


def test_cancel(capsys):
    """`cancel` stops jobs and says where each stands."""
    job, other = client.submit_many([scripted("sleep=30"), scripted("sleep=30")])
    running(job)
    told = _json(capsys, "cancel", job.id, other.id)
    assert set(told) == {job.id, other.id}
    assert set(told.values()) <= {"CANCELLING", "CANCELLED"}
    done = client.submit(bell())
    counts(done)
    assert "DONE" in _text(capsys, "cancel", done.id)


def test_stop(capsys):
    """`stop` ends the service, and says so when there is none."""
    client.jobs()
    assert _json(capsys, "stop") == {"stopped": True}
    assert _json(capsys, "stop") == {"stopped": False}
    assert "no service runs" in _text(capsys, "stop")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nosuchjob"], "there is no job 'nosuchjob'"),
        (["cancel", "nosuchjob"], "there is no job 'nosuchjob'"),
        (["jobs", "--limit", "0"], "1 or more"),
        (["jobs", "--status", "dun"], "expected one of"),
    ],
)
def test_errors(capsys, arguments, said):
    """What goes wrong is one line on the standard error, and the status is 1."""
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qmagic: ")
    assert said in err
    assert err.count("\n") == 1


def test_from_a_shell(folder):
    """As a command it does the same, and a home that cannot be used is one line and status 1."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-m", "qmagic"]
    good = subprocess.run([*command, "jobs", "--json"], env=environment, capture_output=True, text=True, check=True)
    assert [job["id"] for job in json.loads(good.stdout)] == [job.id for job in client.jobs(20)]
    environment["QMAGIC_HOME"] = "/dev/null/home"
    bad = subprocess.run([*command, "jobs"], env=environment, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert bad.stderr.count("\n") == 1
    assert "QMAGIC_HOME /dev/null/home" in bad.stderr
    version = subprocess.run([*command, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert version.stdout.startswith("qmagic ")
