"""A job's stored card, and the widget that stands in for our extension."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qmagic.client import Job
from qmagic.display.card import JOB_TYPE, job_bundle
from qmagic.jobs import JobInfo, JobStatus
from qmagic.outcomes import PartialCounts
from qmagic.protocol import Live

EVIL = "<script>alert(1)</script>"
RUNS = JobInfo(
    id="1hq3v8k2n4bell0", status=JobStatus.RUNNING, name=EVIL, backend="aer", shots=10, created=1.0, started=2.0,
    notebook="/secret/place.ipynb", attempt=1, expected=4.0, why="it has noise", seed=7,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _watched(monkeypatch):
    monkeypatch.setenv("QMAGIC_HEADLESS", "0")


def test_it_holds_the_last_known_state_and_static_views():
    """Id and state as JSON, HTML without scripts in which names are text, and plain text."""
    bundle = job_bundle(RUNS)
    assert set(bundle) == {"text/plain", "text/html", JOB_TYPE}
    assert (bundle[JOB_TYPE]["id"], bundle[JOB_TYPE]["status"]) == (RUNS.id, "RUNNING")
    assert bundle["text/plain"].startswith("job 1hq3v8k2n4bell0")
    assert "<script" not in bundle["text/html"]
    assert "&lt;script&gt;" in bundle["text/html"]


def test_it_does_not_say_where_the_job_was_typed():
    """A notebook that is given away tells nothing of the folder that it came from."""
    assert "secret" not in json.dumps(job_bundle(RUNS))


def test_headless_it_is_text_alone(monkeypatch):
    """Where outputs are compared, a card has nothing that differs but its id."""
    monkeypatch.setenv("QMAGIC_HEADLESS", "1")
    assert set(job_bundle(RUNS)) == {"text/plain"}


def test_a_job_shows_its_card():
    """Plain text stays the handle's repr; what a handle shows is asked of the service."""
    job = Job(
        RUNS.id, info=JobInfo(id=RUNS.id, status=JobStatus.DONE, created=1.0, started=1.0, ended=2.5, headline="00 5")
    )
    bundle = job._repr_mimebundle_()
    assert bundle["text/plain"] == repr(job)
    assert "done in 1.5 s" in bundle["text/html"]
    assert "00 5" in bundle["text/html"]


def test_the_widget_has_the_same_card_and_asks_for_nothing_outside():
    """It is built from the extension's source, sends only what changed, and its script loads nothing."""
    from qmagic.display.widgets import JobWidget

    asked = []
    widget = JobWidget.of(RUNS, lambda: bool(asked.append("cancel")))
    assert widget is not None, "card.js is not built: make setup"
    assert widget.cancellable
    assert "qmv-Card" in widget._esm
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "")
    widget._handle_custom_msg({"kind": "cancel"}, [])
    widget._handle_custom_msg({"kind": "other"}, [])
    assert asked == ["cancel"]
    changes = []
    widget.observe(changes.append, "job")
    widget.show(RUNS)
    assert changes == []
    counts = PartialCounts(3, 10, 1, (("c", 2),), (("01", 3),))
    widget.show(RUNS, Live(RUNS.id, progress=0.3, counts=counts))
    assert changes == []
    assert widget.live["progress"] == 0.3
    assert widget.live["counts"] == {
        "shots": 3, "total": 10, "distinct": 1, "registers": (("c", 2),), "outcomes": (("01", 3),),
    }  # fmt: skip
    widget.show(JobInfo(id=RUNS.id, status=JobStatus.DONE, created=1.0))
    assert len(changes) == 1
    assert widget.live is None
    assert set(widget.view_bundle()) == {"application/vnd.jupyter.widget-view+json"}
    blocked = JobWidget.of(RUNS, None, "Interrupting the cell cancels the job.")
    assert (blocked.cancellable, blocked.hint) == (False, "Interrupting the cell cancels the job.")


def test_the_widget_is_small():
    """Its script travels over the kernel's channel: at most 60 kB gzipped."""
    import gzip
    from pathlib import Path

    import qmagic

    script = Path(qmagic.__file__).parent / "display" / "static" / "card.js"
    assert len(gzip.compress(script.read_bytes())) <= 60_000


def test_the_cockpits_widget_gives_orders_and_answers_refusals():
    """An order that is obeyed is answered by its number, one that cannot be by the reason; nothing is loaded."""
    from qmagic.display.loop_widget import LoopWidget
    from qmagic.errors import InputError

    given = []

    def obey(asked: dict[str, Any]) -> int:
        given.append((asked["order"], asked["settings"]))
        if asked["settings"].get("shots") == 0:
            raise InputError("shots=0: expected 1 or more")
        return len(given)

    widget = LoopWidget.of({"id": "x"}, obey)
    assert widget is not None, "cockpit.js is not built: make setup"
    assert "qmv-Loop" in widget._esm
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "")
    answers = []
    widget.send = lambda content, buffers=None: answers.append(content)
    widget._handle_custom_msg({"kind": "order", "order": "pause", "settings": {}}, [])
    widget._handle_custom_msg({"kind": "order", "order": "set", "settings": {"shots": 0}}, [])
    assert given == [("pause", {}), ("set", {"shots": 0})]
    assert answers == [{"kind": "obeyed", "number": 1}, {"kind": "refused", "message": "shots=0: expected 1 or more"}]
    blocked = LoopWidget.of({"id": "x"}, None)
    assert blocked is not None
    assert not blocked.steerable
