"""Which line of a cell made an instruction of its circuit: for errors that a device's check finds."""

from __future__ import annotations

import bisect
import re

from qmagic.errors import SourceError
from qmagic.jobs import Source

__all__ = ["line_of"]

#: The statements of OpenQASM 2: comments apart, each ends with a semicolon, a gate's definition with its brace.
_STATEMENT = re.compile(r"(?P<skip>(?:\s|//[^\n]*)+)|(?P<statement>(?:gate\b[^{}]*\{[^{}]*\}|[^;]*;))")


def line_of(source: Source, index: int) -> int | None:
    """Returns the line of the cell (or file) whose statement made a circuit's instruction; None where it has none.

    Args:
        source: The source of one circuit.
        index: The instruction's place in ``circuit.data``.
    """
    if source.language not in ("openqasm2", "openqasm3"):
        return None
    text = source.data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    try:
        line = _of_openqasm3(text, index) if source.language == "openqasm3" else _of_openqasm2(text, index)
    except SourceError:
        return None
    return None if line is None else line + source.first_line - 1


def _of_openqasm3(text: str, index: int) -> int | None:
    from qmagic.cells.openqasm3 import lines_of

    lines = lines_of(text)
    return lines[index] if index < len(lines) else None


def _of_openqasm2(text: str, index: int) -> int | None:
    """Finds the first statement up to which the text makes that many instructions: Qiskit's parser tells no places."""
    from qmagic.cells import openqasm2

    statements = [found for found in _STATEMENT.finditer(text) if found["statement"]]
    made = lambda number: len(openqasm2.load(text[: statements[number].end()]).data)
    number = bisect.bisect_right(range(len(statements)), index, key=made)
    return text.count("\n", 0, statements[number].start()) + 1 if number < len(statements) else None
