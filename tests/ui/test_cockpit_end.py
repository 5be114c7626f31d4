"""The cockpit in a real browser: zoom, landscape, what is left at the end and without a kernel, other front ends."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from benchmarks.lab import Lab
from tests.ui.notebook import open_cells, open_panel, run
from tests.ui.test_cockpit import SOME, begin, cockpit, figure, press

#: A loop of circuits that has ended when the cell has.
COST = """
import time

def cost(x):
    time.sleep(0.01)
    return float(((x - 1.0) ** 2).sum())
"""
ENDED = """
from qiskit.circuit.library import efficient_su2
loop = qmagic.minimize(efficient_su2(2, reps=1), "ZZ + 0.5*XI", optimizer="adam", maxiter=150, seed=3, name="adam")
_ = loop.result()
loop
"""


def ended(page: Page, lab: Lab, name: str, app: str = "lab") -> Locator:
    """Returns the cockpit of a loop that has ended."""
    cells = open_cells(page, lab, name, ["import qmagic", ENDED], app=app)
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    shown = cockpit(cells.nth(1))
    expect(shown).to_have_attribute("data-phase", "ended")
    return shown


def leftmost(shown: Locator) -> int:
    """Returns the iteration at the left end of the curve, as the reading under the pointer tells it."""
    shown.locator(".u-over").hover(position={"x": 1, "y": 60})
    reading = shown.locator(".qmv-Loop-reading")
    expect(reading).to_have_text(re.compile(r"iteration \d+"))
    return int(re.search(r"iteration (\d+)", reading.inner_text())[1])


def test_zoom_and_back(page, lab, faults):
    """Dragging over a stretch shows that stretch, keys zoom around the cursor, a double click shows all."""
    shown = ended(page, lab, "zoomed")
    assert leftmost(shown) == 1
    over = shown.locator(".u-over")
    box = over.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50, steps=4)
    page.mouse.up()
    dragged = leftmost(shown)
    assert 55 <= dragged <= 65
    over.hover(position={"x": box["width"] / 2, "y": 60})
    shown.locator(".qmv-Chart").focus()
    page.keyboard.press("+")
    closer = leftmost(shown)
    assert 66 <= closer <= 71
    over.dblclick(position={"x": 200, "y": 60})
    assert leftmost(shown) == 1


def test_the_landscape_around_a_point(page, lab, faults):
    """On request a plane of values comes, with the loop's way on it, while the loop goes on; it can be cancelled."""
    shown, _ = begin(page, lab, "landscape")
    expect(figure(shown, "Iterations")).to_have_text(SOME)
    shown.get_by_label("Show").select_option("landscape")
    press(shown, re.compile("Compute around iteration"))
    expect(shown.locator(".qmv-Landscape rect").nth(30)).to_be_attached()
    expect(shown.locator("polyline.qmv-Way")).to_have_attribute("points", re.compile(r"\d,\d"))
    expect(shown).to_have_attribute("data-phase", "running")
    press(shown, "Cancel")
    expect(shown.get_by_role("button", name="Cancel")).to_be_hidden()
    expect(shown.locator(".qmv-Card-error").filter(visible=True)).to_have_count(0)
    press(shown, "Stop and keep best")
    expect(shown).to_have_attribute("data-phase", "ended")


