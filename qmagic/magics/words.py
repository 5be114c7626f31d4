"""A magic's line as words.

A word ends at a blank outside quotes and brackets, so that ``--initial-layout [0, 1]``, ``--observables "ZZ; XX"``
and the expression ``ansatz(4, "linear")`` each hold together. Quotes around a word are removed, as in a shell. A
flag's value may name variables, ``--shots {n}`` or ``--shots $n``, as in any IPython line; between single quotes
nothing is replaced. The expression of ``%qrun`` is Python and is never changed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from qmagic.errors import InputError

__all__ = ["Word", "expanded", "split"]

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_FLAG = re.compile(r"--?[A-Za-z]")


@dataclasses.dataclass(frozen=True)
class Word:
    """A word and where it stands: ``line[start:end] == raw``."""

    raw: str
    start: int

    @property
    def end(self) -> int:
        """Where the word ends in the line."""
        return self.start + len(self.raw)

    @property
    def is_flag(self) -> bool:
        """Whether the word looks like ``-o`` or ``--shots``."""
        return bool(_FLAG.match(self.raw))

    @property
    def text(self) -> str:
        """The word without the quotes around it, or around the value in ``--flag="value"``."""
        flag, equals, value = self.raw.partition("=") if self.is_flag else ("", "", self.raw)
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        return flag + equals + value


def split(line: str, *, unfinished: bool = False) -> list[Word]:
    """Returns the words of a line.

    Args:
        line: What follows the magic's name.
        unfinished: Take a quote or bracket that is still open as it is (the user is typing).

    Raises:
        InputError: A quote or a bracket is not closed.
    """
    words: list[Word] = []
    start, quote, opened = -1, "", list[str]()
    for i, letter in enumerate(line):
        if quote:
            if letter == quote:
                quote = ""
        elif letter.isspace() and not opened:
            if start >= 0:
                words.append(Word(line[start:i], start))
                start = -1
        else:
            if start < 0:
                start = i
            if letter in "'\"":
                quote = letter
            elif letter in _PAIRS:
                opened.append(letter)
            elif opened and letter == _PAIRS[opened[-1]]:
                opened.pop()
    if start >= 0:
        words.append(Word(line[start:], start))
    if (quote or opened) and not unfinished:
        raise InputError(f"the line ends inside an open {quote or opened[-1]}: {words[-1].raw}")
    return words


def expanded(word: Word, namespace: Mapping[str, Any]) -> str:
    """Returns a flag's value with ``{expression}`` and ``$name`` replaced; as it stands where that fails."""
    text = word.text
    if ("{" not in text and "$" not in text) or word.raw.endswith("'"):
        return text
    from IPython.utils.text import DollarFormatter  # the rule that IPython follows for every magic's line

    try:
        return str(DollarFormatter().vformat(text, (), dict(namespace)))
    except Exception:  # whatever the user's expression raises: IPython leaves such text alone, and so do we
        return text
