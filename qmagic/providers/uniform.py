"""Targets of devices whose qubits are all joined, from errors that are published for the device as a whole."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.transpiler import Target

__all__ = ["Published", "uniform_target"]


@dataclasses.dataclass(frozen=True)
class Published:
    """What is published of a device's gates; None for what is not.

    Attributes:
        one: Error of a gate on one qubit.
        two: Error of a gate on two qubits.
        readout: Probability to read a qubit wrongly.
        one_seconds: Duration of a gate on one qubit.
        two_seconds: The same on two.
        readout_seconds: The same of a measurement.
    """

    one: float | None = None
    two: float | None = None
    readout: float | None = None
    one_seconds: float | None = None
    two_seconds: float | None = None
    readout_seconds: float | None = None


def uniform_target(qubits: int, gates: Sequence[str], published: Published) -> Target:
    """Returns a target on which each gate has the same error everywhere; gates on three qubits are left out.

    Args:
        qubits: How many there are.
        gates: Qiskit's names of the device's gates.
        published: What is known of them.
    """
    from qiskit.circuit.library import get_standard_gate_name_mapping
    from qiskit.transpiler import InstructionProperties, Target

    known = get_standard_gate_name_mapping()
    target = Target(num_qubits=qubits)
    singles = [(qubit,) for qubit in range(qubits)]
    for name in [*gates, "measure"]:
        if name == "measure":
            properties = InstructionProperties(published.readout_seconds, published.readout)
        elif known[name].num_qubits == 1:
            properties = InstructionProperties(published.one_seconds, published.one)
        else:
            properties = InstructionProperties(published.two_seconds, published.two)
        if known[name].num_qubits == 2:
            target.add_instruction(known[name], dict.fromkeys(itertools.permutations(range(qubits), 2), properties))
        elif known[name].num_qubits == 1:
            target.add_instruction(known[name], dict.fromkeys(singles, properties))
    return target
