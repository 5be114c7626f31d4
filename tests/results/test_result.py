"""`Result` itself: what it needs no libraries for, what it refuses, and where it says it comes from."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pandas
import pytest
from qiskit import QuantumCircuit, qpy

from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from qmagic.results import Result
from qmagic.results.points import estimates, parameter_axes, point_values
from tests.results.build import bell, estimated, info, observables, outcome, parameters, sampled, spec, sweep


def test_counts_and_display_need_no_libraries():
    """Counts, probabilities, comparison, marginals, provenance and the display import no NumPy and no Qiskit."""
    program = (
        "import sys\n"
        "from tests.results.build import bell, sweep\n"
        "r = bell()\n"
        "r.counts(), r.probabilities()['00'], r.shots, r.headline, repr(r), str(r.provenance), r.marginal([0])\n"
        "r._repr_mimebundle_(), sweep()._repr_mimebundle_(), r.compare({'00': 1.0})._repr_mimebundle_()\n"
        "assert not {'numpy', 'qiskit', 'pandas', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_two_kinds_are_told_apart():
    """Counts of expectation values, and the other way round, get one line that says what there is."""
    with pytest.raises(InputError, match="holds expectation values, not counts"):
        sweep().counts()
    with pytest.raises(InputError, match="holds counts, not expectation values"):
        bell().evs  # noqa: B018
    two = Result(outcome(*sweep().outcome.pubs * 2), info(), None)
    with pytest.raises(InputError, match=r"2 PUBs; take evs of one: result\[i\].data.evs"):
        two.evs  # noqa: B018


def test_quasi_is_qiskits():
    """quasi() is a QuasiDistribution over integers that sums to 1."""
    found = bell(30, 10).quasi()
    assert dict(found) == {0: 0.75, 3: 0.25}
    assert found.shots == 40
    assert found.binary_probabilities() == {"00": 0.75, "11": 0.25}


def test_shots_are_per_circuit_and_point():
    """shots is what was asked for; None for exact values and where PUBs differ."""
    assert bell().shots == 4096
    assert sweep().shots is None
    assert sweep(exact=False).shots == 1024
    assert Result(outcome(sampled({0: 1}, c=1), sampled({0: 2}, c=1)), info()).shots is None


def test_repr_is_short_and_stable():
    """repr has no address."""
    assert repr(bell()) == "<Result of job 01jabcdefghjkmn: 1 PUB on aer.statevector>"


def test_headline_says_what_where_how_long_and_which():
    """The headline has name, shots, backend, noise, seed, time and job."""
    assert bell().headline == "4,096 shots · aer.statevector · seed 7 · 3.2 ms · job 01jabcdefghjkmn"
    named = Result(bell().outcome, info(name="bell"), spec(noise="depolarizing=0.01"))
    assert named.headline.startswith("bell · 4,096 shots · aer.statevector · noise depolarizing=0.01 · seed 7")
    assert sweep().headline.startswith("21 values, exact · aer.statevector · 3.2 ms")
    assert sweep(exact=False).headline.startswith("21 values, 1,024 shots each")
    method = Result(outcome(sampled({0: 1}, c=1), backend="aer", method="stabilizer"), info())
    assert method.headline.startswith("1 shot · aer (stabilizer)")


def test_provenance_prints_all_it_knows():
    """Provenance names job, cell, seed, backend, versions, times and attempt, one to a line."""
    text = str(Result(bell().outcome, info(name="pair"), spec(cell="%%qrun\nx\n")).provenance)
    assert text.splitlines() == [
        "job          01jabcdefghjkmn  pair",
        "backend      aer.statevector",
        "noise        none",
        "shots        4,096",
        "seed         7",
        "created      2023-11-14 22:13:20.000 UTC",
        "started      2023-11-14 22:13:20.010 UTC",
        "ended        2023-11-14 22:13:20.013 UTC",
        "took         run 1.0 ms",
        "attempt      1",
        "versions     qiskit 2.6.2",
        "environment  /usr/bin/python3",
        "cell         %%qrun",
        "             x",
    ]


def test_circuits_are_those_that_ran():
    """circuits() reads the QPY of the outcome, else the job's own source; without either it says so."""
    circuit = QuantumCircuit(2, name="transpiled")
    circuit.cz(0, 1)
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer)
    assert Result(outcome(circuits=buffer.getvalue()), info()).circuits() == [circuit]
    (source,) = bell().circuits()
    assert [step.operation.name for step in source.data] == ["h", "cx", "measure", "measure"]
    with pytest.raises(InputError, match="does not hold its circuits"):
        Result(outcome(), info()).circuits()


def test_points_find_their_values_and_observables():
    """Every place of a broadcast PUB knows its parameter values and its observable, as NumPy broadcasts them."""
    names, labels = ("a", "b"), ("X", "Y", "Z")
    values = np.arange(8.0).reshape(4, 2)
    given = PubSpec(
        parameters=parameters(names, values.ravel(), (4,)), observables=observables(*labels), observables_shape=(3, 1)
    )
    found = np.arange(12.0).reshape(3, 4)
    result = Result(outcome(estimated(found.ravel(), shape=(3, 4), labels=labels)), info(), spec(given))
    for one in estimates(result, 0):
        assert one.value == found[one.index]
        assert one.label == labels[one.index[0]]
        assert one.parameters == dict(zip(names, values[one.index[1]], strict=True))
    (axis,) = parameter_axes(result, 0)
    assert (axis.place, axis.name) == (1, "point")


def test_an_axis_is_named_after_the_parameter_that_changes():
    """With others held, the axis is the one that changes; zipped with observables there is no axis."""
    values = [0.1, 5.0, 0.2, 5.0, 0.3, 5.0]
    given = PubSpec(parameters=parameters(("theta", "phi"), values, (3,)), observables=observables("Z"))
    result = Result(outcome(estimated([1, 2, 3], shape=(3,))), info(), spec(given))
    (axis,) = parameter_axes(result, 0)
    assert (axis.place, axis.name, axis.values) == (0, "theta", (0.1, 0.2, 0.3))
    zipped = PubSpec(parameters=given.parameters, observables=observables("X", "Y", "Z"), observables_shape=(3,))
    assert parameter_axes(Result(result.outcome, info(), spec(zipped)), 0) == []
    assert point_values(Result(result.outcome, info(), None), 0, (1,)) == {}


def test_a_dataframe_has_a_row_for_each_outcome():
    """to_dataframe() is tidy: counts with Wilson's interval, expectation values with observable and parameters."""
    frame = bell(30, 10).to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["pub", "outcome", "count", "probability", "lower", "upper"]
    assert frame["count"].tolist() == [30, 10]
    assert frame["lower"][0] == bell(30, 10).probabilities()["00"].lower
    swept = sweep(exact=False).to_dataframe()
    assert list(swept.columns) == ["pub", "theta", "observable", "ev", "std", "exact"]
    assert swept["theta"].iloc[-1] == pytest.approx(np.pi)
    given = PubSpec(parameters=parameters(("t",), [0.5, 1.5], (2,)))
    points = Result(outcome(sampled({0: 4}, {1: 4}, shape=(2,), c=1)), info(), spec(given)).to_dataframe()
    assert points[["t", "outcome"]].to_numpy().tolist() == [[0.5, "0"], [1.5, "1"]]


@pytest.mark.parametrize(("library", "call"), [("pandas", "to_dataframe"), ("matplotlib", "plot")])
def test_a_missing_library_gets_one_line(library, call, monkeypatch):
    """Without the optional library the method says what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError, match=rf"{call}\(\) needs .*pip install {library}"):
        getattr(bell(), call)()
