"""Input that a worker reads before there is a job: of what no client has checked, of a trial, of a plan.

What is refused leaves no trace. Where nobody is before it, a job goes on to run in the worker that has read it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import msgspec

from qmagic.engines.base import Call, Engine
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment, JobSpec
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.slots import Slots

__all__ = ["CHECK_SECONDS", "Checks"]

#: Seconds that reading a job's input may take.
CHECK_SECONDS = 20.0

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode


class Checks:
    """What waits to be read, and what is being read.

    Args:
        ledger: Keeps the jobs.
        engine: Has the workers that read.
        slots: Gives back what a job held that is refused.
        clock: Monotonic seconds.
    """

    def __init__(self, ledger: Ledger, engine: Engine, slots: Slots, clock: Callable[[], float]) -> None:
        self._ledger, self._engine, self._slots, self._clock = ledger, engine, slots, clock
        self._waiting: dict[Environment, deque[Record]] = {}

    def check(self, data: bytes, answer: Callable[[ErrorInfo | None], None]) -> None:
        """Has a worker read a job's input, and makes no job; `answer` hears that it is sound (None), or why not."""
        spec = _SPEC(data)
        record = Record(msgspec.structs.replace(spec, id=f"check of {spec.id}"), data, trial=True, accept=[answer])
        self._ledger.add(record)
        self.add(record)

    def plan(self, data: bytes, answer: Callable[[bytes | None, ErrorInfo | None], None]) -> None:
        """Has a worker say what a job would do, encoded, or why its input cannot be read; no job is made."""
        spec = _SPEC(data)
        record = Record(
            spec,
            data,
            created=time.time(),
            plan=lambda plan: answer(plan, None),
            accept=[lambda error: answer(None, error)],
        )
        self._ledger.add(record)
        self.add(record)

    def add(self, record: Record) -> None:
        """Puts what the ledger has in line to have its input read."""
        self._waiting.setdefault(record.spec.environment, deque()).append(record)

    def dispatch(self, goes_on: Callable[[Record], bool]) -> None:
        """Hands out what workers can read now; `goes_on` starts a job that can run at once, and tells whether."""
        for environment, line in list(self._waiting.items()):
            while line and self._engine.ready(environment):
                self._read(line.popleft(), goes_on)
            if not line:
                self._waiting.pop(environment, None)

    def expire(self, record: Record) -> None:
        """Refuses what takes too long to be read."""
        message = f"the input could not be read within {CHECK_SECONDS:.0f} s; nothing was submitted"
        self.forget(record, ErrorInfo("InputError", message))

    def forget(self, record: Record, error: ErrorInfo) -> None:
        """Refuses a job whose input is being read, or waits for that."""
        line = self._waiting.get(record.spec.environment, deque())
        if record in line:
            line.remove(record)
        else:
            self._engine.drop(record.id)
        self._slots.release(record)
        self._ledger.refuse(record, error)

    def _read(self, record: Record, goes_on: Callable[[Record], bool]) -> None:
        record.deadline = self._clock() + CHECK_SECONDS
        planned = record.plan is not None
        if planned or record.trial or not goes_on(record):
            call = Call(record.id, record.attempt, record.data, check=True, only_check=True, plan=planned)
            self._engine.run(record.spec.environment, [call])
