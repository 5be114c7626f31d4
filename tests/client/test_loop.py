"""The handle of a loop, on a real service: orders, forks, pauses that give the process back, errors, sweeps."""

from __future__ import annotations

import asyncio
import pickle
import threading

import numpy as np
import pytest

import qmagic
from qmagic.client.loop import tape
from qmagic.errors import InputError, JobCancelledError, JobFailedError, NotFoundError
from qmagic.tapes import unpack
from tests.faults.making import kill, new_line, service, status, until
from tests.loops.playing import played, trajectory


def quick(x):
    return float(((x - 0.3) ** 2).sum())


def slow(x):
    import time

    time.sleep(0.01)
    return float(((x - 0.3) ** 2).sum())


def started(loop: qmagic.Loop, iterations: int = 3) -> qmagic.Loop:
    """Waits until a loop has made some iterations."""
    until(lambda: loop.state().iteration >= iterations, 60, "the loop runs")
    return loop


def phase(loop: qmagic.Loop, wanted: str) -> None:
    until(lambda: loop.state().phase == wanted, 60, f"the loop is {wanted}")


def test_a_loop_is_a_job(home):
    """It is in the list, found by its id (also after pickling), awaited, rerun with the same result."""
    loop = qmagic.minimize(quick, [0.0, 1.0], optimizer="nelder-mead", name="valley", tags=("t",), seed=1)
    result = loop.result(60)
    assert np.allclose(result.x, 0.3, atol=1e-3)
    assert result.value == min(result.history.values)
    assert result.history.points.shape == (result.iterations, 2)
    found = qmagic.job(loop.id)
    assert isinstance(found, qmagic.Loop)
    assert found.result(60).x.tolist() == result.x.tolist()
    assert qmagic.loop(loop.id) == loop
    assert pickle.loads(pickle.dumps(loop)) == loop
    assert isinstance(qmagic.jobs(1, tag="t")[0], qmagic.Loop)
    assert loop.info().headline.endswith(result.headline[-10:])

    async def awaited():
        return await loop

    assert asyncio.run(awaited()) is result
    again = loop.rerun()
    assert trajectory(entries(again, 60)) == trajectory(entries(loop, 60))


def entries(loop, timeout):
    loop.result(timeout)
    return [entry for chunk in tape(loop.id) for entry in unpack(chunk)]


