"""What a hybrid loop is, as data: what was asked (`LoopSpec`), its tape, and what is seen of it.

The *tape* holds everything that an optimizer was told, and every order: with it, the same optimizer stands where it
stood. Its entries lie in the store in chunks (`pack`, `unpack`). An evaluation's random numbers follow from the job's
seed and the evaluation's number, so a lost tail is computed again, identically.

Vectors are float64, little-endian. Times are seconds of the loop's own work (pauses are not counted). Nothing here
imports Qiskit or NumPy.
"""

from __future__ import annotations

from typing import Any

import msgspec

from qmagic.jobs import PubSpec, Source
from qmagic.orders import Order

__all__ = [
    "BOTH", "VALUE", "Circuits", "Entry", "Function", "Head", "LoopOutcome", "LoopSpec", "LoopState", "LoopView",
    "Noted", "Opened", "Ordered", "Pulse", "Rows", "Rules", "Stood", "Told", "pack", "rows_of", "unpack",
]  # fmt: skip

#: What an evaluation gives: the value, or the value and the gradient.
VALUE, BOTH = 1, 3


# -- what was asked ---------------------------------------------------------------------------------------------------


class Circuits(msgspec.Struct, frozen=True, tag="circuits"):
    """The expectation value of an observable in the state that a circuit makes.

    `source` holds the circuit as QPY. `pub` has the observable, and as parameter values the first point: its names are
    in the order of the circuit's parameters.
    """

    source: Source
    pub: PubSpec


class Function(msgspec.Struct, frozen=True, tag="function"):
    """A user's function, by cloudpickle: a mapping with ``cost`` and, where given, ``gradient``.

    `python` is the minor version that pickled it, and the only one that may load it. `name` is the function's own.
    """

    pickle: bytes
    python: str
    name: str


