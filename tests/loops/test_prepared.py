"""Ansätze and engines that a process keeps from one loop to the next."""

from __future__ import annotations

import msgspec
import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp

from qmagic.loops import prepared as module
from qmagic.loops.asked import Asked, job_of
from qmagic.loops.prepared import Prepared, prepared
from qmagic.tapes import LoopSpec
from tests.loops.playing import loop, played, trajectory

ISING = SparsePauliOp.from_list([("ZZI", -1.0), ("IZZ", -1.0), ("XII", -0.5), ("IXI", -0.5), ("IIX", -0.5)])
ANSATZ = efficient_su2(3, reps=2)


def objective(ansatz, observable):
    """What travels of an ansatz and an observable."""
    spec = job_of(Asked(objective=ansatz, second=observable, seed=3))
    circuits = msgspec.msgpack.decode(spec.source.data, type=LoopSpec).objective
    return circuits.source, circuits.pub.observables[0]


def test_what_is_the_same_is_prepared_once():
    """The same circuit and observable, sent again, are there; another of either is made anew, and right."""
    first = prepared(*objective(ANSATZ, ISING))
    assert prepared(*objective(ANSATZ, ISING)) is first
    assert first.exact(1) is first.exact(1)
    other = prepared(*objective(ANSATZ, -2 * ISING))
    point = np.linspace(-1, 1, ANSATZ.num_parameters)
    assert other is not first
    assert other.exact(1).value(point).value == -2 * first.exact(1).value(point).value
    assert prepared(*objective(efficient_su2(3, reps=2), ISING)) is not first  # parameters of its own


def test_a_kept_engine_answers_as_a_new_one_does():
    """To the last bit, whatever it was asked before: else a resumed loop would not go on identically."""
    kept, rng = prepared(*objective(ANSATZ, ISING)).exact(1), np.random.default_rng(5)
    points = rng.uniform(-3, 3, (20, ANSATZ.num_parameters))
    for index, point in enumerate(points):
        if index % 2:
            kept.value(points[index - 1])
        new = Prepared(*objective(ANSATZ, ISING)).exact(1)
        found, wanted = kept.value_and_gradient(point), new.value_and_gradient(point)
        assert found.value == wanted.value
        assert found.gradient.tobytes() == wanted.gradient.tobytes()


def test_the_same_loop_again_has_the_same_tape():
    """A loop that finds everything prepared evaluates all the same: its tape is as long, and equal."""
    module._known.cache_clear()
    spec = job_of(Asked(objective=ANSATZ, second=ISING, seed=3))
    (one, first), (two, again) = played(spec), played(spec)
    assert module._known.cache_info().hits
    assert trajectory(first) == trajectory(again)
    assert loop(one).evaluations == loop(two).evaluations > 10


def test_only_small_ones_are_kept(monkeypatch):
    """A large engine goes with its loop, a large circuit too."""
    monkeypatch.setattr(module, "_MOST_MEMORY", 100)
    large = Prepared(*objective(ANSATZ, ISING))
    assert large.exact(1) is not large.exact(1)
    monkeypatch.setattr(module, "_MOST_BYTES", 100)
    assert prepared(*objective(ANSATZ, ISING)) is not prepared(*objective(ANSATZ, ISING))
