"""PUBs, coerced by Qiskit, to one durable job.

The circuits travel as QPY, each once; the values of a parameterised PUB travel as one float64 array. What holds for
all jobs of a primitive is a `JobOptions`, checked when the primitive is made, so that an error shows there.
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from qmagic import client
from qmagic.cells import flags
from qmagic.cells.build import build_objects
from qmagic.cells.noise import noise_text
from qmagic.cells.request import CellRequest, Wanted
from qmagic.jobs import new_job_id

__all__ = ["JobOptions", "submit"]


@dataclasses.dataclass(frozen=True)
class JobOptions:
    """What all jobs of a primitive have in common.

    Attributes:
        request: Backend, seed, name, tags, timeout.
        wanted: The noise.
        parent: The id that all jobs of the primitive carry; lists fold them by it.
    """

    request: CellRequest
    wanted: Wanted
    parent: str

    @classmethod
    def of(
        cls, backend: Any, seed: Any, noise: Any, name: str, tags: Iterable[str], timeout: float | None
    ) -> JobOptions:
        """Returns the options of a new primitive, under a fresh parent id.

        Args:
            backend: A backend's name, or what ``qmagic.backend(name)`` returns.
            seed: Whole number, or None.
            noise: As `qmagic.run` takes it; a device backend brings its own.
            name: Name of each job.
            tags: Tags of each job.
            timeout: Seconds of run time.

        Raises:
            InputError: One of them cannot be.
        """
        if not isinstance(backend, str):
            noise = backend.noise if noise is None else noise
            backend = backend.simulator
        request = CellRequest(
            backend=backend,
            seed=int(seed) if isinstance(seed, numbers.Integral) else seed,
            name=name,
            tags=(tags,) if isinstance(tags, str) else tuple(tags),
            timeout=timeout,
        )
        flags.check(request)
        return cls(request, Wanted(noise=noise_text(noise, {})), new_job_id())


def submit(pubs: Sequence[Any], options: JobOptions) -> client.Job:
    """Submits `SamplerPub`s or `EstimatorPub`s as one job.

    Raises:
        InputError: One cannot run, or there is none; nothing was submitted.
    """
    spec = build_objects(list(pubs), "run(pubs)", options.request, options.wanted, client.environment())
    return client.submit(msgspec.structs.replace(spec, parent=options.parent, notebook=client.notebook()))
