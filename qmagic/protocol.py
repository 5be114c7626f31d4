"""What a client and the service say to each other over ZeroMQ, as data.

A client (DEALER) sends a `Request`; the service (ROUTER) answers with a `Reply` of the same number, when it can: a
``result`` is answered when the job has ended. Requests may be sent again after a lost reply: each is safe to repeat,
since the client makes the job ids. The handshake compares `PROTOCOL`, not the release.
"""

from __future__ import annotations

from typing import Any

import msgspec

from qmagic.errors import ErrorInfo
from qmagic.events import Event
from qmagic.jobs import Environment, JobInfo
from qmagic.outcomes import PartialCounts
from qmagic.tapes import Pulse

__all__ = [
    "MAX_REQUEST",
    "PROTOCOL",
    "Cancel",
    "Cost",
    "Costs",
    "Diagnose",
    "Diagnosis",
    "Draw",
    "Ended",
    "Find",
    "Found",
    "Heard",
    "Hello",
    "Listen",
    "Listing",
    "Live",
    "Problem",
    "Purge",
    "Push",
    "Reply",
    "Request",
    "Retry",
    "ServiceStatus",
    "Submit",
    "WorkerStatus",
]

#: Raised when an old client could misunderstand a new service, or the other way round.
PROTOCOL = 1

#: Requests of up to this size (bytes) are taken; a longer one is a mistake or an attack.
MAX_REQUEST = 256 << 20


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A numbered question. `body` is the struct that the verb takes, encoded; empty where it takes none."""

    number: int
    verb: str
    body: msgspec.Raw = msgspec.Raw(b"\xc0")


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The answer to the request of the same number; `error` in place of a body when it failed.

    Number 0 is a `Push` to who listens.
    """

    number: int
    body: msgspec.Raw = msgspec.Raw(b"\xc0")
    error: ErrorInfo | None = None


class Hello(msgspec.Struct, frozen=True):
    """A client introduces itself; `environment` asks for a warm worker.

    A `viewer` (a Jupyter server) only looks: it does not keep an idle service from leaving.
    """

    protocol: int
    pid: int
    start: str
    environment: Environment | None = None
    viewer: bool = False


class Submit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Jobs to make. `again` says that an earlier try got no answer.

    With `follow` the jobs' ends come unasked, as lists of `Ended`: those that are there already with the answer, the
    others later under the same number. An outcome that is too large is left out, to be asked for.
    """

    specs: list[msgspec.Raw]
    again: bool = False
    follow: bool = False


class Find(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which jobs are meant: by id or unique prefix (``""``: any), and by what they are. Newest first.

    `ids`, where given, are all that may be meant. `before` is a job's id: only older ones. Each word of `text` has to
    occur in what a person sees of a job, whatever its case.
    With `fold`, jobs with the same parent are found as one: the newest.
    """

    id: str = ""
    limit: int = 50
    status: tuple[str, ...] = ()
    tag: str = ""
    notebook: str = ""
    parent: str = ""
    fold: bool = False
    spec: bool = False
    events: bool = False
    ids: tuple[str, ...] = ()
    before: str = ""
    text: str = ""


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job that was found; the spec as stored, and its events, where asked for."""

    info: JobInfo
    spec: bytes = b""
    events: list[Event] = []


class Listing(msgspec.Struct, frozen=True):
    """Jobs as they stood at event number `seq`, newest first.

    `unfinished` counts all that have not ended, `total` all there are. A search for a text may be left before its end:
    then `reached` is the job `before` which it goes on.
    """

    seq: int
    jobs: list[JobInfo]
    unfinished: int = 0
    total: int = 0
    reached: str = ""


class Ended(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job that has ended. A DONE one has its outcome inline, or in a file with a SHA-256."""

    info: JobInfo
    outcome: bytes = b""
    file: str = ""
    digest: str = ""


class Cancel(msgspec.Struct, frozen=True):
    """Jobs to stop."""

    ids: list[str]


class Retry(msgspec.Struct, frozen=True):
    """Jobs to be tried now: those that are held, or in doubt and then perhaps submitted twice."""

    ids: list[str]


class Purge(msgspec.Struct, frozen=True, omit_defaults=True):
    """Finished jobs to delete: those that ended more than `older_than` seconds ago, or just `ids`."""

    older_than: float = 0.0
    ids: list[str] | None = None


class Cost(msgspec.Struct, frozen=True):
    """How many times longer than estimated a backend's runs take here: `factor`, over so many `runs`."""

    backend: str
    factor: float
    runs: int
    updated: float


class Costs(msgspec.Struct, frozen=True, omit_defaults=True):
    """A wish for what is remembered of backends' costs; with `reset` it is forgotten first."""

    reset: bool = False


class Listen(msgspec.Struct, frozen=True):
    """A wish for events from `since` (exclusive) on; -1 asks for a snapshot first."""

    since: int = -1


class Live(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changes while a job waits or runs, and is not stored.

    Place in line from 1; seconds that it has run for, and is expected to; how far it is, from 0 to 1, where it can
    tell; the backend that runs it, and why; its counts so far, where its shots come in parts.
    """

    id: str
    position: int | None = None
    elapsed: float | None = None
    expected: float | None = None
    progress: float | None = None
    backend: str = ""
    why: str = ""
    counts: PartialCounts | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns plain data for JSON, with every field by its name."""
        counts = self.counts and {name: getattr(self.counts, name) for name in self.counts.__struct_fields__}
        return {name: getattr(self, name) for name in self.__struct_fields__} | {"counts": msgspec.to_builtins(counts)}


class Push(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a listener hears: stored events, or what is not stored, newest value per job; what is new of loops."""

    events: list[Event] = []
    live: list[Live] = []
    loops: list[Pulse] = []


class Heard(msgspec.Struct, frozen=True):
    """What a listener has missed: a snapshot, or (None) the events since, the last of which has the number `seq`."""

    seq: int
    events: list[Event]
    snapshot: Listing | None = None


class Diagnose(msgspec.Struct, frozen=True):
    """A text to be read without being run. `environment` is where; it is the asker's."""

    text: str
    environment: Environment
    language: str = "auto"


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a text, and where: line and columns from 1, `end_column` just behind."""

    line: int
    column: int
    end_column: int
    message: str


class Diagnosis(msgspec.Struct, frozen=True):
    """The problems of a text. `checked` is False where it was not read to its end: nothing is known then."""

    language: str
    diagnostics: list[Problem]
    checked: bool = True


class Draw(msgspec.Struct, frozen=True):
    """A circuit to be drawn: one of a job's (as given, or `transpiled`: as it ran), or that of a text."""

    environment: Environment
    job: str = ""
    circuit: int = 0
    transpiled: bool = False
    text: str = ""
    language: str = "auto"


class WorkerStatus(msgspec.Struct, frozen=True):
    """A worker process."""

    pid: int
    state: str
    executable: str
    jobs: list[str]
    rss: int


class ServiceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The service as a whole. Memory in bytes, times in seconds since the epoch."""

    pid: int
    version: str
    protocol: int
    home: str
    started: float
    slots: int
    memory_limit: int
    memory_reserved: int
    jobs: dict[str, int]
    workers: list[WorkerStatus]
    clients: int
    store_bytes: int
    notices: list[str]
    disk_full: bool

    def to_json(self) -> dict[str, Any]:
        """Returns plain data for JSON."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result
