"""The tables of the store, and the numbered steps that bring an older one up to date.

Step N brings version N-1 to N, inside one transaction, and is never changed once released.
"""

from __future__ import annotations

import sqlite3

__all__ = ["SCHEMA_VERSION", "migrate"]

_STEPS = (
    """
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY,          -- order of arrival
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        final INTEGER NOT NULL,
        created REAL NOT NULL,
        ended REAL,
        notebook TEXT NOT NULL,
        parent TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        deaths INTEGER NOT NULL,
        info BLOB NOT NULL                   -- JobInfo, MessagePack
    );
    CREATE INDEX jobs_unfinished ON jobs (number) WHERE final = 0;
    CREATE INDEX jobs_ended ON jobs (ended) WHERE final = 1;
    CREATE INDEX jobs_parent ON jobs (parent) WHERE parent != '';
    CREATE INDEX jobs_notebook ON jobs (notebook) WHERE notebook != '';
    CREATE INDEX jobs_status ON jobs (status);
    CREATE TABLE tags (tag TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (tag, number)) WITHOUT ROWID;
    CREATE INDEX tags_job ON tags (number);
    CREATE TABLE specs (number INTEGER PRIMARY KEY, spec BLOB NOT NULL);
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        number INTEGER NOT NULL,             -- the job's; 0 where the event says that it was deleted
        job TEXT NOT NULL,
        kind TEXT NOT NULL,
        time REAL NOT NULL,
        status TEXT NOT NULL,
        detail TEXT NOT NULL                 -- JSON
    );
    CREATE INDEX events_job ON events (number);
    CREATE TABLE results (
        number INTEGER PRIMARY KEY,
        attempt INTEGER NOT NULL,
        outcome BLOB NOT NULL,               -- empty where it is a file
        file TEXT NOT NULL,
        digest TEXT NOT NULL
    );
    CREATE TABLE workers (pid INTEGER PRIMARY KEY, start TEXT NOT NULL);
    """,
    """
    CREATE TABLE costs (                     -- what runs took, against what was estimated
        backend TEXT PRIMARY KEY,
        factor REAL NOT NULL,
        runs INTEGER NOT NULL,
        updated REAL NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE tapes (                     -- what a loop's optimizer was told
        number INTEGER NOT NULL,             -- the job's
        part INTEGER NOT NULL,
        evaluations INTEGER NOT NULL,        -- from the start of the tape to this chunk's end
        iterations INTEGER NOT NULL,
        chunk BLOB NOT NULL,                 -- MessagePack, see qmagic.tapes
        PRIMARY KEY (number, part)
    );
    CREATE TABLE orders (
        number INTEGER NOT NULL,             -- the job's
        place INTEGER NOT NULL,
        body BLOB NOT NULL,                  -- Order, MessagePack
        PRIMARY KEY (number, place)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE budgets (currency TEXT PRIMARY KEY, total INTEGER, per_job INTEGER, since REAL NOT NULL);
    CREATE TABLE charges (                   -- amounts in millionths
        number INTEGER PRIMARY KEY,
        job TEXT NOT NULL,                   -- its id; the job may be deleted
        provider TEXT NOT NULL,
        notebook TEXT NOT NULL,
        currency TEXT NOT NULL,
        bound INTEGER NOT NULL,
        spent INTEGER,                       -- null while the bound is reserved
        time REAL NOT NULL,
        past INTEGER NOT NULL DEFAULT 0      -- does not count against the budget as it is now
    );
    CREATE UNIQUE INDEX charges_open ON charges (job) WHERE spent IS NULL;
    CREATE INDEX charges_job ON charges (job);
    """,
    """
    CREATE TABLE sessions (                  -- at providers; closed by us, whatever happens
        id TEXT PRIMARY KEY,
        over INTEGER NOT NULL,               -- whether it was closed, and the provider said so
        wanted BLOB NOT NULL,                -- OpenSession, MessagePack
        info BLOB NOT NULL                   -- SessionInfo, MessagePack
    ) WITHOUT ROWID;
    """,
)

#: The version that this release writes.
SCHEMA_VERSION = len(_STEPS)


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Brings a database of `version` up to `SCHEMA_VERSION`, step by step."""
    for number, step in enumerate(_STEPS[version:], version + 1):
        connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
