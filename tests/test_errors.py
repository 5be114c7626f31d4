"""Errors: one root, one line, the same on both sides of a process."""

from __future__ import annotations

import inspect
import pickle

import msgspec
import pytest

from qmagic import errors
from qmagic.errors import ErrorInfo, InputError, JobFailedError, NotFoundError, QmagicError, SourceError, nearest

CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, QmagicError)]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_an_error_crosses_a_process(cls):
    """An error that is sent is raised as the same class with the same message on the other side."""
    error = cls("what was given, what was expected")
    data = msgspec.msgpack.encode(ErrorInfo.of(error))
    back = msgspec.msgpack.decode(data, type=ErrorInfo).error()
    assert type(back) is cls
    assert str(back) == str(error)
    assert str(pickle.loads(pickle.dumps(back))) == str(error)


def test_source_errors_keep_their_place():
    """An error in a text crosses a process with line, column and the line itself."""
    error = SourceError("no such gate", 3, 5, "    hh q[0];")
    back = ErrorInfo.of(error).error()
    assert isinstance(back, SourceError)
    assert (back.message, back.line, back.column, back.text) == ("no such gate", 3, 5, "    hh q[0];")
    assert str(back) == "line 3, column 5: no such gate\n    hh q[0];\n    ^"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((), "wrong"),
        ((2,), "line 2: wrong"),
        ((2, 1, "x"), "line 2, column 1: wrong\n    x\n    ^"),
        ((2, 99, "x"), "line 2, column 99: wrong\n    x"),
        ((2, 1, "   "), "line 2, column 1: wrong"),
    ],
)
def test_how_a_source_error_shows(given, shown):
    """Line, column, and the line with a caret under it are shown where they are known."""
    assert str(SourceError("wrong", *given)) == shown


def test_foreign_errors_become_failures():
    """An error that is not ours is a failed job, with the name of its class; an unknown kind is still ours."""
    info = ErrorInfo.of(ZeroDivisionError("division by zero"))
    assert isinstance(info.error(), JobFailedError)
    assert str(info.error()) == "ZeroDivisionError: division by zero"
    assert str(ErrorInfo.of(MemoryError()).error()) == "MemoryError"
    assert type(ErrorInfo("FromTheFutureError", "x").error()) is QmagicError


def test_bases():
    """Errors can be caught as Python's own, too."""
    assert issubclass(InputError, ValueError)
    assert issubclass(NotFoundError, LookupError)
    assert issubclass(errors.JobTimeoutError, TimeoutError)


def test_nearest():
    """The nearest known word is named, and none where none is near."""
    assert nearest("shotz", ["shots", "seed"]) == "; did you mean 'shots'?"
    assert nearest("xyz", ["shots", "seed"]) == ""
    assert nearest("x", []) == ""
