"""Kernels of different environments share one service, and each job runs in its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from qmagic import client
from tests.faults.making import bell, counts, service, status

CODE = """
import json, sys
sys.path.insert(0, {root!r})
from qmagic import client
from tests.faults.making import bell
job = client.submit(bell())
counts = job.result(60).counts()
recorded = job.spec().environment.executable
print(json.dumps([sys.executable, job.id, counts, client.service_status().pid, recorded]))
"""


@pytest.fixture
def other_python(tmp_path) -> Path:
    """The interpreter of another virtual environment, which sees our packages."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def test_two_environments(own_home, other_python):
    """Two processes in two environments have one service; jobs run in the environment of who submitted them."""
    mine = client.submit(bell())
    own = counts(mine)
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [other_python, "-c", CODE.format(root=root)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    executable, job, theirs, pid, recorded = json.loads(run.stdout)
    assert executable == recorded == str(other_python)
    assert theirs == own
    assert pid == service().pid
    assert {worker.executable for worker in status().workers} == {sys.executable, str(other_python)}
    assert counts(client.job(job)) == own
