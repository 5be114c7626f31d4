"""The scripted backend does what its name says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from qmagic.errors import InputError, JobFailedError, NotFoundError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts, evs, ghz, observable, outcome_of


def test_counts():
    """Every shot reads 0, every expectation value is 1."""
    assert counts(ghz(2), 5, backend="scripted:counts") == {"00": 5}
    assert evs(ghz(2), PubSpec(observables=(observable("ZI"),)), backend="scripted:sleep=0")[0] == 1.0


def test_failures():
    """fail fails in the run, refuse before it, and an unknown step is named."""
    with pytest.raises(JobFailedError, match="no luck"):
        counts(ghz(2), backend="scripted:fail=no luck")
    with pytest.raises(InputError, match="never"):
        counts(ghz(2), backend="scripted:refuse=never")
    with pytest.raises(NotFoundError, match="did you mean 'sleep'"):
        counts(ghz(2), backend="scripted:slep=1")


def test_reserve():
    """reserve and threads reach the one call of reserve."""
    from qmagic import execute
    from tests.contracts.jobs import spec_of

    asked = []
    prepared = execute.prepare(spec_of(ghz(2), backend="scripted:reserve=2GB,threads=2"))
    execute.run(prepared, reserve=lambda memory, threads: asked.append((memory, threads)) or threads)
    assert asked == [(2 << 30, 2)]


@pytest.mark.parametrize(("script", "code"), [("kill=9", -9), ("exit=3", 3)])
def test_ends_its_process(script, code, tmp_path):
    """kill and exit end the process; with once, only the first time."""
    once = tmp_path / "once"
    code_text = (
        "from tests.contracts.jobs import counts, ghz;"
        f"print(counts(ghz(2), 5, backend='scripted:once={once},{script}'))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code_text], capture_output=True, text=True, cwd=os.getcwd())
        for _ in range(2)
    ]
    assert [run.returncode for run in runs] == [code, 0]
    assert runs[1].stdout.strip() == "{'00': 5}"


def test_allocate():
    """allocate touches memory."""
    assert outcome_of(ghz(1), backend="scripted:allocate=1MB").backend == "scripted:allocate=1MB"
