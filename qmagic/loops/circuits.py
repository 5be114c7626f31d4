"""The expectation value of an observable in the state that an ansatz makes, as an objective.

Exact values on a simulator's terms come from `gradients` (and its engine) in this process; what a cloud gives, from
jobs of their own (`cloud`); anything else (shots, a named backend, noise, a device) goes the way of a job's PUBs, by
`qmagic.execute`, with all points in one call.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from qmagic import execute
from qmagic.clouds import provider_of
from qmagic.jobs import JobSpec, Observable, ParameterValues, PubSpec, Source, Term
from qmagic.loops.children import Children
from qmagic.loops.cloud import CloudValues
from qmagic.loops.gradients import Estimates, Gradient, choose
from qmagic.loops.objective import Answer
from qmagic.loops.prepared import prepared
from qmagic.loops.seeds import seed_of
from qmagic.outcomes import EstimatedPub
from qmagic.tapes import VALUE, Circuits, LoopSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["CircuitObjective"]

#: Backends whose exact values are those of the engine for exact steps.
_EXACT = ("auto", "statevector")


class CircuitObjective:
    """See `objective.Objective`.

    Args:
        job: The job: backend, noise, device, seed.
        loop: What was asked of the loop.
        objective: Circuit and observable.
        threads: Cores that exact evaluation may take.
        children: Runs what is evaluated at a cloud.
    """

    def __init__(self, job: JobSpec, loop: LoopSpec, objective: Circuits, threads: int, children: Children) -> None:
        self._job, self._loop, self._threads, self._children = job, loop, threads, children
        self._pub = objective.pub
        assert objective.pub.observables is not None
        self._prepared = prepared(objective.source, objective.pub.observables[0])
        self._ansatz = self._prepared.ansatz
        self.fingerprint = hashlib.sha256(
            msgspec.msgpack.encode((objective, job.backend, job.noise, job.transpile))
        ).hexdigest()
        self._door: _Door | CloudValues | None = None
        self._gradient: Gradient
        self.effort(loop.shots, loop.precision)

    @property
    def name(self) -> str:
        """The backend that evaluates."""
        return "statevector" if self._door is None else self._door.backend

    @property
    def gradient(self) -> str:
        """Where gradients come from, and why."""
        return f"{self._gradient.name}: {self._gradient.why}"

    def effort(self, shots: int | None, precision: float | None) -> None:
        """Sets how many shots each value takes from here on."""
        job = self._job
        exact = shots is None and precision is None
        own = exact and job.backend in _EXACT and job.noise is None and job.transpile is None
        door: _Door | CloudValues | None = None
        if provider_of(job.backend):
            door = CloudValues(job, self._pub, self._ansatz, shots, precision, self._children)
        elif not own:
            door = _Door(job, self._pub, self._ansatz, shots, precision)
        self._gradient = choose(
            self._ansatz, self._prepared.operator, gradient=self._loop.gradient,
            evaluate=None if door is None else door.evaluate, noisy=not exact, seed=seed_of(job.seed, "gradient"),
            exact=self._prepared.exact(self._threads) if door is None else None,
        )  # fmt: skip
        self._door = door

    @property
    def batches(self) -> bool:
        """Whether values come from a cloud, where several points are one job that waits in line once."""
        return isinstance(self._door, CloudValues)

    def evaluate_all(self, points: NDArray[np.float64], index: int) -> list[Answer]:
        """Returns the values at several points."""
        if not isinstance(self._door, CloudValues):
            return [self.evaluate(x, VALUE, index + i) for i, x in enumerate(points)]
        found, shots = self._door.evaluate(self._ansatz, points, index), self._door.spent()
        each = shots // len(points)
        return [
            Answer(float(value), float(std), None, each + (shots - each * len(points)) * (i == 0))
            for i, (value, std) in enumerate(zip(found.values, found.stds, strict=True))
        ]

    def evaluate(self, x: NDArray[np.float64], want: int, index: int) -> Answer:
        """Evaluates at a point."""
        if want == VALUE:
            value, std = self._gradient.value(x, index)
            return Answer(value, std, None, self._shots())
        step = self._gradient.value_and_gradient(x, index)
        return Answer(step.value, step.std, step.gradient, self._shots())

    def _shots(self) -> int:
        return 0 if self._door is None else self._door.spent()


class _Door:
    """Values from a backend, as `gradients.Evaluate` wants them: all points in one call.

    Args:
        job: Backend, noise, device, seed.
        pub: The observable.
        ansatz: The circuit; its place on a device is found once.
        shots: Shots of each measurement group.
        precision: Or the wanted standard error.
    """

    def __init__(
        self, job: JobSpec, pub: PubSpec, ansatz: QuantumCircuit, shots: int | None, precision: float | None
    ) -> None:
        self._job, self._pub = job, pub
        self._effort = {"shots": shots, "precision": precision}
        self._prepared: dict[int, tuple[QuantumCircuit, Any, tuple[str, ...]]] = {}
        self._spent = 0
        first = np.frombuffer(pub.parameters.values, "<f8") if pub.parameters else np.zeros(0)
        # what cannot run is refused now, not at the first value
        self.backend = self._ready(ansatz, first.reshape(1, -1))[1].tasks[0].backend.name

    def evaluate(self, circuit: QuantumCircuit, points: NDArray[np.float64], index: int) -> Estimates:
        """Returns the observable's values at some points."""
        _, prepared, names = self._ready(circuit, points)
        spec = prepared.spec
        values = ParameterValues(names, np.ascontiguousarray(points, "<f8").tobytes(), (len(points),))
        pub = msgspec.structs.replace(spec.pubs[0], parameters=values, observables_shape=())
        prepared.spec = msgspec.structs.replace(spec, pubs=(pub,), seed=seed_of(self._job.seed, "evaluation", index))
        outcome = execute.run(prepared, reserve=lambda memory, threads: 1)
        found = outcome.pubs[0]
        assert isinstance(found, EstimatedPub)
        self._spent += sum(found.shots)
        return Estimates(np.frombuffer(found.evs, "<f8").copy(), np.frombuffer(found.stds, "<f8").copy())

    def spent(self) -> int:
        """Returns the shots that were taken since this was asked last."""
        spent, self._spent = self._spent, 0
        return spent

    def _ready(self, circuit: QuantumCircuit, points: NDArray[np.float64]) -> tuple[Any, Any, tuple[str, ...]]:
        """Returns a circuit that was read, checked and placed; each once."""
        known = self._prepared.get(id(circuit))
        if known is None:
            from qmagic.cells.pubs import to_qpy

            names = tuple(parameter.name for parameter in circuit.parameters)
            values = ParameterValues(names, np.ascontiguousarray(points[:1], "<f8").tobytes(), (1,))
            pub = msgspec.structs.replace(self._pub, parameters=values, observables_shape=(), **self._effort)
            spec = JobSpec(
                id=self._job.id, kind="estimate", source=Source("qpy", to_qpy([circuit])), pubs=(pub,), seed=0,
                backend=self._job.backend, noise=self._job.noise, transpile=self._job.transpile,
                environment=self._job.environment,
            )  # fmt: skip
            prepared = execute.prepare(spec)
            if prepared.transpile is not None:
                prepared = execute.prepare(_placed(prepared))
            known = self._prepared[id(circuit)] = circuit, prepared, names
        return known


def _placed(prepared: Any) -> JobSpec:
    """Returns a job whose circuit lies on its device already, with its observable: it need not be placed each time."""
    from qmagic.backends.devices.snapshots import device
    from qmagic.cells.pubs import to_qpy
    from qmagic.plans.transpile import onto

    spec: JobSpec = prepared.spec
    placed = onto(prepared.circuits[0], prepared.transpile, device(prepared.transpile.device))
    moved = tuple(
        Observable(
            tuple(Term(t.operators, tuple(placed.places[q] for q in t.qubits), t.coefficient) for t in one.terms)
        )
        for one in spec.pubs[0].observables or ()
    )
    pub = msgspec.structs.replace(spec.pubs[0], observables=moved)
    return msgspec.structs.replace(spec, source=Source("qpy", to_qpy([placed.circuit])), pubs=(pub,))
