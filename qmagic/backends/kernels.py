"""The compiled kernels of the exact step: where they are kept, whether they are there, how they get there in time.

The folder is named after what the sources say, where they lie and of when they are: Numba goes by all three. Nothing
here imports Numba or NumPy until it is asked to.

``python -m qmagic.backends.kernels`` compiles them, at the lowest priority.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["folder", "load", "missing", "parts"]


@functools.cache
def folder() -> Path:
    """Returns the folder of the kernels that these sources make."""
    import platformdirs

    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "exact").glob("*.py")):
        digest.update(f"{path} {path.stat().st_mtime_ns}".encode() + path.read_bytes())
    return Path(platformdirs.user_cache_path("qmagic")) / f"kernels-{digest.hexdigest()[:16]}"


def missing() -> bool:
    """Tells whether they can be compiled and have not been."""
    return _compiler() and not any(folder().glob("**/*.nbc"))


def parts() -> list[Callable[[], None]]:
    """Returns what loads the kernels, a fraction of a second each; nothing where they would have to be compiled."""
    return [_import, load] if _compiler() and not missing() else []


def load() -> None:
    """Loads the kernels; where there are none, compiles them, which takes about ten seconds."""
    from qiskit.circuit import QuantumCircuit

    from qmagic.backends.exact.fused import FusedStep
    from qmagic.backends.exact.lowering import lower

    FusedStep(lower(QuantumCircuit(1)), ())


def _import() -> None:
    from qmagic.backends.exact import fused  # noqa: F401 - Numba comes with it


def _compiler() -> bool:
    return importlib.util.find_spec("numba") is not None


if __name__ == "__main__":
    os.nice(19)
    if missing():
        load()
