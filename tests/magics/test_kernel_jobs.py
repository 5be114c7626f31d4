"""Jobs from a real kernel: what a cell shows, what its value is, and that the job outlives the kernel."""

from __future__ import annotations

import json

import pytest

from qmagic import client
from tests.magics.conftest import QASM

BODY = """from qiskit import QuantumCircuit
bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
bell.measure_all()
"""


def test_a_cell_of_openqasm_shows_its_result_once(kernel):
    """The result is the cell's value: shown once, as text and HTML, and held by ``_``; the kernel stays light."""
    cell = kernel.run(f"%%qrun --shots 4096 --seed 7\n{QASM}")
    assert cell.status == "ok", cell
    assert not cell.stdout
    assert not cell.stderr
    assert "text/html" in cell.shown[0]
    assert "4096" in cell.text.replace(",", "")
    counts = kernel.value("_.counts()")
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 4096
    assert kernel.value("import sys; [name for name in ('qiskit', 'numpy') if name in sys.modules]") == []


def test_the_same_seed_gives_the_same_counts(kernel):
    """``--seed`` fixes the draws, for a cell and for an object."""
    kernel.run(f"%%qrun --shots 1000 --seed 3 -o a\n{QASM}")
    kernel.run(f"%%qrun --shots 1000 --seed 3 -o b\n{QASM}")
    kernel.run(f"%%qrun --shots 1000 --seed 4 -o c\n{QASM}")
    assert kernel.value("a.counts() == b.counts(), a.counts() == c.counts()") == (True, False)


def test_openqasm_2_is_told_apart(kernel):
    """The header says which language it is."""
    cell = kernel.run(
        '%%qrun --shots 10\nOPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[1];\ncreg c[1];\nx q[0];\nmeasure q -> c;\n'
    )
    assert cell.status == "ok", cell
    assert kernel.value("_.counts()") == {"1": 10}


def test_a_python_body_runs_like_a_cell(kernel):
    """Prints show, names stay, magics work, the last expression is the circuit, and ``In`` has the cell once."""
    before = kernel.value("len(In)")
    cell = kernel.run(f"%%qrun --shots 100\n{BODY}print('here')\n%qconfig shots\nbell\n")
    assert cell.status == "ok", cell
    assert cell.stdout == "here\n"
    assert len(cell.shown) == 1
    assert kernel.value("bell.num_qubits, sum(_.counts().values())") == (2, 100)
    # one cell with the body, one for each call of value
    assert kernel.value("len(In)") == before + 3


@pytest.mark.parametrize("last", ["bell;", "bell;  # a comment", "bell ;\n"])
def test_a_semicolon_shows_nothing(kernel, last):
    """As in any cell, the last semicolon of a Python body means: do not show."""
    cell = kernel.run(f"%%qrun --shots 10\n{BODY}{last}")
    assert cell.status == "ok", cell
    assert not cell.shown


def test_quiet_shows_nothing_and_gives_the_value(kernel):
    """``--quiet`` and a semicolon show nothing; an assignment still gets the result."""
    kernel.run(BODY)
    assert not kernel.run("%qrun bell --shots 10 --quiet").shown
    assert not kernel.run("%qrun bell --shots 10;").shown
    assert not kernel.run(f"%%qrun --shots 11 --quiet -o kept\n{QASM}").shown
    assert kernel.value("sum(kept.counts().values())") == 11
    cell = kernel.run("r = %qrun bell --shots 12 --quiet\nr")
    assert len(cell.shown) == 1
    kernel.run("r = %qrun bell --shots 13;")
    assert kernel.value("sum(r.counts().values())") == 13


def test_a_line_takes_an_expression(kernel):
    """``%qrun`` evaluates Python: braces and quotes in it are Python's."""
    kernel.run(BODY)
    cell = kernel.run("""%qrun {"a": bell}["a"] --shots 10""")
    assert cell.status == "ok", cell
    cell = kernel.run("%qrun [bell.copy() for _ in range(2)] --shots 10 -o two")
    assert cell.status == "ok", cell
    assert kernel.value("sum(two.counts(0).values()), sum(two.counts(1).values())") == (10, 10)


