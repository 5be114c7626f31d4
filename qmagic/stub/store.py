"""The stub's state on disk, so that a stub that was killed goes on where it was: bytes by kind and name, in SQLite.

A write is on disk when it returns as far as a killed process goes; a power cut may take the last moments.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

__all__ = ["Store"]


class Store:
    """Bytes by kind and name.

    Args:
        path: The database; made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS entries "
            "(kind TEXT, name TEXT, data BLOB, PRIMARY KEY (kind, name)) WITHOUT ROWID"
        )

    def put(self, kind: str, name: str, data: bytes) -> None:
        """Stores bytes, in place of those that were there."""
        self._base.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", (kind, name, data))

    def get(self, kind: str, name: str) -> bytes | None:
        """Returns the bytes, None where there are none."""
        row = self._base.execute("SELECT data FROM entries WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return None if row is None else row[0]

    def every(self, kind: str) -> dict[str, bytes]:
        """Returns everything of a kind by name."""
        return dict(self._base.execute("SELECT name, data FROM entries WHERE kind = ? ORDER BY name", (kind,)))

    def delete(self, kind: str, name: str) -> None:
        """Forgets an entry."""
        self._base.execute("DELETE FROM entries WHERE kind = ? AND name = ?", (kind, name))

    def clear(self, kind: str) -> None:
        """Forgets everything of a kind."""
        self._base.execute("DELETE FROM entries WHERE kind = ?", (kind,))

    def close(self) -> None:
        """Closes the file."""
        self._base.close()
