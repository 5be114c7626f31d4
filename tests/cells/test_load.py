"""Laws of loading a source in a worker."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.quantum_info import Operator

from qmagic import cells
from qmagic.cells import openqasm3
from qmagic.errors import InputError, SourceError
from qmagic.jobs import Source
from tests.cells.programs import HEADER, PROGRAMS

QASMBENCH = Path(__file__).parents[3] / "shared" / "data" / "qasmbench"
BELL_2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;\n'
BELL_3 = HEADER + PROGRAMS["bell"]


@pytest.mark.parametrize("language", ["openqasm2", "openqasm3"])
@pytest.mark.parametrize("form", ["\n", "\r\n", "\r", "bom", "tabs", "no end"])
def test_line_ends_tabs_and_marks_make_no_difference(language: str, form: str) -> None:
    """A byte order mark, other line ends, tabs, a missing last newline change nothing, not even lines of errors."""
    text = BELL_2 if language == "openqasm2" else BELL_3

    def shaped(text: str) -> bytes:
        if form == "bom":
            return b"\xef\xbb\xbf" + text.encode()
        if form == "tabs":
            return text.replace(" ", "\t").encode()
        return (text.rstrip() if form == "no end" else text.replace("\n", form)).encode()

    (circuit,) = cells.load(Source(language, shaped(text)))
    assert circuit == cells.load(Source(language, text.encode()))[0]
    with pytest.raises(SourceError) as caught:
        cells.load(Source(language, shaped(text + "\n\nfoo q[0];"), first_line=2))
    assert caught.value.line == text.count("\n") + 4


def test_qpy_holds_several_circuits() -> None:
    """Circuits come back in order, equal to those that were written."""
    circuits = [QuantumCircuit(n) for n in (1, 2, 3)]
    circuits[1].h(0)
    buffer = io.BytesIO()
    qpy.dump(circuits, buffer)
    assert cells.load(Source("qpy", buffer.getvalue())) == circuits


@pytest.mark.parametrize("damage", [b"", b"QISKIT", b"\0" * 100, b"QISKIT" + b"\xff" * 200])
def test_damaged_qpy_is_refused(damage: bytes) -> None:
    """Bytes that are no QPY are one line."""
    with pytest.raises(InputError, match="QPY"):
        cells.load(Source("qpy", damage))


def test_an_unknown_language_and_wrong_bytes() -> None:
    """A language that does not exist, and bytes that are no text, are one line."""
    with pytest.raises(InputError, match="unknown language 'cirq'"):
        cells.load(Source("cirq", b""))
    with pytest.raises(SourceError, match="UTF-8"):
        cells.load(Source("openqasm3", b"\xff\xfe"))


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("qreg q[2];\nfoo q[0];", 4, "'foo' is not defined"),
        ("qreg q[2];\nh q[0]\ncx q[0],q[1];", 5, "needed ';'"),
        ("qreg q[2]; cx q[0],q[0];", 3, "duplicate"),
        ("qreg q[2]; h q[4];", 3, "index 4 is out-of-range"),
        ("qreg q[1]; rx(pi/0) q[0];", 3, "divide by zero"),
        ("qreg q[1000000000];", 3, "more than 100,000"),
    ],
)
def test_an_error_in_openqasm_2_names_its_place(text: str, line: int, part: str) -> None:
    """Qiskit's message becomes one sentence on the line of the cell."""
    with pytest.raises(SourceError) as caught:
        cells.load(Source("openqasm2", ('OPENQASM 2.0;\ninclude "qelib1.inc";\n' + text).encode(), first_line=11))
    assert part in caught.value.message
    assert caught.value.line == line + 10
    assert len(str(caught.value).splitlines()) <= 3


def test_openqasm_2_without_its_first_lines() -> None:
    """Pasted without header and include, the standard gates are meant, and columns are those of the text."""
    (circuit,) = cells.load(Source("openqasm2", b"qreg q[2]; h q[0]; rzz(0.1) q[0],q[1];"))
    assert set(circuit.count_ops()) == {"h", "rzz"}
    with pytest.raises(SourceError) as caught:
        cells.load(Source("openqasm2", b"qreg q[2]; foo q[0];"))
    assert (caught.value.line, caught.value.column, caught.value.text) == (1, 12, "qreg q[2]; foo q[0];")
    with pytest.raises(SourceError, match=r"'h' is not defined; add include"):
        cells.load(Source("openqasm2", b"OPENQASM 2.0; qreg q[1]; h q[0];"))


def test_openqasm_2_has_the_legacy_gates_and_functions() -> None:
    """What `QuantumCircuit.from_qasm_str` reads is read alike."""
    text = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[3];'
    text += " csx q[0],q[1]; rccx q[0],q[1],q[2]; rx(asin(0.5)) q[0]; sxdg q[1];"
    (circuit,) = cells.load(Source("openqasm2", text.encode()))
    assert Operator(circuit) == Operator(QuantumCircuit.from_qasm_str(text))


@pytest.mark.skipif(not QASMBENCH.is_dir(), reason="the QASMBench files are not beside the project")
@pytest.mark.parametrize("path", sorted(QASMBENCH.glob("*.qasm")), ids=lambda path: path.stem)
def test_qasmbench_is_read(path: Path, cell: Callable[..., Any]) -> None:
    """Every file of the suite is read as Qiskit's legacy reader reads it; broken ones get an error with its line."""
    if "vqe_uccsd" in path.name:
        with pytest.raises(SourceError, match="'q' is not defined") as caught:
            cell(file=str(path))
        assert caught.value.line is not None
        return
    spec, (circuit,) = cell(file=str(path), observables="I")
    assert spec.width == circuit.num_qubits
    if path.stat().st_size < 30_000:
        assert circuit == QuantumCircuit.from_qasm_file(str(path))


def test_a_panic_is_a_sentence_and_an_interrupt_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A panic of Qiskit's Rust code (a BaseException) and a recursion become errors; an interrupt does not."""
    panic = type("PanicException", (BaseException,), {})
    for raised, expected in [
        (panic("boom"), SourceError), (RecursionError(), SourceError), (RuntimeError("x"), SourceError),
        (KeyboardInterrupt(), KeyboardInterrupt), (SystemExit(), SystemExit),
    ]:  # fmt: skip

        def fail(text: str, error: BaseException = raised) -> None:
            raise error

        monkeypatch.setattr(openqasm3, "load", fail)
        with pytest.raises(expected):
            cells.load(Source("openqasm3", b"qubit q;"))


def test_loading_warns_of_nothing() -> None:
    """Reading a circuit prints and warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in PROGRAMS.values():
            cells.load(Source("openqasm3", (HEADER + text).encode()))
        cells.load(Source("openqasm2", BELL_2.encode()))


def test_a_long_line_is_cut_around_the_place() -> None:
    """The excerpt of an error stays readable where the line has thousands of characters."""
    text = HEADER + "qubit[2] q; " + "h q[0]; " * 1000 + "foo q[0]; " + "h q[0]; " * 1000
    with pytest.raises(SourceError) as caught:
        cells.load(Source("openqasm3", text.encode()))
    assert "foo q[0];" in str(caught.value)
    assert "(column 8013)" in str(caught.value)
    assert len(str(caught.value)) < 400
