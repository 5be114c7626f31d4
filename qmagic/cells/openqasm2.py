"""OpenQASM 2 to a circuit, by Qiskit's parser, as `QuantumCircuit.from_qasm_str` reads it.

That is: with the gates that Qiskit's own ``qelib1.inc`` once added (``rzz``, ``sxdg``, ``csx``, ...), with its
functions, and without insisting on the header. Only Qiskit's library folder is searched: files of the user's were put in place
before the submit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qmagic.errors import SourceError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["load"]

# "<input>:3,4: 'foo' is not defined in this scope"; after an include the file's name stands in place of <input>.
_POSITION = re.compile(r"^(?P<file>[^:\n]*):(?P<line>\d+),(?P<column>\d+):\s*(?P<message>.*)$", re.DOTALL)


def load(text: str) -> QuantumCircuit:
    """Returns the circuit; lines of errors count from 1 in `text`.

    Raises:
        SourceError: Qiskit cannot read the text.
    """
    from qiskit import qasm2

    try:
        return qasm2.loads(
            text,
            include_path=qasm2.LEGACY_INCLUDE_PATH[:1],
            custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
            custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
            strict=False,
        )
    except qasm2.QASM2ParseError as error:
        raise _located(str(error.message), text) from None


def _located(message: str, text: str) -> SourceError:
    message = message.strip().strip("'\"")
    found = _POSITION.match(message)
    if found is None:
        return SourceError(_sentence(message))
    line, column = int(found["line"]), int(found["column"]) + 1
    lines = text.split("\n")
    shown = lines[line - 1].rstrip("\r") if found["file"] == "<input>" and 0 < line <= len(lines) else None
    return SourceError(_sentence(found["message"]), line, column, shown)


def _sentence(message: str) -> str:
    return message.split("\n")[0].strip()[:200]
