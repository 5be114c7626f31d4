"""PUBs become tasks: the same is found out once and simulated once, and counts do not depend on it."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qmagic import execute
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from qmagic.plans.tasks import tasks_of
from tests.contracts.jobs import counts_of, evs, ghz, observable, outcome_of, spec_of, values_of
from tests.plans.circuits import scrambled, turned


def tasks(circuits, *pubs, **more):
    choice = {name: more.pop(name) for name in ("avoid", "corrections") if name in more}
    listed = circuits if isinstance(circuits, list) else [circuits]
    return tasks_of(spec_of(circuits, *pubs, **more), listed, None, None, **choice)


def pubs(*circuits, shots=100):
    return [PubSpec(circuit=circuit, shots=shots) for circuit in circuits]


def renamed(circuit: QuantumCircuit) -> QuantumCircuit:
    """Returns an equal circuit in other objects."""
    made = circuit.copy()
    made.name = "other"
    return made


def test_equal_circuits_are_one():
    """Equal circuits share a task, whatever objects they came as; another gate, angle, qubit or register is another."""
    base = turned(3)
    others = [turned(3), turned(3), turned(3), QuantumCircuit(3, 3)]
    others[0].x(0)
    others[1].data[0] = others[1].data[0].replace(operation=type(others[1].data[0].operation)(0.4))
    others[2].data[0] = others[2].data[0].replace(qubits=[others[2].qubits[1]])
    found = tasks([base, renamed(base), base.copy(), *others[:3]], *pubs(0, 1, 2, 3, 4, 5))
    assert found[0] is found[1] is found[2]
    assert len({id(task) for task in found}) == 4


def test_other_questions_are_other_tasks():
    """Other shots, or other observables, are not the same; other parameter values are, for each point is bound anew."""
    assert len({id(task) for task in tasks(ghz(2), PubSpec(shots=5), PubSpec(shots=6))}) == 2
    bare = ghz(2).remove_final_measurements(inplace=False)
    asked = [PubSpec(observables=(observable(label),), observables_shape=()) for label in ("ZZ", "XX", "ZZ")]
    assert len({id(task) for task in tasks(bare, *asked)}) == 2
    theta = Parameter("t")
    swept = QuantumCircuit(1, 1)
    swept.rx(theta, 0)
    swept.measure(0, 0)
    points = [PubSpec(parameters=values_of(["t"], [value]), shots=100) for value in (0.0, 3.141592653589793)]
    assert len({id(task) for task in tasks(swept, *points)}) == 1
    outcome = outcome_of(swept, *points)
    assert [set(counts_of(pub)) for pub in outcome.pubs] == [{"0"}, {"1"}]


@pytest.mark.parametrize("backend", ["statevector", "qsim", "aer.mps", "stim", "auto"])
def test_counts_do_not_depend_on_sharing(backend):
    """A PUB's counts are those of its place in the job, whether the one before it was the same circuit or not."""
    same, other = ghz(18), ghz(17)
    together = outcome_of([same, renamed(same), same.copy()], *pubs(0, 1, 2), backend=backend)
    apart = outcome_of([other, same, other], *pubs(0, 1, 2), backend=backend)
    assert together.pubs[1].tables == apart.pubs[1].tables
    assert len({pub.tables for pub in together.pubs}) == 3


def test_one_simulation(monkeypatch):
    """A batch of equal circuits is simulated once; so are exact values."""
    from qmagic.backends.statevector import StateVector

    made = []
    real = StateVector.state
    monkeypatch.setattr(StateVector, "state", lambda *given: made.append(1) or real(*given))
    circuit = scrambled(5, 3)
    outcome_of([circuit, circuit.copy(), ghz(2), circuit.copy()], *pubs(0, 1, 2, 3), backend="statevector")
    assert len(made) == 2
    made.clear()
    bare = circuit.remove_final_measurements(inplace=False)
    pub = PubSpec(observables=(observable("ZZZZX"),), observables_shape=())
    outcome = outcome_of(bare, pub, pub, backend="statevector")
    assert len(made) == 1
    assert outcome.pubs[0].evs == outcome.pubs[1].evs


def test_observables_see_a_light_cone():
    """What an observable does not see is not simulated: one qubit of 60 takes next to nothing; exact to 1e-10."""
    for n in (60, 20):
        circuit = scrambled(n, 2).remove_final_measurements(inplace=False)
        labels = ("I" * (n - 1) + "Z", "I" * (n - 2) + "XI")
        pub = PubSpec(observables=tuple(observable(label) for label in labels), observables_shape=(2,))
        (task,) = tasks(circuit, pub)
        assert task.need.memory <= 32 << 20
        assert "no measurement sees" in task.assembled.saved
    values, _, _ = evs(circuit, pub)
    wanted, _, _ = evs(circuit, pub, backend="statevector")
    assert values == pytest.approx(wanted, abs=1e-10)


def test_what_turned_out_badly_is_avoided_until_nothing_is_left():
    """The next one takes its place; where all turned out badly, the best of them has no limit."""
    first = tasks(turned(60))[0]
    second = tasks(turned(60), avoid=[first.backend.name])[0]
    assert second.backend.name != first.backend.name
    everything = [first.backend.name, *(one.backend for one in first.route.alternatives), "aer.matrix_product_state"]
    last = tasks(turned(60), avoid=everything)[0]
    assert last.asked.unlimited
    assert last.backend.name == first.backend.name


def test_rerun_keeps_to_the_routes():
    """With the routes of an earlier run the counts are the same, though costs say otherwise by now."""
    circuit = turned(60)
    first = outcome_of(circuit, PubSpec(shots=200))
    routes = tuple(tuple(pub.metadata.get("parts") or [pub.metadata["backend"]]) for pub in first.pubs)
    spec = spec_of(circuit, PubSpec(shots=200), routes=routes, versions=first.versions)
    dear = {first.backend: 1e9}
    again = execute.run(execute.prepare(spec, corrections=dear), reserve=lambda memory, threads: threads)
    assert (again.backend, again.pubs[0].tables, again.notes) == (first.backend, first.pubs[0].tables, ())
    assert again.pubs[0].metadata["why"] == "as in the run that this one repeats"


def test_another_release_is_told():
    """A rerun whose simulators have other releases than they had says so in its notes."""
    outcome = outcome_of(ghz(2), PubSpec(shots=10), versions={"qulacs": "0.0.1", "qmagic": "0.0.0"})
    assert len(outcome.notes) == 1
    assert "was 0.0.1 in the run that this one repeats" in outcome.notes[0]


def test_a_bad_observable():
    """What is wrong with an observable is said before anything is made of it."""
    import msgspec

    bad = observable("ZZ")
    bad = msgspec.structs.replace(bad, terms=(msgspec.structs.replace(bad.terms[0], operators="Z"),))
    with pytest.raises(InputError, match="for each qubit"):
        tasks(ghz(2).remove_final_measurements(inplace=False), PubSpec(observables=(bad,), observables_shape=()))
