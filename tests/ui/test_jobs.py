"""The control room in a real JupyterLab: cards and panel follow a job, whatever becomes of page, kernel and service."""

from __future__ import annotations

import json
import os
import re
import signal

from playwright.sync_api import expect

from tests.ui.notebook import (
    BELL,
    cancel_in_panel,
    card,
    endless,
    gated,
    kernel_listens,
    open_again,
    open_cells,
    open_panel,
    prompt,
    row,
    run,
    start,
)  # fmt: skip

#: Ten qubits, measured in the middle: each shot is run by itself and takes about a millisecond.
TRAJECTORIES = """qubit[10] q; bit[3] c;
for int i in [0:19] { rx(0.3) q; for int k in [0:8] { cx q[k], q[k + 1]; } }
c[0] = measure q[0]; if (c[0]) { x q[1]; }
c = measure q[0:2];
"""

RESULT = "application/vnd.qmagic.result.v1+json"


def save(page) -> None:
    """Saves the notebook."""
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")


def test_a_cell_is_live_and_then_a_result(page, lab, faults, tmp_path):
    """The card tells of the job while it runs, in no more than a second's steps, and the result takes its place."""
    gate = tmp_path / "gate"
    cells = open_cells(page, lab, "live", ["%load_ext qmagic", gated("bell", gate)])
    run(page, cells.nth(0))
    start(page, cells.nth(1))
    live = card(cells.nth(1))
    expect(live).to_have_attribute("data-status", "RUNNING")
    expect(live).to_contain_text("bell")
    expect(live.get_by_role("button", name="Cancel")).to_be_enabled()
    expect(page.locator(".qm-StatusItem")).to_contain_text("1 running")
    time = live.locator(".qmv-Card-time")
    before = time.inner_text()
    expect(time).not_to_have_text(before)  # the clock ticks, while the kernel is busy

    gate.touch()
    expect(prompt(cells.nth(1))).to_have_text(re.compile(r"\[\d+\]:"))
    output = cells.nth(1).locator(".jp-OutputArea")
    expect(output.locator(".qmv-Result .qmv-Histogram")).to_be_visible()
    expect(output).to_contain_text("1,024 shots")
    expect(live).to_have_count(0)
    expect(page.locator(".qm-StatusItem")).to_contain_text("idle")
    save(page)
    (shown,) = json.loads((lab.root / "live.ipynb").read_text("utf-8"))["cells"][1]["outputs"]
    assert {RESULT, "text/html", "text/plain"} <= set(shown["data"])
    assert "<script" not in "".join(shown["data"]["text/html"])


def test_the_card_cancels_and_the_panel_runs_again(page, lab, faults):
    """A job can be stopped where it stands, started again from the panel, and its cell is found from there."""
    cells = open_cells(page, lab, "again", ["%load_ext qmagic", endless("mortal", "--async"), *["1"] * 30])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    card(cells.nth(1)).get_by_role("button", name="Cancel").click()
    expect(card(cells.nth(1))).to_have_attribute("data-status", "CANCELLED")
    panel = open_panel(page)
    row(panel, "mortal").click()
    page.keyboard.press("Enter")
    panel.locator(".qm-Actions").get_by_role("button", name="Run again").click()
    expect(row(panel, "mortal")).to_have_count(2)
    running = panel.locator(".qm-Row[data-status=RUNNING]", has_text="mortal")
    expect(running).to_have_count(1)
    running.click()
    panel.locator(".qm-Actions").get_by_role("button", name="Cancel", exact=True).click()
    expect(running).to_have_count(0)
    cells.nth(31).scroll_into_view_if_needed()
    panel.locator(".qm-Actions").get_by_role("button", name="Go to cell").click()
    expect(cells.nth(1)).to_have_class(re.compile("jp-mod-active"))
    expect(cells.nth(1)).to_be_in_viewport()


