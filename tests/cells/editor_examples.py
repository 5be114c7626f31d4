"""Texts with their language and their problems, as the kernel's side judges them: the editor is tested on the same.

``python -m tests.cells.editor_examples`` writes tests/fixtures/openqasm.json, which the TypeScript tests read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qiskit import qasm2

from qmagic.cells.diagnose import diagnose
from qmagic.cells.languages import detect
from qmagic.cells.openqasm3.gates import STANDARD
from qmagic.errors import SourceError
from tests.cells.programs import HEADER, PROGRAMS

FILE = Path(__file__).parents[1] / "fixtures" / "openqasm.json"

HEADER_2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'

#: Programs that run: none of them may ever be underlined.
VALID = (
    {name: HEADER + text for name, text in PROGRAMS.items()}
    | {
        f"version 2: {name}": HEADER_2 + text
        for name, text in {
            "bell": "qreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;",
            "broadcast": "qreg a[3]; qreg b[3]; creg c[3]; h a; cx a,b; barrier a,b; measure b -> c;",
            "gates": "gate my(theta, phi) a, b { U(theta, phi, pi/2) a; cx a, b; barrier a, b; }\nqreg q[2];\n"
            "my(0.1, sin(pi/8) + ln(2)^2) q[0], q[1];",
            "opaque": "opaque magic(alpha) a; qreg q[1]; // no definition\nh q[0];",
            "if": "qreg q[1]; creg c[2]; measure q[0] -> c[0]; if (c == 1) x q[0]; reset q[0];",
            "Qiskit's own gates": "qreg q[3]; rzz(0.3) q[0], q[1]; sxdg q[2]; csx q[0], q[1]; cu1(pi/2) q[0], q[2];",
            "words of version 3 as names": "qreg input[1]; creg output[1]; qreg bit[2]; h input[0]; cx bit[0], bit[1];",
        }.items()
    }
    | {
        "no header": "qubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n",
        "no header, version 2": "qreg q[2];\ncreg c[2];\nh q[0];\nmeasure q -> c;",
        "a gate comes first": "h $0;\ncx $0, $1;\n",
        "comments first": "// Bell\n/* two\n   lines */ OPENQASM 3;\nqubit q; U(0, 0, pi) q;",
        "carriage returns": "OPENQASM 3.0;\r\nqubit q;\r\nU(0, 0, 0) q;\r\n",
        "a parameter": HEADER + "input float theta; qubit q; bit c; rx(theta) q; c = measure q;",
        "Greek": HEADER + "gate drehe(θ) α { rx(θ) α; }\nqubit κ; drehe(π) κ; // Δ\n",
    }
)

#: Texts that nobody can run.
BROKEN = {
    "a gate that does not exist": HEADER + "qubit[2] q;\nhh q[0];\n",
    "a qubit that does not exist": HEADER + "qubit[2] q;\ncx q[0], q[7];\n",
    "a name that does not exist": HEADER + "qubit[2] q;\nbit[2] c;\n    c = measure qq;\n",
    "no semicolon": HEADER + "qubit[2] q;\nh q[0]\ncx q[0], q[1];\n",
    "no semicolon at the end": HEADER + "qubit[2] q;\nh q[0]",
    "an open comment": HEADER + "qubit q;\n/* and so on",
    "an open brace": HEADER + "gate g a { h a;\n",
    "too few angles": HEADER + "qubit q;\nrx q;\n",
    "another script before it": HEADER + "qubit κ; /* 𝄞𝄞 */ hh κ;\n",
    "no such version": "OPENQASM 7.0;\nqubit q;\n",
    "version 2: no such gate": HEADER_2 + "qreg q[2];\nhh q[0];\n",
    "version 2: no semicolon": HEADER_2 + "qreg q[2]\nh q[0];\n",
    "version 2: no such register": HEADER_2 + "qreg q[2];\ncreg c[2];\nmeasure q -> d;\n",
    "version 2: a word of version 3": HEADER_2 + "qubit[2] q;\n",
}

#: Bodies in Python, some of which look like something else.
PYTHON = {
    "nothing": "",
    "a circuit": "from qiskit import QuantumCircuit\ncircuit = QuantumCircuit(2)\ncircuit.h(0)\ncircuit",
    "a comment": "# OPENQASM 3.0;\ncircuit",
    "a name": "qubit = 3\nqubit",
    "a statement": "return x;",
    "text of a circuit": "text = '''OPENQASM 3.0;'''\ntext",
    "an assignment": "bit = measure(q);",
}


def examples() -> dict[str, Any]:
    """Returns what the fixture holds."""
    return {
        "texts": [
            {"kind": kind, "name": name, "text": text, **judged(text)}
            for kind, of in (("valid", VALID), ("broken", BROKEN), ("python", PYTHON))
            for name, text in of.items()
        ],
        "gates": {
            "2": sorted({one.name for one in qasm2.LEGACY_CUSTOM_INSTRUCTIONS} | {"U", "CX"}),
            "3": sorted({*STANDARD, "U", "gphase"}),
        },
    }


def judged(text: str) -> dict[str, Any]:
    """Returns a text's language (None where the header names one that does not exist) and its problems."""
    try:
        language = detect(text)
    except SourceError:
        language = None
    problems = [] if language == "python" else diagnose(text).diagnostics
    return {
        "language": language,
        "problems": [{name: getattr(one, name) for name in one.__struct_fields__} for one in problems],
    }


def text() -> str:
    """Returns the fixture as text."""
    return json.dumps(examples(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
