"""IonQ's circuits (JSON, gate set ``qis``) to probabilities of outcomes: exact without noise, from shots with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.backends.noise import ONE_QUBIT, TWO_QUBITS
from qmagic.backends.passes import preset_passes
from qmagic.errors import InputError
from qmagic.jobs import PubSpec
from qmagic.stub.programs import Answer, Work
from qmagic.stub.programs.sampling import uniform_machine

if TYPE_CHECKING:
    from qiskit.circuit import Gate, QuantumCircuit

__all__ = ["histograms", "run"]

_MOST_QUBITS = 24
#: Below this a probability is rounding.
_NEVER = 1e-12


class Operation(msgspec.Struct, frozen=True):
    """A gate as IonQ writes it; `rotation` in radians."""

    gate: str
    target: int | None = None
    targets: tuple[int, ...] = ()
    control: int | None = None
    controls: tuple[int, ...] = ()
    rotation: float | None = None


def run(work: Work) -> Answer:
    """Returns the histograms of a job's circuits, one or several, as JSON."""
    body = json.loads(work.data)
    found, gates = histograms(body["input"], work.facts["noise"], work.facts["shots"], work.seed)
    shots = work.facts["shots"] * len(found)
    return Answer(result=json.dumps(found).encode(), shots=shots, executions=len(found), facts={"gates": gates})


def histograms(given: dict[str, Any], noise: str, shots: int, seed: int) -> tuple[list[dict[str, float]], list[Any]]:
    """Returns ``{outcome: probability}`` of each circuit, and its numbers of gates on one and on two qubits.

    An outcome is a decimal number whose lowest bit is qubit 0.

    Args:
        given: The ``input`` of a job.
        noise: The device's noise (see `backends.noise_text`); "" for none.
        shots: Shots, with noise.
        seed: Seed of the shots.
    """
    if given.get("gateset", "qis") != "qis":
        raise InputError(f"gate set {given['gateset']!r}; the stub plays 'qis'")
    if given["qubits"] > _MOST_QUBITS:
        raise InputError(f"{given['qubits']} qubits; the stub's IonQ runs up to {_MOST_QUBITS}")
    many = given.get("circuits", [given])
    found, gates = [], []
    for index, one in enumerate(many):
        operations = msgspec.convert(one["circuit"], tuple[Operation, ...])
        circuit = _circuit(operations, one.get("qubits", given["qubits"]))
        widths = [len(instruction.qubits) for instruction in circuit.data]
        gates.append([widths.count(1), sum(width > 1 for width in widths)])
        found.append(_sampled(circuit, noise, shots, seed, index) if noise else _exact(circuit))
    return found, gates


def _exact(circuit: QuantumCircuit) -> dict[str, float]:
    from qiskit.quantum_info import Statevector

    probabilities = Statevector(circuit).probabilities()
    return {str(i): float(probabilities[i]) for i in (probabilities > _NEVER).nonzero()[0]}


def _sampled(circuit: QuantumCircuit, noise: str, shots: int, seed: int, index: int) -> dict[str, float]:
    if any(len(instruction.qubits) > 2 for instruction in circuit.data):
        circuit = preset_passes(optimization_level=0, basis_gates=[*ONE_QUBIT, *TWO_QUBITS]).run(circuit)
    measured = circuit.copy()
    measured.measure_all()
    pub = uniform_machine(noise).sample(measured, PubSpec(shots=shots), seed, index)
    return {str(value): count / shots for value, count in pub.tables[0].rows()}


def _circuit(operations: tuple[Operation, ...], qubits: int) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(qubits)
    for one in operations:
        gate = _gate(one)
        controls = one.controls or (() if one.control is None else (one.control,))
        targets = one.targets or (() if one.target is None else (one.target,))
        circuit.append(gate.control(len(controls)) if controls else gate, [*controls, *targets])
    return circuit


def _gate(one: Operation) -> Gate:
    from qiskit.circuit import library as gates

    fixed: dict[str, Callable[[], Gate]] = {
        "x": gates.XGate, "not": gates.XGate, "cnot": gates.XGate, "y": gates.YGate, "z": gates.ZGate,
        "h": gates.HGate, "s": gates.SGate, "si": gates.SdgGate, "t": gates.TGate, "ti": gates.TdgGate,
        "v": gates.SXGate, "vi": gates.SXdgGate, "swap": gates.SwapGate,
    }  # fmt: skip
    turning: dict[str, Callable[[float], Gate]] = {
        "rx": gates.RXGate, "ry": gates.RYGate, "rz": gates.RZGate,
        "xx": gates.RXXGate, "yy": gates.RYYGate, "zz": gates.RZZGate,
    }  # fmt: skip
    if one.gate in fixed:
        return fixed[one.gate]()
    if one.gate in turning and one.rotation is not None:
        return turning[one.gate](one.rotation)
    raise InputError(f"gate {one.gate!r} is not one of the stub's: {', '.join([*fixed, *turning])}")
