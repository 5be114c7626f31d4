"""Reader processes: quick, of no slot, killed and replaced when they hang."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator

import msgspec
import psutil
import pytest

from qmagic.client import environment
from qmagic.engines.reader_messages import Answer, DiagnoseText, DrawSource
from qmagic.engines.readers import HANG_SECONDS, Readers
from qmagic.jobs import Environment, Source

GOOD = 'OPENQASM 3.0; include "stdgates.inc"; qubit q; h q;'


@pytest.fixture
def readers() -> Iterator[Readers]:
    found = Readers()
    yield found
    found.close()


def answer(readers: Readers, what: DiagnoseText | DrawSource, *, who: object = 1, where: Environment | None = None):
    """Returns the answer to a question."""
    told: list[Answer | None] = []
    readers.ask(who, where or environment(), what, told.append)
    wait(readers, lambda: bool(told))
    return told[0]


def wait(readers: Readers, done) -> None:
    """Does what the service's loop does, until something has come about."""
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        for descriptor in select.select(list(readers.descriptors), [], [], 0.05)[0]:
            readers.read(descriptor)
        readers.look(600)


def problems(found: Answer | None) -> list:
    assert found is not None
    return msgspec.json.decode(found.body)["diagnostics"]


def test_a_reader_that_hangs_is_killed_and_another_takes_its_place(readers):
    """A question that is not answered in two seconds has no answer; the next one has."""
    assert problems(answer(readers, DiagnoseText(GOOD, "auto"))) == []
    first = readers.pids
    os.kill(first[0], signal.SIGSTOP)
    began = time.monotonic()
    assert answer(readers, DiagnoseText(GOOD, "auto")) is None
    assert HANG_SECONDS[DiagnoseText] <= time.monotonic() - began < HANG_SECONDS[DiagnoseText] + 10
    assert not any(psutil.pid_exists(pid) for pid in first)
    assert len(problems(answer(readers, DiagnoseText(GOOD.replace("h q", "nogate q"), "auto")))) == 1


def test_a_reader_that_dies_is_replaced_and_what_waits_is_answered(readers):
    """kill -9 costs at most the question in hand."""
    answer(readers, DiagnoseText(GOOD, "auto"))
    told: list = []
    os.kill(readers.pids[0], signal.SIGSTOP)
    readers.ask(1, environment(), DiagnoseText(GOOD, "auto"), lambda found: told.append(("first", found)))
    readers.ask(2, environment(), DiagnoseText(GOOD, "auto"), lambda found: told.append(("second", found)))
    os.kill(readers.pids[0], signal.SIGKILL)
    wait(readers, lambda: len(told) == 2)
    assert told[0] == ("first", None)
    assert problems(told[1][1]) == []


def test_who_types_on_wants_only_the_newest(readers):
    """Of several diagnoses that wait for one asker, only the last is made; another asker's is."""
    told: dict[str, Answer | None] = {}
    for name, who in (("old", 1), ("other", 2), ("new", 1)):
        readers.ask(who, environment(), DiagnoseText(GOOD, "auto"), lambda found, name=name: told.update({name: found}))
    wait(readers, lambda: len(told) == 3)
    assert told["old"] is None
    assert told["new"] is not None
    assert told["other"] is not None


def test_an_environment_that_is_gone_is_said(readers):
    """No interpreter: an error, no hanging."""
    found = answer(readers, DiagnoseText(GOOD, "auto"), where=Environment("/nowhere/python"))
    assert found is not None
    assert found.error is not None
    assert "/nowhere/python" in found.error.message


def test_a_text_is_drawn_and_a_wrong_one_refused(readers):
    """Drawing answers JSON, or the reader's own error."""
    drawn = answer(readers, DrawSource(Source("auto", GOOD.encode()), 0))
    assert msgspec.json.decode(drawn.body)["layers"][0][0]["name"] == "h"
    wrong = answer(readers, DrawSource(Source("auto", GOOD.replace("h q", "nogate q").encode()), 0))
    assert wrong.error.kind == "SourceError"


def test_an_idle_reader_leaves(readers):
    """After its time nobody is left."""
    answer(readers, DiagnoseText(GOOD, "auto"))
    pids = readers.pids
    readers.look(0.0)
    assert readers.pids == []
    assert not any(psutil.pid_exists(pid) for pid in pids)
