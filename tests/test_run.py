"""Laws of `qmagic.run` and `run_each`: arguments become the spec that they say, and wrong ones submit nothing."""

from __future__ import annotations

import inspect
import io
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_overloads

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

from qmagic import client, options
from qmagic.errors import InputError, NotFoundError, SourceError
from qmagic.jobs import JobSpec, ParameterValues
from qmagic.run import run, run_each

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
ROTATED = 'OPENQASM 3.0; include "stdgates.inc"; input float a; input float b; qubit[2] q; rx(a) q[0]; ry(b) q[1];'


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[JobSpec]]:
    """Records what would be submitted. (That it runs is tested with a real service in `tests/service`.)"""
    specs: list[JobSpec] = []
    monkeypatch.chdir(tmp_path)

    def submit_many(given: Sequence[JobSpec]) -> list[str]:
        specs.extend(given)
        return [spec.id for spec in given]

    monkeypatch.setattr(client, "submit", lambda spec: submit_many([spec])[0])
    monkeypatch.setattr(client, "submit_many", submit_many)
    yield specs
    options.reset()


def bell() -> QuantumCircuit:
    """A measured Bell."""
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def rotated() -> QuantumCircuit:
    """Two rotations."""
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.ry(Parameter("b"), 1)
    return circuit


@pytest.mark.parametrize("circuit", [BELL, bell()], ids=["text", "object"])
def test_arguments_are_in_the_spec(sent: list[JobSpec], circuit: Any) -> None:
    """Every argument has its place, for text and for objects."""
    job = run(circuit, "aer", 100, 7, noise="fake_x", name="n", tags=["a"], transpile_to="fake_y", optimization_level=3,
              initial_layout=[1, 0], seed_transpiler=2, trials=4, verbatim=True, timeout=2.5, priority=1,
              notebook="nb")  # fmt: skip
    (spec,) = sent
    assert job == spec.id
    assert (spec.backend, spec.pubs[0].shots, spec.seed, spec.noise, spec.name, spec.tags) == (
        "aer",
        100,
        7,
        "fake_x",
        "n",
        ("a",),
    )
    assert spec.transpile is not None
    assert (spec.transpile.device, spec.transpile.optimization_level, spec.transpile.initial_layout) == (
        "fake_y",
        3,
        (1, 0),
    )
    assert (spec.transpile.seed, spec.transpile.trials, spec.transpile.verbatim) == (2, 4, True)
    assert (spec.timeout, spec.priority, spec.notebook, spec.width) == (2.5, 1, "nb", 2)
    assert not spec.checked  # only a worker knows what backends and devices there are
    assert (spec.source.language == "openqasm3") == (circuit is BELL)
    run(circuit)
    assert sent[1].checked == (circuit is not BELL)


@pytest.mark.parametrize("circuit", [ROTATED, rotated()], ids=["text", "object"])
@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ({"a": 0.1, "b": np.float64(0.2)}, ()),
        ([0.1, 0.2], ()),
        (np.array([[0.1, 0.2], [0.3, 0.4]]), (2,)),
        ({"b": [0.2, 0.4], "a": [0.1, 0.3]}, (2,)),
    ],
)
def test_parameter_values(sent: list[JobSpec], circuit: Any, values: Any, shape: tuple[int, ...]) -> None:
    """Values by name or as an array over Qiskit's order reach the PUB, for text and for objects."""
    run(circuit, observables=["ZZ", "Z0"][: shape[0] if shape else 1], parameter_values=values)
    given = sent[0].pubs[0].parameters
    assert isinstance(given, ParameterValues)
    assert given.shape == shape
    columns = dict(zip(given.names, np.frombuffer(given.values).reshape(-1, 2).T.tolist(), strict=True))
    expected = {"a": [0.1, 0.3], "b": [0.2, 0.4]} if shape else {"a": [0.1], "b": [0.2]}
    assert columns == expected


def test_observables_broadcast_as_in_qiskit(sent: list[JobSpec]) -> None:
    """The shapes of observables and values stand as given; ones that do not fit are refused."""
    operators = [[SparsePauliOp("ZZ")], ["0.5*XX + YY"]]
    run(rotated(), observables=operators, parameter_values=np.zeros((5, 2)))
    assert (sent[0].pubs[0].observables_shape, sent[0].kind) == ((2, 1), "estimate")
    with pytest.raises(InputError, match="do not broadcast"):
        run(rotated(), observables="ZZ; XX; YY", parameter_values=np.zeros((5, 2)))
    assert len(sent) == 1


def test_lists_and_pubs_are_one_job(sent: list[JobSpec]) -> None:
    """A list of circuits, PUBs and texts is one job with a PUB for each."""
    run([bell(), (bell(), None, 5), BELL], shots=9)
    assert [(pub.circuit, pub.shots) for pub in sent[0].pubs] == [(0, 9), (1, 5), (2, 9)]


