"""How long a choice may take, what comes after it, and what is learnt of it."""

from __future__ import annotations

import pytest

from qmagic import execute
from qmagic.backends.base import OutgrownError
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from qmagic.plans.patience import instead, learn, notice
from qmagic.plans.tasks import tasks_of
from tests.contracts.jobs import counts_of, ghz, spec_of
from tests.plans.circuits import deceptive, turned

#: Experience that makes the sparse state the first choice for `deceptive`, whatever the constants.
SPARSE_FIRST = {"aer.matrix_product_state": 100.0}


def tasks(circuit, *pubs, backend="auto", **choice):
    return tasks_of(spec_of(circuit, *pubs, backend=backend), [circuit], None, None, **choice)


def test_patience():
    """At least 5 s and 5 times the estimate; to blame is what most of the time goes to, with its model's seconds."""
    made = tasks(turned(60), corrections={"sparse": 2.0})
    told = notice(made)
    assert told.patience >= max(5.0, 5 * told.seconds)
    assert told.blame == (made[0].backend.name,)
    assert told.seconds == made[0].route.seconds
    corrected = {"sparse": 2.0}.get(told.blame[0], 1.0)
    assert told.model == pytest.approx(told.seconds / corrected)


def test_no_patience_needed():
    """What is quick, what was asked for, and the last that is left have no limit."""
    everything = ["sparse", "aer.matrix_product_state", "aer", "stim", "branches"]
    for made in (tasks(ghz(2)), tasks(turned(60), backend="aer.mps"), tasks(turned(60), avoid=everything)):
        assert (notice(made).patience, notice(made).blame) == (0.0, ())


def test_what_gives_up_is_left():
    """A simulator that grows too large is left for the next; notes, notices and the recorded backend say so."""
    spec = spec_of(deceptive(), PubSpec(shots=500))
    heard = []
    prepared = execute.prepare(spec, corrections=SPARSE_FIRST)
    assert prepared.tasks[0].backend.name == "sparse"
    outcome = execute.run(prepared, reserve=lambda memory, threads: threads, tell=heard.append)
    assert outcome.backend == outcome.pubs[0].metadata["backend"] == "aer.matrix_product_state"
    assert outcome.notes[0].startswith("sparse turned out badly and was left: the sparse state has more than")
    assert [one.backend for one in heard] == ["sparse", "aer.matrix_product_state"]
    assert heard[1].reason == outcome.notes[0]
    assert sum(counts_of(outcome.pubs[0]).values()) == 500
    named = execute.run(
        execute.prepare(spec_of(deceptive(), PubSpec(shots=500), backend="aer.mps")), reserve=lambda m, threads: threads
    )
    assert outcome.pubs[0].tables == named.pubs[0].tables


def test_nothing_instead():
    """What was asked for is never exchanged, and where nothing is left the error stays what it was."""
    error = OutgrownError("too many amplitudes")
    with pytest.raises(OutgrownError, match="too many"):
        instead(tasks(turned(60), backend="sparse")[0], error)
    everything = ["stim", "branches", "aer", "aer.matrix_product_state"]
    with pytest.raises(OutgrownError, match="too many"):
        instead(tasks(turned(60), avoid=everything)[0], error)


def test_a_named_backend_fails_with_its_own_words():
    """``--backend sparse`` on a circuit that is not sparse says what happened."""
    with pytest.raises(OutgrownError, match="more than 262,144 amplitudes"):
        execute.run(execute.prepare(spec_of(deceptive(), backend="sparse")), reserve=lambda memory, threads: threads)


def test_earlier_attempts_are_told():
    """What the manager stopped is in the notes of the result."""
    prepared = execute.prepare(spec_of(turned(60)), avoid=["sparse"], notes=["sparse was left: it took more than 5 s"])
    outcome = execute.run(prepared, reserve=lambda memory, threads: threads)
    assert outcome.notes == ("sparse was left: it took more than 5 s",)
    assert "sparse" not in outcome.backend


def test_what_is_learnt():
    """Runs in one piece that can be measured are remembered, as the model's seconds against those that were taken."""
    (task,) = tasks(turned(60), corrections={"sparse": 2.0, "aer.matrix_product_state": 2.0})
    spent: dict[str, tuple[float, float]] = {}
    learn(spent, task, 0.001)
    assert spent == {}
    learn(spent, task, 1.0)
    learn(spent, task, 2.0)
    assert spent == {task.backend.name: (pytest.approx(task.route.seconds), 3.0)}


def test_the_estimate_improves():
    """What a run teaches moves its own estimate towards what it took, and never beyond."""
    from qmagic.service.experience import MOST

    (task,) = tasks(turned(60))
    name, modelled = task.backend.name, task.route.seconds
    for taken in (modelled * 4, modelled / 4, modelled * 1000):
        factors = _learnt(name, modelled, taken, runs=1)
        (again,) = tasks(turned(60), corrections=factors)
        goal = min(MOST * modelled, taken)
        if again.backend.name == name:
            before, after = sorted((modelled, goal))
            assert before <= again.route.seconds <= after
            assert abs(again.route.seconds - goal) < abs(modelled - goal)


def _learnt(name, modelled, taken, runs):
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from qmagic.service.experience import Experience
    from tests.service.playing import SteppedStore

    with TemporaryDirectory() as folder:
        store = SteppedStore(Path(folder) / "store.sqlite")
        experience = Experience(store)
        for _ in range(runs):
            experience.learn({name: (modelled, taken)})
        store.die()
        return dict(experience.factors)


def test_a_job_needs_no_more_than_it_may():
    """An alternative that needs more than a job may take is refused with the amount."""
    prepared = execute.prepare(spec_of(deceptive(), PubSpec(shots=500)), corrections=SPARSE_FIRST)
    prepared.memory_limit = 1 << 20
    with pytest.raises(InputError, match="a job may take"):
        execute.run(prepared, reserve=lambda memory, threads: threads)
