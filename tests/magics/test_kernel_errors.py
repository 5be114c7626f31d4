"""Bad input in a real kernel: one clear line, no traceback, and a cell that has failed."""

from __future__ import annotations

import pytest

from tests.magics.conftest import QASM


@pytest.mark.parametrize(
    ("code", "error", "message"),
    [
        (f"%%qrun --shot 100\n{QASM}", "NotFoundError", "%qrun has no flag --shot; did you mean '--shots'?"),
        (f"%%qrun --shots 0\n{QASM}", "InputError", "shots must be between 1 and 1,000,000,000, got 0"),
        (f"%%qrun --shots 1000000000000\n{QASM}", "InputError", "shots must be between 1 and 1,000,000,000"),
        (f"%%qrun bell\n{QASM}", "InputError", "%%qrun takes flags only on its line, got 'bell'"),
        ("%%qrun\n\n   \n", "InputError", "the cell is empty"),
        ("%%qrun\nx = 1\n", "InputError", "the cell has no value"),
        ("%%qrun\n1 + 1\n", "InputError", "the cell gives an int; expected a circuit"),
        ("%qrun", "InputError", "%qrun needs a circuit"),
        ("%qrun no_such_circuit", "NotFoundError", "there is no variable 'no_such_circuit'"),
        ("%qrun --file no_such.qasm", "InputError", "there is no file no_such.qasm"),
        (f"%%qrun -o 2x\n{QASM}", "InputError", "--output 2x: expected the name of a variable"),
        (f"%%qrun\nOPENQASM 3.0;\n{'//' + 'x' * 2_000_000}\n", "InputError", "the cell is 2.0 MB"),
        (f"%%qrun\n{QASM}\0\n", "SourceError", "NUL"),
        ("%qresult nonsense", "NotFoundError", "there is no job 'nonsense'"),
        ("%qcancel nonsense", "NotFoundError", "there is no job 'nonsense'"),
        ("%qjobs --status DONNE", "InputError", "did you mean 'DONE'?"),
        ("%qjobs --limit 0", "InputError", "limit 0: expected 1 or more"),
        ("%qjobs --older-than 3", "InputError", "--older-than goes with --purge"),
        ("%qjobs bell", "InputError", "unexpected 'bell': %qjobs takes flags only"),
        ("%qconfig shot=3", "NotFoundError", "there is no option 'shot'; did you mean 'shots'?"),
        ("%qconfig shots=many", "InputError", "'many', expected a whole number"),
    ],
)
def test_bad_input_gets_one_clear_line(kernel, code, error, message):
    """The cell fails with the error's class and message, and nothing else is shown."""
    cell = kernel.run(code)
    assert (cell.status, cell.error) == ("error", error), cell
    assert message in cell.traceback
    assert cell.traceback.startswith(f"{error}: ")
    assert "Traceback" not in cell.traceback
    assert len(cell.traceback.splitlines()) == 1
    assert not cell.shown
    assert not cell.stdout
    assert not cell.stderr


def test_nothing_was_submitted(kernel):
    """After all that bad input there is no job."""
    assert kernel.run("%qjobs").text == "no jobs"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("%%qrun\nx = 1\ny = (2\n", "line 3, column 5: '(' was never closed"),
        ("%%qrun\n\n\n\nx = 1 +\n", "line 5, column 8: invalid syntax"),
        ("%%qrun\nimport asyncio\nawait asyncio.sleep(0)\n", "line 3, column 1: the body of %%qrun cannot await"),
        ("%%qrun\nreturn 3\n", "line 2, column 1: 'return' outside function"),
    ],
)
def test_python_that_does_not_parse_is_shown_where_it_stands(kernel, code, place):
    """The line is the cell's (the magic's own is 1), and the line itself is shown with a caret."""
    cell = kernel.run(code)
    assert cell.error == "SourceError", cell
    first, shown, caret = cell.traceback.splitlines()
    assert first.startswith(f"SourceError: {place}")
    assert shown.strip() in code
    assert caret.strip() == "^"


def test_an_error_in_a_python_body_is_the_users_own(kernel):
    """The traceback starts in the body, at the cell's lines; what came before the error stays defined."""
    cell = kernel.run("%%qrun --shots 10\nfirst = 1\ndef f():\n    return 1 / 0\n\nf()\nafter = 1\n")
    assert cell.error == "ZeroDivisionError", cell
    assert "----> 6 f()" in cell.traceback
    assert "----> 4     return 1 / 0" in cell.traceback
    assert "Cell In[" in cell.traceback
    assert "qmagic" not in cell.traceback
    assert "run_cell_magic" not in cell.traceback
    assert kernel.value("first, 'after' in globals()") == (1, False)


def test_blank_lines_above_a_body_are_counted(kernel):
    """IPython drops leading blank lines; the cell's line numbers do not."""
    cell = kernel.run("%%qrun\n\n\n1 / 0\n")
    assert "----> 4 1 / 0" in cell.traceback


def test_an_error_in_an_expression_is_the_users_own(kernel):
    """``%qrun f()`` shows f's traceback from the magic's own line of the cell on."""
    kernel.run("def g():\n    raise ValueError('mine')")
    cell = kernel.run("a = 1\nb = 2\n%qrun g()\n")
    assert cell.error == "ValueError"
    assert "----> 3 g()" in cell.traceback
    assert "qmagic" not in cell.traceback


def test_debug_shows_everything(kernel):
    """``--debug`` leaves Python's traceback whole."""
    assert "qmagic/magics/" in kernel.run(f"%%qrun --shots 0 --debug\n{QASM}").traceback
    assert "qmagic/magics/" in kernel.run("%%qrun --debug\n1 / 0\n").traceback


def test_errors_can_be_caught(kernel):
    """A magic raises the error that the Python API raises, so that code can catch it."""
    kernel.run("from qmagic.errors import NotFoundError")
    assert kernel.run("try:\n    %qrun nope\nexcept NotFoundError:\n    print('caught')").stdout == "caught\n"


def test_a_wrong_project_file_is_named(kernel, tmp_path):
    """A misspelt key in [tool.qmagic] fails the cell, naming the file."""
    (tmp_path / "pyproject.toml").write_text("[tool.qmagic]\nshot = 3\n")
    kernel.run(f"import os; before = os.getcwd(); os.chdir({str(tmp_path)!r})")
    cell = kernel.run(f"%%qrun\n{QASM}")
    kernel.run("os.chdir(before)")
    assert f"[tool.qmagic] of {tmp_path}/pyproject.toml: shot: there is no option 'shot'" in cell.traceback
