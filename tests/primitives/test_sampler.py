"""`qmagic.Sampler` is Qiskit's V2 sampler: its containers, shapes and errors, with one durable job for each run."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives import BaseSamplerV2, PrimitiveResult, SamplerPubResult, StatevectorSampler
from qiskit.primitives.containers import BitArray, SamplerPub

import qmagic
from qmagic import client
from qmagic.errors import InputError, NotFoundError

pytestmark = pytest.mark.usefixtures("home")


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2, metadata={"pair": 1})
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def rotated() -> QuantumCircuit:
    """``ry(a)`` on qubit 0 and ``ry(b)`` on qubit 1, read into registers of their own."""
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(1, "left"), ClassicalRegister(9, "right"))
    circuit.ry(a, 0)
    circuit.ry(b, 1)
    circuit.measure(0, 0)
    circuit.measure(1, 5)
    return circuit


def test_it_is_qiskits_sampler():
    """Sampler is a BaseSamplerV2, and its results are of Qiskit's own classes."""
    sampler = qmagic.Sampler()
    result = sampler.run([bell()]).result()
    assert isinstance(sampler, BaseSamplerV2)
    assert isinstance(result, PrimitiveResult)
    assert isinstance(result[0], SamplerPubResult)
    assert isinstance(result[0].data.meas, BitArray)
    assert set(result[0].data.meas.get_counts()) == {"00", "11"}


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (2, 3), (0,)])
def test_shapes_are_those_of_qiskit(shape):
    """Each register's BitArray has the shape, bits and shots of StatevectorSampler's."""
    values = np.linspace(0.1, 3.0, 2 * int(np.prod(shape))).reshape(*shape, 2)
    pub = (rotated(), values, 20)
    ours, theirs = (sampler.run([pub]).result()[0].data for sampler in (qmagic.Sampler(), StatevectorSampler()))
    assert ours.shape == theirs.shape
    for name in theirs:
        mine, other = ours[name], theirs[name]
        assert (mine.shape, mine.num_bits, mine.num_shots) == (other.shape, other.num_bits, other.num_shots)
        assert (mine.array.shape, mine.array.dtype) == (other.array.shape, other.array.dtype)


def test_values_are_those_of_the_formula():
    """At each point P(1) of ``ry(t)`` is sin²(t/2), within 5 standard errors; bits of a register are Qiskit's order."""
    values = np.array([[[0.3, 2.0]], [[1.1, 0.2]]])
    shots = 20_000
    data = qmagic.Sampler(seed=5).run([(rotated(), values)], shots=shots).result()[0].data
    for name, axis, bit in (("left", 0, 0), ("right", 1, 4)):
        expected = np.sin(values[..., axis] / 2) ** 2
        found = data[name].slice_bits(bit).bitcount().mean(axis=-1)
        assert np.all(np.abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / shots))
        assert data[name].bitcount().sum() == data[name].slice_bits(bit).bitcount().sum()


def test_bits_of_one_shot_stay_together():
    """Registers hold the same shots in the same order: a Bell read into two registers agrees shot by shot."""
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(1, "x"), ClassicalRegister(1, "y"))
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    result = qmagic.Sampler(seed=1).run([circuit]).result()[0]
    assert np.array_equal(result.data.x.array, result.data.y.array)
    assert 0 < result.data.x.bitcount().sum() < 1024
    assert set(result.join_data().get_counts()) == {"00", "11"}


def test_parameters_are_bound_by_name():
    """A mapping of parameters, and one of names, in any order, mean the same as an array in the circuit's order."""
    circuit = rotated()
    a, b = circuit.parameters
    forms = [[0.4, 1.9], {b: 1.9, a: 0.4}, {"b": 1.9, "a": 0.4}, {("b", "a"): [1.9, 0.4]}]
    sampler = qmagic.Sampler(seed=3)
    counts = [sampler.run([(circuit, form)]).result()[0].join_data().get_counts() for form in forms]
    assert counts[1:] == counts[:-1]


def test_each_pub_has_its_own_shots():
    """A PUB's shots win over those of `run`, which win over the sampler's."""
    result = qmagic.Sampler(default_shots=7).run([bell(), (bell(), None, 30), SamplerPub(bell())]).result()
    assert [pub.data.meas.num_shots for pub in result] == [7, 30, 7]
    assert [pub.metadata["shots"] for pub in result] == [7, 30, 7]
    assert qmagic.Sampler(default_shots=7).run([bell()], shots=11).result()[0].data.meas.num_shots == 11


def test_a_seed_gives_the_same_shots():
    """Equal seeds give equal shots, run after run; the PUBs of one run are independent; no seed gives others."""
    sampler = qmagic.Sampler(seed=11)
    first, second = (sampler.run([bell(), bell()]).result() for _ in range(2))
    assert first[0].data.meas == second[0].data.meas
    assert first[1].data.meas == second[1].data.meas
    assert first[0].data.meas != first[1].data.meas
    assert qmagic.Sampler(seed=12).run([bell()]).result()[0].data.meas != first[0].data.meas
    free = qmagic.Sampler()
    assert free.run([bell()]).result()[0].data.meas != free.run([bell()]).result()[0].data.meas


