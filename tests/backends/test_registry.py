"""Backends by name."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

from qmagic.backends import registry
from qmagic.backends.base import Backend
from qmagic.errors import InputError, NotFoundError


@pytest.mark.parametrize("name", registry.names())
def test_each_name_is_a_backend(name):
    """Each listed name gives a backend that bears it."""
    made = registry.backend(name)
    assert isinstance(made, Backend)
    assert made.name == name
    assert registry.backend(name) is made


def test_alias():
    """aer.mps is a short name."""
    assert registry.backend("aer.mps").name == "aer.matrix_product_state"


@pytest.mark.parametrize(("typed", "meant"), [("statvector", "statevector"), ("aer.stabiliser", "aer.stabilizer")])
def test_nearest_name(typed, meant):
    """An unknown name is answered with the nearest one."""
    with pytest.raises(NotFoundError, match=f"did you mean '{meant}'"):
        registry.backend(typed)


def test_listing_imports_no_simulator():
    """Names are listed without Qiskit, NumPy, or a simulator."""
    code = (
        "import sys; from qmagic.backends import registry; registry.names(); registry.resolve('aer.mps');"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & {'qiskit', 'numpy', 'qulacs', 'qiskit_aer'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


def test_scripted_is_hidden():
    """The scripted backend is in no list, but can be named."""
    assert not any(name.startswith("scripted") for name in registry.names())
    assert registry.backend("scripted:counts").name == "scripted:counts"


@pytest.fixture
def others(monkeypatch):
    """Entry points of other packages; the registry reads them anew."""

    def offer(**places):
        entries = [metadata.EntryPoint(name, place, "qmagic.backends") for name, place in places.items()]
        monkeypatch.setattr(metadata, "entry_points", lambda group: entries)
        registry._places.cache_clear()
        registry.backend.cache_clear()

    yield offer
    monkeypatch.undo()
    registry._places.cache_clear()
    registry.backend.cache_clear()


def test_entry_point(others):
    """Another package's backend comes by its entry point, and cannot take one of our names."""
    others(mine="qmagic.backends.scripted:Scripted", statevector="nowhere:Nothing")
    assert "mine" in registry.names()
    assert registry.backend("statevector").name == "statevector"


def test_broken_entry_point(others):
    """A backend that cannot be loaded, or is none, is named in one line."""
    others(broken="nowhere:Nothing", odd="builtins:str")
    with pytest.raises(InputError, match=r"'broken' \(nowhere:Nothing\) cannot be loaded"):
        registry.backend("broken")
    with pytest.raises(InputError, match="is not a qmagic backend"):
        registry.backend("odd")
