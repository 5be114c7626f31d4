"""The stub's process: ``python -m qmagic.stub FOLDER PORT FD``.

It writes one line to FD: its address once it listens, or why it does not.

``python -m qmagic stub`` and ``%qstub start`` are the ways in for people.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qmagic.errors import QmagicError


def main(folder: str, port: str, descriptor: str) -> int:
    """Runs the stub and returns the exit status."""
    from qmagic.stub.serve import serve

    report = os.fdopen(int(descriptor), "w")
    try:
        serve(Path(folder), int(port), lambda place: _say(report, place.url))
    except QmagicError as error:
        _say(report, f"error {error}")
        return 1
    return 0


def _say(report: object, line: str) -> None:
    print(line, file=report, flush=True)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
