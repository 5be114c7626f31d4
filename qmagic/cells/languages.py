"""Which language a text is in, told by looking at it: OpenQASM 2, OpenQASM 3 or Python.

A version header decides. Without one the first statement does: circuits are often pasted without their first lines.
Nothing is parsed here, so that a look costs microseconds.
"""

from __future__ import annotations

import keyword
import re

from qmagic.errors import InputError, SourceError, nearest

__all__ = ["LANGUAGES", "detect", "language_of", "width_of"]

#: What ``--lang`` takes, besides ``"auto"``.
LANGUAGES = ("python", "openqasm2", "openqasm3")

# What may stand before the header: blanks, comments, annotations and pragmas. Each alternative starts with another
# character, so that no text can make the match slow.
_SKIP = re.compile(r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/|[@#][^\n]*)*+")
_HEADER = re.compile(r"OPENQASM\s+([0-9]+)(?:\.([0-9]+))?\s*;?")
_INCLUDE = re.compile(r"""include\s*["']""")
_DECLARATION = re.compile(
    r"""(?:qreg|creg|opaque)\s+\w | qubit\s*\[ | qubit\s+\w | bit\s*\[ | bit\s+\w+\s*[;=] | gate\s+\w+[^:;=]*\{
      | (?:input|output|const)\s+\w | (?:int|uint|float|angle|bool|duration)\s*(?:\[\s*\w+\s*\]\s*|\s)\w+\s*[;=]
      | let\s+\w+\s*= | (?:inv|ctrl|negctrl|pow)\s*(?:\([^()]*\)\s*)?@ | box\s*[\[{] | def\s+\w+[^:;]*\{""",
    re.VERBOSE,
)
_GATE = re.compile(r"(\w+)\s*(?:\([^;{}]*?\))?\s+\$?\w+\s*(?:\[[^\]]*\])?\s*(?:,[^;{}]*)?;")
_OF_VERSION_3 = re.compile(
    r"\b(?:qubit|bit|let|input|output|const|ctrl|negctrl|for|while)\b|stdgates\.inc|=\s*measure\b|@"
)

_COMMENT = re.compile(r"//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/")
_QUBITS = re.compile(r"\b(?:qubit\b\s*(\[\s*(\d{1,7})\s*\])?\s*\w|qreg\s+\w+\s*(\[\s*(\d{1,7})\s*\])?)(\s*[^\W\d]?)")
_UNSURE = re.compile(r"\$\d|\bdef\b|\bqubit\s*\[\s*[^\s\d]|\bqubit\s*\[\s*\d+\s*[^\s\d\]]|\bqreg\s+\w+\s*\[\s*\D")


def language_of(text: str, lang: str = "auto", first_line: int = 1) -> str:
    """Returns the language of a cell's text: what ``--lang`` says, else what the text looks like.

    Raises:
        InputError: `lang` is not a language.
        SourceError: The header names a version that does not exist.
    """
    if lang == "auto":
        return detect(text, first_line)
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: expected one of {', '.join(LANGUAGES)} or auto{nearest(lang, LANGUAGES)}")
    return lang


def detect(text: str, first_line: int = 1) -> str:
    """Returns ``"openqasm2"``, ``"openqasm3"`` or ``"python"``.

    Raises:
        SourceError: The header names a version of OpenQASM that does not exist.
    """
    start = _start(text)
    header = _HEADER.match(text, start)
    if header is not None:
        version = header[1].lstrip("0")
        if version in ("2", "3"):
            return "openqasm" + version
        line = first_line + text.count("\n", 0, start)
        raise SourceError(f"OpenQASM {header[1]}.{header[2] or 0} is not known; expected 2.0, 3.0 or 3.1", line)
    if not _is_openqasm(text, start):
        return "python"
    return "openqasm3" if _OF_VERSION_3.search(text, start) or not _mentions_version_2(text) else "openqasm2"


def _start(text: str) -> int:
    found = _SKIP.match(text, 1 if text.startswith("\ufeff") else 0)
    assert found is not None  # it matches the empty string
    return found.end()


def _is_openqasm(text: str, start: int) -> bool:
    if _INCLUDE.match(text, start) or _DECLARATION.match(text, start):
        return True
    gate = _GATE.match(text, start)
    return gate is not None and not keyword.iskeyword(gate[1])


def _mentions_version_2(text: str) -> bool:
    return "qreg" in text or "creg" in text or "qelib1.inc" in text


def width_of(text: str) -> int | None:
    """Returns the number of qubits where plain declarations tell, else None."""
    if "//" in text or "/*" in text:
        text = _COMMENT.sub(" ", text)
    if _UNSURE.search(text):
        return None
    total = sum(int(found[2] or found[4] or 1) for found in _QUBITS.finditer(text))
    return total or None
