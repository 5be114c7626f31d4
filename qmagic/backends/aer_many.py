"""Many circuits under one noise in one call of Aer.

Aer turns a device's noise model into its own form at each call, which takes longer (40 ms and more) than a small
circuit. A program of hundreds of circuits, such as randomized ones, pays that once. The price: Aer's seed is that of
the call, so counts depend on which circuits come together. Where that matters use `aer.Aer`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.aer import Aer
from qmagic.backends.aer_translate import fitting
from qmagic.backends.base import Executable, Grant
from qmagic.backends.sampling import Key, seed_31, table_of
from qmagic.backends.threads import using
from qmagic.errors import JobFailedError

if TYPE_CHECKING:
    from qmagic.outcomes import CountsTable

__all__ = ["sample_many"]


def sample_many(executables: Sequence[Executable], shots: int, key: Key, grant: Grant) -> list[CountsTable]:
    """Returns the counts of each circuit; all of them act on the same qubits, under the noise of the first.

    Raises:
        InputError: The circuits need more memory than there is.
        JobFailedError: Aer failed.
    """
    first = executables[0]
    backend = Aer("aer")
    backend.need(first, exact=False)
    method = backend.method(first, exact=False)
    circuits = [fitting(one, method) for one in executables]
    seed, order = seed_31(key)
    options: dict[str, Any] = {"shots": shots, "seed_simulator": seed, "max_parallel_threads": grant.threads}
    if first.noise is not None:
        options["noise_model"] = first.noise.model(first.program.active)
    with using(grant.threads, "qiskit_aer"):
        result = _simulator(method)._execute_circuits_job(circuits, None, options)
    if not result.success:
        raise JobFailedError(f"aer's method {method} failed: {result.status}")
    return [
        table_of(
            {int(outcome, 16): int(number) for outcome, number in one.data.to_dict().get("counts", {}).items()},
            circuit.num_clbits,
            order + i,
        )
        for i, (one, circuit) in enumerate(zip(result.results, circuits, strict=True))
    ]


@functools.cache
def _simulator(method: str) -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator(method=method, max_parallel_experiments=1, max_parallel_shots=1)
