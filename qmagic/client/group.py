"""The handle of a group: jobs of one cell that run the same circuits on several backends, or several times."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from qmagic.client.ask import cancel, jobs
from qmagic.client.choose import placed
from qmagic.client.handle import Job
from qmagic.client.submit import submit_many
from qmagic.errors import InputError, JobError, JobTimeoutError, NotFoundError, QmagicError
from qmagic.jobs import JobInfo, JobSpec, new_job_id

if TYPE_CHECKING:
    from qmagic.results.group import GroupResult

__all__ = ["MOST_JOBS", "Group", "backends_of", "group_specs", "submit_group"]

#: Jobs of one group, at most.
MOST_JOBS = 1_000


#: A comma in no parentheses, and before no ``name=``: ``best(a, b)`` and ``scripted:sleep=1,fail=no`` are one name.
_COMMA = re.compile(r",(?![^(]*\))(?!\s*\w+=)")


def backends_of(given: str | Sequence[str]) -> list[str]:
    """Returns the backends in ``"aer,ibm-stub:manila"`` or in a list of such; a name that comes again is a run more."""
    texts = [given] if isinstance(given, str) else list(given)
    names = [name.strip() for text in texts for name in _COMMA.split(text)]
    if not names or not all(names):
        raise InputError(f"backends are names with commas between them, such as aer,ibm-stub:manila; got {given!r}")
    return names


def group_specs(spec: JobSpec, backends: Sequence[str], repeat: int = 1) -> list[JobSpec]:
    """Returns the jobs of a group: each backend, so many times. The i-th has the seed of `spec` plus i.

    Raises:
        InputError: There is no backend, or there are too many jobs.
    """
    if repeat < 1 or len(backends) * repeat > MOST_JOBS:
        raise InputError(f"a group has 1 to {MOST_JOBS:,} jobs; got {len(backends)} backends, repeated {repeat} times")
    parent = spec.parent or new_job_id()
    counted = {backend: repeat * list(backends).count(backend) for backend in backends}
    wanted = [backend for backend, runs in counted.items() for _ in range(runs)]
    return [
        msgspec.structs.replace(
            spec,
            id=spec.id if i == 0 else new_job_id(),
            parent=parent,
            backend=backend,
            seed=(spec.seed + i) % 2**63,
            checked=spec.checked and backend == "auto",
        )
        for i, backend in enumerate(wanted)
    ]


def submit_group(specs: Sequence[JobSpec]) -> Group:
    """Submits the jobs of a group in one message: all of them, or none."""
    specs = [placed(spec) for spec in specs]
    made = submit_many(specs)
    return Group(specs[0].parent, jobs=made, backends=[spec.backend for spec in specs])


class Group:
    """Jobs that belong together; found again in any kernel by the id: ``qmagic.Group(id)``.

    Args:
        id: The id that its jobs have as their parent.
        jobs: The jobs, where they are known.
        backends: What each was asked to run on.

    Raises:
        NotFoundError: There is no such group.
    """

    def __init__(self, id: str, *, jobs: Sequence[Job] = (), backends: Sequence[str] = ()) -> None:
        self._id = id
        self._jobs = list(jobs) or _jobs_of(id)
        self._backends = list(backends) or [job.spec().backend for job in self._jobs]

    @property
    def id(self) -> str:
        """The group's id."""
        return self._id

    @property
    def jobs(self) -> list[Job]:
        """The jobs, in the order of submission: backend by backend, run by run."""
        return list(self._jobs)

    def infos(self) -> list[JobInfo]:
        """Returns what can be said of each job now."""
        found = {job.id: job.last_info() for job in jobs(MOST_JOBS, parent=self._id)}
        return [found[job.id] for job in self._jobs if job.id in found]

    def done(self) -> bool:
        """Tells whether all jobs have ended."""
        return all(info.status.final for info in self.infos())

    def cancel(self) -> bool:
        """Stops all jobs; returns False when all had ended already."""
        return any(status is not None for status in cancel([job.id for job in self._jobs]).values())

    def result(self, timeout: float | None = None) -> GroupResult:
        """Waits for all jobs and returns what they gave, as one result.

        A job that failed or was cancelled is named in ``result.failures``; the others count.

        Args:
            timeout: Seconds to wait for all of them; None means as long as it takes.

        Raises:
            JobTimeoutError: The time is up; the jobs go on.
            JobError: No job gave a result: the first one's error.
        """
        from qmagic.results.group import GroupResult, Member

        end = None if timeout is None else time.monotonic() + timeout
        given: dict[str, list[Any]] = {backend: [] for backend in self._backends}
        failures: dict[str, str] = {}
        first: JobError | None = None
        for place, (job, backend) in enumerate(zip(self._jobs, self._backends, strict=True)):
            try:
                given[backend].append(job.result(None if end is None else max(0.0, end - time.monotonic())))
            except JobTimeoutError:
                raise
            except JobError as error:
                first = first or error
                failures[f"{backend}, run {place - self._backends.index(backend) + 1}"] = str(error)
        members = [Member(backend, tuple(results)) for backend, results in given.items() if results]
        if not members and first is not None:
            raise first
        return GroupResult(self._id, members, failures)

    def __len__(self) -> int:
        return len(self._jobs)

    def __repr__(self) -> str:
        return f"Group({self._id!r}, {len(self)} jobs)"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.group_jobs import jobs_bundle

        try:
            return jobs_bundle(self.infos())
        except QmagicError:
            return {"text/plain": repr(self)}

    def __reduce__(self) -> tuple[type[Group], tuple[str]]:
        return Group, (self._id,)


def _jobs_of(id: str) -> list[Job]:
    found = list(reversed(jobs(MOST_JOBS, parent=id)))
    if not found:
        raise NotFoundError(f"there is no group {id!r}; qmagic.jobs() lists what there is")
    return found
