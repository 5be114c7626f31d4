"""qmagic: Jupyter's control room for quantum jobs.

``%load_ext qmagic`` in a notebook gives ``%%qrun``; ``qmagic.run(circuit)`` does the same from Python. Importing this
package imports neither Qiskit nor NumPy nor a simulator: each name below is loaded when it is first used.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

from qmagic.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.backends.v2 import backend, backends
    from qmagic.client import Group as Group
    from qmagic.client import Job as Job
    from qmagic.client import Loop as Loop
    from qmagic.client import Sweep as Sweep
    from qmagic.client import adopt, batch, session
    from qmagic.client import job as job
    from qmagic.client import jobs as jobs
    from qmagic.client.loop import loop
    from qmagic.client.sessions import sessions
    from qmagic.errors import QmagicError
    from qmagic.jobs import JobStatus
    from qmagic.loops.minimize import minimize
    from qmagic.loops.problems import ising, maxcut, molecule, qaoa, qubo, vqe
    from qmagic.loops.sweep import sweep
    from qmagic.primitives import Estimator, Sampler
    from qmagic.results import Result, load
    from qmagic.run import plan, run, run_each

__all__ = [
    "Estimator", "Group", "Job", "JobStatus", "Loop", "QmagicError", "Result", "Sampler", "Sweep", "__version__",
    "adopt", "backend", "backends", "batch", "ising", "job", "jobs", "load", "loop", "maxcut", "minimize", "molecule",
    "plan", "qaoa", "qubo", "run", "run_each", "session", "sessions", "sweep", "vqe",
]  # fmt: skip

_HOMES = {
    "Estimator": "qmagic.primitives",
    "Group": "qmagic.client",
    "Job": "qmagic.client",
    "JobStatus": "qmagic.jobs",
    "Loop": "qmagic.client",
    "QmagicError": "qmagic.errors",
    "Result": "qmagic.results",
    "Sampler": "qmagic.primitives",
    "Sweep": "qmagic.client",
    "adopt": "qmagic.client",
    "backend": "qmagic.backends.v2",
    "backends": "qmagic.backends.v2",
    "batch": "qmagic.client",
    "ising": "qmagic.loops.problems",
    "job": "qmagic.client",
    "jobs": "qmagic.client",
    "load": "qmagic.results",
    "loop": "qmagic.client.loop",
    "maxcut": "qmagic.loops.problems",
    "minimize": "qmagic.loops.minimize",
    "molecule": "qmagic.loops.problems",
    "plan": "qmagic.run",
    "qaoa": "qmagic.loops.problems",
    "qubo": "qmagic.loops.problems",
    "run": "qmagic.run",
    "run_each": "qmagic.run",
    "session": "qmagic.client",
    "sessions": "qmagic.client.sessions",
    "sweep": "qmagic.loops.sweep",
    "vqe": "qmagic.loops.problems",
}


class _Package(types.ModuleType):
    """This package, in which the public names ``run`` and ``backends`` stay the functions.

    Importing the submodules of these names would bind them here in their place.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, types.ModuleType):
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        """Is pickled by its name, as cloudpickle does with any other module: cost functions call ``qmagic.run``."""
        return importlib.import_module, (__name__,)


sys.modules[__name__].__class__ = _Package


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
