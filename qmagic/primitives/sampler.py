"""`Sampler`: Qiskit's V2 sampler, whose every run is one durable qmagic job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qiskit.primitives import BaseSamplerV2
from qiskit.primitives.containers import SamplerPub

from qmagic.cells.validate import check_shots
from qmagic.primitives.job import PrimitiveJob
from qmagic.primitives.pubs import JobOptions, submit

if TYPE_CHECKING:
    from qiskit.primitives.containers import SamplerPubLike

__all__ = ["Sampler"]


class Sampler(BaseSamplerV2):
    """Qiskit's V2 sampler on qmagic.

    All PUBs of one `run` are one job; each PUB may have its own shots. The jobs of one sampler share the `parent` id.
    With a seed, equal runs give equal shots, as with Qiskit's `StatevectorSampler`; the PUBs of one run are independent
    of each other all the same.

    Args:
        backend: A backend's name, such as ``"aer.statevector"``, or what ``qmagic.backend(name)`` returns; a device
            such as ``qmagic.backend("fake_manila")`` brings its noise. Default ``"auto"``.
        default_shots: Shots of PUBs that do not say, 1 to 10^9.
        seed: Of all random draws; a new one for each job when None.
        noise: A device's name, noise parameters, or a Qiskit Aer ``NoiseModel``. Default: none.
        name: Name of each job.
        tags: Tags of each job.
        timeout: Seconds of run time after which a job fails. Default: none.

    Raises:
        InputError: One of these cannot be.

    Example:
        >>> qmagic.Sampler(seed=7).run([bell], shots=100).result()[0].data.meas.get_counts()
        {'00': 52, '11': 48}
    """

    def __init__(
        self,
        *,
        backend: Any = "auto",
        default_shots: int = 1024,
        seed: int | None = None,
        noise: Any = None,
        name: str = "",
        tags: Iterable[str] = (),
        timeout: float | None = None,
    ) -> None:
        check_shots(default_shots)
        self._default_shots = default_shots
        self._options = JobOptions.of(backend, seed, noise, name, tags, timeout)

    @property
    def default_shots(self) -> int:
        """Shots of PUBs that do not say."""
        return self._default_shots

    @property
    def seed(self) -> int | None:
        """The seed of each job; None draws a new one for each."""
        return self._options.request.seed

    @property
    def parent(self) -> str:
        """The id that all jobs of this sampler share: ``client.jobs(parent=...)`` finds them."""
        return self._options.parent

    def run(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None) -> PrimitiveJob:
        """Submits PUBs as one job and returns at once.

        Args:
            pubs: Circuits, or ``(circuit, parameter_values, shots)``.
            shots: Shots of PUBs that do not say; None means `default_shots`.

        Raises:
            InputError: A PUB cannot run, such as one without measurements; nothing was submitted.
            TypeError: Qiskit's, about the form of a PUB, as is ValueError.
        """
        coerced = [SamplerPub.coerce(pub, self._default_shots if shots is None else shots) for pub in pubs]
        metadata = [{"circuit_metadata": pub.circuit.metadata} for pub in coerced]
        return PrimitiveJob(submit(coerced, self._options), metadata)
