"""Every route, on a real Jupyter server and a real service."""

from __future__ import annotations

from tests.serverextension.conftest import BELL, ENDLESS, submit, until


def test_a_job_is_listed_and_shown_with_all_that_is_known_of_it(jupyter):
    """The list has the job newest first; its own page has its text, events, result and versions."""
    first = submit(name="first", tags=("a",), notebook_path=str(jupyter.root / "x" / "bell.ipynb"), cell_id="cell-1")
    second = submit(name="second", seed=8)
    first.result(60)
    second.result(60)
    found = jupyter.get("jobs?limit=2")
    assert [job["id"] for job in found["jobs"]] == [second.id, first.id]
    assert found["jobs"][1]["notebook_path"] == "x/bell.ipynb"
    assert found["jobs"][1]["cell_id"] == "cell-1"
    shown = jupyter.get(f"jobs/{first.id}")
    assert shown["job"]["status"] == "DONE"
    assert shown["job"]["why"] == "one state vector of 2 qubits gives every shot"
    assert [event["kind"] for event in shown["events"]] == ["job.created", "job.started", "job.done"]
    assert shown["spec"]["source"] == BELL
    assert shown["spec"]["versions"]["qiskit"]
    assert sum(count for _, count in shown["result"]["pubs"][0]["outcomes"]) == 1000
    assert jupyter.get("jobs?tag=a")["jobs"][0]["id"] == first.id
    assert [job["id"] for job in jupyter.get("jobs?text=SECOND")["jobs"]] == [second.id]
    assert jupyter.get(f"jobs?before={second.id}")["jobs"][0]["id"] == first.id
    assert jupyter.get("jobs?status=failed")["jobs"] == []


def test_what_does_not_exist_is_refused_in_one_line(jupyter):
    """Unknown jobs, addresses, fields and values get a 4xx and one line of JSON."""
    for path, status in {
        "jobs/1hq3v8k2n4none0": 404,
        "nothing": 404,
        "jobs?limit=0": 400,
        "jobs?limit=10001": 400,
        "jobs?limit=x": 400,
        "jobs?status=nonsense": 400,
        f"jobs?text={'x' * 600}": 400,
    }.items():
        code, body = jupyter.request(path)
        assert code == status, (path, code, body)
        assert body["message"]
        assert "\n" not in body["message"]
    for path, sent, status in (
        ("jobs/1hq3v8k2n4none0/cancel", {}, 404),
        ("jobs/1hq3v8k2n4none0/rerun", {}, 404),
        ("jobs/cancel", {"ids": "all"}, 400),
        ("jobs/cancel", {"ids": []}, 400),
        ("jobs/delete", {"ids": ["../x"]}, 400),
        ("jobs/delete", {"all": True}, 400),
        ("jobs/delete", b"{", 400),
        ("jobs/delete", b"[1]", 400),
        ("diagnose", {"text": "x" * 1_000_001}, 413),
        ("diagnose", {"text": "x", "language": "cobol"}, 400),
        ("diagnose", b"x" * (5 << 20), 413),
        ("draw", {}, 400),
        ("draw", {"job": "1hq3v8k2n4none0"}, 404),
        ("draw", {"text": "print(1)"}, 400),
        ("draw", {"job": "a", "text": "b"}, 400),
    ):
        code, body = jupyter.request(path, sent)
        assert code == status, (path, sent, code, body)
        assert body["message"]
        assert "\n" not in body["message"]


def test_jobs_are_cancelled_run_again_and_deleted(jupyter):
    """Cancel ends a running job, rerun makes a new one that names the old, delete takes only what has ended."""
    long = submit(backend=ENDLESS)
    until(lambda: long.status() == "RUNNING")
    assert jupyter.post(f"jobs/{long.id}/cancel", {})["job"]["status"] in {"CANCELLING", "CANCELLED"}
    until(long.done)
    short = submit(name="again")
    short.result(60)
    again = jupyter.post(f"jobs/{short.id}/rerun", {})["job"]
    assert again["id"] != short.id
    until(lambda: jupyter.get(f"jobs/{again['id']}")["job"]["status"] == "DONE")
    assert jupyter.get(f"jobs/{again['id']}")["spec"]["rerun_of"] == short.id
    living = submit(backend=ENDLESS)
    assert jupyter.post("jobs/delete", {"ids": [short.id, living.id]}) == {"deleted": 1}
    assert jupyter.request(f"jobs/{short.id}")[0] == 404
    stopped = jupyter.post("jobs/cancel", {"ids": [living.id, again["id"], "1hq3v8k2n4none0"]})["jobs"]
    assert {job["id"] for job in stopped} == {living.id, again["id"]}
    until(living.done)


def test_the_status_is_the_services(jupyter):
    """It names the process, the home, and what it does."""
    submit().result(60)
    status = jupyter.get("status")
    assert status["pid"]
    assert status["home"]
    assert status["protocol"] == 1


def test_a_wrong_line_is_named_and_a_valid_text_is_not(jupyter):
    """A typing error is reported where it is; a valid text, Python and a text with own includes are not."""
    wrong = jupyter.post("diagnose", {"text": BELL.replace("cx q", "cy0 q")})
    assert wrong["checked"] is True
    assert [(one["line"], one["column"], one["end_column"]) for one in wrong["diagnostics"]] == [(6, 1, 4)]
    assert "cy0" in wrong["diagnostics"][0]["message"]
    assert jupyter.post("diagnose", {"text": BELL, "language": "openqasm3"})["diagnostics"] == []
    assert jupyter.post("diagnose", {"text": "for i in range(3):\n    print(i)"})["diagnostics"] == []
    assert jupyter.post("diagnose", {"text": 'OPENQASM 3.0; include "mine.inc"; mine q;'}) == {
        "language": "openqasm3", "diagnostics": [], "checked": False,
    }  # fmt: skip


def test_a_circuit_is_drawn_as_given_and_as_it_ran(jupyter):
    """A job's circuit comes as layers; brought onto a device it is another one; a text is drawn without a job."""
    from qmagic.jobs import Transpile

    job = submit(transpile=Transpile("fake_manila"))
    job.result(60)
    given = jupyter.post("draw", {"job": job.id})
    assert given["qubits"] == ["q[0]", "q[1]"]
    assert [[op["name"] for op in layer] for layer in given["layers"]] == [["h"], ["cx"], ["measure", "measure"]]
    assert jupyter.post("draw", {"text": BELL}) == given
    ran = jupyter.post("draw", {"job": job.id, "transpiled": True})
    assert len(ran["qubits"]) == 5
    assert "h" not in {op["name"] for layer in ran["layers"] for op in layer}
    assert jupyter.request("draw", {"job": job.id, "circuit": 1})[0] == 404
