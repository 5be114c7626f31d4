"""Several runs of one circuit as one result.

Counts add up. Expectation values are averaged with the shots as weights: e = Σ nᵢeᵢ / Σ nᵢ, with standard error
√(Σ nᵢ²sᵢ²) / Σ nᵢ, which is unbiased whatever the data (weights taken from the data's own errors are not).

What must not be merged is refused: other circuits, registers or noise, and runs that share their shots, because
they are one job or had one seed.
"""

from __future__ import annotations

import array
import functools
import hashlib
import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.errors import InputError
from qmagic.jobs import JobInfo, JobSpec
from qmagic.outcomes import CountsTable, EstimatedPub, SampledPub
from qmagic.results.bits import layout, table

if TYPE_CHECKING:
    from qmagic.results.result import Result

__all__ = ["floats", "merge"]


def merge(results: Iterable[Result]) -> Result:
    """Returns several runs of the same circuits as one result.

    Raises:
        InputError: The runs differ in circuits, registers, points or noise, share their shots, or are exact.
    """
    runs = list(results)
    if not runs:
        raise InputError("nothing to merge: the list of results is empty")
    return functools.reduce(_pair, runs)


def _pair(a: Result, b: Result) -> Result:
    from qmagic.results.result import Result

    _refuse_shared_shots(a, b)
    _refuse_other_circuits(a, b)
    runs = _runs(a) + _runs(b)
    pairs = enumerate(zip(a.outcome.pubs, b.outcome.pubs, strict=True))
    pubs = tuple(_merged(i, one, other, {"runs": runs}) for i, (one, other) in pairs)
    steps = dict.fromkeys([*a.outcome.seconds, *b.outcome.seconds])
    backends = dict.fromkeys([*a.outcome.backend.split(" + "), b.outcome.backend])
    told = f"merged from {len(runs)} runs: " + ", ".join(f"job {job} (seed {seed})" for job, seed in runs)
    notes = [note for note in (*a.outcome.notes, *b.outcome.notes) if not note.startswith("merged from ")]
    outcome = msgspec.structs.replace(
        a.outcome,
        pubs=pubs,
        backend=" + ".join(backends),
        seconds={step: a.outcome.seconds.get(step, 0.0) + b.outcome.seconds.get(step, 0.0) for step in steps},
        notes=tuple(dict.fromkeys([*notes, told])),
    )
    return Result(outcome, _info(a.info, b.info), a.spec)


def _runs(one: Result) -> list[list[Any]]:
    """Returns ``[job id, seed]`` of each run in a result: kept in the metadata of merged PUBs."""
    merged: list[list[Any]] = one.outcome.pubs[0].metadata.get("runs", []) if one.outcome.pubs else []
    return merged or [[one.info.id, one.info.seed]]


def _info(a: JobInfo, b: JobInfo) -> JobInfo:
    ends = [end for end in (a.ended, b.ended) if end is not None]
    return msgspec.structs.replace(
        a,
        id=f"{a.id}+{b.id}",
        shots=None if a.shots is None or b.shots is None else a.shots + b.shots,
        created=min(a.created, b.created),
        started=None,  # the time between two runs is not run time
        ended=max(ends) if ends else None,
        headline="",
    )


def _refuse_shared_shots(a: Result, b: Result) -> None:
    for job, seed in _runs(a):
        for other, other_seed in _runs(b):
            if job == other:
                raise InputError(f"both contain job {job}: its shots would count twice; run the circuit again for more")
            if seed == other_seed:
                raise InputError(f"both ran with seed {seed}, so their shots are the same; run with another seed")


def _refuse_other_circuits(a: Result, b: Result) -> None:
    if len(a) != len(b):
        raise InputError(f"only runs of the same circuits merge; these have {len(a)} and {len(b)} PUBs")
    if a.spec is None or b.spec is None:
        return
    if a.spec.noise != b.spec.noise:
        raise InputError("runs under different noise do not merge; compare() shows two results side by side")
    if not _same_pubs(a.spec, b.spec) or not _same_source(a, b):
        raise InputError("only runs of the same circuits, parameter values and observables merge; see compare()")


def _same_pubs(a: JobSpec, b: JobSpec) -> bool:
    def asked(spec: JobSpec) -> list[object]:
        return [(pub.circuit, pub.parameters, pub.observables, pub.observables_shape) for pub in spec.pubs]

    return asked(a) == asked(b)


def _same_source(a: Result, b: Result) -> bool:
    assert a.spec is not None
    assert b.spec is not None
    one, other = a.spec.source, b.spec.source
    if (one.language, one.data) == (other.language, other.data):
        return True
    # The bytes of equal circuits may differ (QPY keeps ids, text keeps blanks): only Qiskit can tell.
    return bool(a._source_circuits() == b._source_circuits())


def _merged(
    i: int, a: SampledPub | EstimatedPub, b: SampledPub | EstimatedPub, metadata: dict[str, Any]
) -> SampledPub | EstimatedPub:
    if isinstance(a, SampledPub) and isinstance(b, SampledPub):
        if a.num_bits != b.num_bits or layout(a) != layout(b) or a.shape != b.shape:
            raise InputError(f"PUB {i}: only runs with the same registers and points merge")
        tables = tuple(_added(one, other, a.num_bits) for one, other in zip(a.tables, b.tables, strict=True))
        shots = a.shots + b.shots if a.shots and b.shots else 0
        return SampledPub(a.num_bits, a.registers, shots, tables, a.shape, {**a.metadata, **metadata})
    if isinstance(a, EstimatedPub) and isinstance(b, EstimatedPub):
        if a.shape != b.shape or a.labels != b.labels:
            raise InputError(f"PUB {i}: only runs with the same observables and points merge")
        return _averaged(i, a, b, metadata)
    raise InputError(f"PUB {i}: counts and expectation values do not merge")


def _added(a: CountsTable, b: CountsTable, num_bits: int) -> CountsTable:
    counts = dict(a.rows())
    for value, count in b.rows():
        counts[value] = counts.get(value, 0) + count
    seeds = f"{a.order_seed} {b.order_seed}".encode()
    order_seed = int.from_bytes(hashlib.sha256(seeds).digest()[:4], "little")
    return table(sorted(counts.items()), num_bits, order_seed)


def _averaged(i: int, a: EstimatedPub, b: EstimatedPub, metadata: dict[str, Any]) -> EstimatedPub:
    if a.exact or b.exact or not a.shots or not b.shots:
        raise InputError(f"PUB {i}: exact expectation values have no shots to merge")
    evs, stds = array.array("d"), array.array("d")
    for n, e, s, m, f, t in zip(
        a.shots, floats(a.evs), floats(a.stds), b.shots, floats(b.evs), floats(b.stds), strict=True
    ):
        evs.append((n * e + m * f) / (n + m))
        stds.append(math.hypot(n * s, m * t) / (n + m))
    shots = tuple(n + m for n, m in zip(a.shots, b.shots, strict=True))
    return EstimatedPub(_bytes(evs), _bytes(stds), a.shape, False, shots, a.labels, {**a.metadata, **metadata})


def floats(raw: bytes) -> array.array[float]:
    """Returns the numbers in little-endian float64 bytes."""
    numbers = array.array("d", raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _bytes(numbers: array.array[float]) -> bytes:
    if sys.byteorder == "big":
        numbers = array.array("d", numbers)
        numbers.byteswap()
    return numbers.tobytes()
