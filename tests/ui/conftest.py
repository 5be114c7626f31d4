"""A real JupyterLab and a real browser.

A browser that is missing is a failure, not a skip: what nobody looks at is broken within months.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lab import CHROMIUM, FLAGS, Lab

#: Milliseconds that a page may take for anything: continuous integration may be busy.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def lab(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab whose kernels use the module's home."""
    server = Lab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.fail("the browser tests need Chromium on PATH (Debian: apt install chromium fonts-dejavu-core)")
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        expect.set_options(timeout=PATIENCE)
        yield chromium
        expect.set_options(timeout=5_000)
        chromium.close()


@pytest.fixture
def context(browser: Any, lab: Lab) -> Iterator[Any]:
    """A profile whose pages may talk to our server only; what they asked of others is in ``context.refused``."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE)
    context.refused, context.errors = [], []
    ours = (lab.url, lab.url.replace("http", "ws", 1), "data:", "blob:")

    def guard(route: Any) -> None:
        if route.request.url.startswith(ours):
            route.continue_()
        else:
            context.refused.append(route.request.url)
            route.abort()

    def watch(page: Any) -> None:
        page.on("pageerror", lambda error: context.errors.append(str(error)))
        page.on("console", lambda line: context.errors.append(line.text) if line.type == "error" else None)
        page.on("websocket", lambda socket: None if socket.url.startswith(ours) else context.refused.append(socket.url))

    context.route("**/*", guard)
    context.on("page", watch)
    yield context
    context.close()


@pytest.fixture
def page(context: Any, tmp_path: Path) -> Iterator[Any]:
    """A page of that profile; ``page.refused`` and ``page.errors`` (of its console) are the profile's."""
    page = context.new_page()
    page.refused, page.errors = context.refused, context.errors
    yield page
    if not page.is_closed():
        page.screenshot(path=str(tmp_path / "last.png"))  # pytest keeps the folders of the last three runs


@pytest.fixture
def faults(context: Any) -> Iterator[list[str]]:
    """Errors in the console, and requests that would have left the machine; there are none when the test ends."""
    yield context.errors
    assert context.errors == []
    assert context.refused == []
