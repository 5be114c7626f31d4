"""qmagic: Jupyter's control room for quantum jobs.

``%load_ext qmagic`` in a notebook gives ``%%qrun``; ``qmagic.run(circuit)`` does the same from Python. Importing this
package imports neither Qiskit nor NumPy nor a simulator: each name below is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qmagic.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.client import Job as Job
    from qmagic.client import job as job
    from qmagic.client import jobs as jobs
    from qmagic.errors import QmagicError
    from qmagic.jobs import JobStatus
    from qmagic.results import Result, load
    from qmagic.run import run, run_each

__all__ = ["Job", "JobStatus", "QmagicError", "Result", "__version__", "job", "jobs", "load", "run", "run_each"]

_HOMES = {
    "Job": "qmagic.client",
    "JobStatus": "qmagic.jobs",
    "QmagicError": "qmagic.errors",
    "Result": "qmagic.results",
    "job": "qmagic.client",
    "jobs": "qmagic.client",
    "load": "qmagic.results",
    "run": "qmagic.run",
    "run_each": "qmagic.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qmagic' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Registers the magics: what ``%load_ext qmagic`` calls."""
    from qmagic.magics import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Takes the magics away again: what ``%unload_ext qmagic`` calls."""
    from qmagic.magics import unload

    unload(shell)
