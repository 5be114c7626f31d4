"""Clouds from a real kernel, on the stub: what a cell would do there, which devices there are, jobs that wait."""

from __future__ import annotations

import re

import pytest

from qmagic import client
from tests.magics.conftest import QASM


@pytest.fixture(scope="module", autouse=True)
def _stub(kernel):
    kernel.run("%qstub start")
    kernel.run("%qstub set price=real queue=0s")
    kernel.run("%qbackends ibm-stub --refresh")  # the host is warm
    yield
    kernel.run("%qbudget off")


def test_a_dry_run_says_all_that_decides_and_submits_nothing(kernel):
    """Compiled size, chances without crosstalk, QPU seconds, price with its bound, its minimum time and its day, the
    device's queue and the budget's word; no job is made, here or there."""
    kernel.run("%qbudget 20 USD")
    before = len(client.jobs(limit=500))
    cell = kernel.run(f"%%qrun --dry-run --backend ibm-stub:manila --shots 1000 -o plan\n{QASM}")
    assert cell.status == "ok", cell
    assert "text/html" in cell.shown[0]
    text = cell.text
    for words in (
        "ibm-stub:manila · 1,000 shots · about 3.",
        "compiled for the device, depth 5, 1 two-qubit gate (1 before), on qubits ",
        "crosstalk not counted",
        "QPU time  about 2.",
        "at most 16.00 USD",
        "stopped after 10 s",
        "prices of 20",
        "0 jobs in its queue, 5 qubits, median two-qubit error",
        "budget    the budget has room for it",
        "nothing was submitted",
    ):
        assert words in text, text
    assert 0.8 < kernel.value("plan.quote.circuits[0].forecast.success") < 1
    assert len(client.jobs(limit=500)) == before
    assert "ibm: " not in kernel.run("%qstub").text  # it has no job


def test_a_plan_tells_what_the_budget_would_hold(kernel):
    """``%qplan`` of something too dear says so, and by how much."""
    kernel.run("%qbudget 20 USD")
    text = kernel.run(f"%%qplan --backend ibm-stub:manila --shots 100000\n{QASM}").text
    assert "would be held" in text.splitlines()[0]
    assert "of 20.00 USD there are 20.00 USD left; raise the budget with %qbudget" in text


def test_verbatim_names_the_gate_and_its_line(kernel):
    """A circuit that is not in the device's gates cannot run as it is: the gate, the qubit and the line are named; one
    that is runs where it stands."""
    cell = kernel.run(f"%%qplan --verbatim --backend ibm-stub:manila\n{QASM}")
    assert cell.status == "ok", cell
    assert "line 2: the circuit does not fit ibm-stub:manila: h on qubit 0 is not one of its gates" in cell.text
    fits = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; sx q[0]; sx q[0]; cx q[0], q[1]; c = measure q;'
    assert (
        "in the device's own gates already" in kernel.run(f"%%qplan --verbatim --backend ibm-stub:manila\n{fits}").text
    )
    kernel.run("%qbudget off")
    kernel.run(f"%%qrun --verbatim --backend ibm-stub:manila --shots 500 -o r\n{fits}")
    assert kernel.value("max(r.counts(), key=r.counts().get)") == "11"


def test_a_layout_is_kept(kernel):
    """``--initial-layout`` and the transpiler's other flags reach the device: the plan shows the qubits, and counts
    come back in the circuit's own order."""
    flags = "--initial-layout 4,3,2 --optimization-level 2 --seed-transpiler 5 --backend ibm-stub:manila --shots 500"
    text = 'OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; bit[3] c; x q[0]; cx q[0], q[1]; c = measure q;'
    assert "on qubits 4, 3, 2" in kernel.run(f"%%qplan {flags}\n{text}").text
    cell = kernel.run(f"%%qrun {flags} -o r\n{text}")
    assert cell.status == "ok", cell
    assert kernel.value("max(r.counts(), key=r.counts().get)") == "011"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--transpile-to fake_manila", "circuits are brought onto ibm-stub:manila anyway; leave out --transpile-to"),
        ("--initial-layout 0,9", "ibm-stub:manila has qubits 0 to 4"),
        ("--initial-layout 0,1 --verbatim", "leave out the initial layout"),
    ],
)
def test_flags_that_make_no_sense_there_are_said(kernel, flags, message):
    """What cannot be wished of a device is one line."""
    cell = kernel.run(f"%%qrun --backend ibm-stub:manila --shots 10 {flags}\n{QASM}")
    assert cell.status == "error"
    assert message in cell.traceback


