"""`Estimator`: Qiskit's V2 estimator, whose every run is one durable qmagic job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qiskit.primitives import BaseEstimatorV2
from qiskit.primitives.containers import EstimatorPub

from qmagic.cells.validate import check_precision
from qmagic.primitives.job import PrimitiveJob
from qmagic.primitives.pubs import JobOptions, submit

if TYPE_CHECKING:
    from qiskit.primitives.containers import EstimatorPubLike

__all__ = ["Estimator"]


class Estimator(BaseEstimatorV2):
    """Qiskit's V2 estimator on qmagic.

    All PUBs of one `run` are one job; each PUB may have its own precision. The jobs of one estimator share the `parent`
    id. A precision of 0 is exact: no shots, ``stds`` 0. Otherwise shots are chosen so that each observable's standard
    error is at most the precision, and ``stds`` come from the data (docs/estimates.md); no noise is invented.

    Args:
        backend: A backend's name, such as ``"aer.statevector"``, or what ``qmagic.backend(name)`` returns; a device
            such as ``qmagic.backend("fake_manila")`` brings its noise. Default ``"auto"``.
        default_precision: Wanted standard error for PUBs that do not say; 0 is exact.
        seed: Of all random draws; a new one for each job when None.
        noise: A device's name, noise parameters, or a Qiskit Aer ``NoiseModel``. Default: none.
        name: Name of each job.
        tags: Tags of each job.
        timeout: Seconds of run time after which a job fails. Default: none.

    Raises:
        InputError: One of these cannot be.

    Example:
        >>> qmagic.Estimator().run([(bell, ["ZZ", "XX", "ZI"])]).result()[0].data.evs
        array([1., 1., 0.])
    """

    def __init__(
        self,
        *,
        backend: Any = "auto",
        default_precision: float = 0.0,
        seed: int | None = None,
        noise: Any = None,
        name: str = "",
        tags: Iterable[str] = (),
        timeout: float | None = None,
    ) -> None:
        if default_precision != 0.0:
            check_precision(default_precision)
        self._default_precision = float(default_precision)
        self._options = JobOptions.of(backend, seed, noise, name, tags, timeout)

    @property
    def default_precision(self) -> float:
        """Wanted standard error for PUBs that do not say; 0 is exact."""
        return self._default_precision

    @property
    def seed(self) -> int | None:
        """The seed of each job; None draws a new one for each."""
        return self._options.request.seed

    @property
    def parent(self) -> str:
        """The id that all jobs of this estimator share: ``client.jobs(parent=...)`` finds them."""
        return self._options.parent

    def run(self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None) -> PrimitiveJob:
        """Submits PUBs as one job and returns at once.

        Args:
            pubs: ``(circuit, observables, parameter_values, precision)``, the last two where needed.
            precision: Precision of PUBs that do not say; None means `default_precision`.

        Raises:
            InputError: A PUB cannot run; nothing was submitted.
            TypeError: Qiskit's, about the form of a PUB, as is ValueError.
        """
        default = self._default_precision if precision is None else precision
        coerced = [EstimatorPub.coerce(pub, default) for pub in pubs]
        metadata = [{"target_precision": pub.precision, "circuit_metadata": pub.circuit.metadata} for pub in coerced]
        return PrimitiveJob(submit(coerced, self._options), metadata)
