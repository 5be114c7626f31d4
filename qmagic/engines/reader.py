"""The reader process: reads texts and circuits for the editor and the panel, without running them.

Started by the service as ``python -m qmagic.engines.reader FD PARENT``, one for each environment, with one end of a
socket pair as FD. It takes no simulation slot, and is killed where an answer takes too long: so it keeps nothing. It
takes `Question`s one after the other and answers each with an `Answer`, whose body is JSON.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from qmagic.engines.worker import die_with, offer_to_oom_killer  # first: one thread for what is imported below

import msgspec  # isort: skip

from qmagic.engines.reader_messages import Answer, DiagnoseText, DrawSource, Question
from qmagic.errors import ErrorInfo
from qmagic.jobs import Source

__all__ = ["answer", "main"]

#: Bytes that reading a text may take: a typing error in a size must not fill the machine.
_MEMORY = 4 << 30


def answer(question: Question) -> Answer:
    """Answers one question."""
    try:
        return Answer(question.number, msgspec.json.encode(_found(question.what)))
    except Exception as error:
        return Answer(question.number, error=ErrorInfo.of(error))


def _found(what: DiagnoseText | DrawSource) -> Any:
    if isinstance(what, DiagnoseText):
        from qmagic.cells.diagnose import diagnose

        return diagnose(what.text, what.language)
    from qmagic.cells.drawing import drawing
    from qmagic.cells.languages import language_of
    from qmagic.cells.load import load
    from qmagic.errors import InputError

    source = what.source
    if source.language == "auto":
        language = language_of(source.data.decode("utf-8", "replace"))
        if language == "python":
            raise InputError("this is not OpenQASM; only OpenQASM text can be drawn before it runs")
        source = Source(language, source.data)
    return drawing(load(source), what.circuit)


def _warm() -> None:
    """Imports what a first question needs."""
    import qmagic.cells.drawing  # noqa: F401 - for later
    from qmagic.cells.diagnose import diagnose

    diagnose('OPENQASM 3.0; include "stdgates.inc"; qubit q; h q')  # wrong, so that Qiskit is asked too


def main() -> None:
    """Runs a reader; the arguments are the connection's descriptor and the parent's pid."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offer_to_oom_killer()
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    connection = Connection(descriptor)
    decode, encode = msgspec.msgpack.Decoder(Question).decode, msgspec.msgpack.Encoder().encode
    try:
        _warm()
        connection.send_bytes(encode(Answer(0)))
        while True:
            connection.send_bytes(encode(answer(decode(connection.recv_bytes()))))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the service is gone


if __name__ == "__main__":
    main()
