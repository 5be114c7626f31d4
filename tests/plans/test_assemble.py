"""Parts that never meet run apart, each where it is best, and the whole is what it was."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from qmagic.backends.base import Executable, Grant, OutgrownError
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.plans.assemble import Asked, apart, assemble
from qmagic.plans.simplify import simplify
from tests.contracts.jobs import ghz
from tests.plans.circuits import deceptive, scrambled, turned
from tests.plans.test_simplify import reducible, seen, unmeasured
from tests.reference.compare import surprise
from tests.reference.exact import distribution, expectation

SHOTS = 4000


def in_parts(circuit: QuantumCircuit, looked_at=None, **asked):
    """Returns a circuit in parts, however small it is, and its executable."""
    executable = Executable(circuit, read(circuit))
    if looked_at is not None:
        executable.program.active = tuple(range(circuit.num_qubits))
    smaller = simplify(executable.program, seen(circuit) if looked_at is None else looked_at)
    return apart(executable, smaller, Asked(**asked)), executable


def two_parts() -> QuantumCircuit:
    """Returns a wide Clifford circuit beside one with few amplitudes that is not."""
    circuit = QuantumCircuit(120, 120)
    circuit.compose(ghz(60), range(0, 120, 2), range(60), inplace=True)
    return circuit.compose(turned(60), range(1, 120, 2), range(60, 120))


def test_counts(full):
    """Counts of the parts together follow the exact distribution (family-wise false alarm 1e-4)."""
    number = full(50, 1000)
    for seed in range(number):
        circuit = reducible(seed)
        made, executable = in_parts(circuit)
        table, _ = made.backend.sample(executable, SHOTS, (seed, 0, 0, 0), Grant())
        counts = {f"{value:0{circuit.num_clbits}b}": count for value, count in table.rows()}
        assert sum(counts.values()) == SHOTS
        assert surprise(counts, distribution(circuit)) > 1e-4 / number, seed


def test_expectation_values(full):
    """Expectation values are products over the parts, to 1e-10."""
    for seed in range(full(40, 600)):
        circuit = unmeasured(reducible(seed))
        n = circuit.num_qubits
        label = ("XYZ" * n)[seed % 3 : seed % 3 + n]
        product = tuple((letter, qubit) for qubit, letter in enumerate(reversed(label)))
        made, executable = in_parts(circuit, dict.fromkeys(range(n), False), exact=True, counts=False)
        found, _ = made.backend.expectations(executable, [product], Grant())
        assert found[0] == pytest.approx(expectation(circuit, SparsePauliOp(label)), abs=1e-10), seed


def test_each_part_where_it_is_best():
    """A Clifford part goes to tableaus, the other one elsewhere; the names say both, a sentence says what was saved."""
    circuit = two_parts()
    made = assemble(Executable(circuit, read(circuit)), Asked())
    assert made.names[0] == "stim"
    assert made.names[1] in ("sparse", "aer.matrix_product_state")
    assert made.backend.name == " + ".join(made.names)
    assert "2 independent parts" in made.saved
    table, _ = made.backend.sample(Executable(circuit, read(circuit)), 1000, (1, 0, 0, 0), Grant())
    halves = [format(value, "0120b") for value, _ in table.rows()]
    assert {half[:60] for half in halves} == {half[60:] for half in halves} == {"0" * 60, "1" * 60}


def test_the_same_parts_again():
    """With the backends of an earlier run, each part goes where it went, whatever the estimates say now."""
    circuit = two_parts()
    executable = Executable(circuit, read(circuit))
    kept = ("sparse", "aer.matrix_product_state")
    assert assemble(executable, Asked(keep=kept)).names == kept


def test_nothing_left():
    """A circuit whose qubits all stay alone needs no simulator at all; bits of one qubit are always equal."""
    circuit = QuantumCircuit(200, 201)
    circuit.ry(0.3, range(199))
    circuit.x(199)
    circuit.ccx(199, 198, 197)
    circuit.swap(0, 199)
    circuit.measure(range(197), range(197))
    circuit.measure([0, 198, 198], [197, 198, 200])
    executable = Executable(circuit, read(circuit))
    made = assemble(executable, Asked())
    assert (made.backend.name, made.names) == ("product", ())
    table, method = made.backend.sample(executable, SHOTS, (1, 0, 0, 0), Grant())
    assert method == "product"
    for value, _ in table.rows():
        assert value >> 197 & 1
        assert value >> 198 & 1 == value >> 200 & 1


def test_a_named_backend_gets_the_circuit_as_it_is():
    """Only ``auto`` makes circuits smaller."""
    circuit = two_parts()
    made = assemble(Executable(circuit, read(circuit)), Asked(backend="aer.mps"))
    assert (made.names, made.saved) == (("aer.matrix_product_state",), "")


def test_a_part_that_grows_too_large_says_which_it_is():
    """The part's number is in the error."""
    circuit = QuantumCircuit(100, 100)
    circuit.compose(turned(60), range(60), range(60), inplace=True)
    circuit.compose(deceptive(), range(60, 100), range(60, 100), inplace=True)
    executable = Executable(circuit, read(circuit))
    made = assemble(executable, Asked(keep=("sparse", "sparse")))
    with pytest.raises(OutgrownError) as caught:
        made.backend.sample(executable, 1000, (1, 0, 0, 0), Grant())
    assert caught.value.part == 1


def test_what_nothing_can_run():
    """Where one part cannot run, the whole cannot."""
    circuit = QuantumCircuit(100, 100)
    circuit.compose(ghz(40), range(40), range(40), inplace=True)
    circuit.compose(scrambled(60, 40), range(40, 100), range(40, 100), inplace=True)
    with pytest.raises(InputError, match="60 qubits need"):
        assemble(Executable(circuit, read(circuit)), Asked())
