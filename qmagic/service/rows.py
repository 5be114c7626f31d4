"""How jobs, events and results lie in the store: statements to write them, queries to read them."""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from typing import Any

import msgspec

from qmagic.clouds import provider_of
from qmagic.engines.base import Done
from qmagic.events import Event
from qmagic.jobs import JobInfo, JobSpec, JobStatus
from qmagic.protocol import Ended, Find, Found, Listing
from qmagic.service.record import Record
from qmagic.service.search import matches
from qmagic.service.store import Statement

__all__ = [
    "Deletable", "abandoned", "deletable", "delete_job", "ended", "ended_lately", "events_since", "find",
    "insert_job", "insert_result", "last_numbers", "listing", "shrink", "unfinished", "update_job",
]  # fmt: skip

_ENCODE = msgspec.msgpack.Encoder().encode
_INFO = msgspec.msgpack.Decoder(JobInfo).decode
_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_JSON = msgspec.json.Encoder().encode

# Nothing where the job's row is not there: it was refused meanwhile.
_INSERT_EVENT = "INSERT INTO events SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE number = ?)"

#: Events that tell of deletions are kept while a listener may still ask for them.
_KEPT_DELETIONS = 1000

Statements = tuple[list[Statement], Event]


# -- writing ----------------------------------------------------------------------------------------------------------


def insert_job(record: Record, seq: int) -> Statements:
    """Returns what makes a job's row, and its first event."""
    spec = record.spec
    info = record.info()
    event = Event(seq, record.id, "job.created", record.created, record.status, view=info)
    job = (
        record.number, spec.id, record.status.value, 0, record.created, None, spec.notebook, spec.parent,
        record.attempt, record.deaths, _ENCODE(info),
    )  # fmt: skip
    return [
        ("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", job),
        *(("INSERT INTO tags VALUES (?, ?)", (tag, record.number)) for tag in dict.fromkeys(spec.tags)),
        ("INSERT INTO specs VALUES (?, ?)", (record.number, record.data)),
        _event(record, event),
    ], event


def update_job(record: Record, seq: int, kind: str, detail: dict[str, Any]) -> Statements:
    """Returns what brings a job's row up to date, and the event that says so."""
    info = record.info()
    event = Event(seq, record.id, kind, record.ended or time.time(), record.status, detail, info)
    return [
        (
            "UPDATE jobs SET status = ?, final = ?, ended = ?, attempt = ?, deaths = ?, info = ? WHERE number = ?",
            (
                record.status.value, int(record.status.final), record.ended, record.attempt, record.deaths,
                _ENCODE(info), record.number,
            ),
        ),
        _event(record, event),
    ], event  # fmt: skip


def insert_result(number: int, done: Done) -> Statement:
    """Returns what stores a result; as with events, nothing where the job's row is not there."""
    return (
        "INSERT INTO results SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE number = ?)",
        (number, done.attempt, done.outcome, done.file, done.digest, number),
    )


def _event(record: Record, event: Event) -> Statement:
    detail = _JSON(event.detail).decode() if event.detail else "{}"
    return _INSERT_EVENT, (
        event.seq, record.number, event.job, event.kind, event.time, event.status, detail, record.number,
    )  # fmt: skip


# -- reading at the start ---------------------------------------------------------------------------------------------


def last_numbers(connection: sqlite3.Connection) -> tuple[int, int]:
    """Returns the highest event number and job number so far."""
    seq = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
    number = connection.execute("SELECT max(number) FROM jobs").fetchone()[0]
    return seq or 0, number or 0


def unfinished(connection: sqlite3.Connection) -> list[tuple[Record, bool]]:
    """Returns the jobs that have not ended, oldest first, each with whether it was running."""
    result = []
    query = """
        SELECT j.number, j.info, j.deaths, s.spec FROM jobs j JOIN specs s USING (number)
        WHERE j.final = 0 ORDER BY j.number
    """
    for number, info_data, deaths, data in connection.execute(query):
        info = _INFO(info_data)
        record = Record(
            _SPEC(data), data, number, status=info.status, attempt=info.attempt, deaths=deaths, created=info.created,
            started=info.started, expected=info.expected, remote=info.remote, why=info.why,
            backend=info.backend if provider_of(info.backend) else "",
        )  # fmt: skip
        result.append((record, info.status is JobStatus.RUNNING))
    return result


# -- reading for clients ----------------------------------------------------------------------------------------------


# the second condition is the index's own
_FAMILY = "SELECT count(*) FROM jobs WHERE parent = ? AND parent != ''"


def find(connection: sqlite3.Connection, wanted: Find) -> list[Found]:
    """Returns the jobs that are meant, newest first."""
    return _found(connection, wanted, matches(connection, wanted)[0])


def _found(connection: sqlite3.Connection, wanted: Find, chosen: list[tuple[int, bytes]]) -> list[Found]:
    """Returns jobs with what is wanted of each."""
    found = []
    for number, data in chosen:
        info = _INFO(data)
        if wanted.fold and info.parent:
            (family,) = connection.execute(_FAMILY, (info.parent,)).fetchone()
            info = msgspec.structs.replace(info, family=family)
        spec, events = b"", list[Event]()
        if wanted.spec:
            spec = connection.execute("SELECT spec FROM specs WHERE number = ?", (number,)).fetchone()[0]
        if wanted.events:
            events = _events(connection, "number = ?", number)
        found.append(Found(info, spec, events))
    return found


