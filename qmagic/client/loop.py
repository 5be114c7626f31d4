"""The handle of a hybrid loop: a `Job` that can be paused, stepped, changed, stopped and forked while it runs.

Orders go to the service and are on disk when a method returns; the loop obeys them before its next evaluation, whatever
the kernel does meanwhile.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from qmagic.client.connection import connection
from qmagic.client.handle import Job
from qmagic.client.pages import whole
from qmagic.errors import InputError, NotFoundError, QmagicError, nearest
from qmagic.jobs import JobInfo, JobSpec, new_job_id
from qmagic.orders import OPTIMIZERS, AskLoop, Changes, Order, OrderLoop, facts, optimizer_of
from qmagic.protocol import Ended
from qmagic.tapes import Entry, LoopSpec, LoopState, LoopView, Noted, Opened, Ordered, Stood, Told, pack, unpack

if TYPE_CHECKING:
    from qmagic.results.loop import History, LoopResult

__all__ = ["Loop", "changes_of", "fork", "handle", "loop", "order", "tape", "view"]

_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode
_ENCODE = msgspec.msgpack.Encoder().encode
#: Seconds after which the service's answer is given up.
_PATIENCE = 20.0


def view(id: str, since: int = 0, *, points: bool = False) -> LoopView:
    """Returns how a loop stands, and its iterations after number `since`.

    Raises:
        NotFoundError: There is no such loop.
    """
    found: LoopView = connection().ask("loop", AskLoop(id, since, points), LoopView, timeout=_PATIENCE)
    return found


def tape(id: str) -> list[bytes]:
    """Returns a loop's tape as far as it is on disk, in chunks."""
    found: list[bytes] = connection().ask("tape", AskLoop(id), list[bytes], timeout=_PATIENCE)
    return found


def order(id: str, what: Order) -> int:
    """Gives an order, and returns its number when it is on disk.

    Raises:
        NotFoundError: The loop has ended, or there is none.
    """
    keyed = msgspec.structs.replace(what, key=secrets.token_hex(8))  # it may be sent again after a lost answer
    number: int = connection().ask("order", OrderLoop(id, keyed), int, timeout=_PATIENCE)
    return number


def changes_of(given: Mapping[str, Any], optimizer: str) -> Changes:
    """Returns settings, checked.

    Args:
        given: By name, as `Loop.set` takes them.
        optimizer: The optimizer that runs now.

    Raises:
        InputError: One cannot be.
    """
    names = Changes.__struct_fields__
    for name in given:
        if name not in names:
            raise InputError(f"no setting {name!r}{nearest(name, names)}; there are {', '.join(names)}")
    given = dict(given)
    if "optimizer" in given:
        given["optimizer"] = optimizer_of(str(given["optimizer"]))
    try:
        changes = msgspec.convert(given, Changes)
    except msgspec.ValidationError as error:
        raise InputError(f"the settings cannot be taken: {error}") from None
    shots, precision = changes.shots, changes.precision
    if isinstance(shots, int) and isinstance(precision, float):
        raise InputError(f"shots {shots} and precision {precision:g} are both given; expected one of them")
    for name in ("shots", "precision", "maxiter", "learning_rate"):
        value = getattr(changes, name)
        if not isinstance(value, UnsetType) and value is not None and not 0 < value < float("inf"):
            raise InputError(f"{name} {value}: expected a number above 0")
    after = changes.optimizer if isinstance(changes.optimizer, str) else optimizer
    if changes.learning_rate is not UNSET and not facts(after).learning_rate:
        having = [name for name, one in OPTIMIZERS.items() if one.learning_rate]
        raise InputError(f"optimizer {after} has no learning rate; {', '.join(having)} have one")
    return changes


