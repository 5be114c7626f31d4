"""What a person does in a notebook and in the jobs panel, for the tests of this folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

BELL = "qubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n"


def endless(name: str, *flags: str) -> str:
    """Returns a cell whose job runs until it is cancelled."""
    return f"%%qrun {' '.join(flags)} --name {name} --backend scripted:sleep=6000\n{BELL}"


def gated(name: str, gate: Path, *flags: str) -> str:
    """Returns a cell whose job runs until there is a file `gate`."""
    return f"%%qrun {' '.join(flags)} --name {name} --backend scripted:until={gate}\n{BELL}"


def open_cells(page: Page, lab, name: str, cells: list[str], app: str = "lab") -> Locator:
    """Opens a new notebook with these cells in a workspace of its own, and returns them once its kernel listens."""
    notebook = {
        "cells": [
            {"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": cell}
            for i, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (lab.root / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    shown = open_again(page, lab, name, app)
    expect(shown).to_have_count(len(cells))
    return shown


def open_again(page: Page, lab, name: str, app: str = "lab") -> Locator:
    """Opens a notebook that is there, and returns its cells once its kernel listens."""
    open_file(page, lab, f"{name}.ipynb", app)
    kernel_listens(page, f"{name}.ipynb")
    return page.locator(".jp-Notebook .jp-CodeCell")


def open_file(page: Page, lab, file: str, app: str = "lab") -> None:
    """Opens a file in the JupyterLab that the page holds, or else in a new one with a workspace of its own."""
    if page.evaluate("'jupyterapp' in window"):
        page.evaluate("path => void window.jupyterapp.commands.execute('docmanager:open', {path})", file)
    else:
        where = f"lab/workspaces/{file.partition('.')[0]}/tree" if app == "lab" else "notebooks"
        page.goto(f"{lab.url}/{where}/{file}?token={lab.token}")
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def kernel_listens(page: Page, file: str) -> None:
    """Waits for an answer of the kernel: it says "idle" before it listens to this page, and a cell that is run before
    that can be lost. ipykernel 7 may sleep over a request that arrives while it answers another one, until there is a
    new connection (its issue 1554): so it is asked at rest, and where that does not help, over a new connection.
    """
    page.evaluate("window.asking = null")
    page.wait_for_function(
        """file => {
            const notebook = window.jupyterapp?.shell.currentWidget;
            const kernel = notebook?.sessionContext?.session?.kernel;
            if (notebook?.context?.path !== file || kernel?.connectionStatus !== "connected") {
                window.asking = null;
                return false;
            }
            const asking = window.asking ??= { since: Date.now() }, idle = kernel.status === "idle";
            if (idle && asking.heard) return true;
            if (Date.now() - asking.since > 5000) {
                window.asking = null;
                void kernel.reconnect().catch(() => undefined);
            } else if (idle && asking.rested && !asking.asked) {
                asking.asked = true;
                void kernel.requestKernelInfo().then(() => { asking.heard = true; }, () => undefined);
            }
            asking.rested = idle;
            return false;
        }""",
        arg=file,
        polling=100,  # milliseconds; by default it asks, and so draws, each frame
    )


def clear(page: Page) -> None:
    """Makes a JupyterLab as good as new: nothing open, saved or chosen, the pointer away, the theme light."""
    page.mouse.move(0, 0)
    page.evaluate(
        """async () => {
            const { commands, shell } = window.jupyterapp;
            for (const widget of [...shell.widgets('main')]) if (widget.context) widget.dispose();
            const jobs = [...shell.widgets('left')].find(widget => widget.id === 'qmagic-jobs');
            jobs.details.node.querySelector('.qm-DetailsTitle button')?.click();
            jobs.selection.clear();
            jobs.filter.clear();
            await commands.execute('filebrowser:activate');
            if (document.body.dataset.jpThemeLight !== 'true')
                await commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' });
        }"""
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def start(page: Page, cell: Locator) -> None:
    """Runs a cell, and does not wait for it."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def run(page: Page, cell: Locator) -> None:
    """Runs a cell to its end."""
    start(page, cell)
    expect(prompt(cell)).to_have_text(re.compile(r"\[\d+\]:"))


def prompt(cell: Locator) -> Locator:
    """Returns what says whether a cell runs."""
    return cell.locator(".jp-InputPrompt")


def card(cell: Locator) -> Locator:
    """Returns the job's card in a cell's output."""
    return cell.locator(".jp-OutputArea .qmv-Card")


def open_panel(page: Page) -> Locator:
    """Shows the panel, by the button in the status bar, and returns it."""
    panel = page.locator("#qmagic-jobs")
    if not panel.is_visible():
        page.locator(".qm-StatusItem button").click()
    expect(panel).to_be_visible()
    return panel


def row(panel: Locator, name: str) -> Locator:
    """Returns the row of a job."""
    return panel.locator(".qm-Row", has_text=name)


def cancel_in_panel(panel: Locator, name: str) -> None:
    """Cancels a job as a person does: picks its row, opens its details, and presses the button."""
    row(panel, name).click()
    panel.page.keyboard.press("Enter")
    panel.locator(".qm-Actions").get_by_role("button", name="Cancel", exact=True).click()
    expect(row(panel, name)).to_have_attribute("data-status", "CANCELLED")
