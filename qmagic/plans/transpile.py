"""Brings circuits onto a device with Qiskit's preset passes.

A circuit that already fits runs untouched. Otherwise each trial has a seed of its own, and the circuit with the fewest
two-qubit gates wins, then the shallowest, then the first. Pass managers take tens of milliseconds to build: they are
kept. Observables follow the layout that a circuit got (`OnDevice.places`); classical bits stay what they were.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError
from qmagic.jobs import Transpile
from qmagic.plans import isa

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import PassManager

    from qmagic.backends.devices.device import Device

__all__ = ["OnDevice", "check", "first_misfit", "misfit", "onto"]

#: The seed of the first trial where the user gave none: the same cell gives the same layout.
_SEED = 0


@dataclasses.dataclass(frozen=True, slots=True)
class OnDevice:
    """A circuit on a device.

    Attributes:
        circuit: The circuit as it runs.
        places: For each qubit of the original circuit the device's qubit that holds it at the end.
        record: Depth and two-qubit gates before and after, seed and layout, for the user.
    """

    circuit: QuantumCircuit
    places: tuple[int, ...]
    record: dict[str, Any]


def check(circuit: QuantumCircuit, wanted: Transpile, device: Device) -> None:
    """Checks what can be checked without transpiling.

    Raises:
        InputError: The circuit is too wide, the layout does not fit, or the circuit should run verbatim and cannot.
    """
    if circuit.num_qubits > device.num_qubits:
        raise InputError(
            f"the circuit has {circuit.num_qubits} qubits, {device.name} has {device.num_qubits}; take a larger device"
        )
    if not 0 <= wanted.optimization_level <= 3:
        raise InputError(f"optimization level {wanted.optimization_level}: expected 0, 1, 2 or 3")
    if not 1 <= wanted.trials <= 1000:
        raise InputError(f"trials {wanted.trials}: expected 1 to 1000")
    if wanted.seed is not None and not 0 <= wanted.seed < 2**31:
        raise InputError(f"transpiler seed {wanted.seed}: expected 0 to 2^31 - 1")
    layout = wanted.initial_layout
    if layout is not None:
        if len(layout) != circuit.num_qubits or len(set(layout)) != len(layout):
            raise InputError(f"initial layout {list(layout)}: expected {circuit.num_qubits} different qubits")
        if not all(0 <= place < device.num_qubits for place in layout):
            raise InputError(f"initial layout {list(layout)}: {device.name} has qubits 0 to {device.num_qubits - 1}")
        if wanted.verbatim:
            raise InputError("verbatim runs a circuit where it stands; leave out the initial layout")
    if wanted.verbatim and (reason := misfit(circuit, device)):
        raise InputError(f"the circuit does not fit {device.name}: {reason}; leave out verbatim to transpile it")


def misfit(circuit: QuantumCircuit, device: Device) -> str:
    """Returns why a circuit cannot run on the device as it is; "" when it can."""
    found = first_misfit(circuit, device)
    return "" if found is None else found.reason


def first_misfit(circuit: QuantumCircuit, device: Device) -> isa.Misfit | None:
    """Returns the first gate of a circuit that the device does not have, and why; None when it has all."""
    return isa.misfit(circuit, _instructions(device))


@functools.lru_cache(maxsize=16)
def _instructions_of(name: str) -> isa.Instructions:
    from qmagic.backends.devices.snapshots import device

    of = device(name)
    places = {gate: frozenset(data.qubits) for gate, data in of.gates.items()}
    return isa.Instructions(places, frozenset(of.control_flow))


def _instructions(device: Device) -> isa.Instructions:
    return _instructions_of(device.name)


def onto(circuit: QuantumCircuit, wanted: Transpile, device: Device) -> OnDevice:
    """Returns the circuit on the device.

    Raises:
        InputError: See `check`; or the transpiler gives up.
    """
    check(circuit, wanted, device)
    if wanted.initial_layout is None and not misfit(circuit, device):
        places = tuple(range(circuit.num_qubits))
        return OnDevice(circuit, places, _record(circuit, circuit, wanted, None, places))
    first = _SEED if wanted.seed is None else wanted.seed
    best: tuple[tuple[int, int], int, QuantumCircuit] | None = None
    for seed in range(first, first + wanted.trials):
        passes = _passes(device.name, wanted.optimization_level, wanted.initial_layout, seed % 2**31)
        try:
            made = passes.run(circuit)
        except Exception as error:  # noqa: BLE001 - Qiskit's passes raise many classes
            raise InputError(f"cannot bring the circuit onto {device.name}: {str(error).splitlines()[0]}") from None
        cost = (_two_qubit_gates(made), made.depth())
        if best is None or cost < best[0]:
            best = (cost, seed, made)
    assert best is not None
    _, seed, made = best
    layout = made.layout
    places = tuple(range(circuit.num_qubits)) if layout is None else tuple(layout.final_index_layout())
    return OnDevice(made, places, _record(circuit, made, wanted, seed, places))


@functools.lru_cache(maxsize=64)
def _passes(device: str, level: int, layout: tuple[int, ...] | None, seed: int) -> PassManager:
    from qmagic.backends import registry
    from qmagic.backends.passes import preset_passes

    return preset_passes(
        optimization_level=level,
        target=registry.target(device),
        initial_layout=None if layout is None else list(layout),
        seed_transpiler=seed,
    )


def _record(
    before: QuantumCircuit, after: QuantumCircuit, wanted: Transpile, seed: int | None, places: tuple[int, ...]
) -> dict[str, Any]:
    layout = after.layout.initial_index_layout(filter_ancillas=True) if seed is not None and after.layout else places
    return {
        "device": wanted.device,
        "optimization_level": wanted.optimization_level,
        "untouched": seed is None,
        "depth_before": before.depth(),
        "depth_after": after.depth(),
        "two_qubit_before": _two_qubit_gates(before),
        "two_qubit_after": _two_qubit_gates(after),
        "seed": seed,
        "trials": 0 if seed is None else wanted.trials,
        "layout": list(layout),
        "final_layout": list(places),
    }


def _two_qubit_gates(circuit: QuantumCircuit) -> int:
    return sum(len(instruction.qubits) == 2 and instruction.name != "barrier" for instruction in circuit.data)
