"""A kernel that submits OpenQASM text stays light and quick."""

from __future__ import annotations

import subprocess
import sys
import time

from qmagic import cells
from qmagic.jobs import Environment
from tests.cells.programs import HEADER, PROGRAMS

SCRIPT = f"""
import sys
from qmagic import cells
from qmagic.jobs import Environment
environment = Environment(executable=sys.executable, folder=".")
for text in ({HEADER + PROGRAMS["bell"]!r}, 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2];'):
    cells.build(cells.CellRequest(body=text, shots=100, seed=7, noise="depolarizing=0.01"), {{}}, environment)
    cells.build(
        cells.CellRequest(body=text, observables="ZZ; 0.5*XX", bind="a=pi/4", sweep="t=0:pi:21", transpile_to="fake_x"),
        {{}},
        environment,
    )
try:
    cells.build(cells.CellRequest(body="OPENQASM 9;"), {{}}, environment)
except Exception as error:
    assert "9.0" in str(error), error
import qmagic.run
print(sorted(name for name in ("qiskit", "numpy", "openqasm3", "antlr4", "IPython") if name in sys.modules))
"""


def test_text_needs_neither_qiskit_nor_numpy() -> None:
    """A cell of OpenQASM text, with every flag, is built without importing Qiskit or NumPy."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_cell_of_text_is_built_quickly() -> None:
    """Building a Bell's job takes well below half a millisecond."""
    environment = Environment(executable=sys.executable, folder=".")
    request = cells.CellRequest(body=HEADER + PROGRAMS["bell"], shots=1024)
    times = []
    for _ in range(50):
        start = time.process_time()
        cells.build(request, {}, environment)
        times.append(time.process_time() - start)
    assert min(times) < 0.0005
