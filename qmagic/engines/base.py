"""What an engine is, and what it and its workers say to each other.

An engine owns worker processes and nothing else: it does not know what a job's status is, who waits for it, or what
is on disk. It is told to run, check or kill; it reports facts to a `Listener`. All calls come from one thread.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

import msgspec

from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment
from qmagic.outcomes import PartialCounts

__all__ = [
    "Call", "Checked", "Chosen", "Died", "Done", "Engine", "Failed", "FromWorker", "Grant", "Listener", "Progress",
    "Ready", "Reserve", "Run", "ToWorker",
]  # fmt: skip


class Call(msgspec.Struct, frozen=True, array_like=True):
    """One job for a worker: its id, the attempt's number, and the spec as the client encoded it.

    With `check` the worker says whether the input is sound before it runs; with `only_check` it stops there. With
    `quiet` it says so only when it is not (but see `Chosen`): the end, a few milliseconds later, tells as much. With
    `plan` it answers what it would do, and does nothing. Backends in `avoid` turned out badly in an earlier attempt;
    `notes` say how.
    """

    job: str
    attempt: int
    spec: bytes
    check: bool = False
    only_check: bool = False
    quiet: bool = False
    plan: bool = False
    avoid: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Run(msgspec.Struct, frozen=True, array_like=True, tag="run"):
    """Calls to run one after the other. `memory` is what a single job may ever take, in bytes.

    `costs` says how many times longer than estimated runs really take here, by backend.
    """

    calls: list[Call]
    memory: int
    costs: dict[str, float] = {}


class Grant(msgspec.Struct, frozen=True, array_like=True, tag="grant"):
    """The answer to `Reserve`: go on, with this many threads."""

    threads: int


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """The worker has imported what it needs and waits."""


class Checked(msgspec.Struct, frozen=True, array_like=True, tag="checked"):
    """The job's input was read: sound, or not. `plan` is what would run, encoded, where that was asked."""

    job: str
    error: ErrorInfo | None = None
    plan: bytes = b""


class Chosen(msgspec.Struct, frozen=True, array_like=True, tag="chosen"):
    """The job is about to be simulated by this backend, for this reason.

    Of a `quiet` call only if it is not quick, or others could run it. The fields are those of `plans.patience.Notice`:
    after `patience` seconds (0 where nothing else could run it) the choice counts as a bad one, and `blame` is what to
    avoid. With a `reason` an earlier choice has turned out badly by itself, and this one takes its place.
    """

    job: str
    attempt: int
    backend: str
    why: str
    seconds: float = 0.0
    patience: float = 0.0
    blame: tuple[str, ...] = ()
    model: float = 0.0
    reason: str = ""


class Progress(msgspec.Struct, frozen=True, array_like=True, tag="progress"):
    """How far the job is, from 0 to 1, and its counts so far where its shots come in parts."""

    job: str
    attempt: int
    done: float
    counts: PartialCounts | None = None


class Reserve(msgspec.Struct, frozen=True, array_like=True, tag="reserve"):
    """The job needs this much memory (bytes) and can use this many threads; the worker waits for a `Grant`."""

    job: str
    memory: int
    threads: int


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """The job's outcome, inline or as a file's name with its SHA-256.

    `spent` has the seconds that were estimated and those that were taken, by backend.
    """

    job: str
    attempt: int
    backend: str
    headline: str
    outcome: bytes = b""
    file: str = ""
    digest: str = ""
    why: str = ""
    spent: dict[str, tuple[float, float]] = {}


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """The job ended with an error."""

    job: str
    attempt: int
    error: ErrorInfo


ToWorker = Run | Grant
FromWorker = Ready | Checked | Chosen | Progress | Reserve | Done | Failed


@dataclasses.dataclass(frozen=True)
class Died:
    """A worker process ended with work in hand.

    Attributes:
        environment: The worker's environment.
        calls: Its calls that had not ended, the one that ran first.
        reason: What ended it, in words (``"killed by SIGKILL"``).
        killed: Whether we ended it ourselves.
        started: Whether it had ever become ready.
        gone: Whether the environment's interpreter is not there (any more).
    """

    environment: Environment
    calls: tuple[Call, ...]
    reason: str
    killed: bool
    started: bool
    gone: bool = False


class Listener(Protocol):
    """Who is told what happens in an engine."""

    def on_checked(self, message: Checked) -> None:
        """A check ended."""

    def on_chosen(self, message: Chosen) -> None:
        """A job's backend was chosen."""

    def on_progress(self, message: Progress) -> None:
        """A job is so far."""

    def on_reserve(self, message: Reserve) -> None:
        """A job waits for memory and threads."""

    def on_done(self, message: Done) -> None:
        """A job has an outcome."""

    def on_failed(self, message: Failed) -> None:
        """A job has an error."""

    def on_died(self, message: Died) -> None:
        """A worker ended with work in hand, or could not start."""

    def on_free(self) -> None:
        """A worker became free."""


class Engine(Protocol):
    """Runs calls in worker processes of an environment."""

    def ready(self, environment: Environment) -> bool:
        """Tells whether a call for this environment would be taken now; starts a worker where none is."""

    def run(self, environment: Environment, calls: list[Call]) -> None:
        """Hands calls to a free worker; only after `ready` said so."""

    def grant(self, job: str, threads: int) -> None:
        """Lets the worker that runs this job go on."""

    def kill(self, job: str) -> None:
        """Ends the worker that holds this job; `on_died` follows when it is gone."""

    def drop(self, job: str) -> None:
        """Ends the worker that holds this job, and speaks no more of the job: there may soon be another of its name."""
