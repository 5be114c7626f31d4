"""A Braket device, from what Amazon publishes of it: gates, limits, status, queue, calibration."""

from __future__ import annotations

import functools
import json
import statistics
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qmagic.clouds import Device
from qmagic.providers.base import RefusedError
from qmagic.providers.braket_programs import NAMES
from qmagic.providers.compiling import Compiler
from qmagic.providers.uniform import Published, uniform_target

if TYPE_CHECKING:
    from qiskit.transpiler import Target

__all__ = ["Machine", "machine_of"]

_OPENQASM = "braket.ir.openqasm.program"
#: Gates that a QPU takes and makes of others, for which no errors are published.
_WIDE = ("ccx", "cswap")


class Machine:
    """A device.

    Args:
        arn: Its full name.
        device: What a list of devices says of it.
        gates: Its gates, by Qiskit's names.
        shots: The least and the most shots of a task.
        published: Its calibration.
    """

    def __init__(
        self, arn: str, device: Device, gates: list[str], shots: tuple[int, int], published: Published
    ) -> None:
        self.arn, self.device = arn, device
        #: What it does to a qubit that is only read, in Braket's words.
        self.idle = "i" if "id" in gates else "rz(0)"
        self._gates, self._shots, self._published = gates, shots, published

    @functools.cached_property
    def compiler(self) -> Compiler:
        """What writes circuits in its gates."""
        return Compiler(self.device.name, self.device.qubits, self._gates)

    @functools.cached_property
    def target(self) -> Target | None:
        """Its gates with their errors; None where none are published."""
        if self._published == Published():
            return None
        return uniform_target(self.device.qubits, self._gates, self._published)

    def check(self, shots: int) -> None:
        """Refuses a number of shots that the device does not take.

        Raises:
            RefusedError: It is too small or too large.
        """
        least, most = self._shots
        if not max(1, least) <= shots <= most:
            raise RefusedError(
                f"{self.device.name} takes {max(1, least):,} to {most:,} shots; {shots:,} were asked for"
            )


def machine_of(told: dict[str, Any]) -> Machine:
    """Returns a device from Amazon's answer to ``GetDevice``.

    Raises:
        RefusedError: It runs no circuits.
    """
    properties = json.loads(told["deviceCapabilities"])
    action = properties["action"].get(_OPENQASM)
    name = told["deviceArn"].rpartition("/")[2]
    if action is None:
        raise RefusedError(f"{name} runs no circuits")
    published = _published(properties)
    waiting = [
        one["queueSize"]
        for one in told.get("deviceQueueInfo", ())
        if one["queue"] == "QUANTUM_TASKS_QUEUE" and one.get("queuePriority", "Normal") == "Normal"
    ]
    operations = set(action["supportedOperations"])
    simulator = told["deviceType"] == "SIMULATOR"
    return Machine(
        told["deviceArn"],
        Device(
            name=name,
            qubits=properties["paradigm"]["qubitCount"],
            status=told["deviceStatus"].lower(),
            queue=int(waiting[0].lstrip(">")) if waiting else None,
            simulator=simulator,
            two_qubit_error=published.two,
            readout_error=published.readout,
        ),
        [gate for gate, theirs in NAMES.items() if theirs in operations and (simulator or gate not in _WIDE)],
        tuple(properties["service"]["shotsRange"]),
        published,
    )


def _published(properties: dict[str, Any]) -> Published:
    """Returns the medians over a device's qubits and pairs; of IonQ, the means that it publishes."""
    provider, standard = properties.get("provider") or {}, properties.get("standardized") or {}
    if fidelity := provider.get("fidelity"):
        timing = provider.get("timing") or {}
        return Published(
            1 - fidelity["1Q"]["mean"], 1 - fidelity["2Q"]["mean"], 1 - fidelity["spam"]["mean"],
            timing.get("1Q"), timing.get("2Q"), timing.get("readout"),
        )  # fmt: skip
    ones = [one["oneQubitFidelity"] for one in (standard.get("oneQubitProperties") or {}).values()]
    twos = [one["twoQubitGateFidelity"] for one in (standard.get("twoQubitProperties") or {}).values()]
    readout = [[one for one in of if "READOUT" in one["fidelityType"]["name"]] for of in ones]
    gates = [[one for one in of if "BENCHMARKING" in one["fidelityType"]["name"]] for of in ones]
    return Published(
        _median(1 - max(one["fidelity"] for one in of) for of in gates if of),
        _median(1 - max(one["fidelity"] for one in of) for of in twos if of),
        _median(1 - max(one["fidelity"] for one in of) for of in readout if of),
    )


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None