class Loop(Job):
    """A hybrid loop, from this or any other kernel; ``qmagic.job(id)`` finds it again."""

    def loop_spec(self) -> LoopSpec:
        """Returns what was asked of the loop."""
        return _LOOP(self.spec().source.data)

    def state(self) -> LoopState:
        """Returns how the loop stands: its phase, iteration, value, best so far, settings."""
        return view(self.id, 2**31).state

    def history(self, since: int = 0) -> History:
        """Returns the iterations so far, also of a loop that runs, was killed, or failed.

        Args:
            since: Only those after this number.
        """
        from qmagic.results.loop import History

        found = whole(functools.partial(view, self.id, points=True), since)
        return History(found.rows, found.labels)

    def notes(self) -> list[Noted]:
        """Returns what the loop has had to say so far."""
        return view(self.id).notes

    def result(self, timeout: float | None = None) -> LoopResult:  # type: ignore[override]  # a loop's own
        """Waits for the loop's end and returns its result; see `Job.result`."""
        found: Any = super().result(timeout)
        return found  # type: ignore[no-any-return]

    def __await__(self) -> Generator[Any, None, LoopResult]:  # type: ignore[override]  # a loop's own
        return self._await().__await__()  # type: ignore[return-value]

    def _open(self, ended: Ended) -> Any:
        self.spec()  # the result shows what was asked
        return super()._open(ended)

    # -- orders -------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Pauses the loop before its next evaluation. One that stays paused gives its process back after 5 minutes."""
        order(self.id, Order("pause"))

    def step(self, iterations: int = 1) -> None:
        """Runs so many iterations, then pauses."""
        if iterations < 1:
            raise InputError(f"step({iterations}): expected 1 iteration or more")
        order(self.id, Order("step", steps=iterations))

    def resume(self) -> None:
        """Goes on after a pause."""
        order(self.id, Order("resume"))

    def stop(self) -> None:
        """Ends the loop and keeps its best point, which is its result. (`cancel` throws it away.)"""
        order(self.id, Order("stop", reason="stopped by the user"))

    def obey(self, kind: str, settings: Mapping[str, Any]) -> int:
        """Gives an order by its name, as the cockpit does, and returns its number; `state().obeyed` reaches it.

        Raises:
            InputError: There is no such order, or a setting cannot be.
        """
        if kind not in ("pause", "step", "resume", "stop", "set"):
            raise InputError(f"obey({kind!r}): expected pause, step, resume, stop or set")
        changes = changes_of(settings, self.state().optimizer) if kind == "set" else Changes()
        return order(self.id, Order(kind, changes=changes, reason="stopped by the user" if kind == "stop" else ""))

    def set(self, **settings: Any) -> None:
        """Changes settings from here on: `optimizer`, `options`, `learning_rate`, `maxiter`, `shots`, `precision`.

        ``shots=None`` means exact values. Another optimizer starts where the loop stands.

        Raises:
            InputError: One cannot be.
        """
        order(self.id, Order("set", changes=changes_of(settings, self.state().optimizer)))

    def fork(self, iteration: int | None = None, **settings: Any) -> Loop:
        """Starts another loop that went the same way up to an iteration, and goes on with other settings.

        Args:
            iteration: After which iteration the ways part. Default: the last one.
            settings: As `set` takes them; none means that it goes on as this one did.

        Raises:
            InputError: There is no such iteration, or a setting cannot be.
        """
        return fork(self.id, iteration, settings)

    def landscape(self, iteration: int | None = None, *, size: int = 21) -> Loop:
        """Starts a loop that evaluates a grid of points in a plane through a point of this one, which goes on as ever.

        The plane is that of the two principal directions of the way so far; it goes somewhat farther than the way.
        ``history().values.reshape(size, size)`` are the values, ``history().points`` where they were taken.

        Args:
            iteration: Around where the loop stood after this one. Default: the last one.
            size: Points along each side, 3 to 101.

        Raises:
            InputError: There is no such iteration, or no plane: the loop has a single parameter.
        """
        from qmagic.client.landscape import landscape

        return landscape(self.id, iteration, size)

    def rerun(self) -> Loop:
        """Starts the same loop again, from its beginning, under a new id, with the same seed."""
        return Loop(super().rerun().id)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from qmagic.display.loop import loop_bundle, loop_card
        from qmagic.jobs import JobStatus

        try:
            info = self.info()
            if info.status is JobStatus.DONE:
                return loop_bundle(self.result())
            return loop_card(info, whole(functools.partial(view, self.id, points=True)), repr(self))
        except QmagicError:
            return {"text/plain": repr(self)}

    def __repr__(self) -> str:
        return super().__repr__().replace("Job(", "Loop(", 1)

    def __reduce__(self) -> tuple[type[Job], tuple[str]]:
        return Loop, (self.id,)


