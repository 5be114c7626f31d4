"""Jobs for tests of execution: a circuit in, an outcome out, in this process."""

from __future__ import annotations

import io

import numpy as np
from qiskit import QuantumCircuit, qpy

from qmagic import execute
from qmagic.jobs import Environment, JobSpec, Observable, ParameterValues, PubSpec, Source, Term
from qmagic.outcomes import Outcome, SampledPub


def spec_of(circuits, *pubs, seed=7, **fields):
    """Returns the spec of a job for circuits (QPY) or OpenQASM 3 text."""
    if isinstance(circuits, str):
        source = Source("openqasm3", circuits.encode())
    else:
        buffer = io.BytesIO()
        qpy.dump(circuits, buffer)
        source = Source("qpy", buffer.getvalue())
    if any(pub.observables is not None for pub in pubs):
        fields.setdefault("kind", "estimate")
    pubs = pubs or (PubSpec(shots=1024),)
    return JobSpec(id="test", source=source, pubs=pubs, seed=seed, environment=Environment(""), **fields)


def outcome_of(circuits, *pubs, threads=1, **fields) -> Outcome:
    """Runs a job with one thread, or as many as asked for."""
    return execute.run(execute.prepare(spec_of(circuits, *pubs, **fields)), reserve=lambda memory, wanted: threads)


def counts_of(pub: SampledPub, point: int = 0) -> dict[str, int]:
    """Returns the counts over all bits, by the text that Qiskit would show."""
    return {f"{value:0{pub.num_bits}b}": count for value, count in pub.tables[point].rows()}


def counts(circuits, shots=1024, **fields) -> dict[str, int]:
    """Returns the counts of the first circuit."""
    return counts_of(outcome_of(circuits, PubSpec(shots=shots), **fields).pubs[0])


def observable(text: str, *more: tuple[str, float]) -> Observable:
    """Returns an observable from dense labels, qubit 0 rightmost: ``observable("ZI", ("XX", 0.5))``."""
    terms = []
    for label, coefficient in ((text, 1.0), *more):
        pairs = [(letter, qubit) for qubit, letter in enumerate(reversed(label)) if letter != "I"]
        terms.append(Term("".join(letter for letter, _ in pairs), tuple(qubit for _, qubit in pairs), coefficient))
    return Observable(tuple(terms), len(text), text)


def values_of(names, array) -> ParameterValues:
    """Returns values of shape ``array.shape[:-1]`` for the named parameters."""
    array = np.asarray(array, "<f8")
    return ParameterValues(tuple(names), array.tobytes(), array.shape[:-1])


def evs(circuits, *pubs, **fields):
    """Returns values, standard errors and the outcome of the first PUB."""
    outcome = outcome_of(circuits, *pubs, **fields)
    pub = outcome.pubs[0]
    return np.frombuffer(pub.evs).reshape(pub.shape), np.frombuffer(pub.stds).reshape(pub.shape), outcome


def ghz(n: int) -> QuantumCircuit:
    """Returns a measured GHZ state."""
    circuit = QuantumCircuit(n, n)
    circuit.h(0)
    for qubit in range(n - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(n), range(n))
    return circuit
