"""One loop without processes: replay, orders, stopping rules, and what a user's function may do wrong."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

from qmagic.errors import InputError, JobFailedError
from qmagic.loops import runner
from qmagic.loops.pickling import UserError
from qmagic.loops.replay import TapeError
from qmagic.orders import OPTIMIZERS, Changes, Order
from qmagic.tapes import Head, Noted, Ordered, Rules, Stood, Told, pack
from tests.loops.playing import PlayedDoor, Stuck, bowl, job, loop, noisy, played, trajectory

START = [-0.5, 0.7, 0.2]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("function", [bowl, noisy])
def test_a_tape_cut_anywhere_goes_on_identically(name, function, full):
    """From any prefix of its tape a loop takes the same points, is told the same values, ends at the same place."""
    rate = 0.001 if name == "gradient-descent" else None
    spec = job(function, START, optimizer=name, maxiter=40, learning_rate=rate)
    whole = played(spec)[1]
    draw = random.Random(name)
    for cut in draw.sample(range(1, len(whole)), k=min(len(whole) - 1, full(4, 60))):
        assert trajectory(played(spec, whole[:cut])[1]) == trajectory(whole), cut


def test_a_seed_decides_everything():
    """The same seed gives the same trajectory, another one another."""
    given = {"optimizer": "spsa", "maxiter": 10}
    first, again, other = (played(job(noisy, START, seed=seed, **given))[1] for seed in (1, 1, 2))
    assert trajectory(first) == trajectory(again)
    assert trajectory(first) != trajectory(other)


def test_a_tape_of_another_objective_or_version_is_refused():
    """The reason is in the message, with what to do."""
    spec = job(bowl, START, maxiter=5)
    tape = played(spec)[1]
    with pytest.raises(TapeError, match=r"another objective.*x0=loop.best"):
        played(job(noisy, START, maxiter=5), tape)
    head = tape[0]
    assert isinstance(head, Head)
    older = [Head(head.objective, head.versions | {"scipy": "1.0.0"}, head.threads), *tape[1:]]
    with pytest.raises(TapeError, match=r"scipy 1\.0\.0, and this is scipy"):
        played(spec, older)
    moved = [Told(e.index, e.want, b"\0" * len(e.x), e.value) if isinstance(e, Told) else e for e in tape]
    with pytest.raises(TapeError, match="at evaluation 0"):
        played(spec, moved)


def test_orders_are_obeyed_where_they_came_and_replayed_there():
    """Pause, step, settings and another optimizer lie on the tape; a replay from any cut obeys them there."""
    orders = {
        5: [Order("pause", 1), Order("step", 2, steps=3)],
        30: [Order("resume", 3), Order("set", 4, changes=Changes(optimizer="spsa", learning_rate=0.05))],
        60: [Order("set", 5, changes=Changes(maxiter=25))],
    }
    spec = job(bowl, START, optimizer="nelder-mead", maxiter=200)
    with pytest.raises(Stuck):  # three iterations after the step it waits
        played(spec, orders={5: orders[5]})
    door = PlayedDoor({5: [Order("pause", 1), Order("resume", 2)], **{k: v for k, v in orders.items() if k > 5}})
    outcome = runner.run(spec, runner.prepare(spec, (), door))
    assert loop(outcome).iterations == 25
    assert loop(outcome).optimizer == "spsa"
    kinds = [(e.index, e.order.kind) for e in door.tape if isinstance(e, Ordered)]
    assert kinds == [(5, "pause"), (5, "resume"), (30, "resume"), (30, "set"), (60, "set")]
    for cut in range(1, len(door.tape), 7):
        due = {at: given for at, given in orders.items() if at >= sum(isinstance(e, Told) for e in door.tape[:cut]) > 5}
        if cut > [isinstance(e, Ordered) for e in door.tape].index(True) + len(kinds):
            due = {
                at: [
                    o
                    for o in given
                    if o.number not in {e.order.number for e in door.tape[:cut] if isinstance(e, Ordered)}
                ]
                for at, given in due.items()
            }
            assert trajectory(played(spec, door.tape[:cut], due)[1]) == trajectory(door.tape), cut


def test_a_paused_loop_makes_exactly_the_steps_it_is_told():
    """After `step(3)` there are three more iterations, and the loop waits."""
    door = PlayedDoor({5: [Order("step", 1, steps=3)]})
    spec = job(bowl, START, optimizer="nelder-mead")
    session = runner.prepare(spec, (), door)
    with pytest.raises(Stuck):
        runner.run(spec, session)
    before = sum(isinstance(e, Stood) and e.evaluations <= 5 for e in door.tape)
    assert len(session.history) == before + 3
    assert session.phase == "paused"


def test_stop_keeps_the_best_point():
    """The result of a stopped loop is the lowest point that it saw, and says why it ended."""
    spec = job(bowl, START, optimizer="nelder-mead")
    outcome, tape = played(spec, orders={40: [Order("stop", 1, reason="stopped by the user")]})
    values = [e.value for e in tape if isinstance(e, Told)]
    assert loop(outcome).value == min(values)
    assert loop(outcome).reason == "stopped by the user"
    assert len(values) == 40
    with pytest.raises(JobFailedError, match="before the first value"):
        played(spec, orders={0: [Order("stop", 1)]})


def test_settings_that_do_not_fit_are_said_and_not_taken():
    """A learning rate for Nelder-Mead is refused in a note; the loop goes on as it was."""
    spec = job(bowl, START, optimizer="nelder-mead", maxiter=30)
    plain = played(spec)[1]
    outcome, tape = played(spec, orders={9: [Order("set", 1, changes=Changes(learning_rate=0.1))]})
    assert trajectory(tape) == trajectory(plain)
    assert [note.kind for note in loop(outcome).notes] == ["refused"]
    cut = next(i for i, e in enumerate(tape) if isinstance(e, Noted)) + 1
    assert sum(isinstance(e, Noted) for e in played(spec, tape[:cut])[1]) == 1


def test_with_noise_the_best_point_is_measured_again():
    """The result is a fresh value at the best point, not the lowest seen; over 40 seeds only the latter is biased."""
    fresh, lowest = [], []
    for seed in range(40):
        found = loop(played(job(noisy, [0.5, 0.5], optimizer="spsa", maxiter=30, learning_rate=1e-6, seed=seed))[0])
        fresh.append(found.value)
        lowest.append(found.lowest)
    sigma = 0.02 / np.sqrt(40)
    truth = 0.0
    assert abs(np.mean(fresh) - truth) < 4 * sigma
    assert np.mean(lowest) < truth - 10 * sigma  # the expected minimum of 30 normal numbers lies 2 sigma below


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"target": 0.01}, "the target 0.01 was reached"),
        ({"patience": 3}, "3 iterations brought no improvement"),
        ({"tol": 1e-4}, "the improvement of each iteration fell below 0.0001"),
        ({"max_seconds": 1e-9}, "max_seconds = 1e-09 were over"),
    ],
)
def test_rules_stop_a_loop(rules, reason):
    """Each rule ends the loop with its own words, at the same place when replayed."""
    spec = job(bowl, START, optimizer="nelder-mead", rules=Rules(**rules))
    if "max_seconds" in rules:
        with pytest.raises(JobFailedError, match="max_seconds"):
            played(spec)
        return
    outcome, tape = played(spec)
    assert loop(outcome).reason == reason
    assert loop(played(spec, tape[: len(tape) // 2])[0]).iterations == loop(outcome).iterations


def test_shots_are_not_exceeded():
    """With max_shots the loop ends before it spends more, the last measurement included."""

    def measured(x, shots=None):
        return float(np.sum(x**2)), 0.1

    outcome, _ = played(job(measured, START, optimizer="spsa", shots=100, rules=Rules(max_shots=5000)))
    assert loop(outcome).reason == "max_shots = 5,000 leave no room for another evaluation"
    assert 4800 <= loop(outcome).shots <= 5000


def test_what_is_no_number_ends_the_loop_and_says_where():
    """NaN names iteration, evaluation and point; the tape up to there is whole."""

    def broken(x):
        return float("nan") if x[0] > 0 else float(x @ x)

    spec = job(broken, [-0.5, 0.2], optimizer="nelder-mead")
    door = PlayedDoor()
    with pytest.raises(UserError, match=r"iteration \d+, evaluation \d+: the objective gave the value nan at x = \["):
        runner.run(spec, runner.prepare(spec, (), door))
    assert sum(isinstance(e, Told) for e in door.tape) > 3


def test_a_users_error_shows_the_users_lines():
    """The traceback begins in the user's function and has its text."""

    def wrong(x):
        missing = {}
        return missing["energy"]

    with pytest.raises(UserError, match=r"^KeyError: 'energy'\n.*in wrong\n.*return missing") as caught:
        played(job(wrong, START))
    assert "qmagic/loops" not in str(caught.value)

    def words(x):
        return "low"

    with pytest.raises(UserError, match=r"returned str 'low'; expected a number"):
        played(job(words, START))


