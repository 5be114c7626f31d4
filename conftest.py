"""What holds for every test and every notebook: nothing of the developer's own home and settings gets in or out.

It lies here, not in tests/, so that it holds for notebooks/ too. Fixtures are in tests/conftest.py.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_KEPT = {"QMAGIC_SOAK", "QMAGIC_IPYKERNEL"}
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Gives this process (each xdist worker is one) a home, for tests that ask for none and for notebooks."""
    gc.disable()  # until all is imported: a sixth of that would be collections that find nothing
    folder = Path(tempfile.mkdtemp(prefix="qm-"))
    config.stash[_FOLDER] = folder
    for name in list(os.environ):
        if name.startswith(("QMAGIC_", "JUPYTER", "JPY_", "IPYTHON", "QISKIT_")) and name not in _KEPT:
            del os.environ[name]
    os.environ |= {
        "QMAGIC_HOME": str(folder / "home"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter-data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter-runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",  # without it, jupyter_core warns that its folders will move
        "MPLBACKEND": "agg",
    }


def pytest_collection_finish(session: pytest.Session) -> None:
    """Lets no collection look at what has been imported."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the service of that home, if one was started."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None:
        return
    if (folder / "home").exists():
        environment = os.environ | {"QMAGIC_HOME": str(folder / "home")}
        subprocess.run(
            [sys.executable, "-m", "qmagic", "stop"], env=environment, timeout=30, check=False, capture_output=True
        )
    shutil.rmtree(folder, ignore_errors=True)
