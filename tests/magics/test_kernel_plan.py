"""``%qplan`` and ``--dry-run``: what would run, before anything does."""

from __future__ import annotations

from qmagic import client
from tests.magics.conftest import QASM

GHZ = "qubit[200] q; bit[200] c; h q[0]; for int i in [0:198] { cx q[i], q[i + 1]; } c = measure q;"


def test_a_plan_names_backend_reason_facts_alternatives_and_refusals(kernel):
    """The plan of a wide Clifford circuit says all that the issue asks for, as text and HTML, and no job is made."""
    before = len(client.jobs(limit=500)) if client.service_status() else 0
    cell = kernel.run(f'%%qplan\nOPENQASM 3.0; include "stdgates.inc"; {GHZ}')
    assert cell.status == "ok", cell
    assert "text/html" in cell.shown[0]
    text = cell.text
    assert text.startswith("stim: all 200 gates are Clifford")
    assert "200 qubits, 200 gates (199 on two or more)" in text
    assert "else  " in text
    assert "not   statevector" in text
    assert "200 qubits need" in text
    assert "ms" in text
    assert kernel.value("import sys; [name for name in ('qiskit', 'numpy') if name in sys.modules]") == []
    assert len(client.jobs(limit=500)) == before


def test_dry_run_is_a_plan(kernel):
    """``%%qrun --dry-run`` shows the plan, also of a backend that was asked for; its value is data."""
    cell = kernel.run(f"%%qrun --dry-run --backend aer.mps -o p\n{QASM}")
    assert cell.status == "ok", cell
    assert cell.text.startswith("aer.matrix_product_state: asked for")
    assert kernel.value("p.pubs[0].chosen.backend") == "aer.matrix_product_state"
    assert "statevector" in kernel.value("[one.backend for one in p.pubs[0].alternatives]")


def test_what_cannot_run_has_a_plan_that_says_so(kernel):
    """A circuit that nothing here can hold is no error of %qplan."""
    kernel.run(
        "from qiskit import QuantumCircuit\n"
        "hard = QuantumCircuit(60, 60)\n"
        "for layer in range(40):\n"
        "    for i in range(60): hard.u(0.3 + i, 0.2 * layer, 0.7, i)\n"
        "    for i in range(60): hard.cx(i, (i + 1 + layer) % 60 if (1 + layer) % 60 else (i + 1) % 60)\n"
        "hard.measure(range(60), range(60))\n"
    )
    cell = kernel.run("%qplan hard")
    assert cell.status == "ok", cell
    assert cell.text.startswith("cannot run\n  nothing here can run this circuit: 60 qubits need")
    refused = kernel.run("%qrun hard")
    assert refused.status == "error"
    assert "nothing here can run this circuit" in refused.traceback


def test_a_wrong_text_is_an_error(kernel):
    """The line of the cell is named, as with %%qrun."""
    cell = kernel.run('%%qplan\nOPENQASM 3.0; include "stdgates.inc";\nqubit q; hh q;')
    assert cell.status == "error"
    assert "line 3" in cell.traceback


def test_costs_can_be_looked_at_and_reset(kernel):
    """``%qplan --costs`` shows what was learnt; ``--reset-costs`` forgets it."""
    assert kernel.run("%qplan --costs").status == "ok"
    assert kernel.run("%qplan --reset-costs").text == "nothing was learnt yet"
    assert kernel.run("%qplan").status == "error"
