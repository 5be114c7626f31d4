"""A loop's views: text, HTML and JSON, while it runs and after; each says what is biased and what was measured."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import msgspec
import pytest

from qmagic.display.loop import loop_bundle, loop_card
from qmagic.display.loop_data import LOOP_TYPE
from qmagic.display.loop_sweep import SWEEP_TYPE, sweep_bundle
from qmagic.jobs import JobInfo, JobStatus
from qmagic.results.loop import LoopResult
from qmagic.tapes import LoopState, LoopView, Rows
from tests.loops.playing import bowl, job, noisy, played


def result(function=noisy, **given):
    spec = job(function, [0.1, 0.9], **{"optimizer": "spsa", "maxiter": 60, "exact": 0.0, **given})
    info = JobInfo(id=spec.id, status=JobStatus.DONE, kind="loop", name="valley")
    return LoopResult(played(spec)[0], info, spec)


def long_view(number: int) -> LoopView:
    """A loop of many iterations, the lowest of which is hidden in the middle."""
    values = [1.0 + (i % 7) for i in range(number)]
    values[number // 2 + 1] = -5.0
    rows = Rows(
        list(range(1, number + 1)), list(range(number)), [0] * number, [0.0] * number, values, [0.1] * number,
        [None] * number, [None] * number, b"\0" * 8 * number,
    )  # fmt: skip
    return LoopView(job="j", state=LoopState(phase="running", iteration=number), rows=rows, labels=("x[0]",))


@pytest.fixture(autouse=True)
def _seen(monkeypatch):
    monkeypatch.setenv("QMAGIC_HEADLESS", "0")


def test_a_noisy_loop_says_what_is_biased():
    """The value is the fresh one with its error; the lowest seen is called biased; the chart has a band."""
    found = result()
    views = loop_bundle(found)
    assert "measured again after the end" in views["text/plain"]
    assert "biased: the lowest of noisy values lies below the truth" in views["text/plain"]
    assert f"{found.value:.3f}"[:5] in views["text/plain"]
    assert "<polygon" in views["text/html"]
    assert "lowest seen (biased)" in views["text/html"]
    assert "exact answer" in views["text/html"]
    assert "<script" not in views["text/html"]
    data = views[LOOP_TYPE]
    assert data["biased"]
    assert data["measured"] > 0 or data["std"] > 0
    assert data["lowest"] == pytest.approx(min(data["history"]["value"]), rel=1e-9)


def test_an_exact_loop_says_nothing_of_bias():
    """No error bars, no measurement: the value is the lowest."""
    found = result(bowl, optimizer="nelder-mead")
    views = loop_bundle(found)
    assert "biased" not in views["text/plain"]
    assert views[LOOP_TYPE]["value"] == found.value == found.lowest
    assert views[LOOP_TYPE]["measured"] == 0


def test_a_long_loop_is_stored_short_and_keeps_its_lowest():
    """Of 10,000 iterations at most 1,000 are stored; the first, the last and the lowest are among them."""
    info = JobInfo(id="j", status=JobStatus.RUNNING, kind="loop")
    views = loop_card(info, long_view(10_000))
    history = views[LOOP_TYPE]["history"]
    assert len(history["iteration"]) <= 1000
    assert history["iteration"][0] == 1
    assert history["iteration"][-1] == 10_000
    assert min(history["value"]) == -5.0
    assert len(views[LOOP_TYPE]["points"]["x"]) <= 2000
    assert len(json.dumps(views)) < 300_000


def test_names_are_escaped_and_the_drawing_is_well_formed():
    """A parameter called <script> is text; the SVG is XML."""
    found = result(labels=("<script>alert(1)</script>", "b"))
    html = loop_bundle(found)["text/html"]
    assert "<script>" not in html
    svg = html[html.index("<svg") : html.index("</svg>") + 6]
    ElementTree.fromstring(svg)


def test_where_nobody_looks_nothing_differs_between_runs(monkeypatch):
    """Headless: no id, no times."""
    monkeypatch.setenv("QMAGIC_HEADLESS", "1")
    first, again = (loop_bundle(result(seed=3)) for _ in range(2))
    assert first == again


def test_a_sweep_shows_each_loop():
    """A chart, a value and a name for each; JSON for each."""
    info = JobInfo(id="j", status=JobStatus.DONE, kind="loop", name="H2 at 0.7")
    views = sweep_bundle("parent", [(info, long_view(50)), (info, long_view(20))])
    assert views["text/html"].count("<svg") >= 2
    assert views["text/plain"].count("H2 at 0.7") == 2
    assert [member["iterations"] for member in views[SWEEP_TYPE]["members"]] == [50, 20]


def test_a_cloud_s_loop_says_what_it_waits_for_and_what_it_has_spent():
    """Live: both, in text, HTML and JSON; the whole of a long sentence. Ended: the money alone."""
    info = JobInfo(id="j", status=JobStatus.RUNNING, kind="loop")
    waits = "evaluation 13: job 01abc is QUEUED at ibm-stub:manila" + " and so on" * 40
    view = long_view(5)
    view = msgspec.structs.replace(view, state=msgspec.structs.replace(view.state, waits=waits, cost=0.32, budget=2.0))
    views = loop_card(info, view, "Loop('j')")
    assert views["text/plain"].split("\n") == ["Loop('j')", waits, "0.32 of 2.00 USD"]
    assert waits in views["text/html"]
    assert "0.32 of 2.00 USD" in views["text/html"]
    assert (views[LOOP_TYPE]["waits"], views[LOOP_TYPE]["cost"], views[LOOP_TYPE]["budget"]) == (waits, 0.32, 2.0)
    found = result()
    found.loop = msgspec.structs.replace(found.loop, cost=0.0032)
    assert "spent" in loop_bundle(found)["text/html"]
    assert "0.0032 USD" in loop_bundle(found)["text/plain"]
    assert "0.0032 USD" in found.headline


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (JobStatus.FAILED, "ValueError: no such angle\n  File 'cell', line 3", "ValueError: no such angle"),
        (JobStatus.CANCELLED, "", "cancelled"),
    ],
)
def test_a_loop_without_a_result_keeps_its_curve(status, error, reason):
    """Failed or cancelled: the chart so far, the reason once, the lowest point, the traceback below."""
    info = JobInfo(id="j", status=status, kind="loop", error=error)
    views = loop_card(info, long_view(50), "Loop('j')")
    html = views["text/html"]
    assert "<svg" in html
    assert html.count(reason) == 1 + (status is JobStatus.CANCELLED)  # "cancelled" is its status, too
    assert "the best point, 1 parameter" in html
    assert ("line 3" in html) is bool(error)
    assert reason in views["text/plain"]
    assert (views[LOOP_TYPE]["phase"], views[LOOP_TYPE]["reason"]) == ("ended", reason)
