"""Starts the service of a home: ``python -m qmagic.service``.

The order matters: the lock, held for life; the worker that the caller will need (it takes longest); the store, the
socket, and only then the discovery file. Whoever started it reads one line from the descriptor it gave: ``ready``
or ``error`` and why.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the service; the arguments are the home, the descriptor to report to, and an environment as JSON (or "")."""
    from qmagic.service.start import run

    run(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")


if __name__ == "__main__":
    main()
    os._exit(0)  # the store is closed, the workers are gone: nothing is left to be torn down
