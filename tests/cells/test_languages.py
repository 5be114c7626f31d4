"""Laws of telling languages apart."""

from __future__ import annotations

import pytest

from qmagic.cells.languages import detect, language_of, width_of
from qmagic.errors import InputError, SourceError

OPENQASM_3 = [
    "OPENQASM 3.0; qubit q;",
    "OPENQASM 3;\nqubit q;",
    "OPENQASM 3.1;\r\nqubit q;",
    "\ufeffOPENQASM 3.0; qubit q;",
    "\n\n  // a comment\n/* another\n one */\n@annotation here\nOPENQASM 3.0;",
    "/* OPENQASM 2.0; */ OPENQASM 3.0;",
    'include "stdgates.inc"; qubit[2] q;',
    "qubit[2] q; h q[0];",
    "qubit q; h q;",
    "bit[2] c; qubit[2] q;",
    "input float theta; qubit q; rx(theta) q;",
    "const int n = 3; qubit[n] q;",
    "h q[0]; cx q[0], q[1]; c = measure q;",
    "ctrl @ x q[0], q[1];",
    "gate g(a) x { rx(a) x; } qubit q;",
    "qreg q[2]; bit[2] c; c = measure q;",
    "h $0; cx $0, $1;",
]
OPENQASM_2 = [
    'OPENQASM 2.0;\ninclude "qelib1.inc";',
    "// by hand\nOPENQASM 2.0;\nqreg q[1];",
    "OPENQASM 2;qreg q[1];",
    'include "qelib1.inc"; qreg q[2];',
    "qreg q[2]; creg c[2]; h q[0]; measure q -> c;",
    "gate g a { h a; } qreg q[1];",
]
PYTHON = [
    "from qiskit import QuantumCircuit\nQuantumCircuit(1)",
    "circuit",
    "# OPENQASM is not this\ncircuit.measure_all()\ncircuit",
    "@decorator\ndef f():\n    return 1\nf()",
    "h = 3; q = 4",
    "import qiskit;",
    "del q;",
    "raise ValueError;",
    "text = '''OPENQASM 3.0;'''\ntext",
    "qc.h(0)\nqc.cx(0, 1)\nqc",
    "'''\nOPENQASM 3.0;\n'''",
    "bit = 1\nqubit = 2\nbit",
    "def circuit(n): return QuantumCircuit(n)\ncircuit(2)",
    "gate = {1: 2}",
    "[circuit, circuit]",
    "",
]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((t, "openqasm3") for t in OPENQASM_3),
        *((t, "openqasm2") for t in OPENQASM_2),
        *((t, "python") for t in PYTHON),
    ],
)
def test_a_text_is_told_by_looking(text: str, language: str) -> None:
    """A header decides; without one, the first statement does."""
    assert detect(text) == language
    assert detect(text.replace("\n", "\r\n")) == language


def test_lang_wins() -> None:
    """What --lang says holds, whatever the text looks like; an unknown one names the nearest."""
    assert language_of("OPENQASM 2.0;", "openqasm3") == "openqasm3"
    assert language_of("circuit", "openqasm2") == "openqasm2"
    with pytest.raises(InputError, match="did you mean 'openqasm3'"):
        language_of("x", "openqasm4")


def test_an_unknown_version_is_named() -> None:
    """A version that does not exist is an error on its line of the cell."""
    with pytest.raises(SourceError, match=r"line 4: OpenQASM 4\.0 is not known"):
        language_of("\n// x\nOPENQASM 4.0;", first_line=2)


@pytest.mark.parametrize(
    "text", ["/*" * 50_000, "/*" + "*" * 200_000, "@" * 200_000, "h(" * 100_000, "h q" + ",q" * 200_000]
)
def test_looking_is_quick_at_hostile_text(text: str) -> None:
    """No text makes the look slow (the timeout of the suite is the limit)."""
    detect(text)
    width_of(text)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("qubit[2] q; qubit[3] r; qubit a;", 6),
        ("qreg q[4];", 4),
        ("qubit[2] q; // qubit[5] r;\n/* qubit[7] s; */", 2),
        ("const int n = 3; qubit[n] q;", None),
        ("qubit[2+1] q;", None),
        ("h $3;", None),
        ("bit[3] c;", None),
    ],
)
def test_the_width_is_told_where_it_is_plain(text: str, width: int | None) -> None:
    """Plain declarations are summed; anything else gives no number rather than a wrong one."""
    assert width_of(text) == width
