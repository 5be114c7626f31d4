"""Laws of the OpenQASM 3 reader: it means what Qiskit's reference reader means, and more."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator

from qmagic.cells.openqasm3 import load
from qmagic.errors import SourceError
from tests.cells.programs import HEADER, PROGRAMS, random_program


def reference(text: str) -> QuantumCircuit:
    """Qiskit's reference reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return qasm3.loads(text)


def is_dynamic(circuit: QuantumCircuit) -> bool:
    """Whether the circuit has more than gates."""
    return any(not hasattr(step.operation, "to_matrix") and step.name != "barrier" for step in circuit.data)


def measurements(circuit: QuantumCircuit) -> list[tuple[int, int]]:
    """The qubit and the bit of each measurement at the top, in order."""
    return [
        (circuit.find_bit(step.qubits[0]).index, circuit.find_bit(step.clbits[0]).index)
        for step in circuit.data
        if step.name == "measure"
    ]


def distribution(circuit: QuantumCircuit) -> dict[str, float]:
    """Exact-enough counts of a circuit: fixed seed, many shots, all bits measured at the end."""
    measured = circuit.copy()
    measured.measure_all()
    shots = 4000
    result = AerSimulator(seed_simulator=11).run(measured.decompose(reps=4), shots=shots).result()
    return {key.replace(" ", ""): number / shots for key, number in result.get_counts().items()}


def same(ours: QuantumCircuit, theirs: QuantumCircuit) -> None:
    """Asserts that two circuits are the same: sizes, measurements, and unitary with its global phase."""
    assert (ours.num_qubits, ours.num_clbits) == (theirs.num_qubits, theirs.num_clbits)
    assert measurements(ours) == measurements(theirs)
    bare_ours, bare_theirs = (circuit.remove_final_measurements(inplace=False) for circuit in (ours, theirs))
    assert bare_ours is not None
    assert bare_theirs is not None
    if not is_dynamic(bare_ours) and not is_dynamic(bare_theirs):
        np.testing.assert_allclose(Operator(bare_ours).data, Operator(bare_theirs).data, atol=1e-9)
        return
    left, right = distribution(ours), distribution(theirs)
    # 4,000 shots: a probability's standard error is at most 0.008; 5 of them, of a difference of two.
    for key in left.keys() | right.keys():
        assert abs(left.get(key, 0.0) - right.get(key, 0.0)) < 5 * 0.008 * np.sqrt(2), key


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_agrees_with_the_reference_reader(name: str) -> None:
    """A program that Qiskit's reader takes gives the same circuit here: bits, measurements, unitary, global phase."""
    text = HEADER + PROGRAMS[name]
    same(load(text), reference(text))


def test_a_box_is_its_content() -> None:
    """A box has no effect on the outcome: its statements run where it stands."""
    start = HEADER + "qubit[2] q; h q; "
    assert load(start + "box { cx q[0], q[1]; s q[0]; }") == load(start + "cx q[0], q[1]; s q[0];")


def test_it_agrees_on_random_programs(full: Callable[[int, int], int]) -> None:
    """Random programs of gates, definitions, modifiers and measurements give the reference reader's circuit."""
    for seed in range(full(40, 2000)):
        text = random_program(seed)
        try:
            same(load(text), reference(text))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}:\n{text}\n{error}") from None


