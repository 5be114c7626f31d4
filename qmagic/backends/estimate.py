"""Expectation values of sums of terms: exact, from a number of shots, or to a precision. The rules: docs/estimates.md.

Products that commute qubit-wise share shots, over all observables of a point. A shot of a group gives one value
``v = sum(c_t p_t)`` of each observable's part in that group; the variance of those values holds the
covariances of its terms. With N shots of mean m and variance s^2, and four pseudo-shots that random bits would give
(mean m0, variance s0^2), the group's variance is

    S^2 = (N s^2 + 4 s0^2 + 4 N / (N + 4) (m - m0)^2) / (N + 4),

for one Pauli this is Agresti and Coull's interval (The American Statistician 52, 119, 1998), and the standard error is
``sqrt(sum over groups of S^2 / N)``: never 0 from a finite sample. The value itself is the plain mean.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.grouping import VALUES, groups
from qmagic.backends.sampling import outcome_bits
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.base import Backend, Executable, Grant, Product

__all__ = ["Estimates", "Tally", "Weights", "estimate_exactly", "estimate_from_shots", "estimate_to_precision"]

#: An observable: the coefficient of each product; the identity is the empty product.
Weights = Mapping["Product", float]

#: Pseudo-shots that stand for what was not seen.
_PSEUDO = 4
#: Shots of each group from which the numbers for a precision are planned.
_PILOT = 128
#: What is planned for, as a part of the precision: room for variances that were seen too small.
_MARGIN = 0.95
#: The most shots of one group.
_MOST_SHOTS = 1_000_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Estimates:
    """Values and standard errors of some observables at one point, their shots, and the simulator's method."""

    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    shots: tuple[int, ...]
    method: str


def estimate_exactly(
    backend: Backend, executable: Executable, observables: Sequence[Weights], grant: Grant
) -> Estimates:
    """Returns exact values, errors 0, no shots."""
    products = _products(observables)
    found, method = backend.expectations(executable, products, grant)
    known = dict(zip(products, found.tolist(), strict=True)) | {(): 1.0}
    values = np.array([math.fsum(c * known[product] for product, c in weights.items()) for weights in observables])
    return Estimates(values, np.zeros(len(observables)), (0,) * len(observables), method)


def estimate_from_shots(
    backend: Backend,
    executable: Executable,
    observables: Sequence[Weights],
    shots: int,
    key: tuple[int, int, int],
    grant: Grant,
) -> Estimates:
    """Returns values from `shots` shots of *each* measurement group.

    Args:
        backend: Where to sample.
        executable: The circuit of this point.
        observables: What to estimate.
        shots: Shots of each group.
        key: Job seed, PUB index and point; each group draws from a chunk of its own.
        grant: What the run may take.
    """
    sample = _Sample(backend, executable, observables, key, grant)
    sample.take([shots] * len(sample.groups))
    return sample.estimates(sample.method)


