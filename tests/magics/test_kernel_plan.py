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
    assert text.startswith("stim: all 200 gates are Clifford\n  about")
    assert "200 qubits, 200 gates (199 on two qubits or more), depth 200" in text
    assert "all Clifford, entanglement at most 1 bit across a cut, at most 2^1 amplitudes" in text
    assert "next  sparse" in text
    assert "not   statevector, qsim" in text
    assert "200 qubits need more memory than there is anywhere" in text
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
    kernel.run("from qiskit.circuit.library import quantum_volume")
    kernel.run("slow = quantum_volume(20, depth=12, seed=1)\nslow.measure_all()")
    for _ in range(4):  # a worker's first run teaches nothing, and there are several workers
        assert kernel.run("%qrun slow").status == "ok"
    learnt = kernel.run("%qplan --costs").text.splitlines()
    assert learnt[0].split() == ["backend", "times", "the", "estimate", "runs", "last"]
    assert len(learnt) >= 2
    assert kernel.run("%qplan --reset-costs").text == "nothing was learnt yet"
    assert "takes no circuit" in kernel.run("%qplan slow --costs").traceback
    assert kernel.run("%qplan").status == "error"


def test_flags_of_a_run_are_those_of_its_plan(kernel):
    """Shots, noise and observables count; what is about the job's way is no flag of a plan."""
    assert "8,192 shots" in kernel.run("%qplan slow --shots 8192").text
    assert "simulates the noise" in kernel.run("%qplan slow --noise t1=100us").text
    assert "exact values" in kernel.run('%qplan slow --observables "Z0*Z19"').text
    assert "no flag --name" in kernel.run("%qplan slow --name x").traceback
