"""An instruction's line is the line of the statement that made it, in both versions of OpenQASM."""

from __future__ import annotations

import pytest

from qmagic import execute
from qmagic.cells import load
from qmagic.cells.lines import line_of
from qmagic.errors import SourceError
from qmagic.jobs import Source

THREE = """OPENQASM 3.0;
include "stdgates.inc";
gate pair a, b {
  h a;
  cx a, b;
}
qubit[3] q; bit[3] c;
// a comment; with a semicolon
h q;
for int i in [0:1] {
  x q[i];
  z q[i];
}
pair q[0],
     q[1];
c[0] = measure q[0];
if (c[0]) {
  x q[1];
}
y q[2]; t q[2];
"""
TWO = """OPENQASM 2.0;
include "qelib1.inc";
gate pair a, b { h a; cx a, b; }
qreg q[3]; creg c[3];
// a comment; with a semicolon
h q;

pair q[0],
     q[1];
barrier q; x q[0]; y q[1];
measure q -> c;
"""


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        (
            "openqasm3", THREE,
            [("h", 9)] * 3 + [("x", 11), ("z", 12)] * 2
            + [("pair", 14), ("measure", 16), ("if_else", 17), ("y", 20), ("t", 20)],
        ),
        (
            "openqasm2", TWO,
            [("h", 6)] * 3 + [("pair", 8), ("barrier", 10), ("x", 10), ("y", 10)] + [("measure", 11)] * 3,
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first_line", [1, 2, 7])
def test_every_instruction_has_its_line(language, text, wanted, first_line):
    """Broadcasts, loops, definitions, comments and statements over lines included; lines count as the cell's do."""
    source = Source(language, text.encode(), first_line)
    [circuit] = load(source)
    found = [(one.name, line_of(source, index)) for index, one in enumerate(circuit.data)]
    assert found == [(name, line + first_line - 1) for name, line in wanted]
    assert line_of(source, len(circuit.data)) is None


def test_objects_have_no_lines():
    """A circuit that is no text has no line to tell."""
    assert line_of(Source("qpy", b""), 0) is None


@pytest.mark.parametrize(
    "head",
    [
        'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\n',
        'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit[2] c;\n',
    ],
)
def test_verbatim_names_the_line(cell, head):
    """``--verbatim`` refuses a circuit that does not fit with the gate and its line in the cell."""
    spec, _ = cell(head + "h q[1];\n", verbatim=True, transpile_to="fake_manila", observables="ZZ")
    with pytest.raises(SourceError, match="line 6: the circuit does not fit fake_manila: h on qubit 1 is not one of"):
        execute.prepare(spec)
