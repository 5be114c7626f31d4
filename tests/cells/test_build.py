"""Laws of building a job from a cell: what is wrong is said at once, in one line, and never submitted."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qmagic import cells
from qmagic.errors import InputError, NotFoundError, SourceError
from qmagic.jobs import Environment, JobSpec, Transpile
from tests.cells.programs import HEADER, PROGRAMS

BELL = HEADER + PROGRAMS["bell"]
Cell = Callable[..., tuple[JobSpec, list[Any]]]


def bell() -> QuantumCircuit:
    """A measured Bell."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def test_text_goes_as_it_is(cell: Cell, environment: Environment) -> None:
    """OpenQASM text is the source, byte by byte; the flags are in the spec."""
    spec, _ = cell(
        BELL, shots=4096, seed=7, name="n", tags=("a", "b"), backend="aer", timeout=3.0, priority=2, notebook="x"
    )
    assert spec.source.data == BELL.encode()
    assert (spec.source.language, spec.source.first_line, spec.width, spec.checked) == ("openqasm3", 2, 2, False)
    assert (spec.kind, spec.seed, spec.pubs[0].shots, spec.pubs[0].parameters) == ("sample", 7, 4096, None)
    assert (spec.name, spec.tags, spec.backend, spec.timeout, spec.priority, spec.notebook) == (
        "n",
        ("a", "b"),
        "aer",
        3.0,
        2,
        "x",
    )
    assert spec.environment == environment
    assert spec.cell == BELL


def test_a_seed_and_an_id_are_drawn(cell: Cell) -> None:
    """Without --seed each job has a seed of its own, and each has its own id."""
    (first, _), (second, _) = cell(BELL), cell(BELL)
    assert first.seed != second.seed
    assert first.id != second.id


def test_a_python_body_runs_and_its_value_counts(cell: Cell) -> None:
    """The value of a body is a circuit, a list of circuits, PUBs or text; --circuit is read after it ran."""
    namespace: dict[str, Any] = {}
    ran: list[str] = []

    def execute(text: str) -> Any:
        ran.append(text)
        namespace["made"] = bell()
        return [bell(), bell()] if "several" in text else BELL if "text" in text else None

    spec, circuits = cell("several()", namespace, execute=execute)
    assert (len(circuits), [pub.circuit for pub in spec.pubs], spec.checked, spec.source.language) == (
        2,
        [0, 1],
        True,
        "qpy",
    )
    spec, circuits = cell("text()", namespace, execute=execute)
    assert spec.source.language == "openqasm3"
    spec, circuits = cell("make()", namespace, execute=execute, circuit="made")
    assert circuits == [namespace["made"]]
    assert ran == ["several()", "text()", "make()"]


def test_a_variable_or_an_expression(cell: Cell) -> None:
    """--circuit is a variable, or an expression over variables."""
    namespace = {"made": bell(), "list_": [bell(), bell()]}
    assert cell("", namespace, circuit="made")[1] == [bell()]
    assert len(cell("", namespace, circuit="list_ + [made]")[1]) == 3


@pytest.mark.parametrize(
    "value", [None, 3, QuantumCircuit, {}, [], [1], object(), QuantumCircuit(1).to_gate(), [[QuantumCircuit(1)]]]
)
def test_a_body_without_a_circuit_is_refused(cell: Cell, value: Any) -> None:
    """A body whose value is no circuit is one line that says what it is and what was expected."""
    with pytest.raises(InputError, match="expected a circuit") as caught:
        cell("body", execute=lambda text: value)
    assert "\n" not in str(caught.value)


def test_an_error_of_the_users_own_passes(cell: Cell) -> None:
    """What a Python body raises is the user's error, unchanged."""

    def execute(text: str) -> Any:
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        cell("1/0", execute=execute)


