"""The QASMBench bench works on a few small files; what it takes for the whole suite is `make bench-qasm`'s business."""

from __future__ import annotations

import os
import signal

import pytest

from benchmarks.qasm import FOLDER, Runner, files, measured, totals
from tests.conftest import SOAK

FEW = ("stim", "sparse", "aer.matrix_product_state")

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="QASMBench is not beside the project")


@pytest.fixture(scope="module")
def runner():
    with Runner(8.0) as made:
        yield made


@pytest.mark.parametrize("name", ["small-bell_n4", "large-adder_n433", "large-cc_n64", "medium-knn_n25"])
def test_auto_solves_what_a_single_simulator_solves(runner, name):
    """Auto gives counts where any simulator does; the row names who ran it."""
    (path,) = files([name])
    # the last one needs more than its time for cc_n64, all of which it gets
    row = measured(runner, path, FEW if SOAK or name != "large-cc_n64" else FEW[:2])
    assert row["best"]
    assert row["auto"]["seconds"] > 0
    assert totals([row])["solved by auto"] == 1


def test_the_hopeless_is_refused_at_once(runner):
    """What nothing here can hold is refused within two seconds, in one sentence; Aer as users call it has no answer."""
    (path,) = files(["QV_n32"])
    found = min((runner.run(path, "auto") for _ in range(3)), key=lambda one: one["after"])
    assert found["after"] < 2
    assert found["grown_mb"] < 100
    assert found["refused"].startswith("nothing here can run this circuit: 32 qubits need 128 GB as a state vector")


def test_a_run_over_its_time_is_stopped(runner):
    """The process is killed, and the next run has a new one."""
    (bell,) = files(["small-bell_n4"])
    assert "seconds" in runner.run(bell, "auto")
    os.kill(runner.ours.pid, signal.SIGSTOP)  # no run is over in time, however small
    with pytest.raises(TimeoutError):
        runner.ours.ask([str(bell), "auto"], 0.1)
    assert runner.ours.pid is None
    assert "seconds" in runner.run(bell, "auto")


def test_a_file_that_does_not_parse_counts_for_nobody(runner):
    """Its row says why, and no total counts it."""
    (path,) = files(["vqe_uccsd"])
    row = measured(runner, path)
    assert row["auto"]["parsed"] is False
    assert totals([row])["files that parse"] == 0
