"""OpenQASM 3 text to tokens: kind, text and offset of each, in three parallel lists, because that is quick."""

from __future__ import annotations

import re

from qmagic.errors import SourceError

__all__ = ["Tokens", "located"]

# One alternative for each kind of token; blanks and comments have no name and are left out. Annotations end with their
# line.
_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/
      |(?P<annotation>(?<![^\n;{}])[ \t]*@[^\W\d][^\n]*)
      |(?P<pragma>\#?pragma\b[^\n]*)
      |(?P<name>[^\W\d]\w*|\$\d+)
      |(?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
         |(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*)(?:[eE][+-]?\d+)?)
       (?P<unit>(?:dt|ns|us|µs|ms|s)\b)?
      |(?P<string>"[^"\n]*"|'[^'\n]*')
      |(?P<sign>->|\*\*=|<<=|>>=|==|!=|<=|>=|&&|\|\||\*\*|\+\+|<<|>>|[-+*/%&|^]=|/(?!\*)|[-+*%&|^~!<>=@:;,()\[\]{}])""",
    re.VERBOSE,
)


class Tokens:
    """The tokens of a text.

    Attributes:
        kinds: ``"name"``, ``"number"``, ``"duration"``, ``"string"``, ``"sign"``, ``"pragma"``; the last is ``"end"``.
        texts: The text of each, ``""`` at the end.
        offsets: Where each starts in the text.
    """

    __slots__ = ("kinds", "offsets", "source", "texts")

    def __init__(self, source: str) -> None:
        self.source = source
        kinds: list[str] = []
        texts: list[str] = []
        offsets: list[int] = []
        end = 0
        for found in _TOKEN.finditer(source):
            start = found.start()
            if start != end:
                raise self._unknown(end)
            end = found.end()
            kind = found.lastgroup
            if kind is None or kind == "annotation":
                continue
            kinds.append("duration" if kind == "unit" else kind)
            texts.append(found[0])
            offsets.append(start)
        if end != len(source):
            raise self._unknown(end)
        kinds.append("end")
        texts.append("")
        offsets.append(len(source))
        self.kinds, self.texts, self.offsets = kinds, texts, offsets

    def _unknown(self, offset: int) -> SourceError:
        if self.source.startswith("/*", offset):
            return located("this comment is not closed: expected */", self.source, offset)
        if self.source[offset] in "\"'":
            return located("this text is not closed on its line", self.source, offset)
        return located(f"unexpected character {self.source[offset]!r}", self.source, offset)


def located(message: str, source: str, offset: int) -> SourceError:
    """Returns an error that knows line, column and the text of the line at an offset."""
    start = source.rfind("\n", 0, offset) + 1
    end = source.find("\n", offset)
    line = source[start : end if end >= 0 else len(source)]
    return SourceError(message, source.count("\n", 0, offset) + 1, offset - start + 1, line)
