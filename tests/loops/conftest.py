"""A real stub for loops whose values come from a cloud."""

from __future__ import annotations

import pytest

from qmagic.client import stub as control
from tests.stub.conftest import Stub


@pytest.fixture(scope="module")
def stub(home):
    """A stub in a home of its own."""
    control.start_stub()
    yield Stub()
    control.stop_stub()
