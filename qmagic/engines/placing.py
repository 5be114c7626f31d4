"""Brings circuits onto a cloud's device the way the user asked for: layout, level, seed, or exactly as they are.

Without such a wish each adapter does it in its own way. With one it is done here, from the gates that the device
publishes, and the adapter submits what it is given (`RemotePub.placed`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmagic.cells.lines import line_of
from qmagic.clouds import PLACING, device_of, provider_of
from qmagic.errors import InputError, SourceError
from qmagic.plans import isa

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from qmagic.jobs import JobSpec, Transpile
    from qmagic.providers.base import Provider, RemotePub

__all__ = ["placed"]

#: The seed of the first trial where the user gave none: the same cell gives the same layout.
_SEED = 0


def placed(spec: JobSpec, pubs: Sequence[RemotePub], provider: Provider) -> list[RemotePub]:
    """Returns PUBs whose circuits are on the device as ``spec.transpile`` says; the same ones where it says nothing.

    Raises:
        InputError: The cloud compiles circuits itself, a flag does not fit the device, or a circuit that should run as
            it is does not; then the message names the gate and, for OpenQASM, its line.
    """
    wanted = spec.transpile
    if wanted is None:
        return list(pubs)
    cloud = provider_of(spec.backend).removesuffix("-stub")
    target = provider.target(device_of(spec.backend)) if cloud in PLACING else None
    if target is None:
        raise InputError(
            f"{spec.backend} compiles circuits itself: leave out --optimization-level, --initial-layout, "
            "--seed-transpiler, --trials and --verbatim"
        )
    return [dataclasses.replace(pub, circuit=_on(pub.circuit, wanted, target, spec), placed=True) for pub in pubs]


def _on(circuit: QuantumCircuit, wanted: Transpile, target: Target, spec: JobSpec) -> QuantumCircuit:
    from qmagic.backends.passes import preset_passes

    _check(circuit, wanted, target, spec)
    if wanted.verbatim:
        return circuit
    first = _SEED if wanted.seed is None else wanted.seed
    made = []
    for seed in range(first, first + wanted.trials):
        try:
            passes = preset_passes(
                optimization_level=wanted.optimization_level,
                target=target,
                initial_layout=None if wanted.initial_layout is None else list(wanted.initial_layout),
                seed_transpiler=seed % 2**31,
            )
            made.append(passes.run(circuit))
        except Exception as error:
            raise InputError(f"cannot bring the circuit onto {spec.backend}: {str(error).splitlines()[0]}") from None
    return min(made, key=lambda one: (one.num_nonlocal_gates(), one.depth()))


def _check(circuit: QuantumCircuit, wanted: Transpile, target: Target, spec: JobSpec) -> None:
    width, layout = target.num_qubits, wanted.initial_layout
    if circuit.num_qubits > width:
        raise InputError(f"the circuit has {circuit.num_qubits} qubits, {spec.backend} has {width}; take a larger one")
    if layout is not None:
        if len(layout) != circuit.num_qubits:
            raise InputError(f"initial layout {list(layout)}: expected {circuit.num_qubits} different qubits")
        if max(layout) >= width:
            raise InputError(f"initial layout {list(layout)}: {spec.backend} has qubits 0 to {width - 1}")
        if wanted.verbatim:
            raise InputError("verbatim runs a circuit where it stands; leave out the initial layout")
    found = isa.misfit(circuit, isa.instructions_of(target)) if wanted.verbatim else None
    if found is not None:
        message = f"the circuit does not fit {spec.backend}: {found.reason}; leave out verbatim to transpile it"
        raise SourceError(message, line_of(spec.source, found.index))
