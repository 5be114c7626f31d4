"""Laws of included files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qmagic.cells.includes import inline
from qmagic.errors import SourceError

BODY = "// bell's gate\ngate bell a, b {\n  h a; /* and\n */ cx a, b;\n}\n"


@pytest.mark.parametrize(
    ("header", "rest"),
    [
        ('OPENQASM 3.0;\ninclude "stdgates.inc";\n', "qubit[2] q;\nbell q[0], q[1];\n"),
        ('OPENQASM 2.0;\ninclude "qelib1.inc";\n', "qreg q[2];\nbell q[0],q[1];\n"),
    ],
)
def test_an_included_file_takes_the_place_of_its_statement(
    cell: Callable[..., Any], tmp_path: Path, header: str, rest: str
) -> None:
    """The file's gates are there, from a folder beside the cell and below it, and lines after it keep their numbers."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "bell.inc").write_text(BODY)
    (tmp_path / "outer.inc").write_text('include "inner/bell.inc";\n')
    text = header + 'include "outer.inc";\n' + rest
    _, (circuit,) = cell(text, observables="ZZ")
    assert circuit.count_ops() == {"bell": 1}
    with pytest.raises(SourceError) as caught:
        cell(text + "foo q[0];", observables="ZZ", first_line=5)
    assert caught.value.line == 5 + 5


def test_a_file_includes_relative_to_itself(cell: Callable[..., Any], tmp_path: Path) -> None:
    """--file x.qasm finds what lies beside it, wherever the kernel stands."""
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "bell.inc").write_text(BODY)
    (folder / "x.qasm").write_text(
        'OPENQASM 3.0; include "stdgates.inc"; include "bell.inc"; qubit[2] q; bell q[0], q[1];'
    )
    _, (circuit,) = cell(file="deep/x.qasm", observables="ZZ")
    assert circuit.num_qubits == 2


def test_libraries_and_comments_are_left_alone(tmp_path: Path) -> None:
    """The languages' own files stay, and an include in a comment is no include."""
    text = 'include "stdgates.inc"; // include "nothing.inc";\n/* include "nothing.inc"; */ include \'qelib1.inc\';'
    assert inline(text, str(tmp_path)) == text


def test_wrong_includes(tmp_path: Path) -> None:
    """A missing, circular, huge, binary or annotated file is one line that names it, on the line of the cell."""
    (tmp_path / "loop.inc").write_text('include "loop.inc";')
    (tmp_path / "huge.inc").write_text("x" * 2_000_000)
    (tmp_path / "half.inc").write_text("// " + "x" * 600_000)
    (tmp_path / "nul.inc").write_bytes(b"a\0b")
    (tmp_path / "latin.inc").write_bytes(b"\xff\xfe\xe9")
    (tmp_path / "note.inc").write_text("@note x\nh q;")
    for name, part in [
        ("missing.inc", "no such file"), ("loop.inc", "includes itself"), ("huge.inc", "larger than 1 MB"),
            (".", "directory"),
        ("nul.inc", "NUL"), ("latin.inc", "UTF-8"), ("note.inc", "annotations"), ("a" * 500, "too long"),
    ]:  # fmt: skip
        with pytest.raises(SourceError, match=part) as caught:
            inline(f'OPENQASM 3.0;\ninclude "{name}";', str(tmp_path), first_line=2)
        assert caught.value.line == 3
        assert name in caught.value.message


def test_a_version_in_an_included_file_is_dropped(cell: Callable[..., Any], tmp_path: Path) -> None:
    """A file that is a program by itself can be included."""
    (tmp_path / "gates.qasm").write_text("OPENQASM 3.0;\n" + BODY)
    text = 'OPENQASM 3.0; include "stdgates.inc"; include "gates.qasm"; qubit[2] q; bell q[0], q[1];'
    cell(text, observables="ZZ")
