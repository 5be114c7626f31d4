"""What can be said of a circuit on a device before it runs there, as data that crosses processes."""

from __future__ import annotations

import msgspec

__all__ = ["Forecast"]

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


class Forecast(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A compiled circuit's size, and how likely one shot of it goes through without an error.

    `success` is the product of three probabilities: no gate goes wrong, no readout does, no qubit decays while it
    waits. It knows nothing of crosstalk, leakage and drift since the calibration; errors that cancel each other count.

    Attributes:
        depth: Layers of operations, barriers not counted.
        two_qubit: Gates on two qubits.
        seconds: How long one shot takes; None where the device does not say.
        gates: The probability that no gate goes wrong.
        readout: That no measurement does.
        idle: That no qubit decays between its operations.
        known: Whether there is a success to be told; `notes` say why not.
        notes: What was left out of the estimate.
    """

    depth: int
    two_qubit: int
    seconds: float | None = None
    gates: float = 1.0
    readout: float = 1.0
    idle: float = 1.0
    known: bool = True
    notes: tuple[str, ...] = ()

    @property
    def success(self) -> float | None:
        """The probability that a shot goes through without an error; None where it cannot be told."""
        return self.gates * self.readout * self.idle if self.known else None

    def __str__(self) -> str:
        gates = f"{self.two_qubit} two-qubit gate{'s' * (self.two_qubit != 1)}"
        parts = [f"depth {self.depth}, {gates}"]
        if self.seconds is not None:
            parts[0] += f", {_duration(self.seconds)} a shot"
        if self.success is not None:
            parts.append(
                f"a shot succeeds with {_percent(self.success)} (gates {_percent(self.gates)}, readout "
                f"{_percent(self.readout)}, waiting {_percent(self.idle)}; crosstalk not counted)"
            )
        return "; ".join([*parts, *self.notes])


def _percent(probability: float) -> str:
    return f"{100 * probability:.3g} %" if probability < 0.9995 else "100 %"


def _duration(seconds: float) -> str:
    for unit, name in _UNITS:
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return "0 s"
