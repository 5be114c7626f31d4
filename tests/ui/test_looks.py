"""What is on the screen can be read by everybody: by a screen reader, in light and dark, in Notebook 7."""

from __future__ import annotations

import io
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageStat
from playwright.sync_api import expect

from tests.ui.notebook import BELL, card, endless, open_cells, open_panel, row, run

GHZ = "%%qrun --name ghz --seed 7\nqubit[3] q;\nbit[3] c;\nh q[0];\ncx q[0], q[1];\ncx q[1], q[2];\nc = measure q;\n"


@pytest.fixture
def shown(page, lab, tmp_path) -> Any:
    """A page with a result, a card that runs, and the panel with a job's details."""
    cells = open_cells(page, lab, f"looks-{tmp_path.name}", ["%load_ext qmagic", GHZ, endless("anneal", "--async")])
    for i in range(3):
        run(page, cells.nth(i))
    expect(cells.nth(1).locator(".qmv-Result .qmv-Histogram")).to_be_visible()
    expect(card(cells.nth(2))).to_have_attribute("data-status", "RUNNING")
    panel = open_panel(page)
    row(panel, "ghz").first.click()
    page.keyboard.press("Enter")
    expect(panel.locator(".qm-Details .qmv-Histogram")).to_be_visible()
    yield page
    card(cells.nth(2)).get_by_role("button", name="Cancel").click()
    expect(card(cells.nth(2))).to_have_attribute("data-status", "CANCELLED")


def test_light_and_dark(shown, faults, tmp_path):
    """axe-core finds nothing serious in panel, card and result, and the picture is of the theme's lightness."""
    page = shown
    for dark in (False, True):
        theme = f"JupyterLab {'Dark' if dark else 'Light'}"
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(not dark).lower())
        expect(page.locator("#qmagic-jobs .qm-Details svg.qmv-Canvas")).to_be_visible()
        found = Axe().run(page, [["#qmagic-jobs"], [".jp-OutputArea"], [".qm-StatusItem"]])
        bad = [
            (rule["id"], rule["impact"], [node["html"][:150] for node in rule["nodes"]][:3])
            for rule in found.response["violations"]
            if rule["impact"] in ("serious", "critical")
        ]
        picture = page.screenshot(path=str(tmp_path / f"{theme}.png"))
        assert bad == [], theme
        assert len(found.response["passes"]) > 10, "axe-core has looked at something"
        image = Image.open(io.BytesIO(picture)).convert("L")
        assert len(image.getcolors()) > 100, "an empty page has few greys"
        lightness = ImageStat.Stat(image).median[0]
        assert lightness < 80 if dark else lightness > 200


def test_notebook_7(context, lab):
    """A cell shows card and result as in JupyterLab, and the panel is there."""
    # It has two errors of its own on every page (7.6), so that errors are not counted here.
    page = context.new_page()
    cells = open_cells(
        page, lab, "seven", ["%load_ext qmagic", f"%%qrun\n{BELL}", endless("slow", "--async")], app="notebook"
    )
    for i in range(3):
        run(page, cells.nth(i))
    expect(cells.nth(1).locator(".qmv-Result .qmv-Histogram")).to_be_visible()
    expect(card(cells.nth(2))).to_have_attribute("data-status", "RUNNING")
    page.evaluate("void window.jupyterapp.commands.execute('qmagic:show-jobs')")
    panel = page.locator("#qmagic-jobs")
    expect(row(panel, "slow")).to_have_attribute("data-status", "RUNNING")
    card(cells.nth(2)).get_by_role("button", name="Cancel").click()
    expect(card(cells.nth(2))).to_have_attribute("data-status", "CANCELLED")
    assert context.refused == []
