"""A live card where a notebook is open before a person, and one plain output everywhere else; ``%qstate``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from qmagic import client
from tests.magics.conftest import QASM, Kernel

JOB, RESULT = "application/vnd.qmagic.job.v1+json", "application/vnd.qmagic.result.v1+json"
SLOW = f"--backend scripted:sleep=1.5\n{QASM}"


@pytest.fixture(scope="module")
def watched(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A kernel that a Jupyter server started for a notebook."""
    path = tmp_path_factory.mktemp("notebooks") / "bell.ipynb"
    path.write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        patch.setenv("JPY_SESSION_NAME", str(path))
        patch.setenv("QMAGIC_HEADLESS", "0")
        kernel = Kernel()
    assert kernel.run("%load_ext qmagic").status == "ok"
    yield kernel
    kernel.stop()


def outputs(kernel: Kernel, code: str, *, until: int = 0, timeout: float = 30) -> list[tuple[str, str, dict[str, Any]]]:
    """Runs a cell and returns ``(message, display id, data)`` of what it showed, and of at least `until` outputs."""
    number = kernel.client.execute(code)
    shown, idle, deadline = [], False, time.monotonic() + timeout
    while not idle or len(shown) < until:
        message = kernel.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
        content, kind = message["content"], message["msg_type"]
        if kind in ("display_data", "update_display_data", "execute_result"):
            shown.append((kind, content.get("transient", {}).get("display_id", ""), content["data"]))
        idle = idle or (
            kind == "status" and content["execution_state"] == "idle" and message["parent_header"]["msg_id"] == number
        )
    while kernel.client.get_shell_msg(timeout=60)["parent_header"]["msg_id"] != number:
        pass
    return shown


def test_a_long_job_shows_a_card_that_becomes_the_result(watched):
    """One display, updated once under its own id; the value is kept, and not shown a second time."""
    shown = outputs(watched, f"%%qrun {SLOW}")
    assert [kind for kind, _, _ in shown] == ["display_data", "update_display_data"]
    (_, first, card), (_, second, result) = shown
    assert first == second == f"qmagic-{card[JOB]['id']}"
    assert card[JOB]["status"] in ("READY", "RUNNING")
    assert {"text/html", "text/plain"} <= set(card)
    assert set(result) == {RESULT, "text/html", "text/plain"}
    assert watched.value("type(_).__name__, sum(_.counts().values())") == ("Result", 1024)
    (again,) = outputs(watched, "next(v for v in reversed(Out.values()) if type(v).__name__ == 'Result')")
    assert again[0] == "execute_result"  # only the cell with the card does not show it


def test_a_quick_job_has_one_output(watched):
    """What is done at once needs no card."""
    ((kind, _, data),) = outputs(watched, f"%%qrun --seed 7\n{QASM}")
    assert kind == "execute_result"
    assert RESULT in data


def test_nothing_is_shown_where_nothing_is_wanted(watched):
    """Assigned, quiet, and with a semicolon: no card."""
    watched.run(f"text = {QASM!r}")
    for code in ("r = %qrun --backend scripted:sleep=0.8 text", f"%%qrun --quiet --backend scripted:sleep=0.8\n{QASM}"):
        assert outputs(watched, code) == []


def test_an_async_job_keeps_its_card_until_it_ends(watched):
    """The cell ends at once with the job as its value; the kernel puts the end on the card when it comes."""
    shown = outputs(watched, f"%%qrun --async {SLOW}", until=2)
    assert [kind for kind, _, _ in shown] == ["display_data", "update_display_data"]
    assert shown[0][1] == shown[1][1]
    assert RESULT in shown[1][2]
    assert watched.value("type(_).__name__") == "Job"


def test_a_job_that_failed_leaves_its_end_on_the_card(watched):
    """With the reason; the cell ends with the error as ever."""
    shown = outputs(watched, f"%%qrun --backend 'scripted:sleep=0.8,fail=it broke'\n{QASM}")
    assert [kind for kind, _, _ in shown] == ["display_data", "update_display_data"]
    end = shown[1][2]
    assert (end[JOB]["status"], end[JOB]["error"]) == ("FAILED", "it broke")
    assert "it broke" in end["text/html"]


def test_a_kernel_that_nobody_watches_has_one_output(kernel):
    """nbconvert, nbval and tests: one output, whatever the job takes."""
    cell = kernel.run(f"%%qrun {SLOW}")
    assert len(cell.shown) == 1
    assert RESULT in cell.shown[0]


def test_qstate_shows_the_state_after_each_gate(kernel):
    """Of a cell's text and of an object; the value computes with it; its job is of its own kind."""
    cell = kernel.run(f"%%qstate -o state\n{QASM}")
    assert cell.shown[0][RESULT]["states"][0]["steps"] == ["start", "h q0", "cx q0, q1"]
    assert client.job().info().kind == "state"
    assert kernel.value("len(state), [round(abs(a), 3) for a in state.amplitudes()]") == (3, [0.707, 0, 0, 0.707])
    code = "from qiskit import QuantumCircuit\ncircuit = QuantumCircuit(1)\ncircuit.h(0)\n"
    assert "|1⟩" in kernel.run(code + "%qstate circuit").text


def test_qstate_says_its_limit_in_a_sentence(kernel):
    """Nothing was submitted then."""
    before = client.job().id
    cell = kernel.run("%qstate QuantumCircuit(9)")
    assert "the state is shown for circuits of up to 8 qubits; the circuit has 9" in cell.traceback
    assert client.job().id == before


def test_a_group_shows_its_jobs_until_it_is_done(watched):
    """One display: a table of the jobs that is kept up to date, and then the result in its place."""
    shown = outputs(watched, f"%%qrun --backend scripted:sleep=1.5,scripted:sleep=2 \n{QASM}")
    kinds, ids = [kind for kind, _, _ in shown], {display for _, display, _ in shown}
    assert kinds[0] == "display_data"
    assert set(kinds[1:]) == {"update_display_data"}
    assert len(ids) == 1
    assert "2 jobs, 0 ended" in shown[0][2]["text/plain"]
    assert RESULT in shown[-1][2]
