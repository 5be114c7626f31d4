"""From a job's spec to its outcome, in this process."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qmagic import execute
from qmagic.errors import InputError, NotFoundError, SourceError
from qmagic.jobs import PubSpec, Transpile
from qmagic.outcomes import pack, unpack
from tests.contracts.jobs import counts, counts_of, evs, ghz, observable, outcome_of, spec_of, values_of

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


def unmeasured() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    return circuit


def wide(n: int) -> QuantumCircuit:
    """Returns a circuit that is not Clifford."""
    circuit = QuantumCircuit(n, n)
    circuit.t(0)
    return circuit.compose(ghz(n))


def test_text():
    """OpenQASM 3 text runs, with 1,024 shots where none are given, and the outcome survives its packing."""
    outcome = outcome_of(BELL, PubSpec())
    assert set(counts_of(outcome.pubs[0])) == {"00", "11"}
    assert sum(counts_of(outcome.pubs[0]).values()) == 1024
    assert unpack(pack(outcome)) == outcome


def test_provenance():
    """An outcome names its backend, method, versions and the time of each step."""
    outcome = outcome_of(BELL)
    assert (outcome.backend, outcome.method) == ("statevector", "statevector")
    assert {"qmagic", "qiskit", "numpy"} <= outcome.versions.keys()
    assert outcome.seconds.keys() == {"parse", "plan", "run"}
    assert outcome_of(BELL, transpile=Transpile("fake_manila")).seconds.keys() == {"parse", "plan", "transpile", "run"}


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: spec_of(unmeasured()), InputError, "no measurements"),
        (lambda: spec_of(ghz(2), PubSpec(shots=0)), InputError, "shots"),
        (lambda: spec_of(ghz(2), PubSpec(shots=10**12)), InputError, "shots"),
        (lambda: spec_of(BELL.replace("cx", "cz2")), SourceError, "cz2"),
        (lambda: spec_of(ghz(2), backend="starvector"), NotFoundError, "did you mean 'statevector'"),
        (lambda: spec_of(ghz(2), noise="fake_sherbroke"), NotFoundError, "did you mean 'fake_sherbrooke'"),
        (lambda: spec_of(wide(40), backend="statevector"), InputError, "40 qubits need"),
        (lambda: spec_of(wide(40), backend="aer.density_matrix"), InputError, "density matrices"),
        (lambda: spec_of(ghz(2), PubSpec(observables=(observable("ZZZ"),))), InputError, "3 qubits"),
        (lambda: spec_of(ghz(2), PubSpec(observables=(observable("ZZ"),), shots=5, precision=0.1)), InputError, "both"),
        (lambda: spec_of(ghz(2), noise="readout=0.1", backend="statevector"), InputError, "no noise"),
        (lambda: spec_of(_rotation()), InputError, "without a value"),
        (lambda: spec_of(_rotation(), PubSpec(parameters=values_of(["t"], [np.nan]))), InputError, "finite"),
    ],
)  # fmt: skip
def test_refused_before_the_run(make, error, words):
    """What cannot run is refused by prepare, in one line."""
    with pytest.raises(error, match=words) as caught:
        execute.prepare(make())
    if error is not SourceError:
        assert "\n" not in str(caught.value)


def _rotation() -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("t"), 0)
    circuit.measure(0, 0)
    return circuit


def test_small_jobs_reserve_nothing():
    """A small job asks for no leave."""
    execute.run(execute.prepare(spec_of(BELL)), reserve=None)


def test_wide_jobs_reserve_once():
    """A wide job asks once, for all its memory and threads, before it starts."""
    asked = []
    pub = PubSpec(shots=1)
    prepared = execute.prepare(spec_of([ghz(17), ghz(22)], pub, PubSpec(circuit=1, shots=1), backend="statevector"))
    execute.run(prepared, reserve=lambda memory, threads: asked.append(memory) or 1)
    assert asked == [32 << 22]


def test_memory_limit_of_the_worker():
    """A job over the worker's limit is refused at the start of its run."""
    prepared = execute.prepare(spec_of(ghz(10)))
    prepared.memory_limit = 1000
    with pytest.raises(InputError, match="the job needs 32 kB, and a job may take 1000 B"):
        execute.run(prepared, reserve=None)


def test_threads_do_not_change_counts():
    """One thread or two: the same counts, bit by bit."""
    circuit = QuantumCircuit(17, 17)
    for qubit in range(17):
        circuit.ry(0.1 + qubit, qubit)
        circuit.cx(qubit, (qubit + 1) % 17)
    circuit.measure(range(17), range(17))
    assert counts(circuit, 1000, threads=1) == counts(circuit, 1000, threads=2)


def test_sweep():
    """A sweep is one PUB; each point's counts come from its own stream."""
    grid = np.linspace(0, np.pi, 21)[:, None]
    pub = outcome_of(_rotation(), PubSpec(parameters=values_of(["t"], grid), shots=4000)).pubs[0]
    assert pub.shape == (21,)
    for i, (theta,) in enumerate(grid):
        p = np.sin(theta / 2) ** 2
        assert abs(counts_of(pub, i).get("1", 0) / 4000 - p) < 5 * np.sqrt(p * (1 - p) / 4000) + 1e-12
    assert len({table.order_seed for table in pub.tables}) == 21


def test_each_pub_has_its_own_route():
    """In one job a dynamic circuit branches and a plain one does not, and the plain one's counts stay."""
    dynamic = QuantumCircuit(1, 2)
    dynamic.h(0)
    dynamic.measure(0, 0)
    dynamic.reset(0)
    dynamic.measure(0, 1)
    pub = PubSpec(shots=500)
    both = outcome_of([ghz(2), dynamic], pub, PubSpec(circuit=1, shots=500))
    assert both.backend == "statevector, branches"
    assert counts_of(both.pubs[0]) == counts_of(outcome_of(ghz(2), pub).pubs[0])
    assert set(counts_of(both.pubs[1])) == {"00", "01"}


def test_loose_bits():
    """Bits outside of all registers are kept and named."""
    from qiskit.circuit import Clbit, Qubit

    circuit = QuantumCircuit([Qubit()], [Clbit(), Clbit()])
    circuit.x(0)
    circuit.measure(0, 1)
    pub = outcome_of(circuit, PubSpec(shots=3)).pubs[0]
    assert counts_of(pub) == {"10": 3}
    assert [(r.name, r.bits) for r in pub.registers] == [("loose", (0, 1))]


@pytest.mark.parametrize(
    ("pubs", "fields", "words"),
    [
        ((PubSpec(shots=10),), {"backend": "scripted:counts"}, "00 10"),
        ((PubSpec(observables=(observable("ZZ"),)),), {}, "ZZ = 1"),
        ((PubSpec(observables=(observable("ZZ"),), shots=100),), {}, "ZZ = 1 ± "),
        ((PubSpec(shots=10), PubSpec(shots=10)), {"backend": "scripted:counts"}, "00 10 (1 more circuits)"),
    ],
)
def test_headline(pubs, fields, words):
    """The headline says the likeliest outcomes or the first value."""
    assert words in execute.headline(outcome_of(ghz(2), *pubs, **fields))


def test_estimates_name_their_observables():
    """Labels are the user's; one without is spelled out."""
    from qmagic.jobs import Observable, Term

    pub = evs(ghz(3), PubSpec(observables=(Observable((Term("XZ", (0, 2), 0.5), Term("", (), 1.0))),)))[2].pubs[0]
    assert pub.labels == ("0.5*X0*Z2 + I",)


def test_warm():
    """Warming up needs nothing and leaves nothing."""
    execute.warm()
