"""Opens the store's database: set up, brought up to date, and set aside where it is damaged.

A store is never downgraded, and a damaged one is renamed, not deleted.
"""

from __future__ import annotations

import itertools
import logging
import os
import sqlite3
import time
from pathlib import Path

from qmagic.errors import HomeError
from qmagic.service.schema import SCHEMA_VERSION, migrate

__all__ = ["damage_mark", "is_damage", "open_database"]

log = logging.getLogger(__name__)


def open_database(path: Path) -> tuple[sqlite3.Connection, str]:
    """Opens the database, brings its schema up to date, and returns it with a notice ("" or why it was set aside).

    Raises:
        HomeError: The store is of a newer version, or cannot be written.
    """
    try:
        if damage_mark(path).exists():
            raise sqlite3.DatabaseError(damage_mark(path).read_text() or "found while it was in use")
        return _open(path), ""
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not is_damage(error):
            hint = "check its owner, its mode and the free space"
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:  # its tables are wrong, not the disk
                hint = "no release of qmagic wrote it; use another QMAGIC_HOME"
            raise HomeError(f"the store {path} cannot be opened: {error}; {hint}") from None
        aside = _set_aside(path)
        notice = f"the store was damaged ({error}) and has been set aside as {aside}; a new one was begun"
        log.error("%s", notice)
        return _open(path), notice


def _set_aside(path: Path) -> Path:
    """Renames a damaged store, over nothing that is there, and returns its new name."""
    stamp = f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    aside = path.with_name(stamp)
    for number in itertools.count(2):
        if not aside.exists():
            break
        aside = path.with_name(f"{stamp}-{number}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    damage_mark(path).unlink(missing_ok=True)
    return aside


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        os.chmod(path, 0o600)
        # before anything that writes: a newer store must not be touched
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise HomeError(
                f"the store {path} is of version {version}, this qmagic knows {SCHEMA_VERSION}; "
                "update qmagic or use another QMAGIC_HOME"
            )
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=OFF")
        migrate(connection, version)
        # reads a page of every table: a store that cannot tell what is unfinished is no store
        connection.execute("SELECT count(*) FROM jobs WHERE final = 0").fetchone()
        connection.execute("SELECT max(seq) FROM events").fetchone()
        connection.execute("SELECT max(number) FROM jobs").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: Exception) -> bool:
    """Tells whether an error means that the database itself is damaged."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def damage_mark(path: Path) -> Path:
    """Returns the file that says that a store was found damaged in use: opening alone may not show it."""
    return path.with_name(f"{path.name}-is-damaged")
