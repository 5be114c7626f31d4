"""kill -9 of a loop's process, the service and the kernel at random iterations: the trajectory is that of a loop which
nobody disturbed, for every optimizer."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from qmagic import client, home
from qmagic.client.loop import tape
from qmagic.errors import ServiceError
from qmagic.orders import OPTIMIZERS
from qmagic.tapes import unpack
from tests.faults.making import kill, new_line, status
from tests.loops.playing import job as job_of
from tests.loops.playing import played, trajectory


def slow(x):
    """A valley seen through noise, which takes its time."""
    import time

    import numpy as np

    time.sleep(0.004)
    return float(np.sum((x - 0.5) ** 2) + 0.01 * np.random.standard_normal()), 0.01  # noqa: NPY002


def quick(x):
    """The same without waiting."""
    import numpy as np

    return float(np.sum((x - 0.5) ** 2) + 0.01 * np.random.standard_normal()), 0.01  # noqa: NPY002


def _specs(name: str):
    given = {"optimizer": name, "maxiter": 40, "seed": 11}
    return job_of(slow, [0.2, 0.9, -0.4], **given), job_of(quick, [0.2, 0.9, -0.4], **given)


def _steady(ask):
    """Asks until a service lives long enough to answer."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (ServiceError, TimeoutError):
            assert time.monotonic() < deadline


def _kill_loop(draw: random.Random, loops: dict[str, client.Loop], seen: dict[str, int]) -> str:
    """Kills the process of a loop whose tape has grown since its last death, and returns the loop's name.

    What is on the tape is what counts: a loop that dies three times before it gets any further has failed.
    """
    pids = {w.jobs[0]: w.pid for w in _steady(status).workers if w.state == "loop" and w.jobs}
    for name in draw.sample(sorted(loops), len(loops)):
        job = loops[name].id
        far = len(_steady(lambda job=job: tape(job)))
        if job in pids and far > seen.get(name, 0):
            kill(pids[job])
            while pids[job] in {w.pid for w in _steady(status).workers}:
                pass  # what it had sent by then is on the tape
            seen[name] = len(_steady(lambda job=job: tape(job)))
            return name
    return ""


@pytest.mark.timeout(900)
def test_killed_loops_go_on_identically(own_home, full):
    """Loop processes and the service are killed at random moments; every value, gradient and iterate is the same."""
    expected = {name: trajectory(played(_specs(name)[1])[1]) for name in OPTIMIZERS}
    draw, most = random.Random(20260), full(3, 200)
    victims: list[str] = []
    while len(victims) < most:  # as many rounds as it takes: how often a loop can be killed is the machine's matter
        specs = {name: _specs(name)[0] for name in OPTIMIZERS}
        new_line()
        client.submit_many(list(specs.values()))
        loops = {name: client.Loop(spec.id) for name, spec in specs.items()}
        killed = _kill_them(draw, loops, own_home, most - len(victims))
        assert killed, "the loops were too quick to be killed"
        victims += killed
        for name, loop in loops.items():
            new_line()
            result = _steady(lambda loop=loop: loop.result(120))
            entries = [entry for chunk in tape(loop.id) for entry in unpack(chunk)]
            assert trajectory(entries) == expected[name], f"{name}, after kills of {victims}"
            assert result.history.rows.x == b"".join(row[2] for row in expected[name] if len(row) == 6)


def _kill_them(draw: random.Random, loops: dict[str, client.Loop], folder: Path, most: int) -> list[str]:
    """Kills at random moments until all loops have ended, at most so often; returns who was killed."""
    victims: list[str] = []
    seen: dict[str, int] = {}
    while len(victims) < most and not _steady(lambda: all(loop.done() for loop in loops.values())):
        threading.Event().wait(draw.random() * 0.5)  # any moment will do
        new_line()
        if len(victims) % 5 == 2:
            if (found := home.find_service(folder)) is not None:
                kill(found.pid)
                victims.append("service")
        elif name := _kill_loop(draw, loops, seen):
            victims.append(name)
    return victims


SUBMITTER = """
import sys
import msgspec
from qmagic import client
from qmagic.jobs import JobSpec
client.submit(msgspec.json.decode(open(sys.argv[1], "rb").read(), type=JobSpec))
print("submitted", flush=True)
import time
time.sleep(600)
"""


def test_a_loop_outlives_its_kernel(own_home, tmp_path):
    """The process that started a loop is killed in the middle; the loop ends as if it had not been."""
    import msgspec

    spec, undisturbed = _specs("nelder-mead")
    path = Path(tmp_path) / "spec"
    path.write_bytes(msgspec.json.encode(spec))
    kernel = subprocess.Popen(
        [sys.executable, "-c", SUBMITTER, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert kernel.stdout is not None
    assert kernel.stdout.readline()
    kernel.kill()
    kernel.wait()
    kernel.stdout.close()
    client.job(spec.id).result(60)
    entries = [entry for chunk in tape(spec.id) for entry in unpack(chunk)]
    assert trajectory(entries) == trajectory(played(undisturbed)[1])
