"""One home with its stub and warm hosts for all of this folder, which runs in one process (see tests/conftest.py).

A module finds them as if they were new: no jobs, sessions, limits, settings or faults of the modules before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qmagic import client
from qmagic.client import stub as control
from qmagic.money import SetBudget
from tests.conftest import a_home, no_jobs_left
from tests.stub.conftest import Stub


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """A QMAGIC_HOME for all modules."""
    yield from a_home()


@pytest.fixture(scope="package")
def clouds(home: Path) -> Iterator[Stub]:
    """The stub in that home."""
    control.start_stub()
    yield Stub()
    control.stop_stub()


@pytest.fixture(scope="module")
def stub(clouds: Stub) -> Iterator[Stub]:
    """The same, of which nothing is left when the module is over."""
    yield clouds
    clouds.calm()
    client.budget(SetBudget(total=None, per_job=None))
    for session in client.unclosed():
        client.close_session(session.id)
    no_jobs_left()
    clouds.fresh()
