"""Noise as text, and the Qiskit Aer noise model that it means.

Three forms:

* a device's name, ``fake_sherbrooke``: the errors of its snapshot, only for the qubits a circuit uses. As in Qiskit, a
  gate's error is a depolarizing channel followed by thermal relaxation over the gate's duration, together as
  unfaithful as the calibration says. The two readout errors (p01, p10) are kept apart.
* parameters, ``depolarizing=0.01,t1=120us,t2=80us,readout=0.02``: the same for every gate on one and on two qubits.
* the JSON of a ``NoiseModel``, which is taken as it is.
"""

from __future__ import annotations

import functools
import json
import warnings
from typing import TYPE_CHECKING, Any, Protocol

from qmagic.backends.devices.snapshots import device, is_device_name
from qmagic.backends.noise_text import Settings, parse_settings
from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit_aer.noise import NoiseModel, QuantumError

    from qmagic.backends.devices.device import Device

__all__ = ["DeviceNoise", "GivenNoise", "Noise", "UniformNoise", "noise_of", "readout_of", "unheard"]

#: The gates on one and on two qubits that Aer knows by name.
ONE_QUBIT = (
    "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "p", "u", "u1", "u2", "u3", "r",
)  # fmt: skip
TWO_QUBITS = ("cx", "cy", "cz", "cp", "cu1", "csx", "swap", "rxx", "ryy", "rzz", "rzx", "ecr")


class Noise(Protocol):
    """Noise that circuits run under."""

    #: For messages: the text, or "a NoiseModel".
    name: str
    #: The device whose gates the circuits must be written in; "" for none.
    device: str
    #: The gates that circuits must be written in for the noise to reach all of them; None when it does not say.
    gates: tuple[str, ...] | None
    #: Whether every gate error is a mixture of Paulis, which stabilizer simulators can run.
    pauli: bool

    def model(self, active: tuple[int, ...]) -> NoiseModel:
        """Returns the noise model for circuits that use the qubits `active`; kept for the next call."""
        ...


@functools.lru_cache(maxsize=64)
def noise_of(text: str) -> Noise:
    """Returns the noise that `text` means.

    Raises:
        NotFoundError: There is no such device or parameter.
        InputError: A value makes no sense, or the JSON is not a noise model.
    """
    if text.lstrip().startswith("{"):
        return GivenNoise(text)
    if is_device_name(text):
        return DeviceNoise(device(text))
    return UniformNoise(text, parse_settings(text))


class UniformNoise:
    """The same noise on every gate of one or two qubits, whatever the gate and the qubit."""

    device = ""
    gates: tuple[str, ...] | None = ONE_QUBIT + TWO_QUBITS

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.pauli = settings.t1 is None and settings.t2 is None
        self._settings = settings

    @functools.cached_property
    def _model(self) -> NoiseModel:
        from qiskit_aer.noise import NoiseModel, ReadoutError

        settings = self._settings
        model = NoiseModel()
        for names, number in ((ONE_QUBIT, 1), (TWO_QUBITS, 2)):
            error = _gate_error(settings, number)
            if error is not None:
                model.add_all_qubit_quantum_error(error, list(names))
        if settings.p01 or settings.p10:
            table = [[1 - settings.p01, settings.p01], [settings.p10, 1 - settings.p10]]
            model.add_all_qubit_readout_error(ReadoutError(table))
        return model

    def model(self, active: tuple[int, ...]) -> NoiseModel:
        """Returns the model, which is the same for all qubits."""
        del active
        return self._model


def _gate_error(settings: Settings, qubits: int) -> QuantumError | None:
    """Returns a gate's error: depolarizing, then thermal relaxation of each qubit over the gate's time."""
    from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

    probability = settings.depolarizing1 if qubits == 1 else settings.depolarizing2
    error = depolarizing_error(probability, qubits) if probability else None
    if settings.t1 is not None or settings.t2 is not None:
        t1 = float("inf") if settings.t1 is None else settings.t1
        t2 = 2 * t1 if settings.t2 is None else settings.t2
        relaxed = thermal_relaxation_error(t1, t2, settings.time1 if qubits == 1 else settings.time2)
        if qubits == 2:
            relaxed = relaxed.expand(relaxed)
        error = relaxed if error is None else error.compose(relaxed)
    return error