def test_a_function_may_take_seed_and_shots_and_give_an_error_bar():
    """They come by name; the global generators are seeded, so that the same evaluation gives the same value."""

    def cost(x, *, seed, shots):
        return float(np.random.default_rng(seed).normal(x @ x, 1 / shots**0.5)), 1 / shots**0.5

    outcome, tape = played(job(cost, START, optimizer="spsa", shots=400, maxiter=3))
    told = [e for e in tape if isinstance(e, Told)]
    assert {e.shots for e in told} == {400}
    assert {e.std for e in told} == {0.05}
    assert loop(outcome).measured == 400


def test_a_callback_sees_each_iteration_and_may_stop():
    """It is called once for each new iteration; a true value ends the loop, also when replayed."""
    from qmagic.loops.pickling import pickled

    spec = job(bowl, START, optimizer="nelder-mead", callback=pickled({"callback": lambda i, x, value: i == 7}))
    outcome, tape = played(spec)
    assert (loop(outcome).iterations, loop(outcome).reason) == (7, "the callback said so")
    assert loop(played(spec, tape)[0]).iterations == 7


def test_notices_say_what_happens():
    """A plateau beyond the error bar, a divergence and a vanishing gradient are said once, in words."""

    def flat(x):
        return 1.0 + 0.01 * np.random.standard_normal(), 0.01  # noqa: NPY002

    def texts(spec):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [note.kind for note in loop(played(spec)[0]).notes]

    assert texts(job(flat, START, optimizer="spsa", maxiter=80)) == ["plateau"]
    uphill = job(lambda x: float(x @ x), [0.1, 0.1], optimizer="gradient-descent", learning_rate=1.05, maxiter=20)
    assert texts(uphill) == ["divergence"]
    still = job(lambda x: 1e-7 * float(x @ x), [0.1, 0.1], optimizer="adam", maxiter=10)
    assert texts(still) == ["flat"]
    doubtful = job(noisy, [0.5, 0.5], optimizer="spsa", maxiter=40, rules=Rules(tol=1e-9))
    assert "doubt" in texts(doubtful)


def test_an_odd_tape_is_no_tape():
    """A tape that another Python wrote is refused before its function is loaded."""
    spec = job(bowl, START)
    import msgspec

    from qmagic.tapes import LoopSpec

    found = msgspec.msgpack.decode(spec.source.data, type=LoopSpec)
    other = msgspec.structs.replace(found, objective=msgspec.structs.replace(found.objective, python="3.9"))
    source = msgspec.structs.replace(spec.source, data=msgspec.msgpack.encode(other))
    with pytest.raises(InputError, match=r"made by Python 3\.9"):
        runner.prepare(msgspec.structs.replace(spec, source=source), [pack([])], PlayedDoor())
