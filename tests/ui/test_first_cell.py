"""What somebody sees who has just cloned the repository and said `make lab`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.notebook import open_again

TUTORIAL = Path(__file__).parents[2] / "notebooks" / "01_first_circuit.ipynb"


def run_cell(page: Page, index: int):
    """Runs a code cell as a person does, and returns it once it has its number."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(index)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=30_000)
    return cell


def test_the_tutorials_first_circuit_draws_its_histogram(page, context, lab):
    """The tutorial's first two cells end with a histogram, without an error, and ask nothing of the network."""
    shutil.copy(TUTORIAL, lab.root)
    open_again(page, lab, TUTORIAL.stem)
    page.evaluate("window.jupyterapp.commands.execute('editmenu:clear-all')")
    run_cell(page, 0)
    bell = run_cell(page, 1)
    expect(bell.locator(".jp-OutputArea svg").first).to_be_visible(timeout=30_000)
    expect(bell.locator(".jp-OutputArea")).to_contain_text("4,096 shots")
    expect(page.locator(".jp-Notebook [data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    assert context.refused == []
