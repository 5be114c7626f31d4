"""Circuits on a noisy device, by qmagic's own backends: counts, or expectation values, of a PUB.

The noise of a device is built once for each calibration and set of qubits, and kept: a Bell on 127 qubits takes
milliseconds, where Qiskit's own local mode builds the whole device's noise for each call and takes seconds.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends import registry
from qmagic.backends.aer_many import sample_many
from qmagic.backends.base import Backend, Executable, Grant
from qmagic.backends.measurements import without_final_measurements
from qmagic.backends.noise import DeviceNoise, Noise, noise_of
from qmagic.backends.observables import widened
from qmagic.backends.points import estimated, nobody_asks, sampled
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from qmagic.outcomes import EstimatedPub, Register, SampledPub
from qmagic.plans.transpile import misfit
from qmagic.stub.calibration import calibrated

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["Machine", "device_machine", "uniform_machine"]

_SHOTS = 1024
_MOST_SHOTS = 1_000_000


@dataclasses.dataclass(frozen=True)
class _Route:
    why: str = ""


@dataclasses.dataclass
class _Task:
    """What `backends.points` runs."""

    executable: Executable
    backend: Backend
    exact: bool = False
    places: tuple[int, ...] | None = None
    route: _Route = _Route()

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.backend.name,)


class Machine:
    """A device that runs circuits.

    Args:
        noise: Its noise; None for an ideal one.
    """

    def __init__(self, noise: Noise | None) -> None:
        self._noise = noise
        self._grant = Grant(threads=1, memory=0)

    def sample(self, circuit: QuantumCircuit, pub: PubSpec, seed: int, index: int) -> SampledPub:
        """Returns counts of all points of a PUB.

        Raises:
            InputError: The circuit needs more than there is, or asks for too many shots.
        """
        if (pub.shots or 0) > _MOST_SHOTS:
            raise InputError(f"{pub.shots:,} shots asked for, at most {_MOST_SHOTS:,} are taken")
        task = self._task(circuit, pub)
        if self._noise is None or pub.parameters is None or math.prod(pub.parameters.shape) == 1:
            return sampled(task, pub, seed, index, self._grant, nobody_asks)[0]
        names, values = pub.parameters.names, np.frombuffer(pub.parameters.values, "<f8")
        rows = values.reshape(math.prod(pub.parameters.shape), len(names))
        columns = [names.index(parameter.name) for parameter in circuit.parameters]
        bound = [circuit.assign_parameters(row) for row in rows[:, columns].tolist()]
        points = [dataclasses.replace(task.executable, circuit=one) for one in bound]
        tables = sample_many(points, pub.shots or _SHOTS, (seed, index, 0, 0), self._grant)
        registers = [Register(one.name, tuple([circuit.find_bit(bit).index for bit in one])) for one in circuit.cregs]
        return SampledPub(
            circuit.num_clbits, tuple(registers), pub.shots or _SHOTS, tuple(tables), pub.parameters.shape
        )

    def estimate(self, circuit: QuantumCircuit, pub: PubSpec, seed: int, index: int) -> EstimatedPub:
        """Returns expectation values of all points and observables of a PUB; see `sample`."""
        task = self._task(without_final_measurements(circuit), pub)
        return estimated(task, pub, seed, index, self._grant, nobody_asks)[0]

    def _task(self, circuit: QuantumCircuit, pub: PubSpec) -> _Task:
        program = read(circuit)
        if pub.observables is not None:
            program = widened(program, pub, None)
        executable = Executable(circuit, program, self._noise)
        ideal = self._noise is None and not program.obstacle
        backend = registry.backend("statevector" if ideal else "aer")
        backend.need(executable, exact=False)
        return _Task(executable, backend)


class _Device(Machine):
    """A device whose circuits must be written in its own gates, as real ones insist."""

    def __init__(self, name: str, drift: float, epoch: int) -> None:
        self._device = calibrated(name, drift, epoch)
        super().__init__(DeviceNoise(self._device))

    def _task(self, circuit: QuantumCircuit, pub: PubSpec) -> _Task:
        reason = misfit(circuit, self._device)
        if reason and "block by block" not in reason:
            raise InputError(f"the circuit does not fit the device's target: {reason}")
        return super()._task(circuit, pub)


@functools.lru_cache(maxsize=16)
def device_machine(name: str, drift: float, epoch: int) -> Machine:
    """Returns a device with the noise of one calibration of a snapshot."""
    return _Device(name, drift, epoch)


@functools.lru_cache(maxsize=16)
def uniform_machine(noise: str) -> Machine:
    """Returns a device with the same noise on all gates (see `backends.noise_text`); "" for an ideal one."""
    return Machine(noise_of(noise) if noise else None)
