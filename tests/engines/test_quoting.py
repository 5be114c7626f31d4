"""Quotes: every execution that a provider bills is counted, and a circuit's chances are those of what is submitted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.transpiler import generate_preset_pass_manager

from qmagic.backends import registry
from qmagic.engines.host_jobs import pubs_of
from qmagic.engines.placing import placed
from qmagic.engines.quoting import quoted
from qmagic.errors import InputError, SourceError
from qmagic.jobs import PubSpec, Transpile
from qmagic.plans.success import forecast
from tests.contracts.jobs import observable, spec_of, values_of


class PlayedProvider:
    """A cloud whose device is a snapshot, or (without a target) one that compiles by itself."""

    def __init__(self, snapshot=""):
        self.snapshot = snapshot

    def target(self, device):
        return registry.target(self.snapshot) if self.snapshot else None

    def compiled(self, device, circuit):
        if not self.snapshot:
            return circuit
        return generate_preset_pass_manager(1, target=self.target(device), seed_transpiler=0).run(circuit)


def bell():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def turned():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("a"), 0)
    circuit.measure_all()
    return circuit


def quote(spec, provider, free=False):
    pubs = placed(spec, pubs_of(spec), provider)
    return quoted(spec, pubs, provider, free=free)


def test_each_point_and_each_basis_is_a_task():
    """At Braket three points are three tasks, and two bases of observables two, each with its shots."""
    garnet = PlayedProvider()
    three = spec_of(turned(), PubSpec(parameters=values_of(["a"], [[0.0], [1.0], [2.0]]), shots=100), backend="ibm:x")
    found = quote(three, garnet).circuits[0]
    assert (found.executions, found.shots) == (3, 100)
    observables = (observable("ZZ"), observable("ZI"), observable("XX"))
    two = spec_of(bell(), PubSpec(observables=observables, observables_shape=(3,), precision=0.1), backend="ibm:x")
    found = quote(two, garnet).circuits[0]
    assert (found.executions, found.shots) == (2, 100)


def test_without_shots_the_usual_number_is_priced():
    """Counts have 1,024 shots, as everywhere here; expectation values 4,096, a standard error of 1/64."""
    assert quote(spec_of(bell(), PubSpec(), backend="ibm:x"), PlayedProvider()).circuits[0].shots == 1024
    values = PubSpec(observables=(observable("ZZ"),), observables_shape=())
    assert quote(spec_of(bell(), values, backend="ibm:x"), PlayedProvider()).circuits[0].shots == 4096


def test_the_forecast_is_of_what_is_submitted():
    """Size and chances are those of the compiled circuit; the price has its length; a free cloud charges nothing."""
    manila = PlayedProvider("fake_manila")
    found = quote(spec_of(bell(), PubSpec(shots=1000), backend="ibm:ibm_manila"), manila)
    compiled = manila.compiled("", bell())
    assert found.circuits[0].forecast == forecast(compiled, manila.target(""))
    assert found.circuits[0].fits is False
    assert (found.circuits[0].before, found.circuits[0].qubits) == (1, 2)
    assert found.price.estimate.amount > Decimal("3.2")
    assert quote(spec_of(bell(), backend="ibm-stub:manila"), manila, free=True).price.is_free


def test_readout_counts_for_the_qubits_that_observables_name():
    """An estimate reads its observables' qubits: one more makes it less likely that nothing goes wrong."""
    manila = PlayedProvider("fake_manila")
    chances = []
    for named in ("II", "ZI", "ZZ"):
        pub = PubSpec(observables=(observable(named),), observables_shape=())
        [found] = quote(spec_of(bell(), pub, backend="ibm:ibm_manila"), manila).circuits
        chances.append(found.forecast.readout)
    assert chances[0] == 1 > chances[1] > chances[2]


def test_a_layout_and_a_circuit_as_it_is():
    """A layout is the one that was asked for; verbatim runs a circuit untouched, and names the first gate that does not
    fit, with its line."""
    manila = PlayedProvider("fake_manila")
    wanted = Transpile("ibm_manila", 2, (4, 3))
    spec = spec_of(bell(), backend="ibm:ibm_manila", transpile=wanted)
    [pub] = placed(spec, pubs_of(spec), manila)
    assert pub.placed
    assert pub.circuit.layout.initial_index_layout(filter_ancillas=True) == [4, 3]
    own = QuantumCircuit(2)
    own.sx(0)
    own.cx(0, 1)
    own.measure_all()
    spec = spec_of(own, backend="ibm:ibm_manila", transpile=Transpile("ibm_manila", verbatim=True))
    assert placed(spec, pubs_of(spec), manila)[0].circuit == own
    text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit q; bit c;\nh q;\nc = measure q;'
    spec = spec_of(text, backend="ibm:ibm_manila", transpile=Transpile("ibm_manila", verbatim=True))
    with pytest.raises(SourceError, match="line 4: the circuit does not fit ibm:ibm_manila: h on qubit 0"):
        placed(spec, pubs_of(spec), manila)


def test_a_cloud_that_compiles_itself_takes_no_wishes():
    """Where no gates are published, flags of the transpiler are refused with a sentence, not ignored."""
    spec = spec_of(bell(), backend="ibm:x", transpile=Transpile("x", 3))
    with pytest.raises(InputError, match="compiles circuits itself: leave out --optimization-level"):
        placed(spec, pubs_of(spec), PlayedProvider())