def test_devices_are_listed_with_what_matters_and_their_age(kernel):
    """Simulators here and the stub's devices with qubits, queue, errors, price and status; a word picks; the cache is
    on disk, and completion offers its names."""
    text = kernel.run("%qbackends --refresh").text
    [line] = [line for line in text.splitlines() if line.startswith("ibm-stub:ibm_manila")]
    assert line.split() == ["ibm-stub:ibm_manila", "5", "0", "1.0", "%", "2.2", "%", "1.6", "USD/s", "online"]
    assert "statevector" in text
    assert re.search(r"^ibm-stub: as of [0-9]+ s ago\.$", text, re.MULTILINE)
    only = kernel.run("%qbackends torino").text
    assert "ibm-stub:ibm_torino" in only
    assert "manila" not in only
    kernel.run("%qstub set maintenance=ibm_manila price=free")
    changed = kernel.run("%qbackends manila --refresh").text
    kernel.run("%qstub set maintenance=none price=real")
    assert "maintenance" in changed
    assert "free" in changed
    from qmagic.client.clouds import remembered

    assert {one.name for of in remembered() for one in of.devices} >= {"ibm_manila", "ibm_torino"}


def test_a_check_is_a_sentence(kernel):
    """``--check`` says that a cloud is fine, that there is no account, or that no stub runs."""
    assert kernel.run("%qbackends --check ibm-stub").stdout.startswith("ibm-stub: fine, 5 devices (ibm_guadalupe, ")
    assert "did you mean 'ibm'" in kernel.run("%qbackends --check imb").traceback


def test_a_held_job_says_why_and_is_resumed_or_cancelled(kernel):
    """``%qjobs`` shows why a job is HELD; ``--resume`` tries it, ``%qcancel`` ends it, and nothing was billed."""
    kernel.run("%qbudget 5 USD")
    kernel.run(f"text = '''{QASM}'''\njob = %qrun --async --backend ibm-stub:manila text\nid = job.id")
    for _ in range(200):
        if (listing := kernel.run("%qjobs --limit 1").text).splitlines()[1].split()[1] == "HELD":
            break
    assert "budget: it costs up to 16.00 USD, and of 5.00 USD there are 5.00 USD left" in listing
    assert "is tried now" in kernel.run("%qjobs --resume {id}").stdout
    assert "not IN_DOUBT" in kernel.run("%qjobs --resubmit-in-doubt {id}").traceback
    assert "was cancelled" in kernel.run("%qcancel job").stdout
    assert "0.00 USD spent, 0.00 USD reserved" in kernel.run("%qbudget --renew").text


def test_an_open_session_is_named_and_closed(kernel):
    """``%qjobs`` names sessions that are open, with who holds them and what closes them; ``%qcancel`` closes one by a
    beginning of its id, or by the variable that holds it, beside jobs; ``%qbudget`` says what they cost."""
    kernel.run("%qbudget 2000 USD --renew")
    kernel.run("import qmagic; held = qmagic.session('ibm-stub:manila').open()")
    id = kernel.value("held.id")
    text = kernel.run("%qjobs").text
    assert re.search(rf"session {id} on ibm-stub:manila is open, \d+ s of 600 s, held by this kernel", text), text
    assert f"%qcancel {id} closes it" in text
    assert kernel.value("[one.id for one in qmagic.sessions()]") == [id]
    text = kernel.run("%qbudget").text
    assert re.search(r"jobs +sessions +spent +reserved\n\S+ +ibm-stub +\S+ +\d* +1 .* 960\.00 USD\n", text), text
    cell = kernel.run(f"%qcancel {id[:12]}")
    assert cell.stdout == f"session {id} on ibm-stub:manila is closed\n", cell
    assert "is open" not in kernel.run("%qjobs").text
    kernel.run("held.close()")
    kernel.run("held = qmagic.batch('ibm-stub:manila').open()")
    kernel.run(f"%%qrun --quiet --name inside --backend ibm-stub:manila --shots 10\n{QASM}")
    id, job = kernel.value("held.id"), kernel.value("qmagic.jobs()[0].id")
    cell = kernel.run(f"%qcancel held {job}")
    assert cell.stdout == f"batch {id} on ibm-stub:manila is closed\njob {job} had ended before (DONE)\n", cell
    kernel.run("held.close()")
    assert "there is no job 'nosuchthing'" in str(kernel.run("%qcancel nosuchthing"))
