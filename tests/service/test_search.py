"""A search for a text finds what a person sees, and holds the store up only for a moment."""

from __future__ import annotations

import sqlite3

import pytest

from benchmarks.full_store import fill
from qmagic.protocol import Find
from qmagic.service import rows, search

MANY = 250


@pytest.fixture(scope="module")
def store(home):
    home.mkdir(mode=0o700, parents=True)
    fill(home, MANY)
    connection = sqlite3.connect(home / "store.sqlite")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("524 DONE", MANY),
        ("done  524,", MANY),
        ("AUTO", MANY),
        ("11 quux", 0),
        ("524 00", MANY),
        ("é", 0),
        ("sample", 0),
    ],
)
def test_each_word_occurs_in_what_is_seen(store, text, found):
    """Words may stand anywhere, in any order and case; the names of fields and what nobody sees are not looked at."""
    assert len(rows.listing(store, Find(text=text, limit=1000)).jobs) == found


def test_a_search_goes_on_where_it_was_left(store, monkeypatch):
    """In pieces of 100 jobs or of 30 finds, a search finds each job once, newest first, and knows when it has all."""
    everything = [job.id for job in rows.listing(store, Find(limit=1000)).jobs]
    monkeypatch.setattr(search, "_MOST_READ", 100)
    for text, limit, wanted in (("done", 30, everything), (everything[-1], 30, everything[-1:]), ("quux", 30, [])):
        found, before = [], ""
        while True:
            page = rows.listing(store, Find(text=text, limit=limit, before=before))
            assert page.total == MANY
            found += [job.id for job in page.jobs]
            if not page.reached:
                break
            before = page.reached
        assert found == wanted