def test_the_service_is_killed(page, lab, faults, tmp_path):
    """Panel and card say that they are offline, come back by themselves, and every job is there, and goes on."""
    gate = tmp_path / "gate"
    cells = open_cells(
        page, lab, "killed", ["%load_ext qmagic", f"%%qrun --name before\n{BELL}", gated("during", gate, "--async")]
    )
    for i in range(3):
        run(page, cells.nth(i))
    panel = open_panel(page)
    expect(row(panel, "before")).to_have_attribute("data-status", "DONE")
    expect(row(panel, "during")).to_have_attribute("data-status", "RUNNING")
    expect(card(cells.nth(2))).to_have_attribute("data-status", "RUNNING")
    many = panel.locator(".qm-Row").count()
    # it may be offline for a moment only: what is shown is written down as it happens
    page.evaluate(
        """() => {
            window.seen = {};
            const look = (_, observer) => {
                const banner = document.querySelector('#qmagic-jobs .qm-Banner');
                const trouble = document.querySelector('.jp-OutputArea .qmv-Card-trouble');
                const word = document.querySelector('#qmagic-jobs .qm-mod-unfinished .qm-Word');
                if (banner && !banner.classList.contains('lm-mod-hidden')) {
                    window.seen.banner = banner.innerText;
                    window.seen.word = word?.innerText;
                }
                if (trouble && !trouble.hidden) window.seen.trouble = trouble.innerText;
                if (document.querySelector('.qm-StatusItem').innerText.includes('offline')) window.seen.status = true;
                if (window.seen.banner && window.seen.trouble && window.seen.status) observer.disconnect();
            };
            new MutationObserver(look).observe(document.body, {
                subtree: true, childList: true, attributes: true, characterData: true
            });
        }"""
    )
    pid = lab.request("qmagic/api/status")["pid"]
    os.kill(pid, signal.SIGKILL)
    page.wait_for_function("window.seen.banner && window.seen.trouble && window.seen.status")
    seen = page.evaluate("window.seen")
    assert "Offline" in seen["banner"]
    assert "Last" in seen["word"], "what was running is not shown as if that still held"
    assert "Offline" in seen["trouble"]

    expect(panel.locator(".qm-Banner")).to_be_hidden()
    expect(row(panel, "during")).to_have_attribute("data-status", "RUNNING")
    assert lab.request("qmagic/api/status")["pid"] not in (None, pid)
    expect(panel.locator(".qm-Row")).to_have_count(many)
    gate.touch()
    expect(row(panel, "during")).to_have_attribute("data-status", "DONE")
    expect(card(cells.nth(2)).or_(cells.nth(2).locator(".qmv-Result")).locator(".qmv-Histogram")).to_be_visible()


def test_two_pages_show_the_same(page, context, lab, faults):
    """A job that one page's notebook starts and the other page cancels."""
    other = context.new_page()
    other.goto(f"{lab.url}/lab/workspaces/other?token={lab.token}")
    expect(other.locator("#jupyterlab-splash")).to_have_count(0)
    panel = open_panel(other)
    cells = open_cells(page, lab, "shared", ["%load_ext qmagic", endless("shared", "--async")])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    expect(row(panel, "shared")).to_have_attribute("data-status", "RUNNING")
    cancel_in_panel(panel, "shared")
    expect(card(cells.nth(1))).to_have_attribute("data-status", "CANCELLED")


def test_the_histogram_grows_as_shots_come(page, lab, faults):
    """Trajectories come in parts: card and details count them, and draw what is there."""
    cells = open_cells(
        page, lab, "grows", ["%load_ext qmagic", f"%%qrun --backend aer --name grows --shots 3000\n{TRAJECTORIES}"]
    )
    run(page, cells.nth(0))
    start(page, cells.nth(1))
    live = card(cells.nth(1))
    shots = live.locator(".qmv-Card-shots")
    expect(shots).to_have_text(re.compile(r"^[\d,]+ of 3,000 shots$"))
    expect(live.locator(".qmv-Histogram tbody tr").first).to_be_visible()
    early = shots.inner_text()
    panel = open_panel(page)
    row(panel, "grows").click()
    page.keyboard.press("Enter")
    expect(panel.locator(".qm-SoFar .qmv-Histogram")).to_be_visible()
    expect(shots).not_to_have_text(early)
    expect(panel.locator(".qm-SoFar")).to_be_hidden()
    expect(cells.nth(1).locator(".qmv-Result .qmv-Histogram")).to_be_visible()
    expect(cells.nth(1)).to_contain_text("3,000 shots")


def test_a_job_outlives_its_kernel_and_its_page(page, context, lab, faults, tmp_path):
    """Restarted kernel, closed page: the job runs on, is in the panel, and its card is live again when it is opened."""
    gate = tmp_path / "gate"
    cells = open_cells(page, lab, "outlives", ["%load_ext qmagic", gated("hardy", gate, "--async")])
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    expect(card(cells.nth(1))).to_have_attribute("data-status", "RUNNING")

    page.evaluate("void window.jupyterapp.commands.execute('notebook:restart-kernel')")
    page.locator(".jp-Dialog").locator("button.jp-mod-accept").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    kernel_listens(page, "outlives.ipynb")
    panel = open_panel(page)
    expect(row(panel, "hardy")).to_have_attribute("data-status", "RUNNING")
    expect(card(cells.nth(1))).to_have_attribute("data-status", "RUNNING")
    expect(card(cells.nth(1)).get_by_role("button", name="Cancel")).to_be_enabled()

    save(page)
    page.close()
    again = context.new_page()
    cells = open_again(again, lab, "outlives")
    expect(card(cells.nth(1))).to_have_attribute("data-status", "RUNNING")
    panel = open_panel(again)
    expect(row(panel, "hardy")).to_have_attribute("data-status", "RUNNING")
    gate.touch()
    expect(row(panel, "hardy")).to_have_attribute("data-status", "DONE")
    expect(card(cells.nth(1))).to_have_attribute("data-status", "DONE")
    expect(card(cells.nth(1)).locator(".qmv-Histogram")).to_be_visible()

    card(cells.nth(1)).get_by_role("button", name="Save into notebook").click()
    expect(card(cells.nth(1))).to_have_count(0)
    expect(cells.nth(1).locator(".qmv-Result")).to_be_visible()
    save(again)
    (shown,) = json.loads((lab.root / "outlives.ipynb").read_text("utf-8"))["cells"][1]["outputs"]
    assert RESULT in shown["data"]