def test_metadata_says_where_it_comes_from():
    """The result names job, backend and seed; each PUB its shots and its circuit's metadata."""
    sampler = qmagic.Sampler(seed=4, name="mine", tags=["a"])
    job = sampler.run([bell()])
    result = job.result()
    assert result.metadata["version"] == 2
    assert result.metadata["job_id"] == job.job_id()
    assert result.metadata["seed"] == 4
    assert result[0].metadata["circuit_metadata"] == {"pair": 1}
    assert (job.job.info().name, job.job.info().tags) == ("mine", ("a",))


def test_a_run_is_one_job_and_a_sampler_is_one_family():
    """All PUBs of a run are one job; jobs of one sampler share a parent, another sampler's have another."""
    one, other = qmagic.Sampler(), qmagic.Sampler()
    mine = [one.run([bell(), bell()]).job_id() for _ in range(3)]
    other.run([bell()]).result()
    assert [job.id for job in client.jobs(parent=one.parent)] == mine[::-1]
    assert one.parent != other.parent


def test_a_circuit_travels_once():
    """A circuit in several PUBs is stored once, and the values of a PUB as one array of float64."""
    circuit = rotated()
    job = qmagic.Sampler().run([(circuit, np.zeros((50, 2))), (circuit, np.ones((4, 2)))])
    spec = job.job.spec()
    assert [pub.circuit for pub in spec.pubs] == [0, 0]
    assert [len(pub.parameters.values) for pub in spec.pubs] == [50 * 2 * 8, 4 * 2 * 8]
    assert job.result()[0].data.left.shape == (50,)


def test_measurements_in_the_middle_steer():
    """A circuit that measures and branches runs: the second bit is the inverse of the first."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 0)):
        circuit.x(1)
    circuit.measure(1, 1)
    assert set(qmagic.Sampler(seed=2).run([circuit]).result()[0].data.c.get_counts()) == {"01", "10"}


def test_noise_is_passed_on():
    """With a readout error of 1/4 an idle qubit reads 1 in a quarter of the shots, within 5 standard errors."""
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    data = qmagic.Sampler(noise="readout=0.25", seed=9).run([circuit], shots=10_000).result()[0].data
    ones = data.c.get_counts()["1"]
    assert abs(ones - 2500) < 5 * np.sqrt(10_000 * 0.25 * 0.75)


def test_a_backend_can_be_given_as_an_object():
    """`Sampler(backend=qmagic.backend(name))` runs there, with a device's noise."""
    assert qmagic.Sampler(backend=qmagic.backend("aer")).run([bell()]).result().metadata["backend"] == "aer"
    job = qmagic.Sampler(backend=qmagic.backend("fake_manila"), seed=1).run([bell()], shots=4000)
    assert job.job.spec().noise == "fake_manila"
    assert set(job.result()[0].data.meas.get_counts()) == {"00", "01", "10", "11"}


@pytest.mark.parametrize(
    ("pubs", "error"),
    [
        ([(rotated(), [1.0])], ValueError),
        ([(rotated(),)], ValueError),
        ([("no circuit",)], TypeError),
        ([(bell(), None, 0)], ValueError),
        ([(bell(), None, 1.5)], TypeError),
        ([(bell(), None, 2, 3)], ValueError),
        (bell(), ValueError),
    ],
)
def test_malformed_pubs_get_qiskits_own_errors(pubs, error):
    """A malformed PUB raises the very error that StatevectorSampler raises."""
    with pytest.raises(error) as theirs:
        StatevectorSampler().run(pubs)
    with pytest.raises(error) as ours:
        qmagic.Sampler().run(pubs)
    assert str(ours.value) == str(theirs.value)


def test_what_cannot_run_is_not_submitted():
    """No measurements, 10^12 shots, an unknown backend: one line each, and no job."""
    sampler = qmagic.Sampler()
    with pytest.raises(InputError, match="no measurements"):
        sampler.run([QuantumCircuit(1, 1)])
    with pytest.raises(InputError, match="shots must be between"):
        sampler.run([bell()], shots=10**12)
    with pytest.raises(InputError, match="empty"):
        sampler.run([])
    assert client.jobs(parent=sampler.parent) == []
    lost = qmagic.Sampler(backend="aer.statevctor")
    with pytest.raises(NotFoundError, match=r"did you mean 'aer\.statevector'"):
        lost.run([bell()])
    assert client.jobs(parent=lost.parent) == []


@pytest.mark.parametrize("wrong", [{"default_shots": 0}, {"seed": -1}, {"seed": 1.5}, {"timeout": 0}, {"noise": 3}])
def test_wrong_options_are_refused_at_once(wrong):
    """A wrong option raises when the sampler is made, not when it runs."""
    with pytest.raises(InputError):
        qmagic.Sampler(**wrong)