def estimate_to_precision(
    backend: Backend,
    executable: Executable,
    observables: Sequence[Weights],
    precision: float,
    key: tuple[int, int, int],
    grant: Grant,
) -> Estimates:
    """Returns values whose standard errors are at most `precision`, each observable as a whole.

    A pilot of 128 shots a group estimates the variances; then the group with standard deviation S_g gets
    ``S_g sum(S) / precision^2`` shots, the least total (Neyman's allocation), or the most that any observable of the
    point asks for. This repeats with what was seen, at most eight times as many shots in a round, until every reported
    error is small enough.

    Raises:
        InputError: A group would need more than 10^9 shots.
    """
    sample = _Sample(backend, executable, observables, key, grant)
    wanted = np.full(len(sample.groups), _PILOT)
    while wanted.any():
        sample.take(wanted.tolist())
        if (sample.estimates(sample.method).errors <= precision).all():
            break
        deviations = np.sqrt(sample.variances())
        planned = (deviations * deviations.sum(axis=1, keepdims=True)).max(axis=0) / (_MARGIN * precision) ** 2
        if planned.max() > _MOST_SHOTS:
            raise InputError(
                f"precision {precision:g} takes about {planned.max():.0e} shots of one measurement group; "
                f"at most 10^9 are taken: ask for a larger one, or leave it out for exact values"
            )
        # At most eight times as many in a round, since few shots plan badly; at least a twentieth more, so that a
        # plan that fell just short of its aim ends soon.
        more = np.minimum(np.ceil(planned).astype(np.int64) - sample.shots, 7 * sample.shots)
        floor = np.where(sample.shots > 0, sample.shots // 20 + 1, 0) if (more <= 0).all() else 0
        wanted = np.maximum(more, floor)
    return sample.estimates(sample.method)


def _products(observables: Sequence[Weights]) -> list[Product]:
    """Returns the distinct products, without the identity, in a fixed order."""
    return list(dict.fromkeys(product for weights in observables for product in weights if product))


class Tally:
    """Shots of every group of a point, as running sums of each observable's values; whoever has the shots fills it.

    Attributes:
        groups: What is to be measured: for each group its basis, and which products it serves (see `grouping.groups`).
        shots: Shots of each group so far.
    """

    def __init__(self, observables: Sequence[Weights]) -> None:
        products = _products(observables)
        self.groups = groups(products)
        self._products = products
        self._offsets = np.array([weights.get((), 0.0) for weights in observables])
        shape = (len(observables), len(self.groups))
        #: For each group and observable: ``(member, coefficient)``.
        self._parts = [
            [[(m, weights[products[m]]) for m in members if products[m] in weights] for weights in observables]
            for _, members in self.groups
        ]
        priors = [[_random_bits([(products[m], c) for m, c in part]) for part in parts] for parts in self._parts]
        flat = np.array(priors, dtype=float).reshape(len(self.groups), len(observables), 2)
        self._prior_means, self._prior_variances = flat[:, :, 0].T, flat[:, :, 1].T
        self.shots = np.zeros(len(self.groups), np.int64)
        self._sums, self._squares = np.zeros(shape), np.zeros(shape)

    def add(self, g: int, bits: NDArray[Any], numbers: NDArray[Any]) -> None:
        """Counts shots of a group: distinct outcomes, a column for each qubit of its basis, and how often each."""
        basis, members = self.groups[g]
        column = {qubit: i for i, (_, qubit) in enumerate(basis)}
        values = {}
        for member in members:
            value = np.ones(len(numbers), np.int8)
            for letter, qubit in self._products[member]:
                value *= np.array(VALUES[letter], np.int8)[bits[:, column[qubit]]]
            values[member] = value
        self.shots[g] += numbers.sum()
        for row, part in enumerate(self._parts[g]):
            seen = np.zeros(len(numbers))
            for member, coefficient in part:
                seen += coefficient * values[member]
            self._sums[row, g] += numbers @ seen
            self._squares[row, g] += numbers @ (seen * seen)

    def variances(self) -> NDArray[np.float64]:
        """Returns the smoothed variance of one shot, for each observable and group; 0 where it has no part."""
        shots = np.maximum(self.shots, 1)
        means = self._sums / shots
        spread = np.maximum(self._squares / shots - means**2, 0.0) * shots
        pull = _PSEUDO * shots / (shots + _PSEUDO) * (means - self._prior_means) ** 2
        smoothed: NDArray[np.float64] = (spread + _PSEUDO * self._prior_variances + pull) / (shots + _PSEUDO)
        return smoothed

    def largest(self) -> NDArray[np.float64]:
        """Returns the largest magnitude that one shot can give, for each observable and group."""
        rows = [[math.fsum(abs(c) for _, c in part) for part in parts] for parts in self._parts]
        return np.array(rows, dtype=float).reshape(len(self.groups), len(self._offsets)).T

    def estimates(self, method: str) -> Estimates:
        """Returns what the shots so far say; `method` is who took them."""
        shots = np.maximum(self.shots, 1)
        values = self._offsets + (self._sums / shots).sum(axis=1)
        errors = np.sqrt((self.variances() / shots).sum(axis=1))
        used = [
            int(sum(number for number, parts in zip(self.shots, self._parts, strict=True) if parts[row]))
            for row in range(len(self._offsets))
        ]
        return Estimates(values, errors, tuple(used), method)


class _Sample(Tally):
    """A tally whose shots a backend takes."""

    def __init__(
        self,
        backend: Backend,
        executable: Executable,
        observables: Sequence[Weights],
        key: tuple[int, int, int],
        grant: Grant,
    ) -> None:
        super().__init__(observables)
        self._backend, self._executable, self._key, self._grant = backend, executable, key, grant
        self._round = 0
        self.method = backend.name

    def take(self, shots: Sequence[int]) -> None:
        """Draws that many more shots of each group, from streams not used before."""
        picked = [g for g, number in enumerate(shots) if number]
        if not picked:
            return
        keys = [(*self._key, self._round * len(self.groups) + g) for g in picked]
        self._round += 1
        tables, self.method = self._backend.sample_bases(
            self._executable, [self.groups[g][0] for g in picked], [shots[g] for g in picked], keys, self._grant
        )
        for g, counts in zip(picked, tables, strict=True):
            self.add(g, *outcome_bits(counts, len(self.groups[g][0])))


def _random_bits(terms: Sequence[tuple[Product, float]]) -> tuple[float, float]:
    """Returns mean and variance of ``sum(c p)`` over uniformly random bits.

    Two products of a group have the same basis on the qubits that they share, so the mean of their product is the
    product over qubits of the mean of the two values. Pauli products are orthogonal: without projectors the
    variance is the sum of squares.
    """
    if all(letter in "XYZ" for product, _ in terms for letter, _ in product):
        return 0.0, math.fsum(c * c for _, c in terms)
    rows = [({qubit: VALUES[letter] for letter, qubit in product}, c) for product, c in terms]
    mean = math.fsum(c * math.prod(sum(v) / 2 for v in values.values()) for values, c in rows)
    square = math.fsum(c * d * _mean_of_both(a, b) for a, c in rows for b, d in rows)
    return mean, max(square - mean * mean, 0.0)


def _mean_of_both(a: Mapping[int, tuple[float, float]], b: Mapping[int, tuple[float, float]]) -> float:
    both = 1.0
    for qubit in a.keys() | b.keys():
        (a0, a1), (b0, b1) = a.get(qubit, (1.0, 1.0)), b.get(qubit, (1.0, 1.0))
        both *= (a0 * b0 + a1 * b1) / 2
    return both
