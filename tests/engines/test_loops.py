"""Which processes loops run in: real ones, with the service's part played here."""

from __future__ import annotations

from multiprocessing.connection import wait

import msgspec
import psutil
import pytest
from qiskit.circuit import Parameter, QuantumCircuit

from qmagic.backends.kernels import load
from qmagic.client.environment import environment
from qmagic.engines import loops as module
from qmagic.engines.loop_messages import Begin
from qmagic.engines.loops import LoopEngine
from qmagic.jobs import new_job_id
from qmagic.loops.asked import Asked, job_of
from tests.faults.making import until


def valley(x):
    return float(((x - 0.3) ** 2).sum())


def wave():
    """A circuit with one parameter."""
    parameter = Parameter("t")
    circuit = QuantumCircuit(1)
    circuit.ry(parameter, 0)
    return circuit


class Ends:
    """Hears of loops' ends."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def on_recorded(self, message):
        pass

    def on_pulsed(self, message):
        pass

    def on_loop_done(self, message, last):
        self.ended.append(message.job)


@pytest.fixture
def engine(tmp_path):
    engine = LoopEngine(tmp_path, lambda processes: None)
    engine.listener = Ends()
    yield engine
    engine.close()


def begin(engine, *asked, kernels=False):
    """Begins a loop, and returns its job and its process."""
    spec = job_of(Asked(objective=asked[0], second=asked[1], maxiter=20, seed=1))
    job = new_job_id()
    engine.begin(environment(), Begin(job, 1, msgspec.msgpack.encode(spec), [], []), kernels=kernels)
    return job, next(pid for name, pid, _ in engine.processes if name == job)


def run(engine, *asked):
    """Runs a loop to its end, and returns the process that it ran in."""
    job, pid = begin(engine, *asked)
    while job not in engine.listener.ended:
        read(engine)
    return pid


def read(engine):
    for descriptor in wait(list(engine.descriptors), 60):
        engine.read(descriptor)


def test_quick_loops_share_a_process_and_a_spare_comes_when_it_is_calm(engine, monkeypatch):
    """Loops of circuits that are over in a moment need no second process; one whose process has left is replaced."""
    monkeypatch.setattr(module, "_CALM_SECONDS", 1e9)
    first = run(engine, wave(), "Z")
    engine.look(60)
    assert run(engine, wave(), "X") == first
    monkeypatch.setattr(module, "_CALM_SECONDS", 0.0)
    engine.look(60)
    assert [pid for _, pid, _ in engine.processes] == [first]  # it is free: that is the spare
    assert run(engine, valley, [0.0, 1.0]) == first
    while engine.processes:  # it has run a function, and leaves
        read(engine)
    engine.look(60)
    assert [name for name, _, _ in engine.processes] == [""]
    (spare,) = (pid for _, pid, _ in engine.processes)
    assert run(engine, wave(), "Z") == spare
    engine.look(60)
    assert len(engine.processes) == 1


@pytest.mark.parametrize("kernels", [False, True])
def test_a_spare_loads_the_kernels_where_the_last_loop_may_have_used_them(engine, monkeypatch, kernels):
    """Who minimizes functions needs no compiler."""
    load()  # or there would be nothing to load: it is not compiled for a spare
    monkeypatch.setattr(module, "_CALM_SECONDS", 0.0)
    job, _ = begin(engine, valley, [0.0, 1.0], kernels=kernels)
    while job not in engine.listener.ended:
        read(engine)
    while not (spares := [pid for name, pid, _ in engine.processes if not name]):
        engine.look(60)
    [spare] = map(psutil.Process, spares)
    until(lambda: "qmagic.loops.process" in spare.cmdline(), what="it is that program")
    assert (spare.cmdline()[-1] == "kernels") == kernels
    if kernels:
        until(lambda: any("llvmlite" in one.path for one in spare.memory_maps()), what="they are loaded")


def test_a_process_that_has_run_a_loop_goes_before_a_spare_that_came_up_later(engine, monkeypatch):
    """It has its kernels loaded and its ansätze prepared; the spare may still be loading."""
    monkeypatch.setattr(module, "_CALM_SECONDS", 0.0)
    first = run(engine, wave(), "Z")
    job, again = begin(engine, wave(), "X")
    assert again == first
    engine.look(60)  # no process is free now: a spare is started
    while job not in engine.listener.ended:
        read(engine)
    assert len(engine.processes) == 2
    read(engine)  # the spare is up
    assert run(engine, wave(), "Z") == first
