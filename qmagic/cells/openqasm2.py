"""OpenQASM 2 to a circuit, by Qiskit's parser, as `QuantumCircuit.from_qasm_str` reads it.

That is: with the gates that Qiskit's own ``qelib1.inc`` once added (``rzz``, ``sxdg``, ``csx``, ...), with its
functions, and without insisting on the header. Only Qiskit's library folder is searched: files of the user's were put
in place before the submit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qmagic.errors import SourceError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["load"]

# Registers are made at once, so that a typing error in a size must not fill the memory.
_SIZE = re.compile(r"\b[qc]reg\s+\w+\s*\[\s*(\d+)\s*\]")
_MOST_BITS = 100_000

# "<input>:3,4: 'foo' is not defined in this scope"; after an include the file's name stands in place of <input>.
_POSITION = re.compile(r"^(?P<file>[^:\n]*):(?P<line>\d+),(?P<column>\d+):\s*(?P<message>.*)$", re.DOTALL)
_UNDEFINED = re.compile(r"cannot use non-builtin custom instruction '(\w+)' before definition")


def load(text: str) -> QuantumCircuit:
    """Returns the circuit; lines of errors count from 1 in `text`.

    Raises:
        SourceError: Qiskit cannot read the text.
    """
    from qiskit import qasm2

    _check_sizes(text)
    # Pasted without its first lines: the standard gates are meant. On the same line, so that lines keep their numbers.
    added = "" if "OPENQASM" in text or "include" in text else 'include "qelib1.inc"; '
    try:
        return qasm2.loads(
            added + text,
            include_path=qasm2.LEGACY_INCLUDE_PATH[:1],
            custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
            custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
            strict=False,
        )
    except qasm2.QASM2ParseError as error:
        raise _located(str(error.message), text, len(added)) from None


def _check_sizes(text: str) -> None:
    total = 0
    for found in _SIZE.finditer(text):
        total += int(found[1][:12])
        if total > _MOST_BITS:
            line = text.count("\n", 0, found.start()) + 1
            raise SourceError(f"the program declares more than {_MOST_BITS:,} qubits and bits", line)


def _located(message: str, text: str, added: int) -> SourceError:
    message = message.strip().strip("'\"")
    found = _POSITION.match(message)
    if found is None:
        return SourceError(_sentence(message))
    line, column = int(found["line"]), int(found["column"]) + 1
    lines = text.split("\n")
    if found["file"] != "<input>" or not 0 < line <= len(lines):
        return SourceError(_sentence(found["message"]))
    return SourceError(_sentence(found["message"]), line, column - added if line == 1 else column, lines[line - 1])


def _sentence(message: str) -> str:
    undefined = _UNDEFINED.match(message)
    if undefined is not None:
        return f'the gate {undefined[1]!r} is not defined; add include "qelib1.inc"; after the version'
    return message.split("\n", 1)[0].strip()[:200]
