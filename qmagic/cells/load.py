"""A job's source to circuits, in a worker. The only place that knows every form a source can have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from qmagic.clouds import REMOTE
from qmagic.errors import InputError, SourceError
from qmagic.jobs import Source

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["load"]

_WIDEST_EXCERPT = 160


def load(source: Source) -> list[QuantumCircuit]:
    """Returns the circuits of a source: one for text, one or more for QPY.

    Raises:
        SourceError: The text cannot be read; line and column are those of the cell.
        InputError: The QPY cannot be read.
    """
    if source.language == "qpy":
        return _load_qpy(source.data)
    if source.language == REMOTE:
        raise InputError("the job was adopted: its circuit is at the provider, and not here")
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"the text is not UTF-8 (byte {error.start})") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        if source.language == "openqasm3":
            from qmagic.cells import openqasm3

            return [openqasm3.load(text)]
        if source.language == "openqasm2":
            from qmagic.cells import openqasm2

            return [openqasm2.load(text)]
    except SourceError as error:
        raise _in_cell(error, source.first_line) from None
    except RecursionError:
        raise SourceError("the circuit is nested too deeply to be read") from None
    except Exception as error:
        # Qiskit refuses many things with errors of its own that know no line.
        raise SourceError(_sentence(error)) from None
    except BaseException as error:
        # A panic of Qiskit's Rust code is a BaseException of its own class; an interrupt is not ours to take.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"Qiskit's reader gave up: {_sentence(error)}") from None
    raise InputError(f"unknown language {source.language!r}; expected openqasm2, openqasm3 or qpy")


def _load_qpy(data: bytes) -> list[QuantumCircuit]:
    from qiskit import qpy

    try:
        return list(qpy.load(io.BytesIO(data)))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # Damaged data fails in as many ways as there are readers in Qiskit, panics included.
        raise InputError(f"the QPY data cannot be read: {_sentence(error)}") from None


def _in_cell(error: SourceError, first_line: int) -> SourceError:
    line = None if error.line is None else error.line + first_line - 1
    column, message = error.column, _printable(error.message)
    text = None if error.text is None else _printable(error.text)
    if text is not None and len(text) > _WIDEST_EXCERPT:
        # Show the part of a long line that matters; the column in words stays that of the line.
        start = max(0, (column or 1) - _WIDEST_EXCERPT // 2)
        text = text[start : start + _WIDEST_EXCERPT]
        return SourceError(message if column is None else f"{message} (column {column})", line, None, text)
    return SourceError(message, line, column, text)


def _printable(text: str) -> str:
    """Returns a line on which a caret stays in place: no tabs, no control characters."""
    return text if text.isprintable() else "".join(character if character.isprintable() else " " for character in text)


def _sentence(error: BaseException) -> str:
    text = str(error).strip().strip("'\"").split("\n")[0].strip()
    return text[:200] or type(error).__name__
