"""``%qstub`` in a real kernel: start, shape, ask, stop."""

from __future__ import annotations

import pytest

from qmagic.client.stub import stop_stub, stub_place
from qmagic.home import process_alive
from tests.stub.conftest import Stub


def test_the_stub_is_started_shaped_and_stopped(kernel):
    """Start says where it listens, a second start finds it, set shows the settings, stop ends it; no token is shown."""
    stop_stub()
    assert "no stub runs" in kernel.run("%qstub status").text
    first = kernel.run("%qstub start").text
    place = stub_place()
    assert place is not None
    assert place.url in first
    assert place.url in kernel.run("%qstub start").text
    shown = kernel.run("%qstub set queue=30s fail=0.1 rate=5/s").text
    for name, value in (("queue", "30s"), ("fail", "0.1"), ("rate", "5/s"), ("drop", "0")):
        assert any(line.split() == [name, value] for line in shown.splitlines()), shown
    assert place.url in kernel.run("%qstub").text
    clients = kernel.run("%qstub connect")
    assert "QiskitRuntimeService()" in clients.text
    assert place.token not in str(clients.shown)
    assert kernel.value("import os; os.environ['QISKIT_IBM_URL']") == f"{place.url}/ibm/experimental"
    assert "stopped" in kernel.run("%qstub stop").text
    assert stub_place() is None
    assert not process_alive(place.pid, place.start)


def test_a_cell_runs_on_the_stub(kernel):
    """With a stub running, its devices are listed, and a cell runs on one: X on qubit 0 of 3 reads '001'."""
    kernel.run("%qstub start")
    Stub().fresh()  # it remembers what it was set to
    assert "ibm-stub:ibm_manila" in kernel.run("%qbackends ibm-stub --refresh").text
    cell = kernel.run(
        "%%qrun --backend ibm-stub:manila --shots 500 --output result\n"
        'OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; bit[3] c; x q[0]; c = measure q;'
    )
    assert cell.status == "ok", cell
    assert kernel.value("max(result.counts(), key=result.counts().get)") == "001"
    kernel.run("%qstub stop")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%qstub strat", "did you mean 'start'"),
        ("%qstub set queue=30s", "no stub runs; start it with %qstub start"),
        ("%qstub start now", "takes no further words"),
    ],
)
def test_mistakes_are_one_line(kernel, line, message):
    """What cannot be done is said in a line."""
    cell = kernel.run(line)
    assert cell.status == "error"
    assert message in cell.traceback
