"""What is wrong with a text, found by reading it and running nothing: for underlining while somebody types.

The law: a valid program is never reported. Our own reader says what is wrong and where; but it knows less than
OpenQASM has, so what it refuses is asked again of Qiskit's full importer, and only what both refuse is a problem.
A text that includes files of the user's is not judged: the files are not here.
"""

from __future__ import annotations

import re
import warnings

from qmagic.cells.languages import LANGUAGES, language_of
from qmagic.cells.load import load
from qmagic.cells.validate import check_text
from qmagic.errors import InputError, SourceError
from qmagic.jobs import Source
from qmagic.protocol import Diagnosis, Problem

__all__ = ["diagnose"]

_STANDARD_FILES = ("stdgates.inc", "qelib1.inc")
_INCLUDE = re.compile(r"""\binclude\s*["']([^"'\n]*)["']""")
_WORD = re.compile(r"[$\w.]+|[^\s\w]")


def diagnose(text: str, language: str = "auto") -> Diagnosis:
    """Returns the problems of a text; none for Python, which is not read here.

    Args:
        text: What stands in the editor, without the magic's own line.
        language: ``"openqasm2"``, ``"openqasm3"`` or ``"auto"``.
    """
    if language != "auto" and language not in LANGUAGES:
        return Diagnosis(language, [], checked=False)
    if not text.strip():
        return Diagnosis(language, [])
    try:
        check_text(text, "the text")
        language = language_of(text, language)
        if language == "python":
            return Diagnosis(language, [])
        if any(file not in _STANDARD_FILES for file in _INCLUDE.findall(text)):
            return Diagnosis(language, [], checked=False)
        load(Source(language, text.encode()))
    except SourceError as error:
        if _qiskit_takes(text, language):
            return Diagnosis(language, [])
        return Diagnosis(language, [_problem(error, text)])
    except (InputError, UnicodeEncodeError):
        return Diagnosis(language, [], checked=False)  # too long, or half a character: not a matter of grammar
    return Diagnosis(language, [])


def _qiskit_takes(text: str, language: str) -> bool:
    """Tells whether Qiskit's own importer reads the text, or gives up for reasons that are not the text's."""
    from qiskit import qasm2, qasm3

    text = text.removeprefix("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if language == "openqasm2":
                qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
            elif language == "openqasm3":
                qasm3.loads(text)
            else:
                return False  # no such version: nobody reads it
    except (MemoryError, RecursionError):
        return True
    except Exception:
        return False
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        return False
    return True


def _problem(error: SourceError, text: str) -> Problem:
    """Returns the error with the word that it means; the first line that has any where it knows no place."""
    lines = re.split(r"\r\n|\r|\n", text)
    line = error.line
    if line is None or not 1 <= line <= len(lines):
        line = next(i for i, one in enumerate(lines, 1) if one.strip())
    shown = lines[line - 1]
    if error.column is None or error.line != line:
        start = len(shown) - len(shown.lstrip())
        return Problem(line, start + 1, max(len(shown.rstrip()), start + 1) + 1, error.message)
    column = min(error.column, len(shown) + 1)
    word = _WORD.match(shown, column - 1)
    return Problem(line, column, column + (len(word[0]) if word else 1), error.message)
