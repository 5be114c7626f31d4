"""Qiskit targets for simulators: gates by name, on any number of qubits, all of them connected."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.transpiler import Target

__all__ = ["standard_names", "target_of"]


@functools.cache
def standard_names() -> frozenset[str]:
    """Returns the names of everything that a target can hold: Qiskit's standard gates and what is no gate."""
    return frozenset(_operations()) | {"unitary", "diagonal", "initialize"} | frozenset(_control_flow())


@functools.lru_cache(maxsize=32)
def target_of(names: frozenset[str], description: str = "") -> Target:
    """Returns a target with those of `names` that are `standard_names`."""
    from qiskit.circuit.library import DiagonalGate, Initialize, UnitaryGate
    from qiskit.transpiler import Target

    target = Target(description=description, num_qubits=None)  # None is any number, Qiskit's default is 0
    for name, operation in _operations().items():
        if name in names:
            target.add_instruction(operation, name=name)
    kinds = {"unitary": UnitaryGate, "diagonal": DiagonalGate, "initialize": Initialize, **_control_flow()}
    for name, kind in kinds.items():
        if name in names:
            target.add_instruction(kind, name=name)
    return target


@functools.cache
def _operations() -> dict[str, object]:
    from qiskit.circuit import Delay, Measure, Parameter, Reset
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping()
    standard.pop("global_phase")
    return {**standard, "measure": Measure(), "reset": Reset(), "delay": Delay(Parameter("t"))}


@functools.cache
def _control_flow() -> dict[str, type]:
    from qiskit.circuit.controlflow import get_control_flow_name_mapping

    return dict(get_control_flow_name_mapping())