#: Flags, what is raised, a part of the message.
WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"body": ""}, InputError, "the cell is empty"),
    ({"body": " \n\t\n"}, InputError, "the cell is empty"),
    ({"body": BELL + "\0"}, SourceError, "line 4: the cell holds a NUL byte"),
    ({"body": "// " + "x" * 2_000_000}, InputError, "the cell is 2.0 MB; the limit for text is 1 MB"),
    ({"body": "// " + "é" * 600_000}, InputError, "the limit for text is 1 MB"),
    ({"body": BELL + "// \ud800"}, InputError, "half a character"),
    ({"body": BELL, "shots": 0}, InputError, "shots must be between 1 and 1,000,000,000, got 0"),
    ({"body": BELL, "shots": -5}, InputError, "got -5"),
    ({"body": BELL, "shots": 10**12}, InputError, "got 1,000,000,000,000"),
    ({"body": BELL, "shots": 1.5}, InputError, "whole number"),
    ({"body": BELL, "seed": -1}, InputError, "seed"),
    ({"body": BELL, "seed": 2**63}, InputError, "seed"),
    ({"body": BELL, "precision": 0.1}, InputError, "there are none"),
    ({"body": BELL, "precision": 0.0, "observables": "ZZ"}, InputError, "above 0"),
    ({"body": BELL, "precision": float("nan"), "observables": "ZZ"}, InputError, "above 0"),
    ({"body": BELL, "precision": 0.1, "shots": 10, "observables": "ZZ"}, InputError, "exclude each other"),
    ({"body": BELL, "timeout": 0}, InputError, "timeout"),
    ({"body": BELL, "lang": "qasm"}, InputError, "--lang qasm"),
    ({"body": BELL, "observables": "ZZZ"}, InputError, "'ZZZ' is for 3 qubits, the circuit has 2"),
    ({"body": BELL, "observables": "Z2"}, InputError, "acts on qubit 2, the circuit has 2 qubits (0 to 1)"),
    ({"body": BELL, "observables": ""}, InputError, "--observables is empty"),
    ({"body": BELL, "bind": "theta=1"}, NotFoundError, "no parameter 'theta'; it has none"),
    ({"body": BELL, "bind": "theta"}, InputError, "name=value"),
    ({"body": BELL, "trials": 3}, InputError, "--trials needs --transpile-to"),
    ({"body": BELL, "verbatim": True}, InputError, "--verbatim needs --transpile-to"),
    ({"body": BELL, "transpile_to": "x", "optimization_level": 4}, InputError, "0, 1, 2 or 3"),
    ({"body": BELL, "transpile_to": "x", "trials": 0}, InputError, "--trials"),
    ({"body": BELL, "transpile_to": "x", "initial_layout": "0,a"}, InputError, "--initial-layout"),
    ({"body": BELL, "transpile_to": "x", "initial_layout": "1,1"}, InputError, "twice"),
    ({"body": HEADER + "qubit[2] q; h q;"}, InputError, "the circuit has no measurements"),
    ({"body": HEADER + "input float theta; input float phi; qubit q; bit c; rx(theta) q; rz(phi) q; c = measure q;"},
     InputError,
     "parameters without a value: phi, theta; give them, as in --bind phi=0.3"),
    ({"body": HEADER + "input float theta; qubit q; bit c; rx(theta) q; c = measure q;", "bind": "thetta=1"},
     NotFoundError, "did you mean 'theta'"),
    ({"body": HEADER + "qubit q\nh q;"}, SourceError, "line 4, column 8: expected ';'"),
    ({"body": HEADER + 'include "nothing.inc";'}, SourceError, 'line 4: include "nothing.inc": no such file'),
    ({"body": "QuantumCircuit(1)"}, InputError, "looks like Python"),
    ({"body": BELL, "circuit": "x"}, InputError, "give one of them"),
    ({"body": BELL, "file": "x.qasm"}, InputError, "give one of them"),
    ({"circuit": "nothing"}, NotFoundError, "no variable 'nothing'"),
    ({"circuit": "1 +"}, InputError, "cannot be evaluated"),
    ({"file": "nothing.qasm"}, InputError, "there is no file nothing.qasm"),
    ({"file": "."}, InputError, "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "error", "part"), WRONG, ids=[part for *_, part in WRONG])
def test_bad_input_is_one_clear_line(cell: Cell, flags: dict[str, Any], error: type[Exception], part: str) -> None:
    """Each kind of bad input is one line: what was given, what was expected, what to do."""
    with pytest.raises(error) as caught:
        cell(**flags)
    assert part in str(caught.value)
    assert len(str(caught.value).splitlines()) <= (3 if error is SourceError else 1)


def test_flags_are_read_before_a_body_runs(cell: Cell) -> None:
    """A typing error in a flag is found before a Python body costs anything."""
    for flags in ({"bind": "x"}, {"observables": "zz"}, {"sweep": "t=1"}, {"trials": 3}, {"shots": 0}):
        with pytest.raises(InputError):
            cell("body()", execute=lambda text: pytest.fail("the body ran"), **flags)


def test_near_names_are_offered(cell: Cell, tmp_path: Path) -> None:
    """A wrong variable or file names the nearest one."""
    with pytest.raises(NotFoundError, match="did you mean 'circuit'"):
        cell("", {"circuit": bell()}, circuit="circut")
    (tmp_path / "bell.qasm").write_text(BELL)
    with pytest.raises(InputError, match=r"did you mean 'bell\.qasm'"):
        cell(file="bel.qasm")


def test_files(cell: Cell, tmp_path: Path) -> None:
    """--file takes OpenQASM 2 and 3 and QPY with several circuits; line numbers are those of the file."""
    (tmp_path / "bell.qasm").write_text(BELL)
    spec, circuits = cell(file="bell.qasm", shots=10)
    assert (spec.source.first_line, spec.pubs[0].shots, circuits[0].num_qubits) == (1, 10, 2)
    buffer = io.BytesIO()
    qpy.dump([bell(), bell()], buffer)
    (tmp_path / "two.qpy").write_bytes(buffer.getvalue())
    spec, circuits = cell(file=str(tmp_path / "two.qpy"))
    assert circuits == [bell(), bell()]
    assert spec.checked
    (tmp_path / "wrong.qasm").write_text(HEADER + "foo;")
    with pytest.raises(SourceError, match="line 3"):
        cell(file="wrong.qasm")
    for name, data, part in [
        ("p.py", b"print(1)", "does not look like OpenQASM"), ("b.bin", b"\xff\xfe\x00", "neither text nor QPY"),
        ("e.qasm", b"", "empty"), ("n.qasm", b"a\0", "NUL"), ("d.qpy", b"QISKIT\xff\xff", "QPY data cannot be read"),
    ]:  # fmt: skip
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=part):
            cell(file=name)


