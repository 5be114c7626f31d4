"""Fixtures for all tests: a home of one's own, and how much to count."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from qmagic import client
from qmagic.errors import QmagicError

if TYPE_CHECKING:
    from tests.stub.conftest import Stub

SOAK = os.environ.get("QMAGIC_SOAK") == "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what has a full count: each test that uses `full`, and each in a file that has SOAK. Orders files.

    What is marked `further` runs with the full counts only.
    """
    for item in items:
        module = getattr(item, "module", None)
        reads = module is not None and "SOAK" in inspect.getsource(module)
        if reads or "full" in getattr(item, "fixturenames", ()) or item.get_closest_marker("further"):
            item.add_marker("soak")
    left = [] if SOAK else [item for item in items if item.get_closest_marker("further")]
    config.hook.pytest_deselected(items=left)
    items[:] = _spread([item for item in items if item not in left])


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Spreads each kind of file evenly over the run: browsers are seldom side by side, and what waits has company that
    computes.
    """
    kinds: dict[str, list[list[pytest.Item]]] = {"browser": [], "processes": [], "computing": []}
    for _, tests in itertools.groupby(items, lambda item: item.path):
        file = list(tests)
        used = {name for item in file for name in getattr(item, "fixturenames", ())}
        starts = used & {"home", "own_home"} or file[0].path.suffix == ".ipynb"
        kinds["browser" if "browser" in used else "processes" if starts else "computing"].append(file)
    placed = [((n + 0.5) / len(files), file) for files in kinds.values() for n, file in enumerate(files)]
    return [item for _, file in sorted(placed, key=lambda one: one[0]) for item in file]


@pytest.fixture
def full() -> Callable[[int, int], int]:
    """``full(200, 10_000)`` is 200 in `make test` and 10,000 in `make soak`."""
    return lambda usual, soak: soak if SOAK else usual


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A QMAGIC_HOME for this module; its service is stopped at the end, and nothing of it may run on."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _a_home(patch)


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A QMAGIC_HOME for this test alone, for tests that kill, damage or fill it."""
    with pytest.MonkeyPatch.context() as patch:
        yield from _a_home(patch)


@pytest.fixture(scope="module")
def stub(home: Path) -> Iterator[Stub]:
    """A stub of the clouds in the module's home: a real process."""
    from qmagic.client import stub as control
    from tests.stub.conftest import Stub

    control.start_stub()
    yield Stub()
    control.stop_stub()


def _a_home(patch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Not tmp_path: its name is long, and an ipc path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="qm-"))
    home = folder / "home"
    patch.setenv("QMAGIC_HOME", str(home))
    patch.delenv("XDG_RUNTIME_DIR", raising=False)
    try:
        yield home
        if home.exists():
            with contextlib.suppress(QmagicError, OSError):  # a test may have damaged what is needed for it
                client.stop_service()
        left = processes_of(home)
        _, alive = psutil.wait_procs(left, timeout=2)
        assert not alive, f"still running when the service had stopped: {[process.cmdline() for process in alive]}"
    finally:
        for process in processes_of(home):
            process.kill()
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)  # a test may have made it read-only
        shutil.rmtree(folder, ignore_errors=True)


def processes_of(home: Path) -> list[psutil.Process]:
    """Returns every process that was started with this QMAGIC_HOME: service, workers, kernels."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("QMAGIC_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or not ours to read
    return found
