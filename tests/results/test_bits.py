"""Registers, marginals and post-selection, against Qiskit's own containers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from qiskit.primitives import BitArray, DataBin, SamplerPubResult
from qiskit.result import marginal_counts

from qmagic.errors import InputError, NotFoundError
from qmagic.outcomes import Register, SampledPub
from qmagic.results import Result
from qmagic.results.bits import flat_index, rows, table
from tests.results.build import drawn, info, outcome, sampled, spec


def of(pub: SampledPub) -> Result:
    return Result(outcome(pub), info(), spec())


def as_qiskit(pub: SampledPub) -> SamplerPubResult:
    """Qiskit's container built from the tables without any of our code: bit by bit."""
    data = {}
    for register in pub.registers:
        shots = []
        for one in pub.tables:
            values = [value for value, count in one.rows() for _ in range(count)]
            shots.append([[bool(value >> bit & 1) for bit in reversed(register.bits)] for value in values])
        data[register.name] = BitArray.from_bool_array(np.array(shots).reshape(*pub.shape, -1, len(register.bits)))
    return SamplerPubResult(DataBin(**data, shape=pub.shape))


SCATTERED = SampledPub(
    6,
    (Register("a", (4, 0)), Register("b", (5,)), Register("c", (2, 3))),  # bit 1 is in no register
    500,
    (table(sorted(drawn(500, 6, 3).items()), 6, 1),),
)


@pytest.mark.parametrize(
    "pub",
    [
        sampled(drawn(300, 5, 1), c=5),
        sampled(drawn(300, 13, 2), a=3, flag=1, syndrome=9),
        sampled(drawn(200, 70, 3), low=33, high=37),
        sampled(*[drawn(100, 4, seed) for seed in range(6)], shape=(2, 3), x=1, y=3),
        SCATTERED,
    ],
    ids=["one", "three", "wide", "points", "scattered"],
)
def test_counts_are_those_of_qiskits_joined_data(pub):
    """counts() equals join_data().get_counts(), for one point and for all together; later registers stand left."""
    joined = as_qiskit(pub).join_data()
    assert of(pub).counts() == joined.get_counts()
    for place in itertools.product(*map(range, pub.shape)):
        assert of(pub).counts(point=place) == joined.get_counts(place)


def test_register_is_qiskits_register():
    """register(name) has the counts of that register's BitArray."""
    pub = sampled(drawn(400, 9, 5), data=4, flag=1, syndrome=4)
    theirs = as_qiskit(pub).data
    for name in ("data", "flag", "syndrome"):
        assert of(pub).register(name).counts() == theirs[name].get_counts()


@pytest.mark.parametrize("bits", [[0], [3, 1], [2, 3, 4], [8, 0, 7, 1], list(range(9)), [5, 4, 3]])
def test_marginal_is_slice_bits(bits):
    """marginal(bits) has the counts of slice_bits(bits): the first bit named is the new bit 0."""
    pub = sampled(drawn(400, 9, 6), data=4, flag=1, syndrome=4)
    assert of(pub).marginal(bits).counts() == as_qiskit(pub).join_data().slice_bits(bits).get_counts()


def test_ascending_marginal_is_marginal_counts():
    """For ascending bits, marginal() agrees with qiskit.result.marginal_counts."""
    pub = sampled(drawn(400, 9, 7), c=9)
    assert of(pub).marginal([1, 4, 8]).counts() == marginal_counts(of(pub).counts(), [1, 4, 8])


@pytest.mark.parametrize(
    ("selection", "bits", "values"),
    [({"flag": "1"}, [4], [1]), ({0: 1, 8: 0}, [0, 8], [1, 0]), ({"data": "0110"}, [0, 1, 2, 3], [0, 1, 1, 0])],
)
def test_postselection_is_qiskits(selection, bits, values):
    """postselect() keeps the shots that BitArray.postselect keeps, and says how many."""
    pub = sampled(drawn(4000, 9, 8, distinct=300), data=4, flag=1, syndrome=4)
    theirs = as_qiskit(pub).join_data().postselect(bits, values)
    kept = of(pub).postselect(selection)
    assert kept.counts() == theirs.get_counts()
    assert kept.shots == theirs.num_shots
    assert f"kept {theirs.num_shots:,} of 4,000 shots" in kept.outcome.notes[-1]


