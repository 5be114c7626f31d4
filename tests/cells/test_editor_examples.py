"""What the editor is tested on is what the kernel's side says, and never a valid program underlined."""

from __future__ import annotations

import pytest

from qmagic.cells.diagnose import diagnose
from qmagic.cells.languages import detect
from tests.cells import editor_examples
from tests.cells.editor_examples import BROKEN, PYTHON, VALID


def test_the_fixture_is_what_the_code_says():
    """A change of a message or of a rule shows here; `python -m tests.cells.editor_examples` writes the file anew."""
    assert editor_examples.FILE.read_text("utf-8") == editor_examples.text()


@pytest.mark.parametrize("name", VALID)
def test_a_valid_program_has_no_problem(name):
    """A valid program is never underlined, with its language told or found."""
    for language in ("auto", detect(VALID[name])):
        assert diagnose(VALID[name], language).diagnostics == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_text_has_one(name):
    """A text that cannot run has a problem, and its place lies in the text."""
    (problem,) = diagnose(BROKEN[name]).diagnostics
    lines = BROKEN[name].split("\n")
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column < problem.end_column <= len(lines[problem.line - 1]) + 2
    assert problem.message
    assert "\n" not in problem.message


@pytest.mark.parametrize("name", PYTHON)
def test_python_is_python(name):
    """What only looks like OpenQASM stays Python, and is not judged."""
    assert detect(PYTHON[name]) == "python"
    assert diagnose(PYTHON[name]).diagnostics == []
