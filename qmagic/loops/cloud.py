"""Values of an observable from a cloud, as `gradients.Evaluate` wants them: all points in one job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from qmagic.errors import InputError
from qmagic.jobs import JobSpec, ParameterValues, PubSpec, Source
from qmagic.loops.children import Children
from qmagic.loops.gradients import Estimates
from qmagic.loops.seeds import seed_of
from qmagic.outcomes import EstimatedPub

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["CloudValues"]


class CloudValues:
    """Values from a device at a cloud; see `children`.

    Args:
        job: Backend, seed.
        pub: The observable.
        ansatz: The circuit of the value itself, whose last measurement the budget keeps money for.
        shots: Shots of each measurement group.
        precision: Or the wanted standard error.
        children: Runs the jobs.

    Raises:
        InputError: Exact values were asked for.
    """

    def __init__(
        self, job: JobSpec, pub: PubSpec, ansatz: QuantumCircuit, shots: int | None, precision: float | None,
        children: Children,
    ) -> None:  # fmt: skip
        if shots is None and precision is None:
            raise InputError(f"{job.backend} gives no exact values; expected shots or precision")
        self._job, self._ansatz, self._children = job, ansatz, children
        self._pub = msgspec.structs.replace(pub, shots=shots, precision=precision, observables_shape=())
        self._sources: dict[int, tuple[QuantumCircuit, Source, tuple[str, ...]]] = {}
        self._checked: set[int] = set()
        self._spent = 0
        self.backend = job.backend

    def evaluate(self, circuit: QuantumCircuit, points: NDArray[np.float64], index: int) -> Estimates:
        """Returns the observable's values at some points."""
        measurement = self._spec(self._ansatz, points[:1], index)
        result = self._children.run(self._spec(circuit, points, index), measurement)
        self._checked.add(id(circuit))
        found = result.outcome.pubs[0]
        assert isinstance(found, EstimatedPub)
        self._spent += sum(found.shots)
        return Estimates(np.frombuffer(found.evs, "<f8").copy(), np.frombuffer(found.stds, "<f8").copy())

    def spent(self) -> int:
        """Returns the shots that were taken since this was asked last."""
        spent, self._spent = self._spent, 0
        return spent

    def _spec(self, circuit: QuantumCircuit, points: NDArray[np.float64], index: int) -> JobSpec:
        """Returns the job of a circuit at some points; only the first of its kind has to be read and checked."""
        known = self._sources.get(id(circuit))
        if known is None:
            from qmagic.cells.pubs import to_qpy

            names = tuple(parameter.name for parameter in circuit.parameters)
            known = self._sources[id(circuit)] = circuit, Source("qpy", to_qpy([circuit])), names
        _, source, names = known
        values = ParameterValues(names, np.ascontiguousarray(points, "<f8").tobytes(), (len(points),))
        return JobSpec(
            id="", kind="estimate", source=source, pubs=(msgspec.structs.replace(self._pub, parameters=values),),
            seed=seed_of(self._job.seed, "evaluation", index), backend=self._job.backend,
            transpile=self._job.transpile, environment=self._job.environment, width=circuit.num_qubits,
            checked=id(circuit) in self._checked,
        )  # fmt: skip
