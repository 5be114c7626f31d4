"""Which jobs are meant by a `Find`: by what the tables index, and by a text, which descriptions are searched for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from qmagic.jobs import JobInfo
from qmagic.protocol import Find

__all__ = ["matches"]

_INFO = msgspec.msgpack.Decoder(JobInfo).decode

#: Jobs that one search for a text looks at, at most: about 50 ms of the store's thread.
_MOST_READ = 20_000


def matches(connection: sqlite3.Connection, wanted: Find) -> tuple[list[tuple[int, bytes]], int]:
    """Returns number and description of the jobs that are meant, newest first.

    The second value is the number of the job at which a search for a text was left, 0 where there was nothing more.
    """
    where, values = ["1"], list[Any]()
    if wanted.id:
        where.append("id >= ? AND id < ?")
        values += [wanted.id, wanted.id + "\x7f"]
    if wanted.ids:
        where.append(f"id IN ({', '.join('?' * len(wanted.ids))})")
        values += wanted.ids
    if wanted.status:
        where.append(f"status IN ({', '.join('?' * len(wanted.status))})")
        values += wanted.status
    if wanted.tag:
        where.append("number IN (SELECT number FROM tags WHERE tag = ?)")
        values.append(wanted.tag)
    for column in ("notebook", "parent"):
        if value := getattr(wanted, column):
            where.append(f"{column} = ? AND {column} != ''")  # the second is the index's own condition
            values.append(value)
    if wanted.before:
        # by the order of arrival; ids, which begin with the time, do where that job is gone
        place = (
            "SELECT coalesce((SELECT number FROM jobs WHERE id = ?), (SELECT max(number) + 1 FROM jobs WHERE id < ?))"
        )
        where.append(f"number < ({place})")
        values += [wanted.before, wanted.before]
    if wanted.fold:
        where.append(
            "(parent = '' OR number = "
            "(SELECT max(number) FROM jobs AS f WHERE f.parent = jobs.parent AND f.parent != ''))"
        )
    order = "+number" if wanted.id else "number"  # few match a prefix: by its index, not newest first through all
    query = f"SELECT number, info FROM jobs WHERE {' AND '.join(where)} ORDER BY {order} DESC LIMIT ?"
    rows = connection.execute(query, (*values, _MOST_READ if wanted.text else wanted.limit))
    return _mentioning(rows, wanted.text, wanted.limit) if wanted.text else (rows.fetchall(), 0)


def _mentioning(rows: Iterable[tuple[int, bytes]], text: str, limit: int) -> tuple[list[tuple[int, bytes]], int]:
    """Returns the first rows in whose job a person sees each word of `text`, and the last row that was looked at.

    That is 0 where all were looked at. The store has one thread: a search that would hold it up goes on when it is
    asked again.
    """
    words = text.lower().split()
    # a description without a backend's name means "auto"
    raw = [word.encode() for word in words if word.isascii() and word not in "auto"]
    found: list[tuple[int, bytes]] = []
    number, left = 0, _MOST_READ
    for row in rows:
        number, data = row
        left -= 1
        if raw:
            seen = data.lower()  # most jobs are left out without being decoded
            if not all(word in seen for word in raw):
                continue
        seen_words = _seen(_INFO(data))
        if all(word in seen_words for word in words):
            found.append(row)
            if len(found) == limit:
                return found, number
    return found, 0 if left else number


def _seen(info: JobInfo) -> str:
    """Returns what a person sees of a job: the same that the panel's own search looks at."""
    parts = (info.id, info.name, info.headline, info.backend, info.notebook_path, info.error, info.status, *info.tags)
    return "\n".join(parts).lower()
