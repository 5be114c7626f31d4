"""The handle of a job: what a person holds, in any process, at any time. It knows the id; all else is asked for."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic import home as homes
from qmagic.client.connection import connection
from qmagic.clouds import REMOTE
from qmagic.errors import (
    ErrorInfo,
    InputError,
    JobCancelledError,
    JobLostError,
    JobTimeoutError,
    NotFoundError,
    QmagicError,
    ServiceError,
)
from qmagic.jobs import JobInfo, JobSpec, JobStatus, new_job_id
from qmagic.outcomes import unpack
from qmagic.protocol import Cancel, Ended, Find, Found, Live

if TYPE_CHECKING:
    from qmagic.results import Result

__all__ = ["Job"]

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode


class Job:
    """A job of this user, from this or any other kernel.

    Handles are light: they can be copied, pickled and made again from the id with ``qmagic.job(id)``.

    Args:
        id: The job's id.
        spec: What was asked, where it is known already.
        info: What was last said of it, where it is known already.
    """

    def __init__(
        self,
        id: str,
        *,
        spec: JobSpec | None = None,
        info: JobInfo | None = None,
    ) -> None:
        self._id = id
        self._spec = spec
        self._info = info
        self._result: Result | None = None

    @classmethod
    def of_result(cls, result: Result) -> Job:
        """Returns the handle of a job that is over, and of which nobody else knows."""
        job = cls(result.info.id, spec=result.spec, info=result.info)
        job._result = result
        return job

    @property
    def id(self) -> str:
        """The job's id."""
        return self._id

    @property
    def name(self) -> str:
        """The name it was given, "" for none."""
        return self._spec.name if self._spec else self.info().name

    def info(self) -> JobInfo:
        """Returns what can be said of the job now.

        Raises:
            NotFoundError: There is no such job (any more).
        """
        if self._info is None or not self._info.status.final:
            self._info = self._find().info
        return self._info

    def live(self) -> Live | None:
        """Returns what is not stored of a job that runs: its time, and its counts so far where shots come in parts."""
        found: Live | None = connection().ask("live", Find(id=self.id), Live | None)
        return found

    def last_info(self) -> JobInfo:
        """Returns what was last said of the job, such as in a list; asks only where nothing was."""
        return self._info or self.info()

    def status(self) -> JobStatus:
        """Returns where the job stands now."""
        return self.info().status

    def done(self) -> bool:
        """Tells whether the job has ended, in whatever way."""
        return self.status().final

    def spec(self) -> JobSpec:
        """Returns what was asked, as it was stored."""
        if self._spec is None:
            self._spec = _SPEC(self._find(spec=True).spec)
        return self._spec

    def result(self, timeout: float | None = None) -> Result:
        """Waits for the job's end and returns its result.

        Args:
            timeout: Seconds to wait; None means as long as it takes.

        Raises:
            JobFailedError: It failed; the message is the reason.
            JobCancelledError: It was cancelled.
            JobLostError: The provider no longer knows it.
            JobTimeoutError: The time is up; the job goes on.
            NotFoundError: There is no such job.
        """
        if self._result is None:
            try:
                ended = self._wait(timeout)
            except JobTimeoutError:
                raise
            except TimeoutError:
                raise JobTimeoutError(f"job {self._id} has not ended within {timeout:g} s; it goes on") from None
            self._info = ended.info
            self._result = self._open(ended)
        return self._result

    def cancel(self) -> bool:
        """Stops the job; returns False when it had ended already.

        Raises:
            ServiceError: The service does not answer.
        """
        try:
            answer: dict[str, JobStatus | None] = connection().ask(
                "cancel", Cancel([self._id]), dict[str, JobStatus | None], timeout=10.0
            )
        except TimeoutError:
            raise ServiceError(f"job {self._id} may still run: the job service does not answer") from None
        status = answer[self._id]
        self._info = None
        return status is not None and status in (JobStatus.CANCELLED, JobStatus.CANCELLING)

    def rerun(self) -> Job:
        """Submits the same job again, under a new id, with the same seed and the backends that ``auto`` chose.

        So the counts are the same again, whatever was learnt of costs since. Where a simulator has another version than
        it had then, the result's notes say so.
        """
        from qmagic.client.submit import submit

        spec = self.spec()
        if spec.source.language == REMOTE:
            raise InputError(f"job {self._id} was adopted: its circuit is not here; run the circuit anew")
        again = msgspec.structs.replace(spec, id=new_job_id(), rerun_of=self._id, session="")
        if self.status() is JobStatus.DONE:
            outcome = self.result().outcome
            routes = tuple(tuple(pub.metadata.get("parts") or [pub.metadata["backend"]]) for pub in outcome.pubs)
            again = msgspec.structs.replace(
                again, routes=routes if spec.backend == "auto" else (), versions=outcome.versions
            )
        return submit(again)

    def __await__(self) -> Generator[Any, None, Result]:
        return self._await().__await__()

    async def _await(self) -> Result:
        abandoned = threading.Event()
        waiting = asyncio.create_task(asyncio.to_thread(self._poll_result, abandoned))
        try:
            # a short tick lets an interrupt reach the waiting cell: the signal alone does not wake the loop
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=0.1)
            result = waiting.result()
            assert result is not None
            return result
        finally:
            abandoned.set()

    def _poll_result(self, abandoned: threading.Event) -> Result | None:
        """Waits in pieces, so that the thread ends soon after nobody waits any more; then there is no result."""
        while not abandoned.is_set():
            try:
                return self.result(timeout=1.0)
            except JobTimeoutError:
                continue
            except QmagicError:
                if not abandoned.is_set():
                    raise
        return None

    def _find(self, spec: bool = False) -> Found:
        found: list[Found] = connection().ask("find", Find(id=self._id, limit=2, spec=spec), list[Found])
        for job in found:
            if job.info.id == self._id:
                return job
        raise NotFoundError(f"there is no job {self._id!r}; it was deleted, or belongs to another QMAGIC_HOME")

    def _wait(self, timeout: float | None) -> Ended:
        line = connection()
        start = time.monotonic()
        ended = line.followed(self._id, None if timeout is None else start + timeout)
        if ended is None or (ended.info.status is JobStatus.DONE and not (ended.outcome or ended.file)):
            left = None if timeout is None else max(0.0, start + timeout - time.monotonic())
            ended = line.ask("result", Find(id=self._id), Ended, timeout=left)
        return ended

    def _open(self, ended: Ended) -> Result:
        info = ended.info
        if info.status is JobStatus.CANCELLED:
            raise JobCancelledError(f"job {self._id} was cancelled")
        if info.status is JobStatus.FAILED:
            raise ErrorInfo(info.error_kind or "JobFailedError", info.error).error()
        if info.status is JobStatus.LOST:
            raise JobLostError(f"job {self._id} was lost: {info.error}")
        from qmagic.results import Result

        outcome = unpack(ended.outcome or self._read(ended))
        if outcome.loop is not None:
            from qmagic.results.loop import LoopResult

            return LoopResult(outcome, info, self._spec)  # type: ignore[return-value]  # only a Loop's, which says so
        return Result(outcome, info, self._spec)

    def _read(self, ended: Ended) -> bytes:
        path = homes.home_folder() / "results" / ended.file
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ServiceError(f"the result of job {self._id} cannot be read: {error.strerror} ({path})") from None
        if hashlib.sha256(data).hexdigest() != ended.digest:
            raise ServiceError(f"the result of job {self._id} is damaged: {path} has changed since it was written")
        return data

    def __repr__(self) -> str:
        status = f", {self._info.status}" if self._info else ""
        name = self._spec.name if self._spec else self._info.name if self._info else ""
        return f"Job({self._id!r}{status}{f', name={name!r}' if name else ''})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.card import job_bundle

        try:
            return job_bundle(self.info(), repr(self))
        except QmagicError:
            return {"text/plain": repr(self)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Job) and other._id == self._id

    def __hash__(self) -> int:
        return hash(self._id)

    def __reduce__(self) -> tuple[type[Job], tuple[str]]:
        return Job, (self._id,)