def test_flags_take_variables(kernel):
    """``{n}``, ``$n`` and a variable that holds observables stand in for text; quotes hold a list together."""
    kernel.run(f"{BODY}n = 12\nobservables = 'ZZ; XX'\nfree = bell.remove_final_measurements(inplace=False)")
    kernel.run("r = %qrun bell --shots {n + 1} --seed $n")
    assert kernel.value("sum(r.counts().values())") == 13
    kernel.run("first = %qrun free --observables {observables}")
    kernel.run('second = %qrun free --observables "ZZ; XX"')
    assert kernel.value("[float(v) for v in first.evs]") == pytest.approx([1, 1])
    assert kernel.value("[float(v) for v in second.evs]") == pytest.approx([1, 1])


def test_a_function_sees_its_own_variables(kernel):
    """Inside a function the expression and ``{n}`` mean the function's variables, then the notebook's."""
    kernel.run(BODY)
    code = "def f(mine, n):\n    result = %qrun [mine][0] --shots {n} --quiet\n    return result\n"
    assert kernel.run(code).status == "ok"
    assert kernel.value("sum(f(bell, 17).counts().values())") == 17


def test_parameters_are_bound_and_swept_by_name(kernel):
    """``--bind`` gives one value, ``--sweep`` a row of them in one job: <Z> of ry(theta) is cos(theta)."""
    kernel.run(
        "from qiskit.circuit import Parameter\ntheta = Parameter('theta')\nturn = QuantumCircuit(1)\nturn.ry(theta, 0);"
    )
    kernel.run("one = %qrun turn --bind theta=pi/3 --observables Z")
    assert kernel.value("float(one.evs)") == pytest.approx(0.5)
    kernel.run("row = %qrun turn --sweep theta=0:pi:3 --observables Z")
    assert kernel.value("[float(v) for v in row.evs]") == pytest.approx([1, 0, -1], abs=1e-12)


def test_async_returns_the_job_at_once(kernel):
    """``--async`` gives the handle; waiting, awaiting and ``%qresult`` give the same result."""
    kernel.run(BODY)
    cell = kernel.run("job = %qrun --async bell --shots 50 --name first")
    assert (cell.status, cell.shown) == ("ok", [])
    assert kernel.value("job.result().counts() == (await job).counts()") is True
    kernel.run("again = %qresult job --quiet")
    assert kernel.value("again.counts() == job.result().counts()") is True
    kernel.run("again = %qresult {job.id[:12]} --quiet")
    assert kernel.value("again.counts() == job.result().counts()") is True
    cell = kernel.run(f"%%qrun --async --backend scripted:sleep=600\n{QASM}")
    assert cell.text.startswith("Job(")
    assert kernel.run("%qcancel").stdout.endswith("was cancelled\n")
    assert kernel.run("%qresult").error == "JobCancelledError"


def test_jobs_are_listed(kernel):
    """``%qjobs`` shows them newest first, by tag or status, as a sequence of jobs or as JSON."""
    kernel.run(f"%%qrun --tag listed --name old --shots 5\n{QASM}")
    kernel.run(f"%%qrun --tag listed --tag other --name new --shots 5\n{QASM}")
    text = kernel.run("%qjobs --tag listed").text
    assert text.index("new") < text.index("old")
    kernel.run("listed = %qjobs --tag listed --status DONE")
    assert kernel.value("[job.name for job in listed]") == ["new", "old"]
    found = json.loads(kernel.run("%qjobs --tag other --json").stdout)
    assert [(job["name"], job["status"], job["tags"]) for job in found] == [("new", "DONE", ["listed", "other"])]
    assert len(json.loads(kernel.run("%qjobs --limit 1 --json").stdout)) == 1
    assert "<table>" in kernel.run("%qjobs").shown[0]["text/html"]


