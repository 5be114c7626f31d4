"""What a run will take: seconds and bytes for each backend, from facts alone.

With n qubits, G gates, N shots and t threads (seconds; constants measured on one 2-core machine, and corrected by what
runs here really took, see `experience`):

    statevector                 3e-5 + 2.5e-6 G + (8e-10 G + 2e-8) 2^n / t'
                                t' = 1 + 0.6 (t - 1) from n = 16 on, else 1
    qsim                        3e-4 + 2.5e-6 G + (1e-10 G + 1.2e-8) 2^n / t'
    aer.statevector             5e-3 + 1e-5 G + (1e-9 G + 1e-8) 2^n / t' + 1e-6 N
    aer.gpu                     0.3 + 1e-5 G + 5e-11 G 2^n + 1e-6 N        (from a card's bandwidth, not measured)
    lightning.gpu               0.3 + 3e-5 G + (5e-11 G + 1e-8) 2^n        (likewise)
    aer.density_matrix          5e-3 + 1e-5 G + 1.2e-9 G 4^n + 1e-6 N
    aer.matrix_product_state    3e-3 + 3e-5 G + 1e-9 S + 8e-5 n + R n (4e-7 + 5e-10 4^bond)
                                S: sum over two-qubit gates and the cuts they cross of 8^bond; R: distinct shots
    aer.stabilizer              5e-3 + 1e-5 G + 5e-8 n^2 N
    stim                        3e-4 + 3e-6 G + 1e-9 n G + 3e-9 N n
    sparse                      1e-3 + 3e-5 G + 4e-8 n G + 5e-8 G 2^min(spread, 18)
    branches                    B times a state vector; B = min(N, 2^splits) branches
    stim, with feed-forward     1e-3 + B (2e-4 + 4e-6 G)
    aer, one shot at a time     5e-3 + N (2e-5 + 4e-7 G + 6e-10 G 2^n)

Parameter points, and measurement groups, multiply this.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from qmagic.plans.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HOPELESS", "MOST_BOND", "SPARSE", "Work", "memory_of", "seconds_of"]

#: Seconds from which on a run is not worth starting unless it was asked for: a day.
HOPELESS = 86_400.0
#: Above this bound on the entanglement (bits), matrix product states take more than anybody has.
MOST_BOND = 14
#: log2 of the amplitudes at which a sparse state is no longer sparse, and gives up.
SPARSE = 18
#: From this many qubits on, threads share the work.
_WIDE = 16
#: 2 to more than this is as good as infinite.
_LARGEST = 200


class Work(msgspec.Struct, frozen=True):
    """What is asked of a circuit.

    Attributes:
        facts: The circuit's.
        shots: Shots of each point; 1 where exact values are asked for.
        points: Parameter points, times measurement groups where shots are taken for observables.
        exact: Whether exact expectation values are asked for.
        counts: Whether only counts are asked for, for which single precision will do.
        noise: Whether it runs under noise.
        splits: Measurements and resets in the middle.
        threads: Cores.
    """

    facts: Facts
    shots: int = 1024
    points: int = 1
    exact: bool = False
    counts: bool = True
    noise: bool = False
    splits: int = 0
    threads: int = 1

    @property
    def branches(self) -> float:
        """How many courses of events there are, at most."""
        return min(float(self.shots), _power(2, self.splits))

    @property
    def rows(self) -> float:
        """How many distinct outcomes there are, at most."""
        return min(float(self.shots), _power(2, min(self.facts.spread, self.facts.measured)))


def seconds_of(backend: str, work: Work, corrections: Mapping[str, float] | None = None) -> float:
    """Returns the seconds that a backend will take; infinite where nobody can say.

    Args:
        backend: Its name.
        work: What is asked.
        corrections: Factors by backend, from experience.
    """
    model = _MODELS.get(backend)
    if model is None:
        return math.inf
    return model(work) * work.points * (corrections or {}).get(backend, 1.0)


def memory_of(backend: str, facts: Facts) -> float:
    """Returns bytes at the peak, roughly; `Backend.need` is what counts."""
    n = facts.qubits
    if backend in ("statevector", "branches"):
        return _power(2, n) * 32
    if backend == "qsim":
        return _power(2, n) * 24
    if backend == "lightning.gpu":
        return _power(2, n) * 48
    if backend in ("aer.statevector", "aer.gpu"):
        return _power(2, n) * 24
    if backend == "aer.density_matrix":
        return _power(4, n) * 24
    if backend == "aer.matrix_product_state":
        return n * 64 * _power(4, facts.bond)
    if backend == "sparse":
        return _power(2, min(facts.spread, SPARSE)) * 8 * (2 + math.ceil(n / 64)) * 7
    return 64.0 * n * n


def _power(base: int, exponent: float) -> float:
    return float(base ** min(exponent, _LARGEST))


def _shared(work: Work) -> float:
    return 1 + 0.6 * (work.threads - 1) if work.facts.qubits >= _WIDE else 1.0


def _state(work: Work, fixed: float, gate: float, step: float, sample: float) -> float:
    facts = work.facts
    return fixed + gate * facts.gates + (step * facts.gates + sample) * _power(2, facts.qubits) / _shared(work)


def _statevector(work: Work) -> float:
    return _state(work, 3e-5, 2.5e-6, 8e-10, 2e-8)


def _qsim(work: Work) -> float:
    return _state(work, 3e-4, 2.5e-6, 1e-10, 1.2e-8)


def _aer_statevector(work: Work) -> float:
    if work.splits or work.noise:
        return _trajectories(work)
    return _state(work, 5e-3, 1e-5, 1e-9, 1e-8) + 1e-6 * work.shots


def _aer_gpu(work: Work) -> float:
    facts = work.facts
    return 0.3 + 1e-5 * facts.gates + 5e-11 * facts.gates * _power(2, facts.qubits) + 1e-6 * work.shots


def _lightning_gpu(work: Work) -> float:
    facts = work.facts
    return 0.3 + 3e-5 * facts.gates + (5e-11 * facts.gates + 1e-8) * _power(2, facts.qubits)


def _trajectories(work: Work) -> float:
    facts = work.facts
    return 5e-3 + work.shots * (2e-5 + 4e-7 * facts.gates + 6e-10 * facts.gates * _power(2, facts.qubits))


def _density(work: Work) -> float:
    facts = work.facts
    return 5e-3 + 1e-5 * facts.gates + 1.2e-9 * facts.gates * _power(4, facts.qubits) + 1e-6 * work.shots


def _aer(work: Work) -> float:
    return min(_density(work), _trajectories(work)) if work.noise else _aer_statevector(work)


def _tensors(work: Work) -> float:
    facts = work.facts
    once = 3e-3 + 3e-5 * facts.gates + 1e-9 * _power(2, facts.bonds) + 8e-5 * facts.qubits
    drawn = facts.qubits * (4e-7 + 5e-10 * _power(4, facts.bond))
    if work.splits or work.noise:
        return once + work.shots * (drawn + 1e-5 * facts.gates + 4e-9 * _power(2, facts.bonds))
    return once + (0.0 if work.exact else work.rows * drawn)


def _stabilizer(work: Work) -> float:
    facts = work.facts
    return 5e-3 + 1e-5 * facts.gates + 5e-8 * facts.qubits**2 * work.shots


def _stim(work: Work) -> float:
    facts = work.facts
    if work.facts.obstacle:
        return 1e-3 + work.branches * (2e-4 + 4e-6 * facts.gates)
    return 3e-4 + 3e-6 * facts.gates + 1e-9 * facts.qubits * facts.gates + 3e-9 * work.shots * facts.qubits


def _sparse(work: Work) -> float:
    facts = work.facts
    each = 3e-5 + 4e-8 * facts.qubits + 5e-8 * _power(2, min(facts.spread, SPARSE))
    return work.branches * (1e-3 + each * facts.gates)


def _branches(work: Work) -> float:
    return work.branches * _statevector(work)


_MODELS: dict[str, Callable[[Work], float]] = {
    "statevector": _statevector,
    "qsim": _qsim,
    "stim": _stim,
    "sparse": _sparse,
    "branches": _branches,
    "aer": _aer,
    "aer.statevector": _aer_statevector,
    "aer.gpu": _aer_gpu,
    "lightning.gpu": _lightning_gpu,
    "aer.matrix_product_state": _tensors,
    "aer.stabilizer": _stabilizer,
    "aer.density_matrix": _density,
}