def test_it_reads_what_qiskit_writes(full: Callable[[int, int], int]) -> None:
    """A random circuit that went through Qiskit's exporter comes back with its unitary."""
    for seed in range(full(20, 500)):
        circuit = random_circuit(3, 6, seed=seed)
        text = qasm3.dumps(circuit)
        back = Operator(load(text))
        # The exporter itself loses global phases; what it wrote is read exactly.
        assert back.equiv(Operator(circuit), rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(back.data, Operator(reference(text)).data, atol=1e-9)


@pytest.mark.parametrize(
    ("loop", "flat"),
    [
        ("for int i in [0:3] { h q[i]; }", "h q[0]; h q[1]; h q[2]; h q[3];"),
        ("for int i in [0:2] cx q[i], q[i+1];", "cx q[0], q[1]; cx q[1], q[2]; cx q[2], q[3];"),
        ("for uint i in [3:-2:0] { x q[i]; }", "x q[3]; x q[1];"),
        ("for int i in {1, 3} { rx(i*pi/4) q[i]; }", "rx(pi/4) q[1]; rx(3*pi/4) q[3];"),
        ("for int i in [0:1] { for int j in [i+1:2] { cp(pi/2**(j-i)) q[i], q[j]; } }",
         "cp(pi/2) q[0], q[1]; cp(pi/4) q[0], q[2]; cp(pi/2) q[1], q[2];"),
        ("for int i in [1:0] { h q[i]; }", ""),
        ("const int n = 4; for int i in [0:n-1] { if (i % 2 == 0) x q[i]; else y q[i]; }",
         "x q[0]; y q[1]; x q[2]; y q[3];"),
        ("const float t = pi/3; const int k = 2; rx(t*k) q[k];", "rx(2*pi/3) q[2];"),
        ("int i = 0; while (i < 3) { h q[i]; i += 2; }", "h q[0]; h q[2];"),
        ("for int i in [0:3] { if (i == 1) continue; if (i == 3) break; z q[i]; }", "z q[0]; z q[2];"),
        ("for int i in [0:3] { h q[i:3]; }", "h q; h q[1:3]; h q[2:3]; h q[3];"),
        ("for angle a in {0.1, 0.2} { rz(a) q[0]; }", "rz(0.1) q[0]; rz(0.2) q[0];"),
        ("gate layer(t) a, b { for int i in [1:3] { rx(t*i) a; cx a, b; } } layer(0.2) q[0], q[1];",
         "rx(0.2) q[0]; cx q[0], q[1]; rx(0.4) q[0]; cx q[0], q[1]; rx(0.6) q[0]; cx q[0], q[1];"),
        ("rx(sin(pi/6) + sqrt(2.0) - arccos(0.5)) q[0];", "rx(0.8670159982138488) q[0];"),
        ("rx(float(7)/2) q[0]; rx(7/2) q[0]; rx(7 % 4) q[0]; rx(int(3.9)) q[0];",
         "rx(3.5) q[0]; rx(3) q[0]; rx(3) q[0]; rx(3) q[0];"),
        ("{ const int i = 2; x q[i]; } const int i = 1; x q[i];", "x q[2]; x q[1];"),
        ("h q[-4:-2]; let last = q[-2:-1]; x last;", "h q[0]; h q[1]; h q[2]; x q[2]; x q[3];"),
        ("x q[0]; end; y q[1];", "x q[0];"),
    ],
)  # fmt: skip
def test_loops_unroll_and_constants_fold(loop: str, flat: str) -> None:
    """A program with counted loops and constants is the program with every turn written out."""
    start = HEADER + "qubit[4] q;\n"
    assert Operator(load(start + loop)) == Operator(load(start + flat))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("c[0] == 1", {1, 3}), ("1 == c[0]", {1, 3}), ("c[0] != 1", {0, 2}), ("c[0] && !c[1]", {1}),
        ("c[0] || c[1]", {1, 2, 3}),
        ("c > 1", {2, 3}), ("2 > c", {0, 1}), ("c >= 3", {3}), ("c != 2", {0, 1, 3}), ("c[0] == c[1]", {0, 3}),
        ("c", {1, 2, 3}), ("!(c == 2)", {0, 1, 3}), ("(c[0] ^ c[1]) == 1", {1, 2}), ("c[0:1] == 2", {2}),
        ("c == 1 || c == 2", {1, 2}), ("c[1] && true", {2, 3}), ("~c[0]", {0, 2}), ("c[{1, 0}] == 1", {2}),
    ],
)  # fmt: skip
def test_conditions_on_bits(condition: str, expected: set[int]) -> None:
    """A condition on measured bits holds for exactly the outcomes that make it true."""
    for value in range(4):
        prepare = "".join(f"x q[{i}]; " for i in range(2) if value >> i & 1)
        text = f"{HEADER}qubit[3] q; bit[2] c; bit[1] d; {prepare} c = measure q[0:1];"
        text += f" if ({condition}) {{ x q[2]; }} d[0] = measure q[2];"
        counts = AerSimulator().run(load(text), shots=1).result().get_counts()
        assert counts == {f"{int(value in expected)} {value:02b}": 1}


def test_inputs_become_parameters_by_name() -> None:
    """`input` gives Qiskit parameters that keep their names, used or not."""
    circuit = load(
        HEADER + "input float[64] theta; input angle φ; input float unused; qubit q; rx(2*theta) q; rz(sin(φ)) q;"
    )
    assert {parameter.name for parameter in circuit.parameters} == {"theta", "φ", "unused"}
    bound = circuit.assign_parameters({"theta": 0.3, "φ": 0.4, "unused": 9.0})
    assert np.allclose(Operator(bound).data, Operator(load(f"{HEADER}qubit q; rx(0.6) q; rz({np.sin(0.4)}) q;")).data)


