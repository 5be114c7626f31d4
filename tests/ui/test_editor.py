"""OpenQASM in the editors of a real JupyterLab and Notebook 7: colours, problems while typing, completion."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.ui.notebook import open_cells, open_file

DIAGNOSE = re.compile("/qmagic/api/diagnose")

BELL = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;'
BELL_2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\nh q;\nmeasure q -> c;'
WRONG = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nhh q[0];\n'


def word(cell: Locator, text: str) -> Locator:
    """Returns a word that is coloured by itself."""
    return cell.locator(".cm-line span").get_by_text(text, exact=True)


def problems(cell: Locator) -> Locator:
    """Returns what is underlined."""
    return cell.locator(".qm-Problem")


def test_colours_follow_typing(page, lab, faults):
    """A cell is OpenQASM as soon as it looks so, Python when its flag says so, and back; with its own comments."""
    cell = open_cells(page, lab, "colours", [""])
    cell.locator(".cm-content").click()
    page.keyboard.insert_text("%%qrun --shots 10\n")
    expect(word(cell, "--shots")).to_be_visible()
    page.keyboard.insert_text("qubit[2] q;\nmeasure q;")
    expect(word(cell, "measure")).to_have_css("font-weight", "700")
    page.keyboard.press("Control+/")
    expect(cell.locator(".cm-line").nth(2)).to_have_text("// measure q;")
    page.keyboard.press("Control+/")
    expect(cell.locator(".cm-line").nth(2)).to_have_text("measure q;")

    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.insert_text(" --lang python")
    expect(word(cell, "--lang")).to_be_visible()
    expect(word(cell, "measure")).to_have_count(0)
    for _ in "python":
        page.keyboard.press("Backspace")
    page.keyboard.insert_text("auto")
    expect(word(cell, "measure")).to_be_visible()
    page.keyboard.press("Control+/")
    expect(cell.locator(".cm-line").first).to_have_text("# %%qrun --shots 10 --lang auto")
    expect(word(cell, "measure")).to_have_count(0)


def test_problems_come_and_go(page, lab, faults):
    """The wrong word is underlined, its message is told on hover, by F8 and at the line; a change takes all away."""
    cells = open_cells(page, lab, "problems", [f"%%qrun\n{BELL}", f"%%qrun\n{BELL_2}", f"%%qrun --seed 1\n{WRONG}"])
    cell = cells.nth(2)
    # Cells are checked one after the other: when the last is marked, those above have been judged.
    expect(problems(cell)).to_have_text(["hh"])
    expect(problems(page)).to_have_count(1)
    expect(cell.locator(".cm-content")).to_have_attribute("aria-invalid", "true")
    problems(cell).hover()
    tip = page.locator(".qm-ProblemTip")
    expect(tip).to_have_text("the gate 'hh' is not defined; did you mean 'h'?")
    cells.nth(0).locator(".jp-InputPrompt").hover()
    expect(tip).to_have_count(0)
    cell.locator(".qm-ProblemSign").hover()
    expect(tip).to_be_visible()
    cells.nth(0).locator(".jp-InputPrompt").hover()
    expect(tip).to_have_count(0)

    cell.locator(".cm-line").nth(1).click()
    page.keyboard.press("F8")
    expect(tip).to_be_visible()
    page.keyboard.press("Delete")  # F8 went to the word: "hh" is "h" now
    assert problems(cell).count() == 0  # at once, not after the next check
    expect(cell.locator(".cm-content")).to_have_attribute("aria-invalid", "false")
    with page.expect_response(DIAGNOSE) as answer:
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("cx q[0], q[5];")
    assert answer.value.ok
    expect(problems(cell)).to_have_text(["q"])
    expect(cell.locator(".qm-ProblemSign")).to_have_count(1)

    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.insert_text(" --lang python")
    assert problems(page).count() == 0


def test_a_screen_reader_is_told(page, lab, faults):
    """Who types a wrong line hears its number and what is wrong with it."""
    cell = open_cells(page, lab, "heard", ["%%qrun\nqubit[2] q;\n"])
    cell.locator(".cm-content").click()
    page.evaluate(
        """() => {
            window.heard = [];
            const region = document.activeElement.closest('.cm-editor').querySelector('[aria-live=polite]');
            const hear = new MutationObserver(() => window.heard.push(region.textContent));
            hear.observe(region, {childList: true, subtree: true});
        }"""
    )
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("x q[4];")
    page.wait_for_function("window.heard.includes('Line 3: index 4 is outside of q (it has 0 to 1)')")


def test_nothing_is_said_without_the_server_part(context, lab):
    """Where the server cannot judge, nothing is underlined and nothing fails."""
    errors: list[str] = []
    page = context.new_page()  # which learns for good that there is no server part
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked: list[str] = []

    def absent(route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404, json={"message": "Not Found"})

    page.route(DIAGNOSE, absent)
    with page.expect_response(DIAGNOSE):
        cell = open_cells(page, lab, "absent", [f"%%qrun\n{WRONG}"])
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("x q;")
    expect(word(cell, "x")).to_be_visible()
    expect(problems(page)).to_have_count(0)
    assert errors == []
    assert len(asked) == 1


def test_completion_needs_no_kernel(page, lab, faults):
    """While the kernel is busy, the names declared above and the gates are offered at once, and Python's are not."""
    cells = open_cells(page, lab, "complete", ["import time; time.sleep(600)", "%%qrun\nqubit[2] data;\nh "])
    page.evaluate(
        """() => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const ask = kernel.requestComplete.bind(kernel);
            window.asked = 0;
            kernel.requestComplete = (...args) => (window.asked++, ask(...args));
        }"""
    )
    cells.first.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cells.first.locator(".jp-InputPrompt")).to_have_text("[*]:")
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("d")
    page.keyboard.press("Tab")
    offers = page.locator(".jp-Completer-item")
    expect(offers).to_have_text([re.compile("data"), re.compile("duration"), re.compile("durationof")])
    page.keyboard.press("Enter")
    expect(cells.nth(1).locator(".cm-line").last).to_have_text("h data")
    page.keyboard.type(";\ncc")
    page.keyboard.press("Tab")
    expect(offers).to_have_text([re.compile("ccx")])
    assert page.evaluate("window.asked") == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type(" --sh")
    page.keyboard.press("Tab")  # the magic's own line is the kernel's
    page.wait_for_function("window.asked === 1")