def test_derived_results_derive_again():
    """A marginal of a post-selection is the post-selection's marginal, and keeps its PUB's place in the job."""
    pub = sampled(drawn(4000, 9, 8, distinct=300), data=4, flag=1, syndrome=4)
    twice = of(pub).postselect({"flag": "0"}).register("data")
    expected = as_qiskit(pub).join_data().postselect([4], [0]).slice_bits([0, 1, 2, 3]).get_counts()
    assert twice.counts() == expected
    assert len(twice.spec.pubs) == 1


def test_points_that_keep_different_shots_still_count():
    """After post-selection points may differ in shots: counts work, Qiskit's BitArray is refused in one line."""
    pub = sampled({0: 10, 1: 90}, {0: 60, 1: 40}, shape=(2,), c=1)
    kept = of(pub).postselect({0: 0})
    assert [kept.counts(point=0), kept.counts(point=1)] == [{"0": 10}, {"0": 60}]
    assert kept.shots is None
    with pytest.raises(InputError, match=r"different numbers of shots \(10 to 60\).*counts\(point="):
        kept[0]


def test_nothing_kept_is_an_answer():
    """A condition that no shot meets leaves empty counts."""
    kept = of(sampled({0: 10}, c=2)).postselect({0: 1})
    assert kept.counts() == {}
    assert kept.probabilities()["00"].upper == 1.0
    assert kept[0].data.c.num_shots == 0


def test_loose_bits_count_as_one_register():
    """A circuit with classical bits but no register is read as one register c."""
    pub = SampledPub(2, (), 5, (table([(1, 2), (2, 3)], 2, 0),))
    assert of(pub).counts() == {"01": 2, "10": 3}
    assert of(pub)[0].data.c.get_counts() == {"01": 2, "10": 3}


def test_points_are_places_in_c_order():
    """A point's index is NumPy's, negative ones included; any other is refused with the shape."""
    for place in itertools.product(range(-2, 2), range(-3, 3)):
        assert flat_index(place, (2, 3)) == np.arange(6).reshape(2, 3)[place]
    for wrong in (2, (0, 3), (0, 0, 0), ()):
        with pytest.raises(InputError, match=r"shape is \(2, 3\)"):
            flat_index(wrong, (2, 3))


def test_rows_ascend():
    """Rows are in ascending order of the joined value, whatever the registers do to the bits."""
    found = [value for value, _ in rows(SCATTERED)]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda r: r.register("flags"), NotFoundError, r"no register 'flags'; .*did you mean 'flag'\?"),
        (lambda r: r.marginal([]), InputError, "at least one bit"),
        (lambda r: r.marginal([0, 0]), InputError, "each bit once"),
        (lambda r: r.marginal([5]), InputError, "no bit 5: .* bits 0 to 4"),
        (lambda r: r.marginal([-1]), InputError, "no bit -1"),
        (lambda r: r.postselect({}), InputError, "needs a condition"),
        (lambda r: r.postselect({"flag": "01"}), InputError, "'flag' has 1 bits"),
        (lambda r: r.postselect({"flag": "x"}), InputError, "'flag' has 1 bits"),
        (lambda r: r.postselect({"flga": "1"}), NotFoundError, "did you mean 'flag'"),
        (lambda r: r.postselect({9: 1}), InputError, "no bit 9"),
        (lambda r: r.postselect({0: 2}), InputError, "bit 0 can be 0 or 1, got 2"),
        (lambda r: r.postselect({"flag": "1", 4: 0}), InputError, "bit 4 cannot be 0 and 1"),
    ],
)
def test_what_is_not_there_is_named(call, kind, message):
    """A register, bit or condition that makes no sense gets one clear line."""
    with pytest.raises(kind, match=message) as caught:
        call(of(sampled({0: 10}, data=4, flag=1)))
    assert "\n" not in str(caught.value)