def test_a_parametric_gate_is_bound_in_every_call() -> None:
    """A gate called twice with one input is bound in both calls, and under modifiers."""
    body = "gate g(a) x, y { rx(a) x; crz(2*a) x, y; } qubit[3] q;"
    calls = "g({0}) q[0], q[1]; g({0}) q[1], q[2]; ctrl @ g({0}) q[0], q[1], q[2];"
    calls += " inv @ g({0}/2) q[0], q[2]; pow(2) @ g({0}) q[0], q[1];"
    circuit = load(HEADER + "input float t;" + body + calls.format("t"))
    assert Operator(circuit.assign_parameters({"t": 0.7})) == Operator(load(HEADER + body + calls.format("0.7")))


def test_a_gate_of_ones_own_is_not_taken_for_a_simulators() -> None:
    """A program that defines `rzz` or `h` in its own way gets its own gate when a simulator runs it."""
    text = (
        "OPENQASM 3.0; gate h a { U(pi, 0, pi) a; } gate rzz(t) a, b { h a; h b; }"
        " qubit[3] q; bit[3] c; h q[0]; rzz(0.1) q[1], q[2]; c = measure q;"
    )
    circuit = load(text)
    assert AerSimulator().run(circuit.decompose(reps=3), shots=10).result().get_counts() == {"111": 10}
    assert not {"h", "rzz"} & set(circuit.count_ops())


def test_standard_gates_are_meant_without_a_header() -> None:
    """A text pasted without its first lines knows the standard gates; with a version it must include them."""
    assert load("qubit[2] q; h q[0];").count_ops() == {"h": 1}
    with pytest.raises(SourceError, match=r"'h' is not defined; add include"):
        load("OPENQASM 3.0; qubit[2] q; h q[0];")


@pytest.mark.parametrize(
    "header", ["OPENQASM 3;", "OPENQASM 3.0;", "OPENQASM 3.1;", "@note x\n// y\n/* z */ OPENQASM 3.0 ;"]
)
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "  // end", "\t"])
def test_headers_and_ends(header: str, end: str) -> None:
    """Version, comments and annotations before it, tabs, and no newline at the end make no difference."""
    assert load(f'{header}\ninclude\t"stdgates.inc";\nqubit[2]\tq;\nh q[0];{end}').count_ops() == {"h": 1}


#: Program, line, a part of the message.
WRONG = [
    ("qubit[2] q;\nh q[0]\ncx q[0], q[1];", 4, "expected ';' at the end"),
    ("qubit[2] q;\nfoo q[0];", 4, "'foo' is not defined"),
    ("qubit[2] q;\nswpa q[0], q[1];", 4, "did you mean 'swap'"),
    ("qubit[2] q;\n\nh q[2];", 5, "index 2 is outside of q (it has 0 to 1)"),
    ("qubit[2] q;\ncx q[0], q[0];", 4, "same qubit twice"),
    ("qubit[2] q;\ncx q[0];", 4, "acts here on 2 qubits, got 1"),
    ("qubit[2] q;\nrx q[0];", 4, "takes 1 parameter, got 0"),
    ("qubit[2] q; qubit[3] r;\ncx q, r;", 4, "unequal sizes: 2, 3"),
    ("qubit[2] q;\nqubit[2] q;", 4, "'q' is already declared"),
    ("qubit[2] q;\nh p[0];", 4, "'p' is not declared"),
    ("qubit[3] q; bit[2] c;\nc = measure q;", 4, "3 qubits cannot be measured into 2 bits"),
    ("qubit q;\nmeasure q;", 4, "not kept"),
    ("qubit q;\ndef f(qubit a) { h a; }", 4, "'def'"),
    ("qubit q;\nextern f(int) -> int;", 4, "'extern'"),
    ("array[int, 3] a = {1, 2, 3};", 3, "arrays"),
    ("qubit q; bit c;\nswitch (c) { }", 4, "'switch'"),
    ("cal { }", 3, "'cal'"),
    ("#pragma qiskit x", 3, "pragmas"),
    ("stretch a;", 3, "stretch"),
    ("complex[float] z;", 3, "complex"),
    ("input int n;", 3, "only float and angle inputs"),
    ("qubit q;\nbox[10ns] { h q; }", 4, "box with a duration"),
    ("qubit q;\nrx(1/0) q;", 4, "division by zero"),
    ("qubit q;\nrx(sqrt(-1.0)) q;", 4, "has no value"),
    ("qubit q;\nrx(-7/2) q;", 4, "leaves a remainder"),
    ("qubit q;\nrx(true) q;", 4, "truth value"),
    ("qubit[100] q;\nfor int i in [0:100] { h q[i]; }", 4, "index 100"),
    ("qubit q;\nfor int i in [0:0:3] { h q; }", 4, "step other than 0"),
    ("qubit q;\nfor int i in [0:999999999] { h q; }", 4, "200,000"),
    ("qubit q;\nwhile (true) { }", 4, "200,000"),
    ("qubit[1000] q;\nfor int i in [0:99] { pow(100) @ x q; }", 4, "1,000,000 operations"),
    ("qubit[1000000000] q;", 3, "100,000"),
    ("qubit[-1] q;", 3, "size"),
    ("qubit q; bit c; c = measure q;\nfor int i in [0:3] { if (c) { break; } }", 4, "cannot depend on a measurement"),
    ("qubit q; bit c; int n = 0; c = measure q;\nif (c) { n = 1; }", 4, "depends on a measurement"),
    ("qubit q; bit[2] c;\nif (c == 7) { x q; }", 4, "does not fit the 2 bits"),
    ("qubit q; bit[2] c;\nif (c + 1 == 2) { x q; }", 4, "not supported"),
    ("qubit q; bit[2] c;\nc = 2;", 4, "from a measurement"),
    ("qubit q; bit[2] c;\nrx(c) q;", 4, "no value before the run"),
    ("break;", 3, "outside of a loop"),
    ("qubit q;\nh $0;", 3, "do not mix"),
    ("gate g a { g a; }", 3, "'g' is not defined"),
    ("gate h a { }", 3, "already defined"),
    ("gate g a, a { }", 3, "given twice"),
    ("qubit q;\ngate g a { measure a; }", 4, "a gate cannot measure"),
    ("gate g a { end; }", 3, "a gate cannot end"),
    ("qubit q;\ngate g a { h q; }", 4, "'q' is not declared"),
    ("gate g a { h $0; }", 3, "'$0' is not declared"),
    ("input float t;\ngate g a { rx(t) a; }", 4, "'t' is not declared"),
    ("int n = 2;\ngate g a { rx(n) a; }", 4, "'n' is not declared"),
    ("qubit q;\n/* open", 4, "not closed"),
    ("qubit q;\nh q; ` ", 4, "unexpected character"),
    ("qubit q;\n" + "(" * 200, 4, "expected"),
    ("qubit q;\nrx(" + "(" * 200 + "1" + ")" * 200 + ") q;", 4, "nested deeper"),
    ("qubit q;\nh q", 4, "the text ends"),
    ('include "qelib1.inc";', 3, "OpenQASM 3 has stdgates.inc"),
    ("qubit[2] q;\nctrl(0) @ x q[0], q[1];", 4, "number of controls"),
    ("qubit[2] q;\npow(5000) @ x q[0];", 4, "at most 1,000"),
    ("const int n = 1.5;", 3, "not a whole number"),
    ("OPENQASM 3.0;", 3, "first statement"),
]


