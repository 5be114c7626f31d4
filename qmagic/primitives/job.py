"""The handle of a primitive's job, with the interface that Qiskit code expects, around a qmagic `Job`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qiskit.primitives import BasePrimitiveJob, PrimitiveResult
from qiskit.providers import JobStatus

from qmagic.client import Job

__all__ = ["PrimitiveJob"]


class PrimitiveJob(BasePrimitiveJob[PrimitiveResult, JobStatus]):
    """A job of a `Sampler` or an `Estimator`.

    Interrupting `result` only stops the wait: the job goes on, here or under ``qmagic.job(id)``. `cancel` ends it.
    A job of an earlier session is taken up again with ``PrimitiveJob(qmagic.job(id))``.

    Args:
        job: The qmagic job.
        metadata: What to add to the metadata of each PUB's result.
    """

    def __init__(self, job: Job, metadata: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(job.id)
        self._job = job
        self._pub_metadata = tuple(metadata)
        self._result: PrimitiveResult | None = None

    @property
    def job(self) -> Job:
        """The qmagic job: its plain result, provenance and display."""
        return self._job

    def result(self, timeout: float | None = None) -> PrimitiveResult:
        """Waits for the job's end and returns Qiskit's result; the same object at every call.

        Args:
            timeout: Seconds to wait; None means as long as it takes.

        Raises:
            JobFailedError: It failed; the message is the reason.
            JobCancelledError: It was cancelled.
            JobTimeoutError: The time is up; the job goes on.
        """
        if self._result is None:
            plain = self._job.result(timeout)
            added = self._pub_metadata or ({},) * len(plain)
            metadata = {"version": 2, "job_id": self._job.id, "backend": plain.outcome.backend, "seed": plain.info.seed}
            pubs = [type(pub)(pub.data, {**pub.metadata, **more}) for pub, more in zip(plain, added, strict=True)]
            self._result = PrimitiveResult(pubs, metadata)
        return self._result

    def status(self) -> JobStatus:
        """Returns where the job stands, in Qiskit's words."""
        return JobStatus[self._job.status().qiskit_name]

    def done(self) -> bool:
        """Tells whether the job has a result."""
        return self.status() is JobStatus.DONE

    def running(self) -> bool:
        """Tells whether the job runs now."""
        return self.status() is JobStatus.RUNNING

    def cancelled(self) -> bool:
        """Tells whether the job was cancelled."""
        return self.status() is JobStatus.CANCELLED

    def in_final_state(self) -> bool:
        """Tells whether the job has ended, in whatever way."""
        return self._job.done()

    def cancel(self) -> bool:
        """Stops the job; returns False when it had ended already."""
        return self._job.cancel()

    def __repr__(self) -> str:
        return f"PrimitiveJob({self._job!r})"