def test_job_ids_and_tags_are_offered_by_tab(kernel):
    """A job that this kernel has just made is there, newest first."""
    kernel.run(f"%%qrun --tag tabbed --shots 5 -o r\n{QASM}")
    last = kernel.run("%qjobs --limit 1 --json").stdout
    assert kernel.complete("%qresult ")[0][0] == json.loads(last)[0]["id"]
    assert "tabbed" in kernel.complete("%qjobs --tag ")[0]


def test_options_stand_in_for_flags(kernel):
    """What ``%qconfig`` sets holds for each job that does not say otherwise."""
    kernel.run("%qconfig shots=21 tags=mine")
    try:
        kernel.run(f"%%qrun -o usual\n{QASM}")
        kernel.run(f"%%qrun -o said --shots 22\n{QASM}")
        assert kernel.value("sum(usual.counts().values()), sum(said.counts().values())") == (21, 22)
        assert len(client.jobs(tag="mine")) == 2
    finally:
        kernel.run("%qconfig --reset")


def test_an_openqasm_error_points_into_the_cell(kernel):
    """The line is the cell's, and the text is shown; nothing is submitted."""
    before = client.job().id
    cell = kernel.run(
        '%%qrun\nOPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0]\nc = measure q;\n'
    )
    assert cell.error == "SourceError", cell
    assert cell.traceback.startswith(("SourceError: line 6", "SourceError: line 7")), cell.traceback
    assert "Traceback" not in cell.traceback
    assert client.job().id == before


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"%%qrun --backend aer.statevecto\n{QASM}", "did you mean 'aer.statevector'?"),
        (f"%%qrun --observables ZZZ\n{QASM}", "ZZZ"),
        ("%%qrun\nOPENQASM 3.0; qubit q; U(0, 0, 0) q;\n", "measure"),
        ("%%qrun\nOPENQASM 3.0; input float t; qubit q; bit c; U(t, 0, 0) q; c = measure q;\n", "t"),
        ('%%qrun\nOPENQASM 3.0; include "nothing.inc"; qubit q;\n', "nothing.inc"),
    ],
)
def test_what_a_worker_refuses_is_one_line(kernel, code, message):
    """Input that only the worker can judge fails the cell in the same way, and no job exists afterwards."""
    before = client.job().id
    cell = kernel.run(code)
    assert cell.status == "error", cell
    assert message in cell.traceback
    assert "Traceback" not in cell.traceback
    assert client.job().id == before


def test_a_failed_job_says_why(kernel):
    """A job that fails while it runs ends the cell with its reason."""
    cell = kernel.run(f"%%qrun --backend scripted:fail=broken\n{QASM}")
    assert cell.error == "JobFailedError"
    assert "broken" in cell.traceback
    assert len(cell.traceback.splitlines()) == 1


def test_results_outlive_the_kernel(kernel):
    """After a restart ``%qresult`` and ``qmagic.job(id).result()`` give the same counts."""
    kernel.run(f"%%qrun --shots 4096 --seed 7 -o r\n{QASM}")
    counts = kernel.value("r.counts()")
    job = client.job().id
    kernel.restart()
    kernel.run("again = %qresult --quiet")
    assert kernel.value("again.counts()") == counts
    kernel.run("import qmagic")
    assert kernel.value(f"qmagic.job({job!r}).result().counts()") == counts


def test_purging_deletes_finished_jobs(kernel):
    """``%qjobs --purge`` deletes what has ended, older than asked for, and says how many."""
    kernel.run(f"%%qrun --shots 5\n{QASM}")
    assert kernel.run("%qjobs --purge --older-than 1").stdout == "0 jobs deleted\n"
    number = len(client.jobs(limit=1000))
    assert kernel.run("%qjobs --purge").stdout == f"{number} jobs deleted\n"
    assert kernel.run("%qjobs").text == "no jobs"
