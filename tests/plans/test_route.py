"""Where a circuit goes, and the sentence that says why."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qmagic.backends.base import Executable
from qmagic.backends.noise import noise_of
from qmagic.backends.program import read
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import PubSpec
from qmagic.plans.assemble import Asked, assemble
from qmagic.plans.route import choose
from tests.contracts.jobs import counts_of, evs, ghz, observable, outcome_of, values_of
from tests.plans.circuits import dynamic, quickest, scrambled, turned


def route(circuit, wanted="auto", *, noise=None, exact=False, **more):
    return choose(Executable(circuit, read(circuit), noise), wanted, exact=exact, **more)


def test_final_state():
    """A narrow unitary circuit goes to the state vector, without being looked into."""
    found = route(ghz(3))
    assert (found.backend, found.facts) == ("statevector", None)


def test_noise():
    """Pauli noise on Clifford gates goes to stim, any other noise to Aer; the sentence names it."""
    found = route(ghz(3), noise=noise_of("readout=0.1"))
    assert (found.backend, "readout=0.1" in found.why) == ("stim", True)
    assert route(ghz(3), noise=noise_of("t1=100us,t2=100us")).backend == "aer"
    assert route(turned(3), noise=noise_of("depolarizing=0.01")).backend == "aer"


def test_dynamic():
    """What branches goes to a tree of branches, and the sentence says what branches; counts agree with the circuit."""
    found = route(dynamic())
    assert found.backend in ("stim", "branches", "sparse")
    assert "if_else" in found.why
    assert set(counts_of(outcome_of(dynamic()).pubs[0])) == {"00", "11"}


def test_wide():
    """A wide Clifford circuit goes to tableaus, a wide one with little entanglement finds a way; both run."""
    assert route(ghz(60)).backend == "stim"
    assert set(counts_of(outcome_of(ghz(60)).pubs[0])) == {"0" * 60, "1" * 60}
    found = route(turned(60))
    assert found.backend in ("sparse", "aer.matrix_product_state")
    assert "not Clifford (rx on qubit 0)" in next(one.why for one in found.refused if one.backend == "stim")
    assert set(counts_of(outcome_of(turned(60)).pubs[0])) == {"0" * 60, "1" * 60}


def test_nearly_clifford_is_not_clifford():
    """A quarter turn is Clifford whatever the gate's name; a quarter turn and a thousandth is not."""
    for angle, clifford in ((1.5707963267948966, True), (1.5707963267948966 + 1e-3, False), (1.5708, False)):
        circuit = QuantumCircuit(40, 40)
        circuit.rz(angle, 0)
        circuit.compose(ghz(40), inplace=True)
        assert route(circuit, every=True).facts.clifford is clifford


def test_idle_qubits_do_not_count():
    """Sixty qubits of which three are used need a state vector of three."""
    circuit = QuantumCircuit(60, 3)
    circuit.compose(ghz(3), [5, 40, 59], [0, 1, 2], inplace=True)
    assert route(circuit).backend == "statevector"
    assert set(counts_of(outcome_of(circuit).pubs[0])) == {"000", "111"}


def test_nothing_can():
    """What nothing here can run is refused in one sentence that says what was tried and what would be needed."""
    with pytest.raises(InputError, match="nothing here can run this circuit: 60 qubits need") as caught:
        outcome_of(scrambled(60, 40))
    message = str(caught.value)
    assert "not Clifford (u on qubit 0)" in message
    assert "entanglement may reach" in message
    assert "\n" not in message


def test_avoided():
    """What turned out badly is not taken again; the next alternative is."""
    first = route(turned(60))
    second = route(turned(60), avoid=[first.backend])
    assert second.backend == first.alternatives[0].backend
    assert second.backend != first.backend


def test_experience():
    """A backend that takes far longer here than estimated loses its place."""
    first = route(turned(60))
    assert route(turned(60), corrections={first.backend: 1e6}).backend != first.backend


def test_exact_values_are_double_precision():
    """Exact expectation values never go to single precision; they agree with the state vector to 1e-10."""
    found = route(scrambled(20, 3), exact=True, every=True)
    assert found.backend != "qsim"
    assert "qsim" not in [one.backend for one in found.alternatives]
    circuit = scrambled(18, 3).remove_final_measurements(inplace=False)
    pub = PubSpec(observables=(observable("Z" * 18), observable("I" * 17 + "X")), observables_shape=(2,))
    assert evs(circuit, pub)[0] == pytest.approx(evs(circuit, pub, backend="statevector")[0], abs=1e-10)


def test_sweep():
    """A wide sweep runs, though its facts are those of free parameters."""
    theta = Parameter("t")
    circuit = QuantumCircuit(30, 30)
    circuit.rx(theta, 0)
    circuit.compose(ghz(30), inplace=True)
    pub = PubSpec(parameters=values_of(["t"], [[0.0], [3.141592653589793]]), shots=50)
    outcome = outcome_of(circuit, pub)
    for point in range(2):
        assert set(counts_of(outcome.pubs[0], point)) == {"0" * 30, "1" * 30}


def test_asked_for():
    """A backend that was asked for is taken; an unknown one is answered with the nearest name."""
    assert route(ghz(2), "aer.mps").backend == "aer.matrix_product_state"
    with pytest.raises(NotFoundError, match="did you mean 'statevector'"):
        route(ghz(2), "statevectors")


def test_more_memory_than_there_is_is_not_announced():
    """Matrix product states and sparse states announce what their facts allow, not the most that they could take."""
    found = route(turned(60), every=True)
    assert all(one.memory < 1 << 20 for one in (found, *found.alternatives))


def test_what_would_help(monkeypatch):
    """A package that is not there is named where it would be quicker, and only there."""
    monkeypatch.setattr("qmagic.plans.route.installed", lambda name: name != "qsim")
    assert route(scrambled(22, 5), every=True).helpful == ("qsim",)
    assert route(scrambled(22, 5), every=True, exact=True).helpful == ()
    assert route(ghz(60), every=True).helpful == ()


def test_quick():
    """To simplify and to choose take at most 10 ms for 1,000 gates on 40 qubits."""
    circuit = QuantumCircuit(40, 40)
    for layer in range(20):
        circuit.ry(0.1 + layer, range(40))
        if layer % 4 == 0:
            circuit.cx(range(39), range(1, 40))
    circuit.measure_all(add_bits=False)
    executable = Executable(circuit, read(circuit))
    assert len(executable.program.steps) == 995

    assert quickest(lambda: assemble(executable, Asked())) <= 10e-3
