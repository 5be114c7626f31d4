"""Qiskit's preset passes without plugins that nobody asks for: the same circuits, a second sooner."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest
from qiskit.circuit.random import random_circuit
from qiskit.transpiler import generate_preset_pass_manager
from stevedore import ExtensionManager

from qmagic.backends import registry
from qmagic.backends.passes import own_plugins, preset_passes

#: Builds passes and prints which of the packages with plugins of their own that has brought along.
FRESH = """
import sys
from qmagic.backends.passes import preset_passes
preset_passes(optimization_level=1, basis_gates=["rz", "sx", "cx"])
print([name for name in ("qiskit_experiments", "qiskit_ibm_runtime") if name in sys.modules])
"""


def test_no_other_package_is_imported():
    """A process that builds passes imports none of the installed packages that have plugins for those who name them."""
    installed = {one.module.partition(".")[0] for one in importlib.metadata.entry_points(group="qiskit.synthesis")}
    assert "qiskit_experiments" in installed  # else nothing is tried here
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_the_same_circuits(level):
    """What comes out is what comes out with all plugins there."""
    options = {"optimization_level": level, "target": registry.target("fake_manila"), "seed_transpiler": 4}
    ours, theirs = preset_passes(**options), generate_preset_pass_manager(**options)
    for seed in range(5):
        circuit = random_circuit(4, 5, max_operands=3, seed=seed)
        assert ours.run(circuit) == theirs.run(circuit)


def test_others_find_all_plugins(monkeypatch):
    """Beyond its block Qiskit finds every plugin again, whether it had looked before or not; within, its own."""
    group = "qiskit.synthesis"
    every = {one.name for one in importlib.metadata.entry_points(group=group)}
    monkeypatch.setattr(ExtensionManager, "ENTRY_POINT_CACHE", {})
    for _ in range(2):
        with own_plugins():
            within = {one.name for one in ExtensionManager.ENTRY_POINT_CACHE[group]}
        assert every - within == {"clifford.rb_default"}
        assert set(ExtensionManager(group).entry_points_names()) == every  # it looks, and has looked the second time


def test_what_is_installed_is_looked_through_once(monkeypatch):
    """Passes for another seed, as trials want them, cost no second look at what is installed."""
    options = {"optimization_level": 1, "target": registry.target("fake_manila")}
    preset_passes(seed_transpiler=1, **options)
    monkeypatch.delattr(importlib.metadata, "entry_points")
    preset_passes(seed_transpiler=2, **options)
