"""The compiled kernels of the exact step: where they are kept, whether they are there, how they get there in time.

The folder is named after what the sources say, where they lie and of when they are: Numba goes by all three. Nothing
here imports Numba or NumPy until it is asked to.

``python -m qmagic.backends.kernels`` compiles them, at the lowest priority.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["folder", "load", "missing", "parts", "turn"]

#: Seconds to wait for another process that compiles, which may have the lowest priority; it takes about ten.
_PATIENCE = 30.0

#: Seconds after which kernels of sources that nobody compiled since may go: those of a removed or changed installation.
_KEPT = 30 * 86_400.0


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


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Holds what uses the kernels back while another process compiles them: the second one finds them there."""
    import filelock

    if not missing():
        yield
        return
    lock = filelock.FileLock(folder().parent / "kernels.lock")
    with contextlib.suppress(OSError):  # a timeout is one, too: then both compile, as where no lock can be had
        folder().parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE)
    try:
        yield
    finally:
        lock.release()
    _tidy()


def _tidy() -> None:
    """Removes old folders of other sources; whoever still has these compiles them once more."""
    for old in folder().parent.glob("kernels-*"):
        if old.is_dir() and old != folder() and time.time() - old.stat().st_mtime > _KEPT:
            shutil.rmtree(old, ignore_errors=True)


def _import() -> None:
    from qmagic.backends.exact import fused  # noqa: F401 - Numba comes with it


def _compiler() -> bool:
    return importlib.util.find_spec("numba") is not None


if __name__ == "__main__":
    os.nice(19)
    if missing():
        load()
