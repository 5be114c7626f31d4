"""Groups, old jobs and choices in a real kernel: one cell, several jobs, one result."""

from __future__ import annotations

import pytest

from tests.magics.conftest import QASM


@pytest.fixture(scope="module")
def stub(kernel):
    kernel.run("%qstub start")


def test_several_backends_in_one_cell(kernel, stub):
    """A local simulator and two devices of the stub: one output, in which all of them are."""
    cell = kernel.run(f"%%qrun --backend aer,ibm-stub:manila,ibm-stub:perth --shots 300 --output both\n{QASM}")
    assert cell.status == "ok", cell
    (shown,) = cell.shown
    for kind in ("text/plain", "text/html"):
        assert all(name in shown[kind].replace("</span><wbr><span>", "") for name in ("aer", "ibm-stub:manila"))
    assert [len(one) for one in shown["application/vnd.qmagic.result.v1+json"]["pubs"][0]["laid"]["rows"][0][1]] == [
        3
    ] * 3
    assert kernel.value("both.labels") == ["aer", "ibm-stub:manila", "ibm-stub:perth"]


def test_repeat(kernel):
    """``--repeat`` shows mean, spread and shot noise of each outcome."""
    cell = kernel.run(f"%%qrun --repeat 5 --seed 3\n{QASM}")
    assert "shot noise" in cell.text
    assert "5 runs" in cell.text


def test_without_waiting(kernel):
    """``--async`` gives the group at once."""
    kernel.run(f"%%qrun --backend aer,stim --async --output group\n{QASM}")
    assert kernel.value("group.result().labels") == ["aer", "stim"]


def test_jobs_at_the_provider(kernel, stub):
    """``%qjobs --remote`` lists the account's jobs, with their ids here."""
    kernel.run(f"%%qrun --backend ibm-stub:manila --shots 100 --output result\n{QASM}")
    listed = kernel.run("%qjobs --remote ibm-stub --limit 1").text
    assert kernel.value("result.info.id") in listed
    assert kernel.value("result.info.remote") in listed


def test_the_best_device(kernel, stub):
    """``best(...)`` runs on the device that it chose, and the job says why."""
    wish = '"best(ibm-stub:manila,ibm-stub:perth)"'
    cell = kernel.run(f"%%qrun --backend {wish} --failover --shots 100 --output result\n{QASM}")
    assert "ibm-stub:ibm_" in cell.text
    assert kernel.value("result.info.why").startswith("best of 2")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%%qrun --backend aer,", "names with commas"),
        ("%%qrun --backend aer,aerr", "nothing was submitted"),
        ("%%qrun --repeat 0", "1 to 1,000 jobs"),
        ('%%qrun --backend "best(aer)"', "is no provider"),
        ("%%qrun --backend aer --failover", "--failover needs devices to go to"),
    ],
)
def test_mistakes_are_one_line(kernel, line, message):
    """What cannot be done is said in a line, and nothing is submitted."""
    cell = kernel.run(f"{line}\n{QASM}")
    assert cell.status == "error"
    assert message in cell.traceback