def handle(info: JobInfo) -> Job:
    """Returns the handle of a job of whatever kind."""
    return (Loop if info.kind == "loop" else Job)(info.id, info=info)


def loop(id: str = "") -> Loop:
    """Returns the handle of a hybrid loop by its id or a unique prefix of it; without one, of the last job.

    Raises:
        NotFoundError: There is no such job, or it is no loop.
    """
    from qmagic.client.ask import job

    found = job(id)
    if not isinstance(found, Loop):
        raise NotFoundError(f"job {found.id} is no loop; qmagic.job({found.id!r}) returns it")
    return found


def fork(id: str, iteration: int | None, settings: Mapping[str, Any]) -> Loop:
    """See `Loop.fork`."""
    from qmagic.client.submit import submit

    parent = Loop(id)
    spec = parent.spec()
    if spec.kind != "loop":
        raise NotFoundError(f"job {id} is no loop")
    loop = parent.loop_spec()
    chunks = (*loop.start, *tape(id))
    entries = [_paid(one) for chunk in chunks for one in unpack(chunk) if not isinstance(one, Opened)]
    start, at, evaluations, optimizer = _cut(entries, iteration, loop.optimizer)
    if settings:
        start.append(Ordered(evaluations, Order("set", changes=changes_of(settings, optimizer))))
    new = msgspec.structs.replace(loop, start=(pack(start),), forked_from=id, forked_at=at)
    source = msgspec.structs.replace(spec.source, data=_ENCODE(new))
    job: JobSpec = msgspec.structs.replace(spec, id=new_job_id(), source=source, rerun_of="")
    submit(job)
    return Loop(job.id, spec=job)


def _paid(entry: Entry) -> Entry:
    """Returns an entry as it lies on a fork's tape: what the parent paid for is not billed again."""
    return msgspec.structs.replace(entry, cost=0.0) if isinstance(entry, Told) else entry


def _cut(entries: list[Entry], iteration: int | None, optimizer: str) -> tuple[list[Entry], int, int, str]:
    """Returns a tape up to the end of an iteration, that iteration, the evaluations until then, and the optimizer then.

    Of orders only settings are kept: a fork does not begin paused.
    """
    last = max((entry.iteration for entry in entries if isinstance(entry, Stood)), default=0)
    at = last if iteration is None else iteration
    if not 0 <= at <= last:
        raise InputError(f"fork({iteration}): the loop has {last} iterations; expected 0 to {last}")
    evaluations = next((e.evaluations for e in entries if isinstance(e, Stood) and e.iteration == at), 0)
    kept: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Told) and entry.index >= evaluations:
            continue
        if isinstance(entry, Stood | Noted) and entry.iteration > at:
            continue
        if isinstance(entry, Ordered):
            if entry.order.kind != "set" or entry.index >= evaluations:
                continue
            if isinstance(entry.order.changes.optimizer, str):
                optimizer = entry.order.changes.optimizer
            entry = Ordered(entry.index, msgspec.structs.replace(entry.order, number=0, key=""))  # noqa: PLW2901
        kept.append(entry)
    return kept, at, evaluations, optimizer