_COUNTED = (" WHERE final = 0", "")


def listing(connection: sqlite3.Connection, wanted: Find) -> Listing:
    """Returns the jobs that are meant, newest first, and the number of the last event that they show."""
    seq, _ = last_numbers(connection)
    under_way, total = [connection.execute(f"SELECT count(*) FROM jobs{which}").fetchone()[0] for which in _COUNTED]
    chosen, left = matches(connection, wanted)
    reached = connection.execute("SELECT id FROM jobs WHERE number = ?", (left,)).fetchone()[0] if left else ""
    return Listing(seq, [job.info for job in _found(connection, wanted, chosen)], under_way, total, reached)


def ended_lately(connection: sqlite3.Connection, most: int = 500) -> list[tuple[bytes, JobInfo]]:
    """Returns the specs (if not long) and descriptions of the last jobs that ended well, oldest first."""
    query = """
        SELECT s.spec, j.info FROM (SELECT number, info FROM jobs WHERE status = 'DONE' ORDER BY number DESC LIMIT ?) j
        JOIN specs s USING (number) WHERE length(s.spec) < 65536
    """
    return [(spec, _INFO(info)) for spec, info in connection.execute(query, (most,))][::-1]


def ended(connection: sqlite3.Connection, job: str) -> Ended | None:
    """Returns a job's end; None where there is no such job, or it has not ended."""
    query = """
        SELECT j.info, r.outcome, r.file, r.digest FROM jobs j LEFT JOIN results r USING (number)
        WHERE j.id = ? AND j.final = 1
    """
    row = connection.execute(query, (job,)).fetchone()
    return None if row is None else Ended(_INFO(row[0]), row[1] or b"", row[2] or "", row[3] or "")


def events_since(connection: sqlite3.Connection, since: int, limit: int = 1000) -> list[Event]:
    """Returns the events after `since`, oldest first, each with its job as it stands now."""
    events = _events(connection, f"seq > ? ORDER BY seq LIMIT {limit:d}", since)
    views: dict[str, JobInfo | None] = {}
    for job in {event.job for event in events}:
        row = connection.execute("SELECT info FROM jobs WHERE id = ?", (job,)).fetchone()
        views[job] = None if row is None else _INFO(row[0])
    return [msgspec.structs.replace(event, view=views[event.job]) for event in events]


def _events(connection: sqlite3.Connection, where: str, value: int) -> list[Event]:
    query = f"SELECT seq, job, kind, time, status, detail FROM events WHERE {where}"
    return [
        Event(seq, job, kind, time_, status, msgspec.json.decode(detail))
        for seq, job, kind, time_, status, detail in connection.execute(query, (value,))
    ]


# -- deleting ---------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Deletable:
    """A finished job that may be deleted. `file` is its result's file, "" where there is none."""

    number: int
    id: str
    file: str


def deletable(connection: sqlite3.Connection, before: float, ids: list[str] | None) -> list[Deletable]:
    """Returns the finished jobs that ended before a time, or those named."""
    query = """
        SELECT j.number, j.id, coalesce(r.file, '') FROM jobs j LEFT JOIN results r USING (number) WHERE j.final = 1
    """
    if ids is None:
        found = connection.execute(f"{query} AND j.ended < ?", (before,)).fetchall()
    else:
        found = [row for job in ids for row in connection.execute(f"{query} AND j.id = ?", (job,)).fetchall()]
    return [Deletable(*row) for row in dict.fromkeys(found)]


def delete_job(job: Deletable, seq: int) -> Statements:
    """Returns what deletes a job with its events and result, and the event that says so.

    That event belongs to no job, so it outlives this one; the newest of them also keeps `seq` from ever going back.
    """
    event = Event(seq, job.id, "job.deleted", time.time(), "")
    deletions: list[Statement] = [
        (f"DELETE FROM {table} WHERE number = ?", (job.number,))
        for table in ("jobs", "specs", "tags", "events", "results", "tapes", "orders")
    ]
    told = (event.seq, event.job, event.kind, event.time, event.status)
    return [
        *deletions,
        ("DELETE FROM events WHERE number = 0 AND seq < ?", (seq - _KEPT_DELETIONS,)),
        ("INSERT INTO events VALUES (?, 0, ?, ?, ?, ?, '{}')", told),
    ], event


def shrink(connection: sqlite3.Connection) -> None:
    """Gives the space of deleted rows back to the disk."""
    # a script is run to its end; `execute` would take one step of it, and free one page
    connection.executescript("PRAGMA incremental_vacuum")


def abandoned(connection: sqlite3.Connection, files: list[str]) -> list[str]:
    """Returns those result files, named ``job.attempt``, whose job is known and has another result or none yet."""
    query = "SELECT coalesce(r.file, '') FROM jobs j LEFT JOIN results r USING (number) WHERE j.id = ?"
    found = []
    for file in files:
        row = connection.execute(query, (file.partition(".")[0],)).fetchone()
        if row is not None and row[0] != file:
            found.append(file)
    return found
