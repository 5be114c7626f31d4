"""Where a job was typed: the cell's id and the notebook's file reach the job, however it was submitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmagic import client
from tests.magics.conftest import QASM, Kernel


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebooks") / "bell.ipynb"
    path.write_text("{}")
    return path


@pytest.fixture(scope="module")
def placed(home: Path, notebook: Path) -> Any:
    """A kernel that a Jupyter server started for a notebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        patch.setenv("JPY_SESSION_NAME", str(notebook))
        kernel = Kernel()
    assert kernel.run("%load_ext qmagic").status == "ok"
    yield kernel
    kernel.stop()


def run_as(kernel: Kernel, code: str, cell: str | None) -> None:
    """Runs a cell as a front end does that sends the cell's id."""
    line = kernel.client
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    message = line.session.msg("execute_request", content, metadata={} if cell is None else {"cellId": cell})
    line.shell_channel.send(message)
    reply: dict[str, Any] = {}
    while reply.get("parent_header", {}).get("msg_id") != message["header"]["msg_id"]:
        reply = line.get_shell_msg(timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]


@pytest.mark.parametrize("code", [f"%%qrun\n{QASM}", f"import qmagic; qmagic.run({QASM!r}).result()"])
def test_a_job_knows_its_cell_and_notebook(placed, notebook, code):
    """From a magic and from Python: the id that the front end sent, and the notebook's file."""
    run_as(placed, code, "cell-17")
    job = client.job()
    assert job.info().cell_id == job.spec().cell_id == "cell-17"
    assert job.info().notebook_path == str(notebook)


def test_a_front_end_that_does_not_tell_leaves_it_open(placed, notebook):
    """Without an id the notebook is still known; an absurd id is not taken."""
    run_as(placed, f"%%qrun\n{QASM}", None)
    assert (client.job().info().cell_id, client.job().info().notebook_path) == ("", str(notebook))
    run_as(placed, f"%%qrun\n{QASM}", "x" * 10_000)
    assert client.job().info().cell_id == ""


def test_a_job_that_runs_again_keeps_its_cell(placed):
    """Rerun from another process, and from another cell, still leads to where it was typed."""
    run_as(placed, f"%%qrun\n{QASM}", "cell-18")
    job = client.job()
    assert job.rerun().info().cell_id == "cell-18"
    run_as(placed, f"import qmagic; qmagic.job({job.id!r}).rerun().result()", "cell-19")
    assert client.job().info().cell_id == "cell-18"


def test_outside_a_notebook_there_is_no_cell():
    """A script's job names neither."""
    from qmagic.client.origin import origin

    assert origin() == ("", "")
