"""Groups: one circuit on several backends, or several times, as one result."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic.client.group import backends_of
from qmagic.errors import InputError, JobCancelledError

pytestmark = pytest.mark.usefixtures("home")


def bell():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def long():
    circuit = QuantumCircuit(26)
    circuit.h(range(26))
    circuit.t(range(26))
    circuit.measure_all()
    return circuit


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("aer", ["aer"]),
        ("aer, ibm-stub:manila", ["aer", "ibm-stub:manila"]),
        ("best(ibm,braket; max_price=1),aer", ["best(ibm,braket; max_price=1)", "aer"]),
        (["aer", "qsim,stim"], ["aer", "qsim", "stim"]),
        ("aer,scripted:sleep=1,fail=no,stim", ["aer", "scripted:sleep=1,fail=no", "stim"]),
    ],
)
def test_names(given, names):
    """Backends are separated by commas, except within parentheses and before what one of them is told."""
    assert backends_of(given) == names


@pytest.mark.parametrize("given", ["", "aer,", [], ","])
def test_no_names(given):
    """An empty name is refused."""
    with pytest.raises(InputError, match="names with commas"):
        backends_of(given)


def test_several_backends():
    """Each backend runs the same circuit as a job of its own; the distance to the first is that of two results."""
    group = qmagic.run(bell(), backend="aer,statevector,stim", shots=1000, seed=3)
    result = group.result(timeout=100)
    assert result.labels == ["aer", "statevector", "stim"]
    assert {job.info().parent for job in group.jobs} == {group.id}
    for label in result.labels:
        assert sum(result.counts(label).values()) == 1000
    alone = result["aer"].compare(result["stim"])
    assert result.compare("stim").total_variation == pytest.approx(alone.total_variation)


def test_repeat():
    """Runs have the seeds s, s + 1, ..., so that each is what a single job of that seed gives."""
    group = qmagic.run(bell(), backend="aer", shots=200, seed=11, repeat=3)
    result = group.result(timeout=100)
    assert [one.counts() for one in result.results] == [
        qmagic.run(bell(), backend="aer", shots=200, seed=11 + i).result(timeout=100).counts() for i in range(3)
    ]
    assert result.spread().shots == (200, 200, 200)


def test_found_again():
    """A group is found by its id, with its jobs in the same order."""
    group = qmagic.run(bell(), backend="statevector,aer", repeat=2, seed=1)
    again = qmagic.Group(group.id)
    assert again.jobs == group.jobs
    assert again.result(timeout=100).labels == ["statevector", "aer"]


def test_one_cancelled():
    """A job without a result is named, and takes nothing from the others."""
    stopped = qmagic.run(long(), backend="aer", shots=10**6)
    stopped.cancel()
    quick = qmagic.run(bell(), seed=1)
    mixed = qmagic.Group("mixed", jobs=[stopped, quick], backends=["aer", "auto"]).result(timeout=100)
    assert list(mixed.failures) == ["aer, run 1"]
    assert mixed["auto"].counts() == quick.result().counts()


def test_all_or_none():
    """A backend that does not exist refuses the whole group, and nothing is submitted."""
    before = len(qmagic.jobs(limit=1000))
    with pytest.raises(InputError, match="nothing was submitted"):
        qmagic.run(bell(), backend="aer,aerr")
    assert len(qmagic.jobs(limit=1000)) == before


def test_cancelled():
    """Of a group none of whose jobs gave a result, the error is the first job's."""
    group = qmagic.run(long(), backend="aer", repeat=3, shots=10**6)
    assert group.cancel()
    with pytest.raises(JobCancelledError):
        group.result(timeout=100)


def test_views():
    """Text, HTML and JSON of an overlay have every backend, and those of repeated runs the mean of each outcome."""
    laid = qmagic.run(bell(), backend="aer,stim", seed=2).result(timeout=100)._repr_mimebundle_()
    assert all(name in laid[kind] for kind in ("text/plain", "text/html") for name in ("aer", "stim"))
    (pub,) = laid["application/vnd.qmagic.result.v1+json"]["pubs"]
    assert pub["laid"]["labels"] == ("aer", "stim")
    result = qmagic.run(bell(), repeat=4, seed=2).result(timeout=100)
    (pub,) = result._repr_mimebundle_()["application/vnd.qmagic.result.v1+json"]["pubs"]
    assert [one[1] for one in pub["scattered"]["outcomes"]] == [
        pytest.approx(sum(run.counts()[label] / 1024 for run in result.results) / 4) for label in ("00", "11")
    ]


def test_values():
    """Expectation values of several backends stand beside each other."""
    group = qmagic.run(bell(), backend="aer,statevector", observables="ZZ; XX")
    assert str(group.result(timeout=100)).count("1 exact") == 4
