"""How tapes and orders of loops lie in the store."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from qmagic.jobs import JobSpec, JobStatus
from qmagic.orders import AskLoop, Order
from qmagic.protocol import Find
from qmagic.service import rows
from qmagic.service.store import Statement
from qmagic.tapes import LoopSpec, LoopState, LoopView, Noted, Ordered, Stood, Told, rows_of, unpack

__all__ = ["Kept", "insert_chunk", "insert_order", "iterations_since", "kept", "loop_view"]

#: Iterations that one answer holds, about.
_MOST_ROWS = 20_000
#: What an order may change, and a view shows.
_SETTINGS = ("optimizer", "learning_rate", "maxiter", "shots", "precision")

_ENCODE = msgspec.msgpack.Encoder().encode
_ORDER = msgspec.msgpack.Decoder(Order).decode
_SPEC = msgspec.msgpack.Decoder(JobSpec).decode
_LOOP = msgspec.msgpack.Decoder(LoopSpec).decode


class Kept(msgspec.Struct, frozen=True):
    """All that is kept of a loop: the chunks of its tape, and its orders."""

    tape: list[bytes]
    orders: list[Order]


def insert_chunk(number: int, part: int, evaluations: int, iterations: int, chunk: bytes) -> Statement:
    """Returns what stores a chunk; nothing where the job's row is not there (any more)."""
    return (
        "INSERT INTO tapes SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE number = ?)",
        (number, part, evaluations, iterations, chunk, number),
    )


def insert_order(number: int, order: Order) -> Statement:
    """Returns what stores an order, under its number."""
    return (
        "INSERT INTO orders SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE number = ?)",
        (number, order.number, _ENCODE(order), number),
    )


def kept(connection: sqlite3.Connection, job: str) -> Kept:
    """Returns all that is kept of a loop."""
    number = "(SELECT number FROM jobs WHERE id = ?)"
    tape = connection.execute(f"SELECT chunk FROM tapes WHERE number = {number} ORDER BY part", (job,)).fetchall()
    orders = connection.execute(f"SELECT body FROM orders WHERE number = {number} ORDER BY place", (job,)).fetchall()
    return Kept([row[0] for row in tape], [_ORDER(row[0]) for row in orders])


def iterations_since(
    connection: sqlite3.Connection, job: str, since: int, start: Iterable[bytes] = ()
) -> tuple[list[Stood], list[Ordered], list[Noted], bool]:
    """Returns a loop's iterations after number `since`, what else its tape says there, and whether there are more.

    `start` is what a fork's tape begins with.
    """
    query = """
        SELECT chunk FROM tapes WHERE number = (SELECT number FROM jobs WHERE id = ?) AND iterations >= ? ORDER BY part
    """
    stood: list[Stood] = []
    orders: list[Ordered] = []
    notes: list[Noted] = []
    stored = (chunk for (chunk,) in connection.execute(query, (job, since)))
    for chunk in itertools.chain(start, stored):
        if len(stood) >= _MOST_ROWS:
            return stood, orders, notes, True
        for entry in unpack(chunk):
            if isinstance(entry, Stood) and entry.iteration > since:
                stood.append(entry)
            elif isinstance(entry, Ordered):
                orders.append(entry)
            elif isinstance(entry, Noted):
                notes.append(entry)
    return stood, orders, notes, False


def _reached(connection: sqlite3.Connection, job: str, start: Iterable[bytes], asked: LoopState) -> LoopState:
    """Returns where a loop stands by its tape, from how it would stand at its beginning."""
    query = "SELECT chunk FROM tapes WHERE number = (SELECT number FROM jobs WHERE id = ?) ORDER BY part"
    last = best = None
    cost = 0.0
    settings: dict[str, Any] = {}
    for chunk in itertools.chain(start, (chunk for (chunk,) in connection.execute(query, (job,)))):
        for entry in unpack(chunk):
            if isinstance(entry, Told):
                cost += entry.cost
            elif isinstance(entry, Stood):
                last, best = entry, entry if best is None or entry.value < best.value else best
            elif isinstance(entry, Ordered):
                changed = {name: getattr(entry.order.changes, name) for name in _SETTINGS}
                settings |= {name: value for name, value in changed.items() if value is not msgspec.UNSET}
                settings["obeyed"] = max(settings.get("obeyed", 0), entry.order.number)
    state = msgspec.structs.replace(asked, cost=cost, **settings)
    if last is None or best is None:
        return state
    return msgspec.structs.replace(
        state, iteration=last.iteration, evaluations=last.evaluations, spent_shots=last.shots, seconds=last.seconds,
        value=last.value, std=last.std, best=best.value, best_std=best.std, best_iteration=best.iteration,
        biased=best.std > 0,
    )  # fmt: skip


def loop_view(connection: sqlite3.Connection, wanted: AskLoop, *, whole: bool) -> LoopView | None:
    """Returns a loop as the store has it; with `whole`, its state too."""
    found = [job for job in rows.find(connection, Find(id=wanted.id, limit=2, spec=True)) if job.info.id == wanted.id]
    if not found or found[0].info.kind != "loop":
        return None
    loop = _LOOP(_SPEC(found[0].spec).source.data)
    start = loop.start if wanted.since < loop.forked_at else ()
    stood, orders, notes, more = iterations_since(connection, wanted.id, wanted.since, start)
    status = found[0].info.status
    phase = "ended" if status.final else "paused" if status is JobStatus.HELD else "starting"
    state = LoopState(
        phase=phase, optimizer=loop.optimizer, maxiter=loop.maxiter, shots=loop.shots, budget=loop.rules.budget
    )  # fmt: skip
    if whole:
        state = _reached(connection, wanted.id, loop.start, state)
    return LoopView(
        job=wanted.id, state=state, rows=rows_of(stood, points=wanted.points), labels=loop.labels, exact=loop.exact,
        orders=orders, notes=notes, more=more,
    )  # fmt: skip