@pytest.mark.parametrize(("text", "line", "part"), WRONG, ids=[part for _, _, part in WRONG])
def test_an_error_names_its_place(text: str, line: int, part: str) -> None:
    """What is wrong or unsupported is one sentence that names the construct, with its line and column."""
    with pytest.raises(SourceError) as caught:
        load(HEADER + text)
    assert part in caught.value.message
    assert caught.value.line == line
    assert caught.value.column is not None
    assert "\n" not in caught.value.message


def test_a_physical_qubit_has_a_sensible_number() -> None:
    """A physical qubit with a huge number is refused."""
    for name in ("$100000", "$99999999999999999999"):
        with pytest.raises(SourceError, match="more than 100,000 qubits"):
            load(f"{HEADER}h {name};")


def test_a_program_cannot_hang_its_reader() -> None:
    """Programs that grow without bound are refused within seconds: nested loops, gates of gates, powers of powers."""
    doubling = "gate g0(t) a { rx(t) a; } " + " ".join(
        f"gate g{i}(t) a {{ g{i - 1}(t) a; g{i - 1}(t+1) a; }}" for i in range(1, 40)
    )
    bombs = [
        "qubit q; " + "for int i in [0:9] " * 12 + "h q;",
        doubling + " qubit q; g39(0.1) q;",
        "qubit q; " + "pow(1000) @ " * 8 + "x q;",
        "qubit q; int n = 1; while (n > 0) { n *= 2; }",
        "qubit[3] q; " + "for int i in [0:99999] { } " * 20,
    ]
    for bomb in bombs:
        start = time.process_time()
        with pytest.raises(SourceError):
            load(HEADER + bomb)
        assert time.process_time() - start < 10  # of computing: the machine may be busy


def test_a_bell_is_read_quickly() -> None:
    """A Bell takes less than a quarter of what Qiskit's reference reader takes, measured side by side."""
    text = HEADER + PROGRAMS["bell"]

    def best(read: Callable[[str], Any]) -> float:
        times = []
        for _ in range(20):
            start = time.perf_counter()
            read(text)
            times.append(time.perf_counter() - start)
        return min(times)

    assert best(load) < best(qasm3.loads) / 4
