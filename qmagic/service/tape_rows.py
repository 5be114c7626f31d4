"""How tapes and orders of loops lie in the store."""

from __future__ import annotations

import sqlite3

import msgspec

from qmagic.service.store import Statement
from qmagic.tapes import Noted, Order, Ordered, Stood, unpack

__all__ = ["Kept", "insert_chunk", "insert_order", "iterations_since", "kept"]

#: Iterations that one answer holds, about.
_MOST_ROWS = 20_000

_ENCODE = msgspec.msgpack.Encoder().encode
_ORDER = msgspec.msgpack.Decoder(Order).decode


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
    connection: sqlite3.Connection, job: str, since: int
) -> tuple[list[Stood], list[Ordered], list[Noted], bool]:
    """Returns a loop's iterations after number `since`, what else its tape says there, and whether there are more."""
    query = """
        SELECT chunk FROM tapes WHERE number = (SELECT number FROM jobs WHERE id = ?) AND iterations >= ? ORDER BY part
    """
    stood: list[Stood] = []
    orders: list[Ordered] = []
    notes: list[Noted] = []
    for (chunk,) in connection.execute(query, (job, since)):
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
