"""What a job is, as data: what was asked (`JobSpec`), and what can be said of it (`JobInfo`).

These are the only shapes that kernel, service and worker exchange about a job. They are msgspec
structs: frozen, checked when decoded, MessagePack between processes (binary stays binary), JSON for
browser and shell. Nothing here imports Qiskit or NumPy, so that a kernel can submit text without them.
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from qmagic.ids import new_job_id

__all__ = [
    "Environment",
    "JobInfo",
    "JobSpec",
    "JobStatus",
    "Observable",
    "ParameterValues",
    "PubSpec",
    "Source",
    "Term",
    "Transpile",
    "draw_seeds_from",
    "new_job_id",
    "new_seed",
]


class JobStatus(enum.StrEnum):
    """Where a job stands."""

    #: Its input is known; nothing was decided yet.
    CREATED = "CREATED"
    #: Held back: by budget, rate, being offline, or missing credentials.
    HELD = "HELD"
    #: Waits for a slot.
    READY = "READY"
    #: On its way to a provider.
    SUBMITTING = "SUBMITTING"
    #: The reply to a submit was lost; the provider is being asked.
    IN_DOUBT = "IN_DOUBT"
    #: In a provider's queue.
    QUEUED = "QUEUED"
    #: Runs.
    RUNNING = "RUNNING"
    #: Its result is being fetched.
    FETCHING = "FETCHING"
    #: The user asked to stop it.
    CANCELLING = "CANCELLING"
    #: Its result is on disk.
    DONE = "DONE"
    #: It ended with an error.
    FAILED = "FAILED"
    #: It was stopped.
    CANCELLED = "CANCELLED"
    #: The provider no longer knows it.
    LOST = "LOST"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self in _FINAL

    @property
    def qiskit_name(self) -> str:
        """The name of the member of Qiskit's own ``JobStatus`` that says the same."""
        return _QISKIT_NAMES[self]


_FINAL = frozenset({JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.LOST})

_QISKIT_NAMES = {
    JobStatus.CREATED: "INITIALIZING",
    JobStatus.HELD: "QUEUED",
    JobStatus.READY: "QUEUED",
    JobStatus.SUBMITTING: "QUEUED",
    JobStatus.IN_DOUBT: "QUEUED",
    JobStatus.QUEUED: "QUEUED",
    JobStatus.RUNNING: "RUNNING",
    JobStatus.FETCHING: "RUNNING",
    JobStatus.CANCELLING: "RUNNING",
    JobStatus.DONE: "DONE",
    JobStatus.FAILED: "ERROR",
    JobStatus.CANCELLED: "CANCELLED",
    JobStatus.LOST: "ERROR",
}


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """The circuits of a job, as text or as QPY.

    `language` is ``"openqasm2"``, ``"openqasm3"`` or ``"qpy"``; text is UTF-8 and holds one circuit,
    QPY holds one or more. `first_line` is the line of the cell (or file) on which the text starts,
    so that an error can name the line that the user sees.
    """

    language: str
    data: bytes
    first_line: int = 1


class Term(msgspec.Struct, frozen=True, array_like=True):
    """A real coefficient times a product of single-qubit operators.

    `operators` uses Qiskit's alphabet ``XYZ01+-rl`` (identities are left out), `qubits` names the
    qubit of each operator, in the same order. The identity is ``("", ())``.
    """

    operators: str
    qubits: tuple[int, ...]
    coefficient: float = 1.0


class Observable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sum of terms. `width` is the number of qubits it was written for, None for sparse notation."""

    terms: tuple[Term, ...]
    width: int | None = None
    label: str = ""


class ParameterValues(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values for named parameters over an array of points.

    `values` is float64, little-endian, C order, of shape ``shape + (len(names),)``.
    Names are Qiskit's parameter names (``"theta"``, ``"x[3]"``). With ``shape == ()`` there is one point.
    """

    names: tuple[str, ...]
    values: bytes
    shape: tuple[int, ...] = ()


class PubSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One primitive unified bloc: a circuit with its parameter values, observables and precision.

    `circuit` is an index into the job's source. With `observables` the job estimates expectation
    values: their array has shape `observables_shape` (C order) and broadcasts against
    ``parameters.shape`` by NumPy's rules. `shots` and `precision` None mean the defaults: 1,024 shots
    for counts; exact expectation values on simulators.
    """

    circuit: int = 0
    parameters: ParameterValues | None = None
    observables: tuple[Observable, ...] | None = None
    observables_shape: tuple[int, ...] = ()
    shots: int | None = None
    precision: float | None = None


class Transpile(msgspec.Struct, frozen=True, omit_defaults=True):
    """How circuits are brought onto a device: `device` is a snapshot's name, such as ``fake_sherbrooke``.

    `trials` tries that many seeds, starting at `seed`, and keeps the circuit with the fewest two-qubit
    gates, then the least depth. `verbatim` insists that circuits already fit the device.
    """

    device: str
    optimization_level: int = 1
    initial_layout: tuple[int, ...] | None = None
    seed: int | None = None
    trials: int = 1
    verbatim: bool = False


class Environment(msgspec.Struct, frozen=True, omit_defaults=True):
    """The Python environment that a job belongs to; its workers run there."""

    executable: str
    path: tuple[str, ...] = ()
    folder: str = ""
    python: str = ""


class JobSpec(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that was asked for. It is stored once and never changes.

    `kind` is ``"sample"`` (counts), ``"estimate"`` (expectation values), ``"state"`` (the state after each gate) or
    ``"loop"`` (a hybrid loop: its source is a `qmagic.tapes.LoopSpec`, encoded, of language ``"loop"``).
    `seed` is always set: one that
    the user did not give is drawn at submit, so that a second attempt gives the same counts.
    `noise` is a device snapshot's name, ``"depolarizing=0.01,t1=120us"``, or the JSON text of a Qiskit
    Aer noise model's ``to_dict(serializable=True)``. `sweep` is True when the parameter values are a
    sweep: over one parameter it is drawn as a plot, over two as a map; swept names come first, in the order of
    the axes. `notebook` groups jobs for fair scheduling. `cell_id` and `notebook_path` say where it was typed, so that
    a panel can go back there: the id that the front end gave the cell, and the file; "" where the front end does not
    tell. `width` is the number of qubits where it is known before parsing. `checked` says that the input was validated
    where it was made; otherwise a worker checks it before the job exists.
    `resubmit` says that a job whose submit may have been lost at its provider is submitted again though it costs money.
    With ``"auto"``, `routes` names the backend of each part of each PUB as an earlier run chose them, and a rerun keeps
    to it; `versions` are the packages' of that run, and a note says where they have changed.
    `session` is the id (ours) of the session or batch at a provider that it goes into; "" for none.
    `why` says why its backend was chosen, where ``best(...)`` chose it; `others` are the next best, and with `failover`
    the job moves on to them when its device goes down.
    `max_cost` is the most that the job may cost, in US dollars: one whose bound is higher, or that has none, fails.
    """

    id: str
    kind: str = "sample"
    source: Source
    pubs: tuple[PubSpec, ...]
    seed: int
    backend: str = "auto"
    noise: str | None = None
    transpile: Transpile | None = None
    sweep: bool = False
    environment: Environment
    name: str = ""
    tags: tuple[str, ...] = ()
    notebook: str = ""
    cell: str = ""
    cell_id: str = ""
    notebook_path: str = ""
    parent: str = ""
    priority: int = 0
    timeout: float | None = None
    width: int | None = None
    checked: bool = False
    rerun_of: str = ""
    resubmit: bool = False
    routes: tuple[tuple[str, ...], ...] = ()
    versions: dict[str, str] = {}
    session: str = ""
    others: tuple[str, ...] = ()
    failover: bool = False
    why: str = ""
    max_cost: float | None = None


class JobInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the service says of a job. Times are seconds since the epoch (UTC).

    `expected` is how many seconds it will run for, as far as earlier jobs of its kind tell, None where they do not.
    `why` says in a sentence why its backend was chosen, "" until it was; of a job for a provider what it will cost, or
    what it waits for. `cost` is what it was billed there, in US dollars; None where it ran here, is not known or is in
    another currency. `remote` is the provider's own id of a job that runs at one.
    `family` is the number of jobs of the same parent that a folded list shows as this one.
    """

    id: str
    status: JobStatus
    kind: str = "sample"
    name: str = ""
    backend: str = "auto"
    shots: int | None = None
    tags: tuple[str, ...] = ()
    notebook: str = ""
    parent: str = ""
    seed: int = 0
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    attempt: int = 0
    position: int | None = None
    error: str = ""
    error_kind: str = ""
    headline: str = ""
    cell_id: str = ""
    notebook_path: str = ""
    expected: float | None = None
    why: str = ""
    cost: float | None = None
    family: int = 1
    remote: str = ""

    def to_json(self) -> dict[str, Any]:
        """Returns plain data for JSON, with every field."""
        return {name: msgspec.to_builtins(getattr(self, name)) for name in self.__struct_fields__}


_draw: Callable[[], int] = lambda: secrets.randbits(32)


def draw_seeds_from(source: Callable[[], int] | None) -> None:
    """Draws seeds from `source` in place of chance (None): in a loop's process, from the seed of the evaluation."""
    global _draw
    _draw = source or (lambda: secrets.randbits(32))


def new_seed() -> int:
    """Returns a seed that was not given: 32 random bits."""
    return _draw()
