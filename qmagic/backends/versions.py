"""Which releases of the packages that simulate are here: they belong to every result."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import metadata

from qmagic.version import __version__

__all__ = ["changed", "versions"]

_PACKAGES = ("qiskit", "qiskit-aer", "qulacs", "stim", "qsimcirq", "numpy")


@functools.cache
def versions() -> dict[str, str]:
    """Returns the release of qmagic and of each package that is installed."""
    found = {"qmagic": __version__}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def changed(before: Mapping[str, str]) -> list[str]:
    """Returns a note for each simulator's package whose release is not the one of an earlier run."""
    now = versions()
    return [
        f"{package} is {now.get(package, 'not installed')} here and was {release} in the run that this one repeats: "
        "counts may differ"
        for package, release in before.items()
        if package != "qmagic" and now.get(package) != release
    ]
