"""The devices at the stub's Amazon Braket: two of Amazon's simulators and one QPU, by their real names."""

from __future__ import annotations

import dataclasses

from qmagic.stub.prices import ARIA_NOISE

__all__ = ["DEVICES", "BraketDevice", "named"]


@dataclasses.dataclass(frozen=True)
class BraketDevice:
    """A device.

    Attributes:
        arn: Its full name.
        name: Its short name.
        provider: Who runs it.
        qubits: How many it has.
        noise: Its noise (see `backends.noise_text`); "" for none.
    """

    arn: str
    name: str
    provider: str
    qubits: int
    noise: str = ""

    @property
    def kind(self) -> str:
        """``"SIMULATOR"`` or ``"QPU"``, as Braket says it."""
        return "QPU" if "/qpu/" in self.arn else "SIMULATOR"


DEVICES = (
    BraketDevice("arn:aws:braket:::device/quantum-simulator/amazon/sv1", "SV1", "Amazon Braket", 34),
    BraketDevice("arn:aws:braket:::device/quantum-simulator/amazon/dm1", "dm1", "Amazon Braket", 17),
    BraketDevice("arn:aws:braket:us-east-1::device/qpu/ionq/Aria-1", "Aria-1", "IonQ", 25, ARIA_NOISE),
)


def named(arn: str) -> BraketDevice | None:
    """Returns the device with this ARN, None where there is none."""
    return next((device for device in DEVICES if device.arn == arn), None)
