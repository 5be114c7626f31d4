"""Qiskit's containers, made from tables."""

from __future__ import annotations

import time

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, PrimitiveResult, PubResult, SamplerPubResult, StatevectorSampler

from qmagic.results import Result
from tests.results.build import drawn, estimated, info, outcome, sampled, spec


def of(*pubs) -> Result:
    return Result(outcome(*pubs), info(), spec())


def test_classes_are_qiskits_own():
    """A result gives Qiskit's own classes, each made once."""
    result = of(sampled({0: 3, 3: 5}, c=2), estimated([0.5], [0.1], (), ("Z",), 8))
    whole = result.primitive_result()
    assert type(whole) is PrimitiveResult
    assert type(whole[0]) is SamplerPubResult
    assert type(whole[1]) is PubResult
    assert type(whole[0].data.c) is BitArray
    assert result[0] is result[0] is next(iter(result)) is result[-2] is whole[0]
    assert whole.metadata["qmagic"]["seed"] == 7
    assert result[0:1] == [result[0]]
    with pytest.raises(IndexError, match="no PUB 2: this result has 2"):
        result[2]


def test_shapes_and_names_are_the_statevector_samplers():
    """The DataBin has the fields, shapes and bit counts that Qiskit's own sampler gives for the same circuit."""
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.measure_all()
    theirs = StatevectorSampler(seed=1).run([circuit], shots=50).result()[0]
    mine = of(sampled({0: 30, 1: 20}, meas=3))[0]
    assert list(mine.data) == list(theirs.data)
    assert (mine.data.meas.shape, mine.data.meas.num_shots, mine.data.meas.num_bits) == ((), 50, 3)
    assert mine.data.meas.array.shape == theirs.data.meas.array.shape
    assert mine.metadata["shots"] == theirs.metadata["shots"]


@pytest.mark.parametrize("widths", [{"c": 3}, {"a": 8, "b": 1}, {"a": 3, "b": 17, "c": 40}, {"wide": 130}])
def test_every_point_has_its_counts(widths):
    """get_counts of each point of each register gives back the table; registers of one shot stay together."""
    number = sum(widths.values())
    points = [drawn(5000, number, seed) for seed in range(6)]
    result = of(sampled(*points, shape=(3, 2), **widths))
    joined = result[0].join_data()
    assert joined.shape == (3, 2)
    for place in np.ndindex(3, 2):
        expected = {format(value, f"0{number}b"): count for value, count in points[2 * place[0] + place[1]].items()}
        assert joined.get_counts(place) == expected == result.counts(point=place)


def test_registers_of_a_shot_stay_together():
    """Where two registers always agree, they agree in every single shot of their BitArrays."""
    data = of(sampled({0b0000: 40_000, 0b0101: 30_000, 0b1111: 30_000}, a=2, b=2))[0].data
    assert np.array_equal(data.a.array, data.b.array)
    assert len(set(data.a.array[:, 0].tolist())) == 3


def test_points_have_orders_of_their_own():
    """Two points with equal counts do not share the order of their shots."""
    data = of(sampled({0: 500, 1: 500}, {0: 500, 1: 500}, shape=(2,), c=1))[0].data
    assert not np.array_equal(data.c.array[0], data.c.array[1])


def test_a_million_shots_are_no_wait():
    """A million shots of a Bell become a BitArray at least 10 times faster than by Qiskit's own from_counts."""

    def best(make) -> float:
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            make()
            taken.append(time.perf_counter() - start)
        return min(taken)

    counts = {0: 500_321, 3: 499_679}
    assert best(lambda: of(sampled(counts, c=2))[0]) < best(lambda: BitArray.from_counts(counts, 2)) / 10


def test_expectation_values_are_arrays():
    """evs and stds are writable float64 arrays in the PUB's shape."""
    values = np.linspace(-1, 1, 6).reshape(2, 3)
    result = of(estimated(values.ravel(), [0.1] * 6, (2, 3), (), 100))
    assert np.array_equal(result.evs, values)
    assert result.stds.shape == (2, 3)
    assert result.evs.flags.writeable
    assert result[0].metadata == {"exact": False, "shots": 100}
    assert of(estimated([0.5])).evs.shape == ()
