"""The cockpit of a hybrid loop in a real browser: live, steered while the kernel hears nothing, there at the end."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.ui.notebook import open_cells, open_panel, prompt, row, run, start

#: A cost function slow enough to be steered, fast enough to be watched; it never ends by itself.
SLOW = """
import time
import numpy as np

def cost(x):
    time.sleep(0.01)
    return float(np.sum((x - 1.0) ** 2))

loop = qmagic.minimize(cost, [0.0, 3.0], optimizer="spsa", seed=7, maxiter=100_000)
loop
"""


def cockpit(cell: Locator) -> Locator:
    """Returns the cockpit in a cell's output."""
    return cell.locator(".jp-OutputArea .qmv-Loop")


def figure(shown: Locator, name: str) -> Locator:
    """Returns one of a cockpit's numbers."""
    return shown.locator(".qmv-Loop-figures > div").filter(has=shown.page.get_by_text(name, exact=True)).locator("dd")


#: A count of iterations with two digits or more, at the start of the figure.
SOME = re.compile(r"^\d[\d,]+ of")


def begin(page: Page, lab, name: str, *more: str) -> tuple[Locator, Locator]:
    """Starts a loop in a new notebook; returns its cockpit and the cells."""
    cells = open_cells(page, lab, name, ["import qmagic", SLOW, *more])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    shown = cockpit(cells.nth(1))
    expect(shown).to_have_attribute("data-phase", "running")
    return shown, cells


def press(shown: Locator, name: str | re.Pattern[str]) -> None:
    """Presses one of a cockpit's buttons."""
    shown.get_by_role("button", name=name).click()


def test_a_loop_obeys_while_the_kernel_hears_nothing(page, lab, faults):
    """The curve lives, and pause, step, resume, stop work, while another cell blocks the kernel; the end stays."""
    shown, cells = begin(page, lab, "steered", "import time; time.sleep(6000)")
    start(page, cells.nth(2))
    expect(prompt(cells.nth(2))).to_have_text("[*]:")
    expect(shown.locator(".uplot canvas")).to_be_visible()
    expect(figure(shown, "Iterations")).to_have_text(SOME)
    press(shown, "Pause")
    expect(shown).to_have_attribute("data-phase", "paused")
    paused = figure(shown, "Iterations").inner_text()
    press(shown, "Step")
    expect(figure(shown, "Iterations")).not_to_have_text(paused)
    expect(shown).to_have_attribute("data-phase", "paused")
    press(shown, "Resume")
    expect(shown).to_have_attribute("data-phase", "running")
    press(shown, "Stop and keep best")
    expect(shown).to_have_attribute("data-phase", "ended")
    expect(figure(shown, "Ended")).to_have_text("stopped by the user")
    expect(figure(shown, "Result")).to_be_visible()
    expect(shown.get_by_role("button", name="Pause")).to_be_hidden()
    expect(prompt(cells.nth(2))).to_have_text("[*]:")
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(prompt(cells.nth(2))).to_have_text(re.compile(r"\[\d+\]:"))


def test_fork_from_a_click_on_the_curve(page, lab, faults):
    """A click picks an iteration, the fork goes its own way, and both curves lie over each other."""
    shown, _ = begin(page, lab, "forked")
    expect(figure(shown, "Iterations")).to_have_text(SOME)
    press(shown, "Pause")
    expect(shown).to_have_attribute("data-phase", "paused")
    shown.locator(".u-over").click(position={"x": 200, "y": 60})
    press(shown, re.compile("Fork from iteration"))
    expect(shown.locator(".qmv-Legend-item")).to_have_count(2)
    expect(shown.locator(".qmv-Card-error").filter(visible=True)).to_have_count(0)
    shown.get_by_text("Compare with other loops").click()
    expect(shown.get_by_role("checkbox", checked=True)).to_have_count(1)
    press(shown, "Stop and keep best")
    expect(shown).to_have_attribute("data-phase", "ended")


def test_settings_change_from_here_on(page, lab, faults):
    """A new limit of iterations ends the loop there; a setting that cannot be is refused in words."""
    shown, _ = begin(page, lab, "changed")
    shown.get_by_text("Settings", exact=True).click()
    shown.get_by_label("Iterations at most").fill("20")
    press(shown, "Change from here on")
    expect(shown).to_have_attribute("data-phase", "ended")
    expect(figure(shown, "Ended")).to_be_visible()


def test_a_sweep_shows_its_loops_as_small_multiples(page, lab, faults):
    """A curve for each loop, live, one after the other until all have ended."""
    sweep = "sweep = qmagic.sweep({r: qmagic.molecule('H2', distance=r) for r in (0.5, 0.735, 1.0)}); sweep"
    cells = open_cells(page, lab, "swept", ["import qmagic", sweep])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    shown = cells.nth(1).locator(".jp-OutputArea .qmv-Loops-one")
    expect(shown).to_have_count(3)
    expect(cells.nth(1).locator(".jp-OutputArea .qmv-Headline")).to_have_text("3 loops, 3 ended")
    for one in shown.all():
        expect(one.locator("polyline").last).to_have_attribute("points", re.compile(r"\d,\d"))


def test_a_sweep_is_cancelled_as_one(page, lab, faults):
    """Its folded row in the panel stands for all of its loops: one press cancels those that run and those that wait."""
    slow = SLOW.partition("loop =")[0] + (
        "sweep = qmagic.sweep({i: (cost, [0.0, 3.0]) for i in range(4)}, optimizer='spsa', maxiter=99_999)\nsweep"
    )
    cells = open_cells(page, lab, "sweep", ["import qmagic", slow])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    panel = open_panel(page)
    family = row(panel, "4 jobs")
    expect(family).to_have_attribute("data-status", "RUNNING")
    family.click()
    panel.get_by_role("button", name="Cancel", exact=True).click()
    expect(family).to_have_attribute("data-status", "CANCELLED")
    expect(family).to_contain_text("4 cancelled")
    shown = cells.nth(1).locator(".jp-OutputArea")
    expect(shown.locator(".qmv-Headline")).to_have_text("4 loops, 4 ended")
    expect(shown.locator(".qmv-Loops-one", has_text="Cancelled")).to_have_count(4)


def test_the_panel_has_the_cockpit_too(page, lab, faults):
    """A loop's details hold the same view, and its buttons work there."""
    shown, _ = begin(page, lab, "detailed")
    panel = open_panel(page)
    panel.locator(".qm-Row").first.click()
    page.keyboard.press("Enter")
    there = panel.locator(".qm-Details .qmv-Loop")
    expect(there).to_have_attribute("data-phase", "running")
    press(there, "Stop and keep best")
    expect(there).to_have_attribute("data-phase", "ended")
    expect(shown).to_have_attribute("data-phase", "ended")
