"""`qmagic.run` and the primitives inside a user's function: they run here, in the loop's process, and make no job.

What goes to a cloud is a child of the loop's (`children`). A seed that was not given follows from the evaluation's, so
that the same evaluation gives the same counts again.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence

from qmagic.client.handle import Job
from qmagic.client.submit import run_in_place
from qmagic.clouds import provider_of
from qmagic.jobs import JobInfo, JobSpec, JobStatus, draw_seeds_from
from qmagic.loops.children import Children
from qmagic.loops.seeds import seed_of
from qmagic.outcomes import Outcome, SampledPub

__all__ = ["evaluation", "install", "taken"]

_taken = 0
_children: Children | None = None


def install() -> None:
    """Makes whatever is submitted in this process run in place, from now on."""
    run_in_place(_run)


@contextlib.contextmanager
def evaluation(seed: int, children: Children) -> Iterator[None]:
    """Draws seeds that were not given from an evaluation's seed, one after the other; `children` run at clouds."""
    global _children
    _children = children
    numbers = itertools.count()
    draw_seeds_from(lambda: seed_of(seed, "in place", next(numbers)) & 0xFFFFFFFF)
    try:
        yield
    finally:
        draw_seeds_from(None)
        _children = None


def taken() -> int:
    """Returns the shots that were taken in place since this was asked last."""
    global _taken
    shots, _taken = _taken, 0
    return shots


def _run(specs: Sequence[JobSpec]) -> list[Job]:
    return [_run_one(spec) for spec in specs]


def _run_one(spec: JobSpec) -> Job:
    from qmagic import execute
    from qmagic.results import Result

    if provider_of(spec.backend) and _children is not None:
        result = _children.run(spec)
        _count(result.outcome)
        return Job.of_result(result)
    began = time.time()
    outcome = execute.run(execute.prepare(spec), reserve=lambda memory, threads: 1)
    info = JobInfo(
        id=spec.id, status=JobStatus.DONE, kind=spec.kind, name=spec.name, backend=outcome.backend, seed=spec.seed,
        created=began, started=began, ended=time.time(), attempt=1,
    )  # fmt: skip
    _count(outcome)
    return Job.of_result(Result(outcome, info, spec))


def _count(outcome: Outcome) -> None:
    global _taken
    for pub in outcome.pubs:
        _taken += pub.shots * len(pub.tables) if isinstance(pub, SampledPub) else sum(pub.shots)
