"""What the service and a reader process say to each other."""

from __future__ import annotations

import msgspec

from qmagic.errors import ErrorInfo
from qmagic.jobs import Source

__all__ = ["Answer", "DiagnoseText", "DrawSource", "Question"]


class DiagnoseText(msgspec.Struct, frozen=True, array_like=True, tag="diagnose"):
    """What is wrong with this text?"""

    text: str
    language: str


class DrawSource(msgspec.Struct, frozen=True, array_like=True, tag="draw"):
    """What does this circuit look like? A source of language ``"auto"`` is a text to be looked at first."""

    source: Source
    circuit: int


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A numbered question."""

    number: int
    what: DiagnoseText | DrawSource


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """The answer to the question of the same number: JSON, or an error. Number 0 says that the reader is up."""

    number: int
    body: bytes = b""
    error: ErrorInfo | None = None