class Rules(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a loop stops of itself, besides `LoopSpec.maxiter` and the optimizer's own end; see `qmagic.loops.stopping`.

    `target` is a value; `tol` an improvement per iteration; `patience` a number of iterations; `budget` what clouds may
    bill for the loop, in US dollars.
    """

    target: float | None = None
    tol: float | None = None
    patience: int | None = None
    max_shots: int | None = None
    max_seconds: float | None = None
    budget: float | None = None


class LoopSpec(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A loop. It is the source of a job of kind ``"loop"``, whose seed, backend and noise are the job's.

    `x0` is the first point. `labels` names the parameters. `exact` is the answer where it is known. `callback` is a
    pickled function that is called after each iteration. `start` holds the chunks of a tape to begin with: a fork's.
    `forked_from` and `forked_at` say of which job and after which iteration. `mode` is how evaluations go to a cloud:
    ``"job"``, or together in a ``"batch"`` or a ``"session"``.
    """

    objective: Circuits | Function
    x0: bytes
    labels: tuple[str, ...]
    optimizer: str
    why: str = ""
    options: dict[str, Any] = {}
    learning_rate: float | None = None
    maxiter: int = 1000
    gradient: str = "auto"
    shots: int | None = None
    precision: float | None = None
    rules: Rules = Rules()
    exact: float | None = None
    callback: bytes = b""
    start: tuple[bytes, ...] = ()
    forked_from: str = ""
    forked_at: int = 0
    mode: str = "job"


# -- the tape ---------------------------------------------------------------------------------------------------------


class Head(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """The first entry: under what the tape was recorded. `objective` is a hash, `threads` decides the last bits."""

    objective: str
    versions: dict[str, str]
    threads: int = 1


class Told(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Evaluation number `index` (from 0): what was asked at `x`, and what the optimizer was told.

    `cost` is what a cloud billed for it, in US dollars.
    """

    index: int
    want: int
    x: bytes
    value: float
    std: float = 0.0
    gradient: bytes = b""
    shots: int = 0
    cost: float = 0.0


class Stood(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Iteration number `iteration` (from 1) ended at `x`; `evaluations` and `shots` count from the start."""

    iteration: int
    evaluations: int
    shots: int
    seconds: float
    x: bytes
    value: float
    std: float = 0.0
    gradient_norm: float | None = None
    step: float | None = None


class Ordered(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """An order, obeyed before evaluation number `index`."""

    index: int
    order: Order


class Noted(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Something to be said to the user, after `iteration`, in plain words."""

    iteration: int
    kind: str
    text: str


class Opened(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """A session or batch at a provider was opened for the evaluations that follow.

    `session` is its id, `most` what it may cost, in US dollars; 0 where jobs in it are billed by themselves.
    """

    session: str
    most: float = 0.0


Entry = Head | Told | Stood | Ordered | Noted | Opened

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(list[Entry]).decode


def pack(entries: list[Entry]) -> bytes:
    """Returns entries as one chunk."""
    return _ENCODE(entries)


def unpack(chunk: bytes) -> list[Entry]:
    """Returns the entries of a chunk."""
    return _DECODE(chunk)


# -- what is seen -----------------------------------------------------------------------------------------------------


class Rows(msgspec.Struct, frozen=True):
    """Iterations as columns of equal length, in order. `x` holds their points, one after the other, where asked for."""

    iteration: list[int] = []
    evaluations: list[int] = []
    shots: list[int] = []
    seconds: list[float] = []
    value: list[float] = []
    std: list[float] = []
    gradient_norm: list[float | None] = []
    step: list[float | None] = []
    x: bytes = b""

    def __len__(self) -> int:
        return len(self.iteration)


def rows_of(stood: list[Stood], *, points: bool = False) -> Rows:
    """Returns iterations as columns."""
    return Rows(
        [one.iteration for one in stood],
        [one.evaluations for one in stood],
        [one.shots for one in stood],
        [one.seconds for one in stood],
        [one.value for one in stood],
        [one.std for one in stood],
        [one.gradient_norm for one in stood],
        [one.step for one in stood],
        b"".join([one.x for one in stood]) if points else b"",
    )


class LoopState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a loop stands. `phase` is ``"starting"``, ``"running"``, ``"paused"``, ``"measuring"`` (the best point, with
    fresh shots) or ``"ended"``.

    `best` is the lowest value seen so far, at `best_iteration`; `biased` says that it is the lowest of noisy values,
    which lies below the truth. `obeyed` is the number of the last order that was. `waits` says what an evaluation at a
    cloud waits for, such as "evaluation 13: job 01abc… is QUEUED at ibm-stub:manila"; "" where none does. `cost` is
    what the loop has spent so far and `budget` the most that it may spend, in US dollars.
    """

    phase: str = "starting"
    iteration: int = 0
    evaluations: int = 0
    spent_shots: int = 0
    seconds: float = 0.0
    value: float | None = None
    std: float = 0.0
    best: float | None = None
    best_std: float = 0.0
    best_iteration: int = 0
    biased: bool = False
    optimizer: str = ""
    learning_rate: float | None = None
    maxiter: int = 0
    shots: int | None = None
    precision: float | None = None
    gradient: str = ""
    obeyed: int = 0
    note: str = ""
    waits: str = ""
    cost: float = 0.0
    budget: float | None = None


class Pulse(msgspec.Struct, frozen=True):
    """What has changed in a loop: how it stands, and its newest iterations.

    A listener that misses iterations between what it has and ``rows.iteration[0]`` asks for them (`LoopView`).
    """

    job: str
    state: LoopState
    rows: Rows


class LoopView(msgspec.Struct, frozen=True, kw_only=True):
    """A loop as asked for: its state, iterations after a number, the orders it obeyed and what it had to say."""

    job: str
    state: LoopState
    rows: Rows
    labels: tuple[str, ...] = ()
    exact: float | None = None
    orders: list[Ordered] = []
    notes: list[Noted] = []
    more: bool = False


class LoopOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a loop gave.

    `value` at `x` is exact, or was measured again with fresh shots (`measured` of them) after the end; then `lowest`
    is the lowest value that the loop saw, which is biased. `reason` says why it ended. `history` has every iteration.
    `cost` is what clouds billed for all of it, in US dollars.
    """

    x: bytes
    value: float
    std: float
    measured: int
    lowest: float
    iterations: int
    evaluations: int
    shots: int
    seconds: float
    reason: str
    optimizer: str
    gradient: str
    labels: tuple[str, ...]
    history: Rows
    orders: list[Ordered] = []
    notes: list[Noted] = []
    exact: float | None = None
    cost: float = 0.0
