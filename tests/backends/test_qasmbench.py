"""QASMBench's circuits of up to 20 qubits: counts of every backend against Aer's exact probabilities."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qmagic.backends import registry
from qmagic.backends.base import Executable, Grant, OutgrownError
from qmagic.backends.program import read
from qmagic.backends.sparse import Sparse
from qmagic.cells.load import load
from qmagic.errors import InputError
from qmagic.jobs import Source
from tests.reference.compare import surprise
from tests.reference.exact import distribution

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "qasmbench"
FILES = sorted(
    path
    for path in FOLDER.glob("*.qasm")
    if int(re.search(r"_n(\d+)", path.stem).group(1)) <= 20 and "vqe_uccsd" not in path.name
)
SHOTS = 8192
FALSE_ALARM = 1e-4 / (5 * 40)

pytestmark = pytest.mark.skipif(not FILES, reason="QASMBench is not beside the project")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_counts(path):
    """Counts follow the exact distribution: Aer's state vector, or every branch where there is not one final state."""
    circuit = load(Source("openqasm2", path.read_bytes()))[0]
    program = read(circuit)
    exact = distribution(circuit) if program.obstacle else by_aer(circuit, program)
    ran = []
    for name in ("statevector", "branches", "stim", "sparse", "qsim"):
        # A state that is not sparse is not worth the wait here.
        backend = Sparse(most=1 << 12) if name == "sparse" else registry.backend(name)
        executable = Executable(circuit, program)
        try:
            backend.need(executable, exact=False)
            table, _ = backend.sample(executable, SHOTS, (11, 0, 0, 0), Grant())
        except (InputError, OutgrownError):
            continue
        counts = {f"{value:0{circuit.num_clbits}b}": count for value, count in table.rows()}
        assert surprise(counts, exact) > FALSE_ALARM, name
        ran.append(name)
    assert "branches" in ran


def by_aer(circuit, program):
    """Returns Aer's exact probabilities over all bits."""
    from qiskit_aer import AerSimulator

    from qmagic.backends.aer_translate import fitting

    bare = fitting(Executable(circuit, program), "statevector").remove_final_measurements(inplace=False)
    bits = dict(program.measured)
    qubits = sorted(set(bits.values()))
    bare.save_probabilities(qubits, label="p")
    found = AerSimulator(method="statevector").run(bare, shots=1).result().data()["p"]
    exact: dict[str, float] = {}
    for state, probability in enumerate(found):
        if probability > 1e-15:
            text = ["0"] * circuit.num_clbits
            for bit, qubit in bits.items():
                text[-1 - bit] = str(state >> qubits.index(qubit) & 1)
            exact["".join(text)] = exact.get("".join(text), 0.0) + probability
    return exact


@pytest.mark.parametrize("name", ["large-cc_n64", "large-cc_n151"])
def test_counterfeit_coins_have_four_outcomes(name):
    """Feed-forward on registers of 64 and 151 bits has exactly four outcomes, each with a probability of a quarter."""
    circuit = load(Source("openqasm2", (FOLDER / f"{name}.qasm").read_bytes()))[0]
    table, _ = registry.backend("stim").sample(Executable(circuit, read(circuit)), SHOTS, (5, 0, 0, 0), Grant())
    numbers = [number for _, number in table.rows()]
    assert len(numbers) == 4
    assert all(abs(number - SHOTS / 4) < 5 * (SHOTS * 3 / 16) ** 0.5 for number in numbers)