def test_observables_and_sweeps_have_shapes_that_fit(cell: Cell) -> None:
    """One observable keeps the sweep's shape; several make a leading axis against it."""
    text = HEADER + "input float a; input float b; qubit[2] q; rx(a) q[0]; ry(b) q[1];"
    for observables, sweep, parameters, shape in [
        ("ZZ", "a=0:1:5", (5,), ()), ("ZZ; XX", "a=0:1:5", (5,), (2, 1)),
        ("ZZ; XX; Z0", "a=0:1:5,b=0:1:4", (5, 4), (3, 1, 1)),
    ]:  # fmt: skip
        bind = None if "b=" in sweep else "b=1"
        spec, _ = cell(text, observables=observables, sweep=sweep, bind=bind)
        (pub,) = spec.pubs
        assert pub.parameters is not None
        assert (pub.parameters.shape, pub.observables_shape, spec.kind, spec.sweep) == (
            parameters,
            shape,
            "estimate",
            True,
        )


def test_flags_reach_objects_by_name(cell: Cell) -> None:
    """--bind and --sweep give each circuit of a list the parameters that it has."""
    circuits = []
    for names in (("a",), ("a", "b"), ()):
        circuit = QuantumCircuit(1)
        for name in names:
            circuit.rx(Parameter(name), 0)
        circuit.measure_all()
        circuits.append(circuit)
    spec, _ = cell("", {"x": circuits}, circuit="x", bind="a=1,b=2")
    assert [pub.parameters and pub.parameters.names for pub in spec.pubs] == [("a",), ("a", "b"), None]
    with pytest.raises(NotFoundError, match="no parameter 'c'"):
        cell("", {"x": circuits}, circuit="x", bind="a=1,b=2,c=3")
    with pytest.raises(InputError, match="circuit 1 has parameters without a value: b"):
        cell("", {"x": circuits}, circuit="x", bind="a=1")


def test_transpiling(cell: Cell) -> None:
    """The transpiler's flags are one object of the spec."""
    spec, _ = cell(BELL, transpile_to="fake_x", initial_layout="3, 1", seed_transpiler=5, trials=20, verbatim=True)
    assert spec.transpile == Transpile("fake_x", 1, (3, 1), 5, 20, True)
    spec, _ = cell(BELL, transpile_to="fake_x", optimization_level=0)
    assert spec.transpile is not None
    assert spec.transpile.optimization_level == 0


def test_noise(cell: Cell) -> None:
    """A device's name and parameters travel as text; the name of a NoiseModel variable, as the model's JSON."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), ["h"])
    assert cell(BELL, {"fake_x": 3}, noise="fake_x")[0].noise == "fake_x"
    assert cell(BELL, noise=" depolarizing=0.01,t1=120us ")[0].noise == "depolarizing=0.01,t1=120us"
    noise = cell(BELL, {"model": model}, noise="model")[0].noise
    assert noise is not None
    assert NoiseModel.from_dict(json.loads(noise)) == model if sys.flags.dev_mode else json.loads(noise)["errors"]


@pytest.mark.parametrize("where", ["top", "if", "instruction"])
def test_a_measurement_may_stand_anywhere(cell: Cell, where: str) -> None:
    """A measurement at the top, in control flow or inside an instruction is one; a circuit with bits alone has none."""
    circuit = QuantumCircuit(1, 1)
    if where == "top":
        circuit.measure(0, 0)
    elif where == "if":
        with circuit.if_test((circuit.clbits[0], 0)):
            circuit.measure(0, 0)
    else:
        inner = QuantumCircuit(1, 1, name="inner")
        inner.measure(0, 0)
        circuit.append(inner.to_instruction(), [0], [0])
    cell("", {"c": circuit}, circuit="c")
    with pytest.raises(InputError, match="no measurements"):
        cell("", {"c": QuantumCircuit(1, 1)}, circuit="c")


def test_nothing_is_imported_into_cells_from_ipython() -> None:
    """The request is plain data: it can be made and printed without a shell."""
    assert "body=''" in repr(cells.CellRequest())
