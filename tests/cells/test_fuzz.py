"""No text crashes or hangs a cell: random bytes and mutated programs give a circuit or one clear error."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qmagic import cells
from qmagic.cells import validate
from qmagic.errors import QmagicError
from qmagic.jobs import Environment
from tests.cells.programs import HEADER, PROGRAMS, random_program
from tests.cells.test_load import BELL_2

SECONDS = 10


@contextmanager
def bounded(what: str) -> Iterator[None]:
    """Fails when the block takes longer than `SECONDS`."""

    def late(*_: object) -> None:
        raise AssertionError(f"hangs: {what[:500]!r}")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def check(body: str, environment: Environment, lang: str = "auto") -> bool:
    """Sends a body the whole way; returns whether it became a circuit."""
    with bounded(body):
        try:
            spec = cells.build(cells.CellRequest(body=body, lang=lang), {}, environment, execute=lambda text: None)
            validate.check(spec, cells.load(spec.source))
        except QmagicError as error:
            message = str(error)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}, from {body[:2000]!r}") from error
        else:
            return True
    assert message
    assert len(message.splitlines()) <= 3, message
    return False


VOCABULARY = """
qubit bit gate for int in if else while const input float measure reset barrier ctrl inv pow @ [ ] { } ( ) ; , : -> = ==
! q c 0 1 2 -1 1e9 99999999999 pi h cx rx U gphase let ++ include "stdgates.inc" "x" OPENQASM 3.0 2.0 qreg creg opaque
delay[1ns] $0 $9 true && || ** /* */ // def end break continue box uint bool é
"""
WORDS = [*VOCABULARY.split(), "\n", "\t", "\0", "\ufeff"]


def mutated(text: str, chance: random.Random) -> str:
    """Returns a program with a few pieces cut, doubled, swapped or replaced."""
    pieces = list(text) if chance.random() < 0.5 else text.replace(";", " ; ").replace("[", " [ ").split(" ")
    joint = "" if len(pieces) == len(text) else " "
    for _ in range(chance.randint(1, 6)):
        i = chance.randrange(len(pieces))
        match chance.randrange(4):
            case 0:
                del pieces[i : i + chance.randint(1, 4)]
            case 1:
                pieces[i:i] = pieces[i : i + chance.randint(1, 10)]
            case 2:
                pieces[i] = chance.choice(WORDS)
            case 3:
                j = chance.randrange(len(pieces))
                pieces[i], pieces[j] = pieces[j], pieces[i]
        if not pieces:
            break
    return joint.join(pieces)


@pytest.fixture
def here(tmp_path: Path) -> Environment:
    """An environment in an empty folder."""
    return Environment(executable=sys.executable, folder=str(tmp_path))


def test_random_bytes(full: Callable[[int, int], int], here: Environment) -> None:
    """Random bytes, as each language, are refused in a line or read."""
    for seed in range(full(300, 10_000)):
        chance = random.Random(seed)
        text = chance.randbytes(chance.randint(0, 200)).decode(chance.choice(["latin-1", "utf-8"]), "replace")
        check(text, here, chance.choice(["auto", "openqasm2", "openqasm3"]))


def test_random_words(full: Callable[[int, int], int], here: Environment) -> None:
    """Random words of the languages are refused in a line or read."""
    for seed in range(full(300, 10_000)):
        chance = random.Random(seed)
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 40)))
        check(text, here, chance.choice(["auto", "openqasm2", "openqasm3"]))


def test_mutated_programs(full: Callable[[int, int], int], here: Environment) -> None:
    """Programs with pieces cut, doubled, swapped or replaced are refused in a line or read; some of each."""
    seeds = [HEADER + program for program in PROGRAMS.values()] + [BELL_2] * 10
    read = 0
    count = full(400, 10_000)
    for seed in range(count):
        chance = random.Random(seed)
        text = chance.choice(seeds) if chance.random() < 0.7 else random_program(seed)
        read += check(mutated(text, chance), here)
    assert 0 < read < count
