"""What can be said of a job at a cloud before it runs: its circuits as they go there, their chances, and the price."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from qmagic.clouds import device_of, provider_of
from qmagic.money import Money, Price
from qmagic.plans import isa
from qmagic.plans.success import forecast
from qmagic.providers.prices import cost
from qmagic.quotes import OnDevice, Quote

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp
    from qiskit.transpiler import Target

    from qmagic.jobs import JobSpec
    from qmagic.providers.base import Provider, RemotePub

__all__ = ["quoted"]


def quoted(spec: JobSpec, pubs: Sequence[RemotePub], provider: Provider, *, free: bool) -> Quote:
    """Returns a job's quote.

    Args:
        spec: The job.
        pubs: Its PUBs, as they are submitted.
        provider: Its cloud.
        free: Whether the cloud is one that charges nothing: a stub.
    """
    device = device_of(spec.backend)
    target = provider.target(device)
    compiled = [pub.circuit if pub.placed else provider.compiled(device, pub.circuit) for pub in pubs]
    made = [_on_device(pub, circuit, target) for pub, circuit in zip(pubs, compiled, strict=True)]
    if free:
        nothing = Money(Decimal(0))
        price = Price(estimate=nothing, bound=nothing, how="the stub charges nothing (%qstub set price=real)")
        return Quote(price=price, circuits=tuple(made))
    each = [(circuit, one) for circuit, one in zip(compiled, made, strict=True) for _ in range(one.executions)]
    price = cost(
        provider_of(spec.backend),
        device,
        [circuit for circuit, _ in each],
        [one.shots for _, one in each],
        lengths=[None if one.forecast is None else one.forecast.seconds for _, one in each],
    )
    return Quote(price=price, circuits=tuple(made))


def _on_device(pub: RemotePub, circuit: QuantumCircuit, target: Target | None) -> OnDevice:
    if pub.observables is not None:
        circuit = _measured(circuit, pub.observables)
    used = {qubit for one in circuit.data if one.name != "barrier" for qubit in one.qubits}
    layout = circuit.layout
    return OnDevice(
        shots=_shots(pub),
        executions=_points(pub) * _groups(pub),
        qubits=len(used),
        forecast=None if target is None else forecast(circuit, target),
        fits=None if target is None else isa.misfit(pub.circuit, isa.instructions_of(target)) is None,
        before=pub.circuit.num_nonlocal_gates(),
        layout=() if layout is None else tuple(layout.initial_index_layout(filter_ancillas=True)),
    )


def _measured(circuit: QuantumCircuit, observables: Sequence[SparsePauliOp]) -> QuantumCircuit:
    """Returns a circuit that reads every qubit that the observables name: what estimating them takes at most."""
    from qiskit.circuit import ClassicalRegister

    paulis = [one.apply_layout(circuit.layout, circuit.num_qubits).paulis for one in observables]
    named = [qubit for qubit in range(circuit.num_qubits) if any((of.x | of.z)[:, qubit].any() for of in paulis)]
    read = circuit.copy()
    register = ClassicalRegister(len(named))
    read.add_register(register)
    read.measure(named, register)
    return read


def _shots(pub: RemotePub) -> int:
    """Returns the shots of one execution; a precision is the standard error of an observable of norm 1."""
    return pub.shots if pub.shots is not None else math.ceil(1 / (pub.precision or 1) ** 2)


def _points(pub: RemotePub) -> int:
    import numpy as np

    shapes = [value.shape for value in pub.values.values()]
    return math.prod(np.broadcast_shapes(*shapes)) if shapes else 1


def _groups(pub: RemotePub) -> int:
    """Returns how many measurement bases the observables need, each term in the first group that it fits into."""
    if pub.observables is None:
        return 1
    from qiskit.quantum_info import SparsePauliOp

    every = SparsePauliOp.sum([one.simplify() for one in pub.observables]).simplify()
    return max(1, len(every.group_commuting(qubit_wise=True)))
