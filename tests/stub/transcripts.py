"""Writes the golden transcripts anew: ``python -m tests.stub.transcripts [ibm braket ...]``."""

from __future__ import annotations

import json
import sys

from qmagic.client import stub as control
from tests.stub.conftest import Stub
from tests.stub.test_clients import NAMES, TRANSCRIPTS, shapes


def main(names: list[str]) -> None:
    """Runs the clients, all of them where none is named, and keeps the shapes of what they asked."""
    control.start_stub()
    stub = Stub()
    try:
        for name in names or NAMES:
            stub.fresh("queue=30s", "run=2s", "time=virtual", "price=real")
            text = json.dumps(shapes(stub.run(name).lines), indent=1) + "\n"
            (TRANSCRIPTS / f"{name}.json").write_text(text, "utf-8")
    finally:
        control.stop_stub()


if __name__ == "__main__":
    main(sys.argv[1:])
