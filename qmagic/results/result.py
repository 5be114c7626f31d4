"""`Result`: what a job gave, as a sequence of PUB results that also knows how it came about.

Counts, probabilities, repr and display are pure Python over the stored tables. Qiskit's containers, NumPy, pandas and
Matplotlib are imported by the methods that return them. A result never changes; marginals, registers, post-selections
and merged runs are results again, with everything a result can do.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.errors import InputError
from qmagic.jobs import JobInfo, JobSpec
from qmagic.outcomes import EstimatedPub, Outcome, SampledPub
from qmagic.results import bits
from qmagic.results.bits import Point
from qmagic.results.headline import headline, shots_of
from qmagic.results.intervals import CONFIDENCE

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit
    from qiskit.primitives import PrimitiveResult, PubResult
    from qiskit.result import QuasiDistribution

    from qmagic.results.comparison import Comparison
    from qmagic.results.probabilities import Probabilities
    from qmagic.results.provenance import Provenance
    from qmagic.results.state import State

__all__ = ["Result"]


class Result:
    """The result of a job.

    ``len(result)`` is the number of PUBs and ``result[i]`` Qiskit's own `PubResult`. Bitstrings are in Qiskit's
    order: bit 0 is the rightmost character, later registers stand to the left, without spaces.

    Args:
        outcome: What the worker returned.
        info: What the service says of the job.
        spec: What was asked for; None when not known.
    """

    def __init__(self, outcome: Outcome, info: JobInfo, spec: JobSpec | None = None) -> None:
        self.outcome, self.info, self.spec = outcome, info, spec
        self._made: dict[int, PubResult] = {}

    # ---------------------------------------------------------------- counts

    def counts(self, i: int = 0, point: Point = None) -> dict[str, int]:
        """Returns how often each outcome of PUB `i` was seen, over its joined registers, ascending.

        Args:
            i: Which PUB.
            point: Which parameter point, as an index into the PUB's shape; None takes all points together.
        """
        pub = self._sampled(i)
        pattern = f"0{len(bits.joined(pub))}b"
        return {format(value, pattern): count for value, count in bits.rows(pub, point)}

    def probabilities(self, i: int = 0, point: Point = None, confidence: float = CONFIDENCE) -> Probabilities:
        """Returns the probability of each outcome with Wilson's interval at `confidence` (0.95)."""
        from qmagic.results.probabilities import Probabilities

        pub, counts = self._sampled(i), self.counts(i, point)
        return Probabilities(counts, sum(counts.values()), len(bits.joined(pub)), confidence)

    def quasi(self, i: int = 0, point: Point = None) -> QuasiDistribution:
        """Returns the relative frequencies as Qiskit's `QuasiDistribution`: integers to probabilities, summing to 1."""
        from qiskit.result import QuasiDistribution

        rows = bits.rows(self._sampled(i), point)
        shots = sum(count for _, count in rows)
        return QuasiDistribution({value: count / shots for value, count in rows}, shots=shots)

    @property
    def shots(self) -> int | None:
        """The shots of each circuit at each point; None for exact values, or when they differ."""
        return shots_of(self.outcome)

    # ---------------------------------------------------------------- derived results

    def register(self, name: str, i: int = 0) -> Result:
        """Returns the result of one classical register of PUB `i`, summed over the others."""
        return self._derived(i, bits.register(self._sampled(i), name), f"register {name} of PUB {i}")

    def marginal(self, indices: Sequence[int], i: int = 0) -> Result:
        """Returns the result of some joined bits of PUB `i`, summed over the others; ``indices[0]`` becomes bit 0."""
        note = f"bits {', '.join(map(str, indices))} of PUB {i}"
        return self._derived(i, bits.marginal(self._sampled(i), indices), note)

    def postselect(self, selection: Mapping[str | int, str | int], i: int = 0) -> Result:
        """Returns only those shots of PUB `i` in which chosen bits have chosen values.

        Args:
            selection: Registers with bitstrings, joined bits with 0 or 1: ``{"flag": "0"}``, ``{3: 1}``.
            i: Which PUB.
        """
        before = self._sampled(i)
        pub = bits.postselect(before, selection)
        kept, of = (sum(map(bits.total, one.tables)) for one in (pub, before))
        chosen = ", ".join(f"{key} = {value}" for key, value in selection.items())
        return self._derived(i, pub, f"kept {kept:,} of {of:,} shots of PUB {i} with {chosen}")

    def compare(self, other: Result | Mapping[Any, float], i: int = 0, j: int | None = None) -> Comparison:
        """Returns how far two distributions of outcomes are apart, and shows both.

        Args:
            other: A result, or ideal probabilities (or counts) of bitstrings.
            i: Which PUB of this result.
            j: Which PUB of the other result; `i` when not given.
        """
        from qmagic.results import comparison

        mine, labels = self.probabilities(i), [self.outcome.backend, "ideal"]
        if isinstance(other, Result):
            theirs = other.probabilities(i if j is None else j)
            their_shots: int | None = theirs.shots
            values = {outcome: one.value for outcome, one in theirs.items()}
            labels[1] = other.outcome.backend
            if labels[0] == labels[1]:
                labels = [f"{one.outcome.backend}, {_told_apart(one, self, other)}" for one in (self, other)]
        else:
            values, their_shots = comparison.distribution(other, mine.num_bits), None
        return comparison.compare(
            {outcome: one.value for outcome, one in mine.items()},
            values,
            shots_a=mine.shots,
            shots_b=their_shots,
            labels=(labels[0], labels[1]),
        )

    def __add__(self, other: Result) -> Result:
        from qmagic.results.merging import merge

        return merge([self, other])

    def _derived(self, i: int, pub: SampledPub, note: str) -> Result:
        outcome = msgspec.structs.replace(self.outcome, pubs=(pub,), notes=(*self.outcome.notes, note))
        spec = self.spec and msgspec.structs.replace(self.spec, pubs=self.spec.pubs[i : i + 1])
        return Result(outcome, self.info, spec)

    # ---------------------------------------------------------------- expectation values

    @property
    def evs(self) -> NDArray[np.float64]:
        """The expectation values of the only PUB, in its shape."""
        return self._estimated("evs")

    @property
    def stds(self) -> NDArray[np.float64]:
        """The standard errors of the only PUB, in its shape; 0 where exact."""
        return self._estimated("stds")

    def _estimated(self, name: str) -> NDArray[np.float64]:
        if len(self) != 1:
            raise InputError(f"this result has {len(self)} PUBs; take {name} of one: result[i].data.{name}")
        if isinstance(self.outcome.pubs[0], SampledPub):
            raise InputError(f"this result holds counts, not expectation values; {name} needs --observables")
        values: NDArray[np.float64] = getattr(self[0].data, name)
        return values

    # ---------------------------------------------------------------- as Qiskit has it

    def primitive_result(self) -> PrimitiveResult[PubResult]:
        """Returns Qiskit's `PrimitiveResult`, with the provenance in its metadata."""
        from qiskit.primitives import PrimitiveResult

        return PrimitiveResult(list(self), {"version": 2, "qmagic": self.provenance.to_json()})

    def __len__(self) -> int:
        return len(self.outcome.pubs)

    def __getitem__(self, i: Any) -> Any:
        """Returns Qiskit's `PubResult` of PUB `i`; a slice gives a list."""
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        place = self._place(i)
        if place not in self._made:
            from qmagic.results.containers import pub_result

            self._made[place] = pub_result(self.outcome.pubs[place])
        return self._made[place]

    def __iter__(self) -> Iterator[PubResult]:
        return (self[i] for i in range(len(self)))

    def circuits(self) -> list[QuantumCircuit]:
        """Returns the circuits as they were run."""
        if self.outcome.circuits:
            return _read_qpy(self.outcome.circuits)
        return self._source_circuits()

    def _source_circuits(self) -> list[QuantumCircuit]:
        """Returns the circuits as they were given."""
        if self.spec is None:
            raise InputError("this result does not hold its circuits")
        from qmagic.cells.load import load

        return load(self.spec.source)

    def state(self, i: int = 0) -> State:
        """Returns the state after each gate of PUB `i`, without noise and final measurements; a worker computes it.

        Raises:
            InputError: More than 8 qubits, something that is not unitary before the end, or many points.
        """
        from qmagic.results.state import state_of

        return state_of(self, i)

    # ---------------------------------------------------------------- to keep and to show

    @functools.cached_property
    def provenance(self) -> Provenance:
        """How the result came about."""
        from qmagic.results.provenance import Provenance

        return Provenance.of(self.outcome, self.info, self.spec)

    @property
    def headline(self) -> str:
        """The result in one line: shots, backend, seed, time and job."""
        return headline(self.outcome, self.info, self.spec)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Writes the result to a file for `qmagic.load`; another file is replaced only with `overwrite`."""
        from qmagic.results import file

        return file.save(self, path, overwrite=overwrite)

    def to_dataframe(self) -> pandas.DataFrame:
        """Returns a row for each outcome or expectation value; needs pandas."""
        from qmagic.results.frames import to_dataframe

        return to_dataframe(self)

    def plot(self) -> Figure:
        """Returns a Matplotlib figure of what the display shows; needs Matplotlib."""
        from qmagic.display.figure import figure

        return figure(self)

    def __repr__(self) -> str:
        many = "1 PUB" if len(self) == 1 else f"{len(self)} PUBs"
        return f"<Result of job {self.info.id}: {many} on {self.outcome.backend}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return (self.outcome, self.info, self.spec) == (other.outcome, other.info, other.spec)

    __hash__ = None  # type: ignore[assignment]  # like any container that is compared by its content

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display import mimebundle

        return mimebundle(self)

    def _place(self, i: int) -> int:
        if not -len(self) <= i < len(self):
            raise IndexError(f"there is no PUB {i}: this result has {len(self)}")
        return i % len(self)

    def _sampled(self, i: int) -> SampledPub:
        pub = self.outcome.pubs[self._place(i)]
        if isinstance(pub, EstimatedPub):
            raise InputError(
                "this result holds expectation values, not counts; see result.evs, or run without observables"
            )
        return pub


def _told_apart(one: Result, a: Result, b: Result) -> str:
    if a.info.seed != b.info.seed:
        return f"seed {one.info.seed}"
    return f"job {one.info.id[-6:]}" if a.info.id != b.info.id else ("first" if one is a else "second")


def _read_qpy(data: bytes) -> list[QuantumCircuit]:
    import io

    from qiskit import qpy

    circuits: list[QuantumCircuit] = qpy.load(io.BytesIO(data))
    return circuits
