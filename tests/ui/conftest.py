"""A real JupyterLab and a real browser for all of this folder, which runs in one process (see tests/conftest.py).

A browser that is missing is a failure, not a skip: what nobody looks at is broken within months.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from benchmarks.lab import CHROMIUM, FLAGS, Lab
from tests.conftest import a_home, no_jobs_left
from tests.ui.notebook import clear

#: Milliseconds that a page may take for anything: continuous integration may be busy.
PATIENCE = 60_000

#: Set for a test that has failed: its pages are photographed, and the next test gets a new one.
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Notes which tests have failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """A QMAGIC_HOME for all modules."""
    yield from a_home()


@pytest.fixture(scope="package")
def lab(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab whose kernels use that home."""
    yield from a_lab(tmp_path_factory)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.fail("the browser tests need Chromium on PATH (Debian: apt install chromium fonts-dejavu-core)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        expect.set_options(timeout=PATIENCE)
        yield chromium
        expect.set_options(timeout=5_000)
        chromium.close()


@pytest.fixture(scope="package")
def profile(browser: Any, lab: Lab) -> Iterator[Any]:
    """The profile of the folder's pages; ``profile.kept`` is the one that its tests share."""
    yield from a_profile(browser, lab)


def a_lab(folders: pytest.TempPathFactory) -> Iterator[Lab]:
    """Runs a JupyterLab in the home of this process while it waits."""
    server = Lab(folders.mktemp("notebooks"), folders.mktemp("lab"))
    yield server
    server.stop()


def a_profile(browser: Any, lab: Lab) -> Iterator[Any]:
    """Makes a browser's profile that notes what goes wrong in its pages, and closes it."""
    profile = browser.new_context(viewport={"width": 1400, "height": 1000})
    profile.set_default_timeout(PATIENCE)
    profile.kept, profile.refused, profile.errors = None, [], []
    ours = (lab.url, lab.url.replace("http", "ws", 1), "data:", "blob:")

    def judge(asked: Any) -> None:
        if not asked.url.startswith(ours):
            profile.refused.append(asked.url)

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: profile.errors.append(str(error)))
        page.on("console", lambda line: profile.errors.append(line.text) if line.type == "error" else None)
        page.on("websocket", judge)

    profile.on("request", judge)  # a route would do, too, and cost the cache and a second of computing for each page
    profile.on("page", watch)
    yield profile
    profile.close()


@pytest.fixture(scope="module", autouse=True)
def empty_panel(lab: Lab) -> Iterator[None]:
    """Each module finds no jobs of those before it."""
    yield
    no_jobs_left()


@pytest.fixture
def context(profile: Any, lab: Lab, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """That profile for one test, which may open pages of its own in it.

    ``context.errors`` are those in the consoles of its pages, and ``context.refused`` is what they asked of others than
    our server: the browser's flags let nothing through.
    """
    profile.errors.clear()
    profile.refused.clear()
    yield profile
    kept, profile.kept = profile.kept, None
    failed = FAILED in request.node.stash
    for n, page in enumerate(profile.pages):
        if failed:
            with contextlib.suppress(Error):  # it may have crashed
                page.screenshot(path=str(tmp_path / f"last-{n}.png"))  # pytest keeps the folders of the last three runs
        if failed or page is not kept:
            page.close()
    if kept in profile.pages:
        clear(kept)
        profile.kept = kept
    for session in lab.request("api/sessions"):
        lab.request(f"api/sessions/{session['id']}", method="DELETE")


@pytest.fixture
def page(context: Any) -> Any:
    """The page that the module's tests share, as good as new: loading JupyterLab is the dearest part of most tests."""
    context.kept = context.kept or context.new_page()
    return context.kept


@pytest.fixture
def faults(context: Any, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Errors in the console, and requests that would have left the machine; there are none when the test ends."""
    yield context.errors
    if context.errors or context.refused:
        request.node.stash[FAILED] = True
    assert context.errors == []
    assert context.refused == []
