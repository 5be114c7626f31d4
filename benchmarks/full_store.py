"""A submit with many finished jobs in the store, against one with few."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from benchmarks.circuits import bell, bell_text
from benchmarks.kernel import Home, Kernel, new_home
from benchmarks.row import Row, times_as_long

TINY = {"rounds": 2, "block": 2, "many": 300, "few": 10}


def measure(*, rounds: int = 30, block: int = 10, many: int = 100_000, few: int = 100) -> list[Row]:
    """Times ``qmagic.run`` of a Bell: it returns when the job is on disk. The two homes take turns.

    Args:
        rounds: Rounds.
        block: Submits to each home in a round.
        many: Finished jobs in the one store.
        few: Finished jobs in the other.
    """
    with new_home() as full:
        empty = Home(full.path.parent, 1)
        try:
            for home, jobs in ((full, many), (empty, few)):
                home.python("-m", "benchmarks.full_store", str(jobs))
            with Kernel(full) as kernel:
                homes = [str(full.path), str(empty.path)]
                times = kernel.call(in_kernel, homes=homes, rounds=rounds, block=block)
        finally:
            empty.stop()
    what = f"with {many:,} finished jobs in the store against {few:,}"
    return [
        times_as_long(f"submit of a text {what}", times["text"][0], times["text"][1], at_most=1.2),
        times_as_long(f"submit of a circuit {what}", times["circuit"][0], times["circuit"][1], at_most=1.2),
    ]


def in_kernel(homes: list[str], rounds: int, block: int) -> dict[str, list[list[list[float]]]]:
    """Runs in the kernel: seconds of each submit, of a text and of a circuit, for each home and round."""
    import qmagic

    def submit(home: str, number: int, kind: str) -> float:
        what = bell_text(number) if kind == "text" else bell(number)
        os.environ["QMAGIC_HOME"] = home
        start = time.perf_counter()
        job = qmagic.run(what)
        taken = time.perf_counter() - start
        job.result()
        return taken

    for home in homes:
        for number in range(30):
            submit(home, number, "text" if number % 2 else "circuit")
    times: dict[str, list[list[list[float]]]] = {"text": [[], []], "circuit": [[], []]}
    for number in range(rounds):
        for kind, sides in times.items():
            for home, side in zip(homes, sides, strict=True):
                side.append([submit(home, number * block + i, kind) for i in range(block)])
    return times


def fill(home: Path, number: int) -> None:
    """Writes finished Bells into a home's store, with the service's own functions; no service may run."""
    import msgspec

    from qmagic.client import environment
    from qmagic.engines.base import Done
    from qmagic.jobs import JobSpec, JobStatus, PubSpec, Source, new_job_id
    from qmagic.outcomes import CountsTable, Outcome, Register, SampledPub, pack
    from qmagic.service import rows
    from qmagic.service.database import open_database
    from qmagic.service.record import Record

    counts = b"".join(count.to_bytes(8, "little") for count in (500, 524))
    pub = SampledPub(2, (Register("c", (0, 1)),), 1024, (CountsTable(b"\0\3", counts, 0),))
    outcome = pack(Outcome(pubs=(pub,), backend="statevector", method="statevector"))
    here, now = environment(), time.time()
    database, _ = open_database(home / "store.sqlite")

    def write(job: int) -> None:
        text = bell_text(job)
        spec = JobSpec(
            id=new_job_id(), source=Source("openqasm3", text.encode()), pubs=(PubSpec(),), seed=job, environment=here,
            notebook="bench", cell=text, width=2,
        )  # fmt: skip
        created = now - (number - job)
        record = Record(spec, msgspec.msgpack.encode(spec), number=job + 1, status=JobStatus.READY, created=created)
        _execute(database, rows.insert_job(record, 3 * job + 1)[0])
        record.status, record.started, record.attempt = JobStatus.RUNNING, created, 1
        _execute(database, rows.update_job(record, 3 * job + 2, "job.started", {"attempt": 1})[0])
        record.status, record.ended, record.headline = JobStatus.DONE, created + 0.001, "11 524, 00 500"
        _execute(database, rows.update_job(record, 3 * job + 3, "job.done", {"headline": record.headline})[0])
        _execute(database, [rows.insert_result(record.number, Done(spec.id, 1, "statevector", "", outcome=outcome))])

    database.execute("BEGIN")
    for job in range(number):
        write(job)
    database.execute("COMMIT")
    database.close()


def _execute(database: sqlite3.Connection, statements: list[tuple[str, tuple[object, ...]]]) -> None:
    for sql, parameters in statements:
        database.execute(sql, parameters)


if __name__ == "__main__":
    import sys

    fill(Path(os.environ["QMAGIC_HOME"]), int(sys.argv[1]))
