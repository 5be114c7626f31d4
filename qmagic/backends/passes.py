"""Qiskit's preset passes, built without the plugins that nobody asks for.

Whoever builds them loads every plugin that is installed, and with qiskit-ibm-runtime's and qiskit-experiments' more
than a second of imports, in each process. Those that are not Qiskit's own and not named "default" run only where they
are asked for by name, which we never do; a backend may, for its stages.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.transpiler import PassManager

__all__ = ["own_plugins", "preset_passes"]

_SYNTHESIS = ("qiskit.synthesis", "qiskit.unitary_synthesis")
_STAGES = tuple(
    f"qiskit.transpiler.{stage}" for stage in ("init", "layout", "routing", "translation", "optimization", "scheduling")
)
#: Held while Qiskit finds less than there is: that is the whole process's matter.
_lock = threading.RLock()


def preset_passes(**options: Any) -> PassManager:
    """Returns Qiskit's `generate_preset_pass_manager` with these options, which name no plugin."""
    from qiskit.transpiler import generate_preset_pass_manager

    with own_plugins(_SYNTHESIS if "backend" in options else (*_SYNTHESIS, *_STAGES)):
        return generate_preset_pass_manager(**options)


@contextlib.contextmanager
def own_plugins(groups: tuple[str, ...] = _SYNTHESIS) -> Iterator[None]:
    """Has Qiskit find only the plugins of these groups that are its own or a default; afterwards it finds all again."""
    from stevedore import ExtensionManager

    # read before the installed packages are looked through; a stevedore without it loads all, as ever
    found = getattr(ExtensionManager, "ENTRY_POINT_CACHE", {})
    with _lock:
        before = {group: found[group] for group in groups if group in found}
        try:
            for group in groups:
                found[group] = _wanted(group)
            yield
        finally:
            for group in groups:
                found.pop(group, None)
            found.update(before)


@functools.cache
def _wanted(group: str) -> list[importlib.metadata.EntryPoint]:
    """Returns the plugins of a group that stay; looking anew costs each pass manager some 60 ms."""
    every = importlib.metadata.entry_points(group=group)
    return [one for one in every if one.module.startswith("qiskit.") or one.name.rpartition(".")[2] == "default"]
