"""``include "file";`` in OpenQASM: the file's text takes the place of the statement, before anything is submitted.

A worker has another folder and runs later, so that it could find another file, or none. The libraries that come with
the languages (``stdgates.inc``, ``qelib1.inc``) stay as they are. The included text is put on one line, without its
comments, so that the lines after it keep their numbers.
"""

from __future__ import annotations

import os
import re

from qmagic.cells.validate import MOST_BYTES
from qmagic.errors import SourceError

__all__ = ["LIBRARIES", "inline"]

#: Files that belong to the languages.
LIBRARIES = ("stdgates.inc", "qelib1.inc")

# Comments are matched first, so that an include inside one is left alone.
_PIECE = re.compile(r"""//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/|\binclude\s*(["'])([^"'\n]*)\1\s*;""")
_HEADER = re.compile(r"\s*OPENQASM\s+[0-9.]+\s*;")
_TO_THE_END_OF_LINE = re.compile(r"^[ \t]*(?:@|#?pragma\b)", re.MULTILINE)
_DEEPEST = 16


def inline(text: str, folder: str, first_line: int = 1) -> str:
    """Returns the text with every file it includes.

    Args:
        text: OpenQASM 2 or 3.
        folder: Where relative names start.
        first_line: The line of the cell on which the text starts, for errors.

    Raises:
        SourceError: A file does not exist, cannot be read, includes itself, or the whole becomes too large.
    """
    if "include" not in text:
        return text
    return _inline(text, folder, first_line, ())


def _inline(text: str, folder: str, first_line: int, inside: tuple[str, ...]) -> str:
    parts: list[str] = []
    end = size = 0
    for piece in _PIECE.finditer(text):
        name = piece[2]
        if name is None or name in LIBRARIES:
            continue
        line = first_line + text.count("\n", 0, piece.start())
        body = _read(name, folder, line, inside)
        # Keep the line count where the statement itself is spread over lines.
        parts += (text[end : piece.start()], body, "\n" * piece[0].count("\n"))
        size += len(body)
        if size + len(text) > MOST_BYTES:
            raise SourceError(f"with what it includes the circuit is larger than {MOST_BYTES / 1e6:g} MB", line)
        end = piece.end()
    return "".join(parts) + text[end:] if parts else text


def _read(name: str, folder: str, line: int, inside: tuple[str, ...]) -> str:
    path = os.path.join(folder, name)
    if path in inside or len(inside) >= _DEEPEST:
        raise SourceError(f'include "{name}": the file includes itself, or the nesting passes {_DEEPEST} files', line)
    try:
        if os.path.getsize(path) > MOST_BYTES:
            raise SourceError(f'include "{name}": the file is larger than {MOST_BYTES / 1e6:g} MB', line)
        with open(path, encoding="utf-8-sig") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise SourceError(f'include "{name}": no such file in {folder or "."}', line) from None
    except OSError as error:
        raise SourceError(f'include "{name}": {(error.strerror or "cannot be read").lower()}', line) from None
    except UnicodeDecodeError:
        raise SourceError(f'include "{name}": the file is not UTF-8 text', line) from None
    if "\0" in body:
        raise SourceError(f'include "{name}": the file holds a NUL byte; expected text', line)
    body = _HEADER.sub(" ", _inline(body, os.path.dirname(path), line, (*inside, path)), count=1)
    if _TO_THE_END_OF_LINE.search(body):
        raise SourceError(f'include "{name}": an included file cannot hold annotations or pragmas', line)
    # Comments go first: on one line, a // would swallow the rest.
    return _PIECE.sub(lambda piece: piece[0] if piece[2] is not None else " ", body).replace("\n", " ")