def test_defaults_of_the_user(sent: list[JobSpec]) -> None:
    """What is not given comes from the user's options; what is given wins."""
    options.configure(shots=77, seed=5, backend="stim", noise="fake_z", tags="t", timeout=9.0)
    run(BELL)
    run(BELL, shots=1, seed=1, backend="auto", noise="fake_a", tags=["u"], timeout=1.0)
    run(ROTATED, observables="ZZ", precision=0.1, parameter_values={"a": 1, "b": 2})
    first, second, third = sent
    assert (first.pubs[0].shots, first.seed, first.backend, first.noise, first.tags, first.timeout) == (
        77,
        5,
        "stim",
        "fake_z",
        ("t",),
        9,
    )
    assert (second.pubs[0].shots, second.seed, second.backend, second.noise, second.tags) == (
        1,
        1,
        "auto",
        "fake_a",
        ("t", "u"),
    )
    assert (third.pubs[0].shots, third.pubs[0].precision) == (None, 0.1)


@pytest.mark.parametrize(
    ("arguments", "error", "part"),
    [
        ({"circuits": None}, InputError, "expected a circuit"),
        ({"circuits": "bell"}, InputError, "neither a circuit nor OpenQASM"),
        ({"circuits": ""}, InputError, "empty"),
        ({"circuits": []}, InputError, "empty list"),
        ({"circuits": BELL, "shots": 0}, InputError, "between 1 and"),
        ({"circuits": BELL, "shots": True}, InputError, "whole number"),
        ({"circuits": bell(), "shots": 10**12}, InputError, "between 1 and"),
        ({"circuits": bell(), "precision": 0.1}, InputError, "there are none"),
        ({"circuits": bell(), "noise": 3}, InputError, "noise"),
        ({"circuits": rotated()}, InputError, "without a value: a, b"),
        ({"circuits": rotated(), "observables": "ZZ", "parameter_values": {"c": 1.0}}, NotFoundError, "'c'"),
        ({"circuits": rotated(), "observables": "ZZZ", "parameter_values": [1, 2]}, InputError, "for 3 qubits"),
        ({"circuits": "OPENQASM 3.0;\nfoo;", "parameter_values": [1.0]}, SourceError, "line 2"),
        ({"circuits": bell(), "trials": 3}, InputError, "needs --transpile-to"),
    ],
)
def test_wrong_arguments_submit_nothing(
    sent: list[JobSpec], arguments: dict[str, Any], error: type[Exception], part: str
) -> None:
    """What cannot run is one line, and nothing is submitted."""
    with pytest.raises(error, match=part):
        run(**arguments)
    assert not sent


def test_run_each_submits_all_or_nothing(sent: list[JobSpec]) -> None:
    """One job for each circuit, in order; a wrong one, named, stops all."""
    jobs = run_each((c for c in [bell(), BELL, (bell(), None, 3)]), shots=5, tags=["x"])
    assert jobs == [spec.id for spec in sent]
    assert [spec.pubs[0].shots for spec in sent] == [5, 5, 3]
    with pytest.raises(InputError, match="no measurements") as caught:
        run_each([bell(), QuantumCircuit(1)])
    assert caught.value.__notes__ == ["in circuit 1 of run_each"]
    assert len(sent) == 3
    assert run_each([]) == []
    with pytest.raises(TypeError, match="did you mean 'shots'"):
        run_each([bell()], shot=5)


def test_run_each_has_a_seed_for_each(sent: list[JobSpec]) -> None:
    """The i-th job of `run_each(circuits, seed=s)` is `run(circuits[i], seed=s + i)`."""
    run_each([bell()] * 3, seed=10)
    assert [spec.seed for spec in sent] == [10, 11, 12]
    run_each([bell()] * 3)
    assert len({spec.seed for spec in sent}) == 6


def test_run_each_takes_what_run_takes() -> None:
    """Every argument of `run` is one of `run_each`, but for `repeat`, which makes a group."""
    from qmagic.run import _NOT_GIVEN

    assert {*_NOT_GIVEN, "circuits", "observables", "parameter_values", "noise", "repeat"} == set(
        inspect.signature(run).parameters
    )


def test_run_each_is_quick(sent: list[JobSpec]) -> None:
    """A small circuit costs a few times Qiskit's own writing of it (0.1 ms in all on an idle machine)."""
    circuits = [bell() for _ in range(100)]

    def best(work: Callable[[], Any]) -> float:
        times = []
        for _ in range(10):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
        return min(times)

    assert best(lambda: run_each(circuits)) < 8 * best(
        lambda: [qpy.dump(circuit, io.BytesIO()) for circuit in circuits]
    )


def test_type_checkers_see_all_arguments():
    """Each overload takes what `run` takes, in the same order, and its annotations but those that tell them apart."""
    given = inspect.signature(run).parameters.values()
    for one in get_overloads(run):
        seen = inspect.signature(one).parameters.values()
        assert [(p.name, p.kind) for p in seen] == [(p.name, p.kind) for p in given]
        assert {p.name for p, q in zip(seen, given, strict=True) if p.annotation != q.annotation} <= {
            "backend",
            "repeat",
        }
