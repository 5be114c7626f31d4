"""The store: what is on disk, how it is found again, and how it gets smaller."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest

from qmagic.engines.base import Done
from qmagic.errors import HomeError
from qmagic.jobs import JobStatus
from qmagic.protocol import Find
from qmagic.service import rows
from qmagic.service.database import open_database
from qmagic.service.ledger import Ledger
from qmagic.service.record import Record
from qmagic.service.schema import SCHEMA_VERSION, migrate
from qmagic.service.store import Store
from tests.service.playing import SteppedStore, encoded, spec


@pytest.fixture
def store(tmp_path):
    store = SteppedStore(tmp_path / "store.sqlite")
    yield store
    store.die()


def _finish(store, ledger, **given) -> Record:
    """Brings a job to its end, as the manager does."""
    job = spec(**given)
    record = Record(job, encoded(job), created=time.time())
    ledger.add(record)
    ledger.admit(record, lambda record: None)
    ledger.change(record, JobStatus.RUNNING, "job.started")
    ledger.end(record, JobStatus.DONE, "job.done", Done(record.id, 0, "played", "", outcome=b"o" * 2000))
    return record


def test_migration_from_nothing(tmp_path):
    """An empty file becomes a store of this version, and one of this version stays as it is."""
    (tmp_path / "store.sqlite").write_bytes(b"")
    connection, notice = open_database(tmp_path / "store.sqlite")
    assert notice == ""
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    made = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    migrate(connection, SCHEMA_VERSION)
    assert connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == made
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
    connection.close()


def test_half_a_migration_is_none(monkeypatch):
    """A step that fails leaves the version before it."""
    from qmagic.service import schema

    monkeypatch.setattr(schema, "_STEPS", ("CREATE TABLE a (x);", "CREATE TABLE b (x); CREATE TABLE a (x);"))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, 0)
    connection.execute("ROLLBACK")
    assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
    connection.close()


def test_newer_version_is_not_touched(tmp_path):
    """A store of a newer version is refused, and no byte of it changes."""
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE future (x)")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(HomeError, match="version 99"):
        open_database(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["store.sqlite"]


def test_set_aside_twice(tmp_path):
    """Damaged stores are set aside under different names, whole; none is overwritten."""
    path = tmp_path / "store.sqlite"
    contents = [bytes([number]) * 5000 for number in (1, 2, 3)]
    for content in contents:
        path.write_bytes(content)
        connection, notice = open_database(path)
        assert "set aside" in notice
        connection.close()
    aside = [p.read_bytes() for p in tmp_path.iterdir() if "damaged" in p.name]
    assert sorted(aside) == contents


def test_damage_found_in_use(tmp_path):
    """Damage that opening does not show is remembered, so that the next start sets the store aside."""
    path = tmp_path / "store.sqlite"
    store = Store(path)
    store._note_damage(_error(sqlite3.DatabaseError("malformed"), sqlite3.SQLITE_CORRUPT))
    assert store.damaged
    store.close()
    connection, notice = open_database(path)
    assert "malformed" in notice
    connection.close()
    connection, notice = open_database(path)
    assert notice == ""
    connection.close()


def _error(error, code):
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "find",
    [
        Find(id="1m7", limit=2), Find(status=("RUNNING",)), Find(tag="t"), Find(notebook="n"), Find(parent="p"),
        Find(), Find(status=("FAILED",), notebook="n"),
    ],
    ids=str,
)  # fmt: skip
def test_find_uses_an_index(store, find):
    """Each way to look for jobs goes by an index, or newest first: never through all of them."""
    plans = []
    connection = store._connection

    class Explains:
        def execute(self, sql, values=()):
            plans.append([row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)])
            return connection.execute(sql, values)

    rows.find(Explains(), find)
    text = " / ".join(plans[0])
    if find == Find():
        assert text == "SCAN jobs"  # by number, downwards, until there are enough
    else:
        assert "SEARCH jobs" in text, text
        assert "SCAN jobs" not in text, text


def test_submits_do_not_slow_down(store, full):
    """A submit takes as many steps of SQLite with 100,000 finished jobs as with 100, but for a level of its trees."""
    steps = []
    ledger = Ledger(store)
    store._connection.execute("PRAGMA synchronous=OFF")
    for size in (100, full(5_000, 100_000)):
        while ledger._number < size:
            for _ in range(100):
                _finish(store, ledger, cell="")
            store.step()
        count = 0

        def counted():
            nonlocal count
            count += 1

        store._connection.set_progress_handler(counted, 1)
        _finish(store, ledger, cell="")
        store.step()
        store._connection.set_progress_handler(None, 1)
        steps.append(count)
    assert steps[1] <= 1.05 * steps[0], steps


def test_purge_shrinks(tmp_path):
    """A purge deletes rows, events, results and files, gives space back, and tells what was deleted."""
    from qmagic.home import Discovery, ServiceOptions
    from qmagic.service.housekeeping import Housekeeping

    store = SteppedStore(tmp_path / "store.sqlite")
    ledger = Ledger(store)
    nobody = Discovery(host="", boot="", pid=0, start="", protocol=1, version="", address="ipc:///nowhere")
    housekeeping = Housekeeping(tmp_path, nobody, store, ledger, ServiceOptions())
    (tmp_path / "results").mkdir()
    for number in range(450):
        record = _finish(store, ledger, tags=("t",))
        if number == 7:
            file = tmp_path / "results" / f"{record.id}.0"
            file.write_bytes(b"large")
            store.step()
            store._connection.execute("UPDATE results SET file = ? WHERE number = 8", (file.name,))
    kept = Record(spec(), b"", created=1.0)
    kept.data = encoded(kept.spec)
    ledger.add(kept)
    ledger.admit(kept, lambda record: None)
    store.step()
    size = store._connection.execute("PRAGMA page_count").fetchone()[0]
    told, events = [], []
    ledger.publish = events.append
    housekeeping.purge(time.time() + 1, None, lambda jobs, error: told.append((jobs, error)))
    for _ in range(10):
        store.step()
    assert told == [(450, None)]
    assert not file.exists()
    assert [event.kind for event in events] == ["job.deleted"] * 450
    ask = store._connection.execute
    assert ask("SELECT id FROM jobs").fetchall() == [(kept.id,)]
    for table in ("specs", "tags", "events", "results"):
        rest = ask(f"SELECT count(*) FROM {table} WHERE number NOT IN (SELECT number FROM jobs) AND number != 0")
        assert rest.fetchone()[0] == 0
    assert ask("PRAGMA page_count").fetchone()[0] < size / 4
    last = rows.last_numbers(store._connection)[0]
    assert last == events[-1].seq, "seq would go back after a restart"
    store.die()


def test_retention(tmp_path):
    """Jobs that ended longer ago than they are kept are deleted; the others stay."""
    from qmagic.home import Discovery, ServiceOptions
    from qmagic.service.housekeeping import Housekeeping

    store = SteppedStore(tmp_path / "store.sqlite")
    ledger = Ledger(store)
    old, new = _finish(store, ledger), _finish(store, ledger)
    store.step()
    store._connection.execute("UPDATE jobs SET ended = ended - 86400 * 8 WHERE id = ?", (old.id,))
    nobody = Discovery(host="", boot="", pid=0, start="", protocol=1, version="", address="ipc:///nowhere")
    (tmp_path / "service.json").write_text("{}")
    Housekeeping(tmp_path, nobody, store, ledger, ServiceOptions(keep_days=7)).look()
    for _ in range(5):
        store.step()
    assert [found.info.id for found in rows.find(store._connection, Find())] == [new.id]
    store.die()


def test_abandoned_results_are_cleared(store):
    """Files of attempts that do not count go; those of results, and of jobs that are not known here, stay."""
    ledger = Ledger(store)
    done = _finish(store, ledger)
    store.step()
    store._connection.execute("UPDATE results SET file = ?", (f"{done.id}.2",))
    files = [f"{done.id}.1", f"{done.id}.2", f"{done.id}.1.part", "unknown.1"]
    assert rows.abandoned(store._connection, files) == [f"{done.id}.1", f"{done.id}.1.part"]


def test_one_bad_write_spares_the_others(store):
    """In a shared commit, a write that is at odds with what is there fails alone, and the store goes on."""
    ledger = Ledger(store)
    first = _finish(store, ledger)
    store.step()
    told = []
    record = Record(first.spec, first.data)  # its id is on disk already
    ledger.add(record)
    record.accept.append(told.append)
    ledger.admit(record, lambda record: None)
    neighbour = _finish(store, ledger)
    store.step()
    assert told == [None], "it is on disk: that is what was wanted"
    assert store.trouble == ""
    found = [found.info.id for found in rows.find(store._connection, Find())]
    assert found == [neighbour.id, first.id]


def test_full_disk_recovers_without_being_asked(store):
    """After a refused commit nothing may wait to be written; the store still finds out when there is space again."""
    told = []
    store.fill()
    store.write([("INSERT INTO specs VALUES (1, zeroblob(100000))", ())], told.append)
    store.step()
    assert isinstance(told[0], sqlite3.OperationalError)
    assert "full" in store.trouble
    store.step()
    assert "full" in store.trouble
    store.empty()
    store.step()
    assert store.trouble == ""


def test_facts_are_kept_in_order(store):
    """What must be written waits for space, in order, while what may be refused is refused."""
    told = []
    store.fill()
    big = "INSERT INTO specs VALUES (?, zeroblob(100000))"
    store.write([(big, (1,))], lambda error: told.append(("one", error is None)), must=True)
    store.write([(big, (2,))], lambda error: told.append(("two", error is None)))
    store.write([(big, (3,))], lambda error: told.append(("three", error is None)), must=True)
    store.step()
    store.step()
    assert told == [("two", False)]
    store.empty()
    store.step()
    assert told == [("two", False), ("one", True), ("three", True)]


def test_group_commit(tmp_path):
    """Writes of many that wait at the same time share commits, and each is told after its own."""
    store = Store(tmp_path / "store.sqlite")
    commits = 0

    def counted(sql):
        nonlocal commits
        commits += sql == "COMMIT"

    store._connection.set_trace_callback(counted)
    gate = threading.Event()
    store.read(lambda connection: gate.wait(), lambda value, error: None)
    told = []
    for number in range(500):
        store.write([("INSERT INTO specs VALUES (?, 'x')", (number,))], told.append)
    gate.set()
    deadline = time.monotonic() + 60
    while len(told) < 500 and time.monotonic() < deadline:
        store.complete()
    assert told == [None] * 500
    assert commits < 10
    store.close()
