"""Fixtures for all tests: a home of one's own, and how much to count."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import settings

from qmagic import client
from qmagic.errors import QmagicError
from qmagic.jobs import JobStatus

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

    from tests.stub.conftest import Stub

SOAK = os.environ.get("QMAGIC_SOAK") == "1"

settings.register_profile("qmagic", deadline=None)  # time decides no test
settings.load_profile("qmagic")

#: Folders whose files share a home: each runs in one process, at one go, as if it were one file.
TOGETHER = ("tests/providers", "tests/ui", "tests/magics")

#: What takes half a minute and more, the longest first.
LONG = (
    "tests/providers", "tests/ui", "tests/loops/test_clouds.py", "tests/magics", "tests/test_benchmarks.py",
    "tests/serverextension/test_events.py", "tests/stub/test_clients.py", "tests/client/test_loop.py",
    "tests/faults/test_kills.py", "tests/test_benchmark_qasm.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Like ``--dist=loadfile``, by units."""
    from xdist.scheduler import LoadFileScheduling

    class Units(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit(nodeid)

    return Units(config, log) if config.getvalue("dist") == "loadfile" else None


def _unit(nodeid: str) -> str:
    """Returns what a test is never parted from: its file, or its folder."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what has a full count: each test that uses `full`, and each in a file that imports SOAK. Orders files."""
    for item in items:
        if hasattr(getattr(item, "module", None), "SOAK") or "full" in getattr(item, "fixturenames", ()):
            item.add_marker("soak")
    items[:] = _spread(items)


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Puts what takes long first, so that nothing of it is left when all else is done; spreads the others evenly over
    the rest of the run, so that files that wait for processes have company that computes.
    """
    first: list[list[pytest.Item]] = []
    kinds: dict[bool, list[list[pytest.Item]]] = {True: [], False: []}  # by whether they wait for processes
    for unit, tests in itertools.groupby(items, lambda item: _unit(item.nodeid)):
        one = list(tests)
        if unit in LONG:
            first.append(one)
            continue
        used = {name for item in one for name in getattr(item, "fixturenames", ())}
        kinds[bool(used & {"home", "own_home"}) or one[0].path.suffix == ".ipynb"].append(one)
    first.sort(key=lambda one: LONG.index(_unit(one[0].nodeid)))
    placed = [((n + 0.5) / len(units), one) for units in kinds.values() for n, one in enumerate(units)]
    return [item for one in (*first, *(one for _, one in sorted(placed, key=lambda at: at[0]))) for item in one]


@pytest.fixture
def full() -> Callable[[int, int], int]:
    """``full(200, 10_000)`` is 200 in `make test` and 10,000 in `make soak`."""
    return lambda usual, soak: soak if SOAK else usual


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A QMAGIC_HOME for this module; its service is stopped at the end, and nothing of it may run on."""
    yield from a_home()


@pytest.fixture
def own_home() -> Iterator[Path]:
    """A QMAGIC_HOME for this test alone, for tests that kill, damage or fill it."""
    yield from a_home()


@pytest.fixture(scope="module")
def stub(home: Path) -> Iterator[Stub]:
    """A stub of the clouds in the module's home: a real process."""
    from qmagic.client import stub as control
    from tests.stub.conftest import Stub

    control.start_stub()
    yield Stub()
    control.stop_stub()


def a_home() -> Iterator[Path]:
    """Sets a QMAGIC_HOME of its own while it waits; then stops the service, and nothing of it may run on."""
    # Not tmp_path: its name is long, and an ipc path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="qm-"))
    home = folder / "home"
    patch = pytest.MonkeyPatch()
    patch.setenv("QMAGIC_HOME", str(home))
    patch.delenv("XDG_RUNTIME_DIR", raising=False)
    try:
        yield home
        if home.exists():
            with contextlib.suppress(QmagicError, OSError):  # a test may have damaged what is needed for it
                client.stop_service()
        deadline = time.monotonic() + 30
        while left := processes_of(home):
            assert time.monotonic() < deadline, f"still running when the service had stopped: {left}"
            psutil.wait_procs(left, timeout=0.2)  # looking at all processes costs more than waiting for these
    finally:
        patch.undo()
        for process in processes_of(home):
            process.kill()
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)  # a test may have made it read-only
        shutil.rmtree(folder, ignore_errors=True)


def no_jobs_left() -> None:
    """Ends and deletes every job of the home, for the next module that uses it."""
    unfinished = [status for status in JobStatus if not status.final]
    client.cancel([job.id for job in client.jobs(1000, status=unfinished)])
    deadline = time.monotonic() + 60
    while left := client.jobs(status=unfinished):
        assert time.monotonic() < deadline, f"jobs go on after their module: {left}"
        time.sleep(0.01)
    client.purge()


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
