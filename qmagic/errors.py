"""Every error that qmagic raises, with one root.

    QmagicError
    ├── InputError            what was given cannot run; nothing was submitted
    │   ├── SourceError       the text of a circuit is wrong; knows line and column
    │   └── NotFoundError     no such backend, job, flag, variable ...; names the nearest
    ├── JobError              the job ended without a result
    │   ├── JobFailedError
    │   ├── JobCancelledError
    │   └── JobLostError      gone at the provider
    ├── JobTimeoutError       ``result(timeout=...)`` passed; the job goes on
    └── ServiceError          the job service cannot do it now
        ├── HomeError         QMAGIC_HOME cannot be used: read-only, locked elsewhere, newer, damaged
        └── DiskFullError     nothing new is taken, reading works

A message is one line (or a few short ones): what was given, what was expected, what to do.
An error crosses a process as an `ErrorInfo` and is raised again on the other side as the same class.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import msgspec

__all__ = [
    "DiskFullError",
    "ErrorInfo",
    "HomeError",
    "InputError",
    "JobCancelledError",
    "JobError",
    "JobFailedError",
    "JobLostError",
    "JobTimeoutError",
    "NotFoundError",
    "QmagicError",
    "ServiceError",
    "SourceError",
    "nearest",
]


class QmagicError(Exception):
    """The root of every error that qmagic raises on purpose."""


class InputError(QmagicError, ValueError):
    """What was given cannot run; nothing was submitted."""


class SourceError(InputError):
    """The text of a circuit is wrong.

    Args:
        message: What is wrong, without the position.
        line: Line *of the cell* (the magic's own line is 1), or of the file; None when unknown.
        column: Column, from 1; None when unknown.
        text: The line itself, shown under the message with a caret.
    """

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None, text: str | None = None
    ) -> None:
        self.message, self.line, self.column, self.text = message, line, column, text
        where = "" if line is None else f"line {line}" + ("" if column is None else f", column {column}") + ": "
        shown = where + message
        if text is not None and text.strip():
            lead = len(text) - len(text.lstrip())
            shown += f"\n    {text.strip()}"
            if column is not None and lead < column <= len(text) + 1:
                shown += "\n    " + " " * (column - 1 - lead) + "^"
        super().__init__(shown)


class NotFoundError(InputError, LookupError):
    """There is no such backend, job, flag or variable."""


class JobError(QmagicError):
    """The job ended without a result."""


class JobFailedError(JobError):
    """The job failed; the message is its reason."""


class JobCancelledError(JobError):
    """The job was cancelled."""


class JobLostError(JobError):
    """The provider no longer knows the job."""


class JobTimeoutError(QmagicError, TimeoutError):
    """Waiting for a result took longer than asked; the job goes on."""


class ServiceError(QmagicError):
    """The job service cannot do it now."""


class HomeError(ServiceError):
    """QMAGIC_HOME cannot be used."""


class DiskFullError(ServiceError):
    """The disk is full: new jobs are refused, reading works."""


class ErrorInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error as it crosses a process."""

    kind: str
    message: str
    line: int | None = None
    column: int | None = None
    text: str | None = None

    @classmethod
    def of(cls, error: BaseException) -> ErrorInfo:
        """Returns what is sent of an error; one that is not ours keeps its class name in the message."""
        if isinstance(error, SourceError):
            return cls("SourceError", error.message, error.line, error.column, error.text)
        if isinstance(error, QmagicError):
            return cls(type(error).__name__, str(error))
        return cls("JobFailedError", f"{type(error).__name__}: {error}".strip(": "))

    def error(self) -> QmagicError:
        """Returns the error, ready to be raised."""
        if self.kind == "SourceError":
            return SourceError(self.message, self.line, self.column, self.text)
        cls = _KINDS.get(self.kind, QmagicError)
        return cls(self.message)


_KINDS: dict[str, type[QmagicError]] = {
    cls.__name__: cls
    for cls in (
        QmagicError, InputError, NotFoundError, JobError, JobFailedError, JobCancelledError,
        JobLostError, JobTimeoutError, ServiceError, HomeError, DiskFullError,
    )
}  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> str:
    """Returns ``"; did you mean 'x'?"`` for the known word nearest to `word`, or ``""``."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
