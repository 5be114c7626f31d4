"""Shots in parts: only where each shot is run anyway, the same counts for the same seed, quick runs whole."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Kraus

from qmagic import execute
from qmagic.backends import parts
from qmagic.backends.aer import Aer
from qmagic.backends.base import Executable, Grant
from qmagic.backends.noise import noise_of
from qmagic.backends.program import read
from qmagic.backends.sampling import seed_31
from qmagic.errors import QmagicError
from qmagic.jobs import PubSpec
from tests.contracts.jobs import counts_of, spec_of, values_of


def teleport(angle: float = 1.0, idle: int = 0) -> QuantumCircuit:
    """Returns the teleportation of RY(angle)|0>, its qubit measured last; `idle` gates that undo one another."""
    circuit = QuantumCircuit(3, 3)
    circuit.ry(angle, 0)
    for _ in range(idle // 2):
        circuit.x(0)
        circuit.x(0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((1, 1)):
        circuit.x(2)
    with circuit.if_test((0, 1)):
        circuit.z(2)
    circuit.measure(2, 2)
    return circuit


def executable(circuit: QuantumCircuit, noise: str = "") -> Executable:
    return Executable(circuit, read(circuit), noise_of(noise) if noise else None)


@pytest.mark.parametrize(("seconds", "shots"), [(1e-4, 10_000), (1e-3, 100_000), (3.0, 7), (0.5, 1), (1e-6, 10**9)])
def test_sizes(seconds, shots):
    """Parts add up to the shots, each takes 0.4 s or more by the estimate, and even an hour has at most 150."""
    found = parts.sizes(seconds, shots)
    assert sum(found) == shots
    assert all(size * seconds >= 0.2 for size in found)
    assert len(found) <= 150
    assert len(found) > 1 or seconds * shots < 0.8


def test_quick_runs_are_whole():
    """What takes less than 0.8 s, or is not run shot by shot, has one part."""
    assert parts.sizes(1e-4, 7_999) == [7_999]
    assert parts.sizes(None, 10**9) == [10**9]


def reset() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.reset(0)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


def damped() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.append(Kraus([[[1, 0], [0, 0.8]], [[0, 0.6], [0, 0]]]).to_instruction(), [0])
    circuit.measure([0, 1], [0, 1])
    return circuit


def looped() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    with circuit.for_loop(range(3)):
        circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


def plain() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def test_aer_runs_shot_by_shot_what_is_cut(monkeypatch):
    """Aer itself says of each run whether it sampled all shots from one state: of no run that would be cut."""
    module = importlib.import_module("qmagic.backends.aer")
    real, sampled = module._simulator, []

    class Watched:
        def __init__(self, method):
            self._simulator = real(method)

        def _execute_circuits_job(self, *given):
            result = self._simulator._execute_circuits_job(*given)
            sampled.append(result.success and result.results[0].metadata["measure_sampling"])
            return result

    monkeypatch.setattr(module, "_simulator", Watched)
    by_shots = set()
    for name in ("aer", "aer.statevector", "aer.density_matrix", "aer.matrix_product_state", "aer.stabilizer"):
        for make in (plain, teleport, reset, damped, looped):
            for noise in ("", "depolarizing=0.01", "readout=0.02", "t1=100us"):
                one = executable(make(), noise)
                try:
                    Aer(name).need(one, exact=False)
                    Aer(name).sample(one, 3, (1, 0, 0, 0), Grant())
                except QmagicError:
                    continue  # that method does not know these gates
                if Aer(name).seconds_a_shot(one) is not None:
                    by_shots.add((make.__name__, bool(noise)))
                    assert not sampled[-1], f"{make.__name__} by {name} under {noise or 'no noise'}"
    assert {("plain", True), ("teleport", False), ("teleport", True), ("reset", False)} <= by_shots


def test_each_part_draws_from_its_own_stream(monkeypatch):
    """Counts in parts are the sum of independent runs of Aer with the seeds of (seed, PUB, point, chunk)."""
    monkeypatch.setattr(Aer, "seconds_a_shot", lambda self, executable: 1e-3)
    circuit, told = teleport(), []
    cut = parts.sizes(1e-3, 2000)
    assert len(cut) == 5
    table, _ = parts.sample(
        Aer("aer"), executable(circuit), 2000, (7, 2, 3, 0), Grant(), lambda so_far, done: told.append((so_far, done))
    )
    from qiskit_aer import AerSimulator

    expected: dict[int, int] = {}
    simulator = AerSimulator(method="statevector")
    for chunk, size in enumerate(cut):
        seed, order = seed_31((7, 2, 3, chunk))
        for outcome, count in simulator.run(circuit, shots=size, seed_simulator=seed).result().get_counts().items():
            expected[int(outcome, 2)] = expected.get(int(outcome, 2), 0) + count
        if chunk == 0:
            assert table.order_seed == order
        if chunk < len(told):
            assert dict(told[chunk][0].rows()) == expected
            assert told[chunk][1] == sum(expected.values()) == sum(cut[: chunk + 1])
    assert dict(table.rows()) == expected
    assert len(told) == 4


def test_a_long_run_gives_the_same_counts_again_and_the_right_ones():
    """A run in parts repeats for its seed; what is teleported reads 1 with sin^2(angle/2), within 5 standard errors."""
    circuit, shots = teleport(1.0, idle=100), 8000
    assert execute.prepare(spec_of(circuit, backend="aer")).tasks[0].backend.name == "aer"

    def run(seed):
        heard = []
        prepared = execute.prepare(spec_of(circuit, PubSpec(shots=shots), seed=seed, backend="aer"))
        outcome = execute.run(
            prepared,
            reserve=lambda memory, threads: threads,
            report=lambda done, counts, total: heard.append((done, counts and counts(), total)),
        )
        return counts_of(outcome.pubs[0]), heard

    (first, heard), (again, _), (other, _) = run(7), run(7), run(8)
    assert first == again != other
    assert sum(first.values()) == shots
    ones = sum(count for outcome, count in first.items() if outcome[0] == "1")
    p = np.sin(0.5) ** 2
    assert abs(ones - shots * p) < 5 * np.sqrt(shots * p * (1 - p))
    assert [done for done, _, _ in heard] == sorted(done for done, _, _ in heard)
    grown = [(pub.shots, sum(count for _, count in pub.tables[0].rows()), total) for _, pub, total in heard if pub]
    assert len(grown) >= 1
    assert all(shots_so_far == counted < total == shots for shots_so_far, counted, total in grown)
    assert heard[-1][0] == 1


def test_a_sweep_tells_of_its_points_and_has_no_histogram():
    """Points are told of as a share of the job; their counts are no histogram."""
    from qiskit.circuit import Parameter

    theta = Parameter("t")
    circuit = QuantumCircuit(1, 1)
    circuit.ry(theta, 0)
    circuit.measure(0, 0)
    values = values_of(["t"], np.linspace(0, 1, 4)[:, None])
    heard = []
    execute.run(
        execute.prepare(spec_of(circuit, PubSpec(parameters=values, shots=10), PubSpec(parameters=values, shots=10))),
        reserve=lambda memory, threads: threads,
        report=lambda done, counts, total: heard.append((done, counts)),
    )
    assert [done for done, _ in heard] == [i / 8 for i in range(1, 9)]
    assert all(counts is None for _, counts in heard)
