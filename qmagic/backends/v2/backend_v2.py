"""`SimulatorBackend`: a simulator, or a device's snapshot with its noise, as Qiskit's `BackendV2`.

``run`` submits one durable job for all its circuits, exactly as they are: transpile first, as for any `BackendV2`.
"""

from __future__ import annotations

import datetime
import types
from typing import TYPE_CHECKING, Any

import msgspec
from qiskit import QuantumCircuit
from qiskit.providers import BackendV2, Options

from qmagic.backends import registry
from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.version import __version__

if TYPE_CHECKING:
    from qiskit.transpiler import Target

    from qmagic.backends.v2.job_v1 import SimulatorJob

__all__ = ["SimulatorBackend"]

_MOST_SHOTS = 10**9
#: For code that must divide by a limit where there is none.
_MANY_CIRCUITS = 10_000
#: What other packages pass to any backend, and what the only value is that means something to a simulator.
_WITHOUT_EFFECT = {"rep_delay": None, "init_qubits": True, "meas_level": 2, "meas_return": None}
_ONLY_FOR_A_RUN = ("job_name", "job_tags")


class SimulatorBackend(BackendV2):
    """A backend of qmagic's for Qiskit code; made by ``qmagic.backend(name)``.

    Args:
        name: Its name.
        simulator: The simulator that runs its circuits; ``"auto"`` chooses for each.
        device: The device snapshot that it stands for; "" for none.
        date: Day of the device's calibration.
        options: Defaults for `run`.

    Raises:
        NotFoundError: There is no such option.
    """

    def __init__(self, name: str, *, simulator: str, device: str = "", date: str = "", **options: Any) -> None:
        what = f"snapshot of {device.removeprefix('fake_')}, simulated with its noise" if device else "simulator"
        day = datetime.datetime.fromisoformat(date) if date else None
        super().__init__(name=name, description=what, online_date=day, backend_version=__version__)
        self.simulator = simulator
        self.device = device
        self.set_options(**options)

    @property
    def target(self) -> Target:
        """The device's gates, places and errors; a simulator's gates, without a coupling, for any number of qubits."""
        return registry.target(self.name)

    @property
    def max_circuits(self) -> None:
        """No limit."""

    @property
    def noise(self) -> Any:
        """The noise of its runs: the option ``noise_model``, else the device's; None for none."""
        return self.options.noise_model if self.options.noise_model is not None else self.device or None

    @classmethod
    def _default_options(cls) -> Options:
        options = Options(shots=1024, seed_simulator=None, memory=False, noise_model=None)
        options.set_validator("shots", (1, _MOST_SHOTS))
        return options

    def set_options(self, **fields: Any) -> None:
        """Sets defaults for `run`.

        Raises:
            NotFoundError: There is no such option.
        """
        for field in fields:
            if field not in self.options:
                raise NotFoundError(f"{self.name} has no option {field!r}{nearest(field, self.options)}")
        super().set_options(**fields)

    def run(self, run_input: QuantumCircuit | list[QuantumCircuit], **options: Any) -> SimulatorJob:
        """Submits circuits as one job and returns at once.

        Args:
            run_input: A circuit or a list of circuits, without free parameters, each with measurements.
            options: In place of the backend's own: ``shots`` (1 to 10^9), ``seed_simulator``, ``memory`` (whether the
                result has each shot), ``noise_model``; for this job only: ``job_name``, ``job_tags``.

        Raises:
            NotFoundError: There is no such option; names the nearest.
            InputError: A circuit cannot run; nothing was submitted.
        """
        from qmagic import client
        from qmagic.backends.v2.job_v1 import SimulatorJob
        from qmagic.cells.build import build_objects
        from qmagic.cells.noise import noise_text
        from qmagic.cells.request import CellRequest, Wanted

        chosen = self._chosen(options)
        circuits = [run_input] if isinstance(run_input, QuantumCircuit) else list(run_input)
        request = CellRequest(
            backend=self.simulator,
            shots=int(chosen["shots"]),
            seed=None if chosen["seed_simulator"] is None else int(chosen["seed_simulator"]),
            name=chosen.get("job_name") or "",
            tags=tuple(chosen.get("job_tags") or ()),
            transpile_to=self.device or None,
            verbatim=bool(self.device),
        )
        noise = self.noise if chosen["noise_model"] is None else chosen["noise_model"]
        wanted = Wanted(noise=noise_text(noise, {}))
        spec = build_objects(circuits, "run(circuits)", request, wanted, client.environment())
        # A worker reads the job before the job exists: only it knows whether this simulator can run these circuits.
        job = client.submit(msgspec.structs.replace(spec, checked=False))
        return SimulatorJob(self, job, circuits, memory=bool(chosen["memory"]))

    def _chosen(self, options: dict[str, Any]) -> dict[str, Any]:
        """Returns the options of a run: those given, then the backend's own."""
        known = (*self.options, *_ONLY_FOR_A_RUN)
        for name, value in options.items():
            if name in _WITHOUT_EFFECT:
                if name == "meas_level" and value != _WITHOUT_EFFECT[name]:
                    raise InputError(
                        f"meas_level {value}: a simulator gives classified bits only, which is meas_level 2"
                    )
            elif name not in known:
                raise NotFoundError(f"{self.name} has no option {name!r}{nearest(name, known)}")
        given = {name: value for name, value in options.items() if value is not None and name in known}
        return {**dict(self.options.items()), **given}

    def configuration(self) -> types.SimpleNamespace:
        """Returns the few facts that code for the old `BackendV1`, such as mthree, asks for."""
        return types.SimpleNamespace(
            backend_name=self.name,
            num_qubits=self.num_qubits,
            n_qubits=self.num_qubits,
            max_shots=_MOST_SHOTS,
            max_experiments=_MANY_CIRCUITS,
            simulator=True,
            memory=True,
            basis_gates=self.operation_names,
        )

    def __repr__(self) -> str:
        return f"<qmagic backend {self.name!r}>"
