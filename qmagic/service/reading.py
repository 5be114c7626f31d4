"""Answers `diagnose` and `draw`: finds the text or the job's circuits, and has a reader process look at them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qmagic.engines.reader_messages import Answer, DiagnoseText, DrawSource
from qmagic.engines.readers import Readers
from qmagic.errors import ErrorInfo
from qmagic.jobs import Environment, JobSpec, Source
from qmagic.outcomes import unpack
from qmagic.protocol import Diagnose, Diagnosis, Draw, Find
from qmagic.service import rows
from qmagic.service.store import Store
from qmagic.tapes import Circuits, LoopSpec

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Reading"]

#: Bytes of a circuit that is drawn; beyond, nobody could look at it.
_MOST_BYTES = 8 << 20

#: Called with JSON, or with why there is none.
Reply = Callable[[bytes, ErrorInfo | None], None]

_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode


class Reading:
    """Reads for who asks.

    Args:
        readers: The processes that read.
        store: Where the jobs are.
        results: Folder of large outcomes.
    """

    def __init__(self, readers: Readers, store: Store, results: Path) -> None:
        self.readers, self._store, self._results = readers, store, results

    def diagnose(self, client: bytes, wanted: Diagnose, reply: Reply) -> None:
        """Says what is wrong with a text; what takes too long to read is not known to be wrong."""

        def told(answer: Answer | None) -> None:
            if answer is None or answer.error is not None:
                reply(msgspec.json.encode(Diagnosis(wanted.language, [], checked=False)), None)
            else:
                reply(answer.body, None)

        self.readers.ask(client, wanted.environment, DiagnoseText(wanted.text, wanted.language), told)

    def draw(self, client: bytes, wanted: Draw, reply: Reply) -> None:
        """Says what a circuit looks like."""
        if not wanted.job:
            self._draw(client, wanted.environment, Source(wanted.language, wanted.text.encode()), wanted.circuit, reply)
            return

        def found(given: tuple[Environment, Source] | None, error: Exception | None) -> None:
            if error is not None:
                reply(b"", ErrorInfo("ServiceError", f"the store cannot be read: {error}"))
            elif given is None:
                reply(b"", ErrorInfo("NotFoundError", f"there is no such circuit of a job {wanted.job!r}"))
            else:
                # where the job's own environment is gone, the asker's will do
                environment = given[0] if os.path.exists(given[0].executable) else wanted.environment
                self._draw(client, environment, given[1], wanted.circuit, reply)

        self._store.read(lambda connection: self._circuits(connection, wanted), found)

    def _draw(self, client: bytes, environment: Environment, source: Source, circuit: int, reply: Reply) -> None:
        if len(source.data) > _MOST_BYTES:
            reply(b"", ErrorInfo("InputError", f"the circuit is too large to be drawn: {len(source.data) >> 20} MB"))
            return

        def told(answer: Answer | None) -> None:
            if answer is None:
                reply(b"", ErrorInfo("InputError", "the circuit takes too long to be drawn"))
            else:
                reply(answer.body, answer.error)

        self.readers.ask(client, environment, DrawSource(source, circuit), told)

    def _circuits(self, connection: sqlite3.Connection, wanted: Draw) -> tuple[Environment, Source] | None:
        """Returns a job's circuits, as given or as they ran."""
        jobs = [
            job for job in rows.find(connection, Find(id=wanted.job, limit=2, spec=True)) if job.info.id == wanted.job
        ]
        if not jobs:
            return None
        spec = _SPEC(jobs[0].spec)
        if spec.kind == "loop":
            objective = _LOOP(spec.source.data).objective
            return (spec.environment, objective.source) if isinstance(objective, Circuits) else None
        if not wanted.transpiled:
            return spec.environment, spec.source
        ended = rows.ended(connection, wanted.job)
        if ended is None or not (ended.outcome or ended.file):
            return None
        data = ended.outcome or (self._results / ended.file).read_bytes()
        circuits = unpack(data).circuits
        return spec.environment, Source("qpy", circuits) if circuits else spec.source