def test_a_loop_outlives_its_kernel_and_freezes(page, lab, faults):
    """The kernel is shut down: the loop is steered as before; its end is in the notebook as a picture and a table."""
    shown, _ = begin(page, lab, "outlived")
    expect(figure(shown, "Iterations")).to_have_text(SOME)
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    press(shown, "Pause")
    expect(shown).to_have_attribute("data-phase", "paused")
    press(shown, "Stop and keep best")
    expect(shown).to_have_attribute("data-phase", "ended")
    expect(figure(shown, "Result")).to_be_visible()
    page.wait_for_function("window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    kept = json.loads((lab.root / "outlived.ipynb").read_text("utf-8"))["cells"][1]["outputs"][0]["data"]
    static = "".join(kept["text/html"])
    assert "<svg" in static
    assert "<table" in static
    assert "stopped by the user" in static
    assert kept["application/vnd.qmagic.loop.v1+json"]["phase"] == "ended"


def test_a_failed_loop_freezes(page, lab, faults):
    """Why and where it failed is read in the cell; the notebook keeps the curve so far and the reason."""
    broken = COST + "\ndef broken(x):\n    if x[0] > 0.5: raise ValueError('no such angle')\n    return cost(x)\n"
    broken += "qmagic.minimize(broken, [0.0, 3.0], optimizer='spsa', seed=7)"
    cells = open_cells(page, lab, "broken", ["import qmagic", broken])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    shown = cockpit(cells.nth(1))
    expect(shown).to_have_attribute("data-phase", "ended")
    expect(shown.locator(".qmv-Card-state")).to_have_text("Failed")
    expect(shown.locator(".qmv-Card-trouble")).to_have_text("ValueError: no such angle")
    shown.get_by_text("Where it failed").click()
    expect(shown.locator("pre")).to_contain_text("in broken")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    kept = json.loads((lab.root / "broken.ipynb").read_text("utf-8"))["cells"][1]["outputs"][0]["data"]
    assert "<svg" in "".join(kept["text/html"])
    assert kept["application/vnd.qmagic.loop.v1+json"]["reason"] == "ValueError: no such angle"


def test_axe_finds_nothing_serious(page, lab, faults):
    """In a cell and in the panel, light and dark: the curve, the settings, the landscape."""
    shown, _ = begin(page, lab, "axe")
    panel = open_panel(page)
    panel.locator(".qm-Row").first.click()
    page.keyboard.press("Enter")
    there = panel.locator(".qm-Details .qmv-Loop")
    expect(there).to_have_attribute("data-phase", "running")
    there.get_by_label("Show").select_option("landscape")
    press(there, re.compile("Compute around iteration"))
    expect(there.locator(".qmv-Landscape rect").nth(30)).to_be_attached()
    shown.get_by_text("Settings", exact=True).click()
    for dark in (False, True):
        theme = f"JupyterLab {'Dark' if dark else 'Light'}"
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(not dark).lower())
        found = Axe().run(page, [[".jp-OutputArea .qmv-Loop"], [".qm-Details .qmv-Loop"]])
        bad = [
            (rule["id"], rule["impact"], [node["html"][:150] for node in rule["nodes"]][:3])
            for rule in found.response["violations"]
            if rule["impact"] in ("serious", "critical")
        ]
        assert bad == [], theme
        assert len(found.response["passes"]) > 10, "axe-core has looked at something"
    press(shown, "Stop and keep best")
    expect(shown).to_have_attribute("data-phase", "ended")


@pytest.fixture
def bare(home: Path, tmp_path: Path):
    """A JupyterLab without our extension."""
    settings = tmp_path / "config" / "labconfig"
    settings.mkdir(parents=True)
    disabled = {"disabledExtensions": {"qmagic-labextension": True}}
    (settings / "page_config.json").write_text(json.dumps(disabled))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "lab").mkdir()
    environment = dict(os.environ) | {"JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    server = Lab(tmp_path / "notebooks", tmp_path / "lab", environment)
    yield server
    server.stop()


def test_a_front_end_without_our_extension(browser, bare):
    """An anywidget shows the same cockpit, fed by the kernel, and its buttons work; at the end a picture stays."""
    qloop = "%%qloop --optimizer spsa --seed 7 --maxiter 100000 --x0 [0.0,3.0]\n" + COST
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    cells = open_cells(page, bare, "bare", ["%load_ext qmagic", qloop])
    assert page.locator(".qm-StatusItem").count() == 0
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    shown = cockpit(cells.nth(1))
    expect(shown).to_have_attribute("data-phase", "running")
    expect(shown.locator(".uplot canvas")).to_be_visible()
    expect(figure(shown, "Iterations")).to_have_text(SOME)
    press(shown, "Pause")
    expect(shown).to_have_attribute("data-phase", "paused")
    shown.get_by_label("Show").select_option("landscape")
    press(shown, re.compile("Compute around iteration"))
    expect(shown.locator(".qmv-Landscape rect").nth(25)).to_be_attached()
    expect(shown.locator("polyline.qmv-Way")).to_have_attribute("points", re.compile(r"\d,\d"))
    press(shown, "Cancel")
    expect(shown.get_by_role("button", name="Cancel")).to_be_hidden()
    press(shown, "Stop and keep best")
    expect(cells.nth(1).locator(".jp-OutputArea").get_by_text("stopped by the user").first).to_be_visible()
    expect(cells.nth(1).locator(".jp-OutputArea svg").first).to_be_visible()
    page.close()
