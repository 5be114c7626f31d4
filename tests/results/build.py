"""Results made by hand, for the tests of results and display."""

from __future__ import annotations

import array
import math
import random

from qmagic.jobs import (
    Environment,
    JobInfo,
    JobSpec,
    JobStatus,
    Observable,
    ParameterValues,
    PubSpec,
    Source,
    Term,
)
from qmagic.outcomes import EstimatedPub, Outcome, Register, SampledPub
from qmagic.results import Result
from qmagic.results.bits import table

BELL = b'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


def info(**changes) -> JobInfo:
    known = {"id": "01jabcdefghjkmn", "status": JobStatus.DONE, "seed": 7, "attempt": 1, "created": 1_700_000_000.0}
    return JobInfo(**{**known, "started": 1_700_000_000.01, "ended": 1_700_000_000.0132, **changes})


def spec(*pubs: PubSpec, **changes) -> JobSpec:
    known = {"id": "01jabcdefghjkmn", "source": Source("openqasm3", BELL), "pubs": pubs or (PubSpec(),), "seed": 7}
    return JobSpec(**{**known, "environment": Environment(executable="/usr/bin/python3"), **changes})


def outcome(*pubs, **changes) -> Outcome:
    known = {"pubs": pubs, "backend": "aer.statevector", "seconds": {"run": 0.001}, "versions": {"qiskit": "2.6.2"}}
    return Outcome(**{**known, **changes})


def registers(**widths: int) -> tuple[Register, ...]:
    """Registers one after the other, the first lowest."""
    found, start = [], 0
    for name, width in widths.items():
        found.append(Register(name, tuple(range(start, start + width))))
        start += width
    return tuple(found)


def sampled(
    *counts: dict[int, int], shape: tuple[int, ...] = (), num_bits: int | None = None, **widths: int
) -> SampledPub:
    """A sampled PUB with the counts of each point."""
    named = registers(**widths)
    number = num_bits or sum(widths.values())
    tables = tuple(table(sorted(one.items()), number, 11 + at) for at, one in enumerate(counts))
    return SampledPub(number, named, sum(counts[0].values()), tables, shape)


def estimated(values, stds=None, shape=(), labels=(), shots=None) -> EstimatedPub:
    raw = array.array("d", values)
    errors = array.array("d", stds or [0.0] * len(raw))
    taken = () if shots is None else (shots,) * len(raw)
    return EstimatedPub(raw.tobytes(), errors.tobytes(), shape, shots is None, taken, tuple(labels))


def parameters(names: tuple[str, ...], values, shape: tuple[int, ...] = ()) -> ParameterValues:
    return ParameterValues(names, array.array("d", values).tobytes(), shape)


def observables(*labels: str) -> tuple[Observable, ...]:
    return tuple(Observable((Term("Z", (0,)),), label=label) for label in labels)


def drawn(shots: int, width: int, seed: int, distinct: int | None = None) -> dict[int, int]:
    """Random counts over `width` bits."""
    random_ = random.Random(seed)
    values = [random_.getrandbits(width) for _ in range(distinct or 20)]
    counts: dict[int, int] = {}
    for value in random_.choices(values, k=shots):
        counts[value] = counts.get(value, 0) + 1
    return counts


def bell(zeros: int = 2079, ones: int = 2017, **changes) -> Result:
    return Result(outcome(sampled({0: zeros, 3: ones}, c=2)), info(**changes), spec())


def sweep(points: int = 21, exact: bool = True) -> Result:
    """<ZZ> = cos(theta) from 0 to π."""
    thetas = [math.pi * at / (points - 1) for at in range(points)]
    given = parameters(("theta",), thetas, (points,))
    values = [math.cos(theta) for theta in thetas]
    pub = estimated(values, None if exact else [0.03] * points, (points,), ("ZZ",), None if exact else 1024)
    return Result(outcome(pub), info(kind="estimate"), spec(PubSpec(parameters=given, observables=observables("ZZ"))))
