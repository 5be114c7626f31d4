"""Diagnoses: a wrong place is found, and no valid program is ever reported."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qmagic.cells.diagnose import diagnose
from tests.cells.programs import HEADER, PROGRAMS, random_program

TWO = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\n'


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_qiskit_takes_has_no_problem(name: str) -> None:
    """Each construct that the reference reader understands is let pass."""
    assert diagnose(HEADER + PROGRAMS[name]).diagnostics == []


def test_random_programs_have_no_problem(full: Callable[[int, int], int]) -> None:
    """Random valid programs are let pass."""
    for seed in range(full(50, 2000)):
        text = random_program(seed)
        assert diagnose(text).diagnostics == [], text


#: Valid OpenQASM 3 that our own reader refuses and Qiskit's importer takes.
ONLY_QISKIT = (
    "qubit[200000] q; h q[0];",
    "qubit[2] q; for int i in [0:100000000] { h q[0]; }",
)


@pytest.mark.parametrize("body", ONLY_QISKIT)
def test_what_only_qiskit_reads_has_no_problem(body: str) -> None:
    """Where our own reader knows less than the language has, Qiskit's importer decides."""
    from qmagic.cells.load import load
    from qmagic.errors import SourceError
    from qmagic.jobs import Source

    with pytest.raises(SourceError):
        load(Source("openqasm3", (HEADER + body).encode()))
    assert diagnose(HEADER + body).diagnostics == []


@pytest.mark.parametrize(
    ("text", "line", "column", "end", "part"),
    [
        (HEADER + "qubit q;\nnogate q;", 4, 1, 7, "nogate"),
        (HEADER + "qubit q;\nh q", 4, 4, 5, "';'"),
        (HEADER + "qubit[2] q;\n  cx q[0], q[7];", 4, 12, 13, "7"),
        (TWO + "h q[0];\nhh q[1];", 6, 1, 3, "hh"),
        (TWO.replace("\n", "\r\n") + "hh q[1];", 5, 1, 3, "hh"),
        ("OPENQASM 4.0;\nqubit q;", 1, 1, 14, "4.0"),
    ],
)
def test_a_wrong_word_is_marked(text: str, line: int, column: int, end: int, part: str) -> None:
    """The line, and the columns of the word that is meant; the message is one line that names it."""
    (problem,) = diagnose(text).diagnostics
    assert (problem.line, problem.column, problem.end_column) == (line, column, end), problem
    assert part in problem.message
    assert "\n" not in problem.message


def test_a_problem_lies_inside_its_text() -> None:
    """Programs cut off anywhere: a problem's place exists, so that an editor can mark it."""
    text = random_program(3)
    for end in range(len(text)):
        part = text[:end]
        lines = part.split("\n")
        for problem in diagnose(part).diagnostics:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column < problem.end_column <= len(lines[problem.line - 1]) + 2


@pytest.mark.parametrize("text", ["", "  \n", "print(1)", "x" * 2_000_000, "\ud800"])
def test_what_is_no_openqasm_is_not_judged(text: str) -> None:
    """Nothing, Python, and what no circuit can be: no problem is claimed."""
    assert diagnose(text).diagnostics == []


def test_own_includes_are_not_judged() -> None:
    """Their files are not here, so nothing is known."""
    found = diagnose(HEADER + 'include "mine.inc";\nmine q;')
    assert found.diagnostics == []
    assert not found.checked
