"""`SimulatorJob`: Qiskit's `JobV1` around a qmagic job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobError, JobStatus, JobV1

from qmagic.backends.v2.result import header_of, result_of

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.result import Result

    from qmagic.backends.v2.backend_v2 import SimulatorBackend
    from qmagic.client import Job

__all__ = ["SimulatorJob"]


class SimulatorJob(JobV1):
    """A job of ``backend.run``.

    Interrupting `result` only stops the wait: the job goes on, here or under ``qmagic.job(id)``. `cancel` ends it.

    Args:
        backend: Where it runs.
        job: The qmagic job.
        circuits: Its circuits.
        memory: Whether the result has each shot.
    """

    def __init__(
        self, backend: SimulatorBackend, job: Job, circuits: Sequence[QuantumCircuit], *, memory: bool = False
    ) -> None:
        super().__init__(backend, job.id)
        self._job = job
        self._headers = [header_of(circuit) for circuit in circuits]
        self._memory = memory
        self._result: Result | None = None

    @property
    def job(self) -> Job:
        """The qmagic job: its plain result, provenance and display."""
        return self._job

    def submit(self) -> None:
        """Raises `JobError`: the job was submitted before this handle was made."""
        raise JobError(f"job {self._job.id} was submitted already")

    def result(self, timeout: float | None = None) -> Result:
        """Waits for the job's end and returns Qiskit's `Result`; the same object at every call.

        Args:
            timeout: Seconds to wait; None means as long as it takes.

        Raises:
            JobFailedError: It failed; the message is the reason.
            JobCancelledError: It was cancelled.
            JobTimeoutError: The time is up; the job goes on.
        """
        if self._result is None:
            plain = self._job.result(timeout)
            self._result = result_of(plain.outcome, plain.info, self._headers, self.backend().name, self._memory)
        return self._result

    def wait_for_final_state(
        self, timeout: float | None = None, wait: float = 0.1, callback: Callable[..., Any] | None = None
    ) -> None:
        """As in Qiskit, looking every 0.1 s instead of 5."""
        super().wait_for_final_state(timeout, wait, callback)

    def status(self) -> JobStatus:
        """Returns where the job stands, in Qiskit's words."""
        return JobStatus[self._job.status().qiskit_name]

    def cancel(self) -> bool:
        """Stops the job; returns False when it had ended already."""
        return self._job.cancel()

    def __repr__(self) -> str:
        return f"SimulatorJob({self._job!r})"
