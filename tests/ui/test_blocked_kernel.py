"""Jobs obey while the kernel hears nothing. `make test-kernels` runs this file on other ipykernels, too."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.ui.notebook import cancel_in_panel, card, endless, open_cells, open_panel, prompt, row, run, start

VERSION = "import ipykernel; print('ipykernel', ipykernel.__version__)"
#: The ipykernel of this run: how its version begins, which its folder is called after; "" for the one installed.
WANTED = Path(os.environ.get("QMAGIC_IPYKERNEL", "")).name


def test_cancel_from_the_panel_while_a_cell_blocks_the_kernel(page, lab, faults):
    """A job ends, in the panel and on its card, while another cell keeps the kernel from hearing anything."""
    cells = open_cells(
        page, lab, "blocked", ["%load_ext qmagic", VERSION, endless("deaf", "--async"), "import time; time.sleep(6000)"]
    )
    run(page, cells.nth(0))
    run(page, cells.nth(1))
    expect(cells.nth(1).locator(".jp-OutputArea")).to_contain_text(f"ipykernel {WANTED}")
    run(page, cells.nth(2))
    start(page, cells.nth(3))
    expect(prompt(cells.nth(3))).to_have_text("[*]:")
    expect(card(cells.nth(2))).to_have_attribute("data-status", "RUNNING")
    panel = open_panel(page)
    expect(row(panel, "deaf")).to_have_attribute("data-status", "RUNNING")
    cancel_in_panel(panel, "deaf")
    expect(card(cells.nth(2))).to_have_attribute("data-status", "CANCELLED")
    expect(prompt(cells.nth(3))).to_have_text("[*]:")
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(prompt(cells.nth(3))).to_have_text(re.compile(r"\[\d+\]:"))


def test_cancel_from_the_panel_ends_the_cell_that_waits(page, lab, faults):
    """The cell that waits for its job, and with it the kernel, is free as soon as the job is cancelled."""
    cells = open_cells(page, lab, "waits", ["%load_ext qmagic", endless("awaited"), "print('free again')"])
    run(page, cells.nth(0))
    start(page, cells.nth(1))
    expect(card(cells.nth(1))).to_have_attribute("data-status", "RUNNING")
    cancel_in_panel(open_panel(page), "awaited")
    expect(prompt(cells.nth(1))).to_have_text(re.compile(r"\[\d+\]:"))
    expect(cells.nth(1).locator(".jp-OutputArea")).to_contain_text("cancelled")
    run(page, cells.nth(2))
    expect(cells.nth(2).locator(".jp-OutputArea")).to_contain_text("free again")