class DeviceNoise:
    """The errors of a device's snapshot, built when first used and kept: a whole 127-qubit device takes seconds."""

    pauli = False

    def __init__(self, of: Device) -> None:
        self.name = self.device = of.name
        self.gates: tuple[str, ...] | None = tuple(of.gates) + of.control_flow
        self._device = of
        self._errors: dict[tuple[str, tuple[int, ...]], Any] = {}
        self.model = functools.lru_cache(maxsize=64)(self._model)

    def _model(self, active: tuple[int, ...]) -> NoiseModel:
        """Returns the errors of all gates between the qubits `active`, and of their readout."""
        from qiskit_aer.noise import NoiseModel, ReadoutError

        inside = set(active)
        places = {
            name: [place for place in gate.qubits if inside.issuperset(place)]
            for name, gate in self._device.gates.items()
            if name != "measure"
        }
        self._build({name: [p for p in wanted if (name, p) not in self._errors] for name, wanted in places.items()})
        model = NoiseModel(basis_gates=list(self._device.gates))
        for name, wanted in places.items():
            for place in wanted:
                error = self._errors[name, place]
                if error is not None:
                    model.add_quantum_error(error, name, list(place))
        for qubit in active:
            p01, p10 = self._device.qubits.p01[qubit], self._device.qubits.p10[qubit]
            if p01 or p10:
                model.add_readout_error(ReadoutError([[1 - p01, p01], [p10, 1 - p10]]), [qubit])
        if "delay" in places:
            model._custom_noise_passes.append(self._idle)
        return model

    def _build(self, missing: dict[str, list[tuple[int, ...]]]) -> None:
        from qiskit_aer.noise.device import basic_device_gate_errors

        wanted = {name: places for name, places in missing.items() if places}
        self._errors.update({(name, place): None for name, places in wanted.items() for place in places})
        if wanted:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # unphysical calibrations (T2 > 2 T1) are truncated, as Qiskit does
                for name, qubits, error in basic_device_gate_errors(target=self._device.part(wanted)):
                    self._errors[name, tuple(qubits)] = error

    @functools.cached_property
    def _idle(self) -> Any:
        """Qiskit Aer's relaxation of delays."""
        from qiskit.circuit import Delay
        from qiskit_aer.noise import RelaxationNoisePass

        infinite = float("inf")
        t1s = [t1 * 1e-6 if t1 else infinite for t1 in self._device.qubits.t1_us]
        t2s = [t2 * 1e-6 if t2 else infinite for t2 in self._device.qubits.t2_us]
        return RelaxationNoisePass(
            t1s=t1s,
            t2s=[min(t2, 2 * t1) for t1, t2 in zip(t1s, t2s, strict=True)],
            dt=self._device.dt_ns * 1e-9,
            op_types=Delay,
        )


class GivenNoise:
    """A user's own ``NoiseModel``, from its JSON."""

    name = "the NoiseModel"
    device = ""
    gates: tuple[str, ...] | None = None
    pauli = False

    def __init__(self, text: str) -> None:
        from qiskit_aer.noise import NoiseModel

        try:
            data = json.loads(text)
            # A model without this key is no model; without errors in it, it is an ideal one.
            _restore_matrices(data["errors"])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # from_dict is announced as leaving, and nothing takes its place
                self._model = NoiseModel.from_dict(data)
        except Exception as error:  # noqa: BLE001 - whatever Aer's reader stumbles over
            raise InputError(
                "the noise is not the JSON of a NoiseModel (to_dict(serializable=True)): "
                f"{type(error).__name__}: {error}"
            ) from None

    def model(self, active: tuple[int, ...]) -> NoiseModel:
        """Returns the model."""
        del active
        return self._model


def _restore_matrices(errors: list[dict[str, Any]]) -> None:
    """Turns JSON's pairs of real and imaginary parts back into complex matrices, which Aer's reader leaves alone."""
    import numpy as np

    for error in errors:
        for operations in error.get("instructions", ()):
            for op in operations:
                if op["name"] in ("kraus", "unitary", "superop"):
                    pairs = [np.asarray(matrix, dtype=float) for matrix in op["params"]]
                    op["params"] = [matrix[..., 0] + 1j * matrix[..., 1] for matrix in pairs]


def unheard(noise: Noise, circuit: QuantumCircuit) -> str:
    """Returns a sentence for a noise model that has no error for anything in the circuit; "" when it has one."""
    if noise.gates is not None:
        return ""
    names = set(noise.model(()).noise_instructions)
    held = {label for one in circuit.data for label in (one.name, one.label)}
    if not names.isdisjoint(held) or any(one.is_control_flow() for one in circuit.data):
        return ""
    return f"{noise.name} changes nothing here: it has errors for {', '.join(sorted(names)) or 'nothing'} only"


def readout_of(model: NoiseModel, qubits: tuple[int, ...]) -> dict[int, tuple[float, float]]:
    """Returns ``(p01, p10)`` of each qubit that has a readout error: reads 1 for 0, and 0 for 1.

    Raises:
        InputError: An error covers several qubits at once, or a measurement has a quantum error as well.
    """
    errors: dict[int, tuple[float, float]] = {}
    entries = model.to_dict()["errors"]
    # Errors of single qubits count more than those of all qubits, which come without a list of qubits.
    for entry in sorted(entries, key=lambda entry: bool(entry.get("gate_qubits"))):
        if "measure" not in entry.get("operations", ()):
            continue
        places = entry.get("gate_qubits") or [(qubit,) for qubit in qubits]
        if entry["type"] != "roerror" or any(len(place) != 1 for place in places):
            raise InputError(
                "exact expectation values know readout errors of single qubits only, and the noise model has others; "
                "set shots"
            )
        (_, p01), (p10, _) = entry["probabilities"]
        errors.update({place[0]: (float(p01), float(p10)) for place in places})
    return {qubit: errors[qubit] for qubit in qubits if qubit in errors}
