"""Runs a job's tasks one after the other, and goes on to the next simulator where one grows too large."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qmagic.backends.base import Grant, OutgrownError
from qmagic.backends.memory import size
from qmagic.backends.points import Report, estimated, sampled
from qmagic.errors import InputError
from qmagic.plans.patience import Tell, instead, learn, notice

if TYPE_CHECKING:
    from qmagic.jobs import JobSpec
    from qmagic.outcomes import EstimatedPub, SampledPub
    from qmagic.plans.tasks import Task

__all__ = ["Reserve", "answers_of"]

#: Below this a simulation needs no leave.
_SMALL = 64 << 20

#: Asks for ``(bytes, threads)``, waits, and returns the threads that were granted.
Reserve = Callable[[int, int], int]

#: Backends that have run in this process: the first run imports and builds what later ones find, and teaches nothing.
_warmed: set[str] = set()


def answers_of(
    spec: JobSpec,
    tasks: list[Task],
    most: int,
    spent: dict[str, tuple[float, float]],
    notes: list[str],
    *,
    reserve: Reserve,
    tell: Tell,
    report: Report,
) -> list[tuple[SampledPub | EstimatedPub, str]]:
    """Returns the answer to each PUB, and the method; PUBs that are the same task run one after the other.

    Args:
        spec: The job.
        tasks: The task of each PUB; where one has to run elsewhere, it is exchanged here.
        most: The bytes that the job may ever take.
        spent: Gets the seconds estimated and taken, by backend.
        notes: Gets a line for each simulator that was left.
        reserve: Asks for memory and threads.
        tell: Hears what runs.
        report: Hears how far the job is.

    Raises:
        InputError: It needs more memory than it may have.
        OutgrownError: Nothing is left that could run it.
    """
    answers: dict[int, tuple[SampledPub | EstimatedPub, str]] = {}
    answer = estimated if spec.kind == "estimate" else sampled
    grant = _granted(tasks, most, reserve)
    tell(notice(tasks))
    lines = _together(tasks)
    for at, line in enumerate(lines):
        first, task = line[0], tasks[line[0]]
        shelf = task.executable.shelf
        shelf.shared = len(line) > 1
        for i in line:
            if task.exact and i != first and spec.pubs[i] == spec.pubs[first]:
                answers[i] = answers[first]
            while i not in answers:
                started, share = time.perf_counter(), _share(report, len(answers), len(tasks))
                try:
                    answers[i] = answer(task, spec.pubs[i], spec.seed, i, grant, share)
                except (OutgrownError, MemoryError) as error:
                    grown = error if isinstance(error, OutgrownError) else OutgrownError("there is not enough memory")
                    notes.append(f"{task.backend.name} turned out badly and was left: {grown}")
                    task = instead(task, grown)
                    left = [task, *[tasks[other[0]] for other in lines[at + 1 :]]]
                    grant = _granted(left, most, reserve)
                    tell(notice(left, notes[-1]))
                else:
                    if i == first and _warmed.issuperset(task.parts):  # others may draw from what the first has kept
                        learn(spent, task, time.perf_counter() - started)
                    _warmed.update(task.parts)
            tasks[i] = task
        shelf.clear()
    return [answers[i] for i in range(len(tasks))]


def _share(report: Report, index: int, number: int) -> Report:
    """Returns what hears of one PUB, as a share of the job; a job of several has no histogram of its own."""
    return report if number == 1 else lambda done, counts, total: report((index + done) / number, None, 0)


def _together(tasks: Sequence[Task]) -> list[list[int]]:
    """Returns the places of PUBs that are the same task, in the order of the first of each."""
    places: dict[int, list[int]] = {}
    for i, task in enumerate(tasks):
        places.setdefault(id(task), []).append(i)
    return list(places.values())


def _granted(tasks: Sequence[Task], most: int, reserve: Reserve) -> Grant:
    """Returns what the tasks may take: they run one after the other."""
    memory, threads = max([task.need.memory for task in tasks]), max([task.need.threads for task in tasks])
    if memory > most:
        raise InputError(f"the job needs {size(memory)}, and a job may take {size(most)}")
    if memory > _SMALL or threads > 1:
        threads = reserve(memory, threads)
    return Grant(max(1, threads), memory)
