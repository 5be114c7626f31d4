"""A job's spec as an adapter takes it, and an adapter's result as an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from qmagic.backends.observables import label_of
from qmagic.backends.points import SHOTS
from qmagic.cells.load import load
from qmagic.cells.validate import check
from qmagic.clouds import device_of
from qmagic.errors import InputError
from qmagic.jobs import JobSpec, Observable, ParameterValues, PubSpec
from qmagic.outcomes import EstimatedPub, Outcome, SampledPub
from qmagic.providers.base import RemotePub

if TYPE_CHECKING:
    from qiskit.quantum_info import SparsePauliOp

__all__ = ["outcome_of", "pubs_of"]

#: Shots of an expectation value for which neither shots nor a precision were asked: a standard error of 1/64.
_SHOTS_OF_VALUES = 4096


def pubs_of(spec: JobSpec) -> list[RemotePub]:
    """Returns the PUBs of a job.

    Raises:
        InputError: It asks for something that no cloud does.
    """
    if spec.kind not in ("sample", "estimate"):
        raise InputError(f"{spec.backend} gives counts and expectation values, no states")
    if spec.noise is not None:
        raise InputError(f"{spec.backend} has noise of its own; leave out --noise")
    if spec.transpile is not None and spec.transpile.device != device_of(spec.backend):
        raise InputError(f"circuits are brought onto {spec.backend} anyway; leave out --transpile-to")
    circuits = load(spec.source)
    check(spec, circuits)
    made = []
    for pub in spec.pubs:
        circuit = circuits[pub.circuit]
        operators = None
        if pub.observables is not None:
            circuit = circuit.remove_final_measurements(inplace=False)
            operators = tuple([_operator(one, circuit.num_qubits) for one in pub.observables])
        values = {} if pub.parameters is None else _values(pub.parameters)
        shots = pub.shots
        if shots is None and pub.precision is None:
            shots = SHOTS if operators is None else _SHOTS_OF_VALUES
        made.append(RemotePub(circuit, values, operators, pub.observables_shape, shots, pub.precision))
    return made


def _values(given: ParameterValues) -> dict[str, object]:
    values = np.frombuffer(given.values, "<f8").reshape(*given.shape, len(given.names))
    return {name: values[..., i] for i, name in enumerate(given.names)}


def _operator(observable: Observable, qubits: int) -> SparsePauliOp:
    from qiskit.quantum_info import SparseObservable, SparsePauliOp

    terms = [(one.operators, one.qubits, one.coefficient) for one in observable.terms]
    return SparsePauliOp.from_sparse_observable(SparseObservable.from_sparse_list(terms, qubits).as_paulis())


def outcome_of(spec: JobSpec, pubs: list[SampledPub | EstimatedPub]) -> Outcome:
    """Returns the outcome of a job that ran at a provider; one that was adopted has no PUBs in its spec."""
    from importlib import metadata

    from qmagic.version import __version__

    named = [
        msgspec.structs.replace(pub, labels=tuple([label_of(one) for one in asked.observables or ()]))
        if isinstance(pub, EstimatedPub)
        else pub
        for pub, asked in zip(pubs, spec.pubs or [PubSpec()] * len(pubs), strict=True)
    ]
    return Outcome(
        pubs=tuple(named),
        backend=spec.backend,
        method="QPU",
        versions={"qmagic": __version__, "qiskit": metadata.version("qiskit")},
    )