def test_a_loop_is_paused_stepped_changed_and_stopped(home):
    """Each order holds at the next evaluation; the loop's own values are those of an undisturbed one."""
    loop = started(qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead", seed=1, maxiter=5000))
    loop.pause()
    phase(loop, "paused")
    at = loop.state().iteration
    loop.step(2)
    until(lambda: loop.state().iteration == at + 2)
    phase(loop, "paused")
    loop.set(optimizer="cobyla", maxiter=100_000)
    until(lambda: loop.state().optimizer == "cobyla")
    assert loop.state().iteration == at + 2
    with pytest.raises(InputError, match="no setting 'max_iter'; did you mean 'maxiter'"):
        loop.set(max_iter=3)
    with pytest.raises(InputError, match="cobyla has no learning rate"):
        loop.set(learning_rate=0.1)
    loop.resume()
    until(lambda: loop.state().iteration > at + 3)
    loop.stop()
    result = loop.result(60)
    assert result.reason == "stopped by the user"
    assert [one.order.kind for one in result.orders] == ["pause", "step", "set", "resume", "stop"]
    with pytest.raises(NotFoundError, match="has ended"):
        loop.pause()


def test_a_loop_of_any_length_is_read_to_its_end(home, full):
    """History and state of a loop that has ended are those of its result, however many answers they take."""
    long = full(300, 24_000)
    loop = qmagic.minimize(quick, [0.0, 1.0], optimizer="spsa", seed=1, maxiter=long)
    result = loop.result(600)
    assert loop.history().values.tolist() == result.history.values.tolist()
    assert len(loop.history(since=long - 10)) == 10
    assert (loop.state().iteration, loop.state().best) == (long, result.lowest)


def test_a_cancelled_loop_stands_as_its_orders_left_it(home):
    """After the end the tape alone tells: which orders were obeyed, which optimizer and settings were the last."""
    loop = started(qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead", seed=1))
    loop.set(optimizer="spsa", maxiter=5000)
    until(lambda: loop.state().obeyed == 1, 60, "the order is obeyed")
    started(loop, loop.state().iteration + 2)
    loop.cancel()
    until(loop.done, 60, "the loop is cancelled")
    state = loop.state()
    assert (state.phase, state.optimizer, state.maxiter, state.obeyed) == ("ended", "spsa", 5000, 1)


def test_a_fork_goes_the_same_way_and_then_its_own(home):
    """Without settings a fork repeats its parent; with some it parts after the iteration that was named."""
    parent = qmagic.minimize(quick, [0.0, 1.0], optimizer="nelder-mead", seed=1, maxiter=30)
    whole = parent.result(60).history
    same = parent.fork(10).result(60)
    assert same.history.values.tolist() == whole.values.tolist()
    other = parent.fork(10, optimizer="spsa", maxiter=14)
    found = other.result(60)
    assert found.history.values[:10].tolist() == whole.values[:10].tolist()
    assert found.iterations == 14
    assert found.optimizer == "spsa"
    assert other.history().values.tolist() == found.history.values.tolist()
    nested = other.fork(12, maxiter=13).result(60)
    assert nested.history.values[:12].tolist() == found.history.values[:12].tolist()
    with pytest.raises(InputError, match="expected 0 to 30"):
        parent.fork(31)


def test_a_loop_that_stays_paused_gives_its_process_back(own_home, monkeypatch):
    """After a while it is HELD, without a process; any later order to go on brings it back where it was."""
    monkeypatch.setenv("QMAGIC_LOOP_REST_SECONDS", "0.2")
    loop = started(qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead", seed=1, maxiter=40))
    loop.pause()
    until(lambda: loop.status() == "HELD", 60)
    until(lambda: not [worker for worker in status().workers if worker.state == "loop"])
    seen = loop.history().values.tolist()
    assert loop.state().phase == "paused"
    kill(service().pid)
    new_line()
    assert loop.status() == "HELD"
    loop.resume()
    result = loop.result(60)
    assert result.history.values[: len(seen)].tolist() == seen
    assert result.history.values.tolist() == loop_of(played(loop.spec())[0])


def loop_of(outcome):
    return outcome.loop.history.value


def test_a_held_loop_can_be_cancelled_and_a_running_one_too(own_home, monkeypatch):
    """Cancel ends the process at once; there is no result, and the tape is still there."""
    monkeypatch.setenv("QMAGIC_LOOP_REST_SECONDS", "0.2")
    running = started(qmagic.minimize(slow, [0.0, 1.0], optimizer="spsa", maxiter=100_000))
    held = qmagic.minimize(slow, [0.0, 1.0], optimizer="nelder-mead")
    held.pause()
    until(lambda: held.status() == "HELD", 60)
    assert running.cancel()
    assert held.cancel()
    for loop in (running, held):
        with pytest.raises(JobCancelledError):
            loop.result(60)
    assert len(running.history()) >= 3


def test_what_a_function_does_wrong_is_told(home):
    """An exception shows the user's own lines and keeps the tape; what cannot be pickled is named."""

    def wrong(x):
        if x[0] > 0.05:
            raise ValueError("too far")
        return float((x[0] - 1) ** 2)

    loop = qmagic.minimize(wrong, [0.0, 1.0], optimizer="nelder-mead")
    with pytest.raises(JobFailedError, match=r"ValueError: too far\n.*in wrong\n.*raise ValueError"):
        loop.result(60)
    assert loop.status() == "FAILED"
    assert len(loop.history()) > 1
    lock = threading.Lock()

    def holding(x):
        with lock:
            return 0.0

    with pytest.raises(InputError, match=r"'holding' cannot be sent.*'lock' .lock. cannot be pickled"):
        qmagic.minimize(holding, [0.0])


def test_what_runs_inside_a_function_runs_in_place(home):
    """qmagic.run and the primitives make no job of their own there, and give the same counts at the same evaluation."""

    def cost(x):
        from qiskit.circuit import QuantumCircuit

        import qmagic

        circuit = QuantumCircuit(1)
        circuit.ry(x[0], 0)
        value = qmagic.run(circuit, observables="Z", precision=0.1).result()
        circuit.measure_all()
        ones = qmagic.Sampler(default_shots=100).run([circuit]).result()[0].data.meas.get_counts().get("1", 0)
        return float(value.evs) - ones / 100

    before = len(qmagic.jobs(1000))
    loop = qmagic.minimize(cost, [0.3], optimizer="nelder-mead", maxiter=3, seed=5)
    result = loop.result(60)
    assert result.shots > 0
    assert len(qmagic.jobs(1000)) == before + 1
    assert trajectory(entries(loop.rerun(), 60)) == trajectory(entries(loop, 60))


def test_a_sweep_is_many_loops_under_one_parent(home):
    """Each problem runs with each seed; lists show one line; results come by label; the sweep is found by its id."""
    sweep = qmagic.sweep({"a": (quick, [0.0, 1.0]), "b": (quick, [1.0])}, seeds=[1, 2], optimizer="cobyla", name="s")
    results = sweep.results(60)
    assert list(results) == ["s a seed 1", "s a seed 2", "s b seed 1", "s b seed 2"]
    assert all(abs(result.value) < 1e-6 for result in results.values())
    assert qmagic.jobs(1, fold=True)[0].last_info().family == 4
    found = qmagic.Sweep(sweep.id)
    assert found.done()
    assert found.values() == {label: result.lowest for label, result in results.items()}
    views = found._repr_mimebundle_()
    assert views["text/plain"].startswith("4 loops, 4 ended")
    assert len(views["application/vnd.qmagic.sweep.v1+json"]["members"]) == 4
    with pytest.raises(InputError, match="no argument 'optimiser'; did you mean 'optimizer'"):
        qmagic.sweep([(quick, [0.0])], optimiser="cobyla")
    with pytest.raises(NotFoundError, match="no sweep"):
        qmagic.Sweep("nothing")


def free() -> set[int]:
    """Returns the processes that wait for a loop."""
    return {worker.pid for worker in status().workers if worker.state == "free"}


def test_loops_of_circuits_share_a_process_and_functions_do_not(own_home):
    """The next loop of circuits runs where the last one did, with the same numbers; none follows a user's function."""
    from qiskit.circuit.library import efficient_su2

    circuits = efficient_su2(2, reps=1)

    def ran(*asked):
        loop = qmagic.minimize(*asked, optimizer="adam", maxiter=20, seed=3)
        return loop.result(120).history.points.tolist()

    first = ran(circuits, "ZZ + 0.5*XI")
    kept = free()
    again = [ran(circuits, "ZZ + 0.5*XI") for _ in range(3)]
    assert again == [first] * 3
    assert kept & free()
    before = free()
    ran(quick, [0.0, 1.0])
    until(lambda: len(before - free()) == 1, 60, "the function's process has gone")


def test_a_landscape_is_taken_aside(home):
    """The values of a plane around an iteration; the loop's own numbers are those of one that nobody looked around."""
    asked = {"optimizer": "spsa", "maxiter": 100, "seed": 5}
    loop = started(qmagic.minimize(slow, [0.0, 1.0, 0.5], **asked))
    plane = loop.landscape(2, size=5)
    alone = qmagic.minimize(slow, [0.0, 1.0, 0.5], **asked)
    assert plane.result(60).reason == "all of the plane was evaluated"
    points, values = plane.history().points.reshape(5, 5, 3), plane.history().values.reshape(5, 5)
    assert np.allclose(points[2, 2], loop.history().points[1])
    assert np.allclose(values, ((points - 0.3) ** 2).sum(axis=2))
    first, second = points[2, 3] - points[2, 2], points[3, 2] - points[2, 2]
    assert abs(first @ second) < 1e-12
    assert np.allclose(np.linalg.norm(first), np.linalg.norm(second))
    loop.result(60), alone.result(60)
    assert trajectory(entries(loop, 60)) == trajectory(entries(alone, 60))
    with pytest.raises(InputError, match=r"landscape\(9999\): the loop has 100 iterations"):
        loop.landscape(9999)
    with pytest.raises(InputError, match="needs 2 parameters"):
        qmagic.minimize(quick, [0.0], maxiter=3).landscape()