def test_a_file_is_openqasm(page, lab, faults):
    """A .qasm file has its language, its colours, its problems."""
    (lab.root / "bell.qasm").write_text(WRONG, "utf-8")
    open_file(page, lab, "bell.qasm")
    page.evaluate("void window.jupyterapp.commands.execute('filebrowser:refresh')")
    editor = page.locator(".jp-FileEditor")
    expect(word(editor, "OPENQASM")).to_have_css("font-weight", "700")
    expect(problems(editor)).to_have_text(["hh"])
    expect(page.locator("#jp-main-statusbar")).to_contain_text("OpenQASM")
    expect(
        page.locator(".jp-DirListing-item", has_text="bell.qasm").locator("svg[data-icon='qmagic:openqasm']")
    ).to_be_visible()


def test_notebook_7_has_it_too(context, lab):
    """Notebook 7 colours, checks, completes and comments as JupyterLab does."""
    # It has two errors of its own on every page (7.6), so that errors are not counted here.
    page = context.new_page()
    cells = open_cells(page, lab, "seven", [f"%%qrun\n{WRONG}", "%%qrun\nqubit[2] data;\nh "], app="notebook")
    expect(word(cells.nth(0), "qubit")).to_be_visible()
    expect(problems(cells.nth(0))).to_have_text(["hh"])

    cell = cells.nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("d")
    page.keyboard.press("Tab")
    offers = page.locator(".jp-Completer-item")
    expect(offers).to_have_text([re.compile("data"), re.compile("duration"), re.compile("durationof")])
    page.keyboard.press("Enter")
    last = cell.locator(".cm-line").last
    expect(last).to_have_text("h data")
    page.keyboard.type(";")
    page.keyboard.press("Control+/")
    expect(last).to_have_text("// h data;")
    page.keyboard.press("Control+/")
    expect(last).to_have_text("h data;")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+/")
    expect(cell.locator(".cm-line").first).to_have_text("# %%qrun")
    page.keyboard.press("Control+/")
    expect(word(cell, "qubit")).to_be_visible()
    expect(problems(cell)).to_have_count(0)
