"""What the tests of cells share: a cell built and loaded without a service."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qmagic import cells
from qmagic.cells import validate
from qmagic.jobs import Environment, JobSpec


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """This process, in a folder of its own."""
    return Environment(executable=sys.executable, folder=str(tmp_path))


@pytest.fixture
def cell(environment: Environment) -> Callable[..., tuple[JobSpec, list[Any]]]:
    """``cell(text, **flags)`` goes the whole way of a cell up to its run: built, loaded, checked."""

    def go(body: str = "", namespace: dict[str, Any] | None = None, **flags: Any) -> tuple[JobSpec, list[Any]]:
        variables = {} if namespace is None else namespace
        execute = flags.pop("execute", None)
        spec = cells.build(cells.CellRequest(body=body, **flags), variables, environment, execute=execute)
        circuits = cells.load(spec.source)
        validate.check(spec, circuits)
        return spec, circuits

    return go
