"""Several runs as one."""

from __future__ import annotations

import math

import msgspec
import pytest

from qmagic.errors import InputError
from qmagic.jobs import PubSpec, Source
from qmagic.results import Result, merge
from tests.results.build import BELL, bell, estimated, info, observables, outcome, sampled, spec


def other(zeros: int = 10, ones: int = 30) -> Result:
    return bell(zeros, ones, id="01jother", seed=8)


def test_counts_add():
    """a + b has the shots of both, and says so; merging is associative."""
    third = bell(1, 2, id="01jthird", seed=9)
    whole = bell(100, 200) + other() + third
    assert whole.counts() == {"00": 111, "11": 232}
    assert whole.shots == 343
    assert (
        whole.counts()
        == (bell(100, 200) + (other() + third)).counts()
        == merge([bell(100, 200), other(), third]).counts()
    )
    assert whole.info.id == "01jabcdefghjkmn+01jother+01jthird"
    assert whole.outcome.notes == (
        "merged from 3 runs: job 01jabcdefghjkmn (seed 7), job 01jother (seed 8), job 01jthird (seed 9)",
    )
    assert whole[0].data.c.num_shots == 343


def test_new_outcomes_join():
    """An outcome that only one run saw is kept."""
    a = Result(outcome(sampled({1: 5}, c=2)), info(), spec())
    b = Result(outcome(sampled({2: 7, 1: 1}, c=2)), info(id="b", seed=8), spec())
    assert (a + b).counts() == {"01": 6, "10": 7}


def test_expectation_values_are_weighted_by_shots():
    """Σ n e / Σ n with error √(Σ n² s²) / Σ n."""

    def run(value, std, shots, **changes):
        pub = estimated([value], [std], (), ("ZZ",), shots)
        return Result(outcome(pub), info(**changes), spec(PubSpec(observables=observables("ZZ"))))

    whole = run(0.5, 0.03, 1000) + run(0.6, 0.05, 3000, id="b", seed=8)
    assert float(whole.evs) == pytest.approx((0.5 * 1000 + 0.6 * 3000) / 4000)
    assert float(whole.stds) == pytest.approx(math.hypot(0.03 * 1000, 0.05 * 3000) / 4000)
    assert whole.shots == 4000


def test_shots_never_count_twice():
    """A job, or a seed, that is on both sides is refused, also after a merge."""
    with pytest.raises(InputError, match="both contain job 01jabcdefghjkmn"):
        bell() + bell()
    with pytest.raises(InputError, match="both ran with seed 7"):
        bell() + bell(id="another")
    with pytest.raises(InputError, match="both contain job 01jother"):
        (bell() + other()) + other()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"noise": "fake_sherbrooke"}, "different noise"),
        ({"source": Source("openqasm3", BELL.replace(b"h q[0]", b"x q[0]"))}, "same circuits"),
        ({"pubs": (PubSpec(circuit=1),)}, "same circuits"),
    ],
)
def test_other_circuits_and_noise_are_refused(change, message):
    """Runs of other circuits, parameters or noise do not merge."""
    there = other()
    with pytest.raises(InputError, match=message):
        bell() + Result(there.outcome, there.info, msgspec.structs.replace(there.spec, **change))


def test_the_same_circuit_written_differently_merges():
    """Blanks and comments do not make another circuit: where the bytes differ, the circuits decide."""
    there = other()
    source = Source("openqasm3", BELL.replace(b"; ", b";\n// the same\n"))
    whole = bell() + Result(there.outcome, there.info, msgspec.structs.replace(there.spec, source=source))
    assert whole.shots == 4136


def test_other_registers_points_and_kinds_are_refused():
    """Registers, shapes and kinds must be the same; exact values and empty lists do not merge."""
    there = Result(outcome(sampled({0: 5}, a=1, b=1)), info(id="b", seed=8), spec())
    with pytest.raises(InputError, match="registers"):
        bell() + there
    exact = Result(outcome(estimated([1.0], labels=("ZZ",))), info(id="b", seed=8), spec())
    with pytest.raises(InputError, match="do not merge"):
        bell() + exact
    with pytest.raises(InputError, match="exact"):
        exact + Result(exact.outcome, info(id="c", seed=9), exact.spec)
    with pytest.raises(InputError, match="1 and 2 PUBs"):
        bell() + Result(outcome(*bell().outcome.pubs, *bell().outcome.pubs), info(id="b", seed=8), spec())
    with pytest.raises(InputError, match="empty"):
        merge([])
