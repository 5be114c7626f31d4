"""Evaluations at clouds: each is a job of its own, a child of the loop's, which goes there once, whatever dies.

* A child's id follows from the loop's, the number of the evaluation, the attempt and its place in it. So a loop that
  comes back from its tape finds the job that it had submitted.
* An order to stop withdraws the child that is waited for. A child that ends without a result pauses the loop: nobody
  can say here whether to try again, which may cost money. An order to go on is the next attempt.
* With a budget a child is quoted first. What is left has to cover the most that it can cost, and that of the last
  measurement; the job service holds every child to that.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from qmagic.errors import InputError, JobFailedError, JobTimeoutError, NotFoundError, QmagicError, ServiceError
from qmagic.ids import derived_job_id
from qmagic.jobs import JobSpec, JobStatus
from qmagic.loops.door import ChildFailed, Door, TooDear, Withdrawn
from qmagic.loops.held import Held
from qmagic.money import Money
from qmagic.quotes import CloudPlan
from qmagic.tapes import LoopSpec, Opened

if TYPE_CHECKING:
    from qmagic.client.handle import Job
    from qmagic.results import Result

__all__ = ["Children"]

#: Seconds between two looks at how a child stands, and at whether an order came.
_LOOK = 0.25
#: Seconds for which a child that was withdrawn may take to end, before its bound counts.
_LEAVE = 10.0


class Children:
    """The evaluations of one loop at clouds.

    Args:
        job: The loop's job.
        loop: What was asked of it.
        door: Tells of orders, and takes what goes on the tape.
        opened: The sessions that the tape knows of.
    """

    def __init__(self, job: JobSpec, loop: LoopSpec, door: Door, opened: Iterable[Opened] = ()) -> None:
        self._job, self._budget, self._door = job, loop.rules.budget, door
        self._held = Held(job, loop, door.record, opened)
        self._bounds: dict[bytes, Decimal] = {}
        self._evaluation = self._attempt = self._place = 0
        self._spent = self._billed = self._asked = self._dearest = Decimal(0)
        self._last, self._what = False, ""
        self._counted: set[str] = set()
        #: What is waited for, in words; "" for nothing.
        self.waits = ""

    def begin(self, evaluation: int, number: int, attempt: int, spent: float, *, last: bool = False) -> None:
        """Says to which evaluation the next children belong.

        Args:
            evaluation: Its number; of several in one go, the first one's.
            number: How many they are.
            attempt: How often it failed before.
            spent: What the evaluations before it have cost, in US dollars.
            last: It is the measurement after the end: nothing has to be kept for another one.
        """
        self._evaluation, self._attempt, self._place, self._last = evaluation, attempt, 0, last
        first, after = evaluation + 1, evaluation + number
        self._what = f"evaluation {first}" if number == 1 else f"evaluations {first} to {after}"
        self._spent, self._asked = Decimal(str(spent)), Decimal(0)

    def run(self, spec: JobSpec, measurement: JobSpec | None = None) -> Result:
        """Runs a job as a child, and returns its result.

        Args:
            spec: The job; its id is drawn here.
            measurement: What the last measurement would be; where it is not known, the dearest evaluation so far
                counts.

        Raises:
            Withdrawn, ChildFailed, TooDear: See there.
            QmagicError: It cannot run, on any attempt.
        """
        from qmagic.client.submit import submit_once

        try:
            id, left = self._next_id(), self._left()
            session = self._held.ready(left, last=self._last)
            most = None if left is None or self._held.pays else self._allowed(spec, measurement, left)
            job = self._job
            child = msgspec.structs.replace(
                spec, id=id, name=f"{job.name or job.id} · {self._what}", tags=job.tags, notebook=job.notebook,
                notebook_path=job.notebook_path, cell_id=job.cell_id, parent=job.id, priority=job.priority,
                session=session, max_cost=most,
            )  # fmt: skip
            handle = submit_once(child)
        except ServiceError as error:
            raise ChildFailed(f"{self._what} could not be submitted: {error}") from None
        try:
            return self._awaited(handle)
        except JobFailedError:  # it was refused before it went anywhere: trying again would not help
            if most is not None and left is not None:
                self._allowed(spec, measurement, left)  # too dear, where only the job service could tell its price
            raise

    def billed(self) -> float:
        """Returns what children were billed since this was asked last, in US dollars."""
        billed, self._billed = self._billed, Decimal(0)
        return float(billed)

    @property
    def cost(self) -> float:
        """What is not told by `billed` (yet), in US dollars: children that were withdrawn, sessions that are over."""
        return float(self._billed) + self._held.cost

    def rest(self) -> None:
        """Closes the session that is open, if one is."""
        self._held.close()

    def _next_id(self) -> str:
        """Returns the id of the next child. What an earlier attempt has, or may still get, is not asked for again."""
        from qmagic.client.handle import Job

        place, self._place = self._place, self._place + 1
        what = "last" if self._last else "value"
        for attempt in range(self._attempt + 1):
            id = derived_job_id(self._job.id, f"{what} {self._evaluation} {place} {attempt}", self._evaluation)
            if attempt == self._attempt or not self._has_failed(Job(id)):
                return id
        raise AssertionError("unreachable: the last attempt is always taken")

    def _has_failed(self, child: Job) -> bool:
        """Tells whether a child of an earlier attempt gave nothing; then what it was billed counts, once."""
        try:
            status = child.status()
        except NotFoundError:
            return False
        failed = status.final and status is not JobStatus.DONE
        if failed and child.id not in self._counted:
            self._count(child)  # it is not on the tape, and the process that counted it is gone
        return failed

    def _awaited(self, child: Job) -> Result:
        result: Result | None = None
        try:
            while result is None:
                try:
                    result = child.result(timeout=_LOOK)
                except JobTimeoutError:
                    if not self._last and self._door.stopping():
                        self._withdraw(child)
                    self.waits = self._standing(child)
        except QmagicError as error:
            self._count(child)
            self._held.doubt()
            if child.info().status is JobStatus.FAILED and not child.info().remote:
                raise
            raise ChildFailed(f"{self._what} failed: {error}") from None
        finally:
            self.waits = ""
        self._count(child)
        return result

    def _standing(self, child: Job) -> str:
        info = child.info()
        why = f": {info.why}" if info.status in (JobStatus.HELD, JobStatus.IN_DOUBT) and info.why else ""
        return f"{self._what}: job {info.id} is {info.status} at {info.backend}{why}"

    def _withdraw(self, child: Job) -> None:
        child.cancel()
        self.waits = f"{self._what}: being cancelled"
        late = time.monotonic() + _LEAVE
        while not child.done() and time.monotonic() < late:
            time.sleep(_LOOK)
        self._count(child, withdrawn=True)
        raise Withdrawn

    def _count(self, child: Job, *, withdrawn: bool = False) -> None:
        """Adds what a child was billed; the most that it can be where that is not known (yet)."""
        info, spec = child.info(), child.spec()
        self._counted.add(child.id)
        if info.cost is not None:
            self._billed += Decimal(str(info.cost))
            return
        nothing = info.status is JobStatus.CANCELLED or (info.status is JobStatus.FAILED and not info.remote)
        if spec.max_cost is not None and not nothing and (withdrawn or info.status is not JobStatus.DONE):
            self._billed += self._bounds.get(_priced_as(spec), Decimal(str(spec.max_cost)))

    # -- the budget -----------------------------------------------------------------------------------------------

    def _left(self) -> Decimal | None:
        """Returns what may be spent now, in US dollars; None for as much as it takes."""
        if self._budget is None:
            return None
        return Decimal(str(self._budget)) - self._spent - self._billed - Decimal(str(self._held.cost))

    def _allowed(self, spec: JobSpec, measurement: JobSpec | None, left: Decimal) -> float:
        """Returns the most that a child may cost.

        Raises:
            TooDear: It could cost more.
        """
        bound = self._bound(spec)
        if bound is None:
            return float(max(left, Decimal(0)))  # nobody can tell now: the job service will, and holds it to this
        self._asked += bound
        self._dearest = max(self._dearest, self._asked)
        after = None if measurement is None else self._bound(measurement)
        kept = Decimal(0) if self._last else self._dearest if after is None else after
        if bound + kept > left:
            further = f", the last measurement up to {Money(kept)}" if kept else ""
            raise TooDear(
                f"the budget of {self._budget:.2f} USD has no room for another evaluation: it could cost "
                f"up to {Money(bound)}{further}, and {Money(left)} are left"
            )
        return float(left - kept)

    def _bound(self, spec: JobSpec) -> Decimal | None:
        """Returns the most that a job can cost, in US dollars, None where it cannot be told now.

        With other parameter values it costs the same.

        Raises:
            InputError: Nothing bounds it.
        """
        from qmagic.client.ask import plan

        key = _priced_as(spec)
        if key not in self._bounds:
            quote = msgspec.msgpack.decode(plan(spec), type=CloudPlan).quote
            if quote is None:
                return None
            bound = quote.price.bound
            if bound is None or (bound.currency != "USD" and bound.amount):
                raise InputError(
                    f"a budget cannot be kept at {spec.backend}: {quote.price}; leave the budget out, or take another "
                    "device"
                )
            self._bounds[key] = bound.amount
        return self._bounds[key]


def _priced_as(spec: JobSpec) -> bytes:
    """Returns what tells jobs of different prices apart: parameter values do not."""
    pubs = [
        (pub.circuit, pub.observables, pub.shots, pub.precision, pub.parameters and pub.parameters.shape)
        for pub in spec.pubs
    ]
    return hashlib.sha256(msgspec.msgpack.encode((spec.backend, spec.transpile, spec.source, pubs))).digest()
