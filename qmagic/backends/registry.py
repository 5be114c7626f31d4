"""Backends by name.

Ours are listed here; those of other packages come by the entry point group ``qmagic.backends``: each entry's name is a
backend's name, its object a function of that name that returns a `base.Backend`. Listing names imports no
simulator. A backend is made when first asked for and kept.
"""

from __future__ import annotations

import functools
import importlib
from importlib import metadata
from typing import TYPE_CHECKING, Any

from qmagic.errors import InputError, NotFoundError, nearest

if TYPE_CHECKING:
    from qiskit.transpiler import Target

    from qmagic.backends.base import Backend

__all__ = ["backend", "names", "resolve", "target"]

_GROUP = "qmagic.backends"

#: Name to ``module:class``; the class takes the name.
_OURS = {
    "statevector": "qmagic.backends.statevector:StateVector",
    "branches": "qmagic.backends.branches:Branches",
    "stim": "qmagic.backends.stim:Stim",
    "sparse": "qmagic.backends.sparse:Sparse",
    "qsim": "qmagic.backends.qsim:Qsim",
    "lightning.gpu": "qmagic.backends.lightning_gpu:LightningGpu",
    "aer": "qmagic.backends.aer:Aer",
    "aer.statevector": "qmagic.backends.aer:Aer",
    "aer.gpu": "qmagic.backends.aer_gpu:AerGpu",
    "aer.density_matrix": "qmagic.backends.aer:Aer",
    "aer.matrix_product_state": "qmagic.backends.aer_mps:MatrixProductState",
    "aer.stabilizer": "qmagic.backends.aer:Aer",
    "aer.extended_stabilizer": "qmagic.backends.aer:Aer",
}
_ALIASES = {"aer.mps": "aer.matrix_product_state", "aer.automatic": "aer"}
#: Answers to any name that starts so, and is in no list.
_SCRIPTED = "scripted:"


@functools.cache
def _places() -> dict[str, str]:
    """Returns all names with their places; ours come first and cannot be taken by others."""
    others = {entry.name: entry.value for entry in metadata.entry_points(group=_GROUP)}
    return {**_OURS, **{name: place for name, place in sorted(others.items()) if name not in _OURS}}


def names() -> tuple[str, ...]:
    """Returns the names of all backends, without ``auto`` (which chooses among them) and without aliases."""
    return tuple(_places())


def resolve(name: str) -> str:
    """Returns a backend's full name: aliases are followed, ``auto`` stays.

    Raises:
        NotFoundError: There is no such backend; the message names the nearest.
    """
    full = _ALIASES.get(name, name)
    if full == "auto" or full in _places() or full.startswith(_SCRIPTED):
        return full
    known = ["auto", *_places(), *_ALIASES]
    raise NotFoundError(f"no backend {name!r}{nearest(name.lower(), known) or '; there are ' + ', '.join(known)}")


@functools.lru_cache(maxsize=256)
def backend(name: str) -> Backend:
    """Returns the backend called `name`.

    Raises:
        NotFoundError: There is no such backend.
        InputError: Another package's backend cannot be loaded, or is none.
    """
    full = resolve(name)
    if full == "auto":
        raise NotFoundError("'auto' is a choice, not a backend; name one of " + ", ".join(_places()))
    place = "qmagic.backends.scripted:Scripted" if full.startswith(_SCRIPTED) else _places()[full]
    module, _, attribute = place.partition(":")
    if place.startswith("qmagic."):
        try:
            made: Backend = getattr(importlib.import_module(module), attribute)(full)
        except ModuleNotFoundError as error:
            raise InputError(f"backend {full!r} needs the package {error.name!r}, which is not installed") from None
        return made
    return _foreign(full, module, attribute)


def _foreign(name: str, module: str, attribute: str) -> Backend:
    from qmagic.backends.base import Backend

    try:
        made: Any = importlib.import_module(module)
        for part in attribute.split("."):
            made = getattr(made, part)
        made = made(name)
    except Exception as error:
        raise InputError(f"backend {name!r} ({module}:{attribute}) cannot be loaded: {error}") from error
    if not isinstance(made, Backend):
        raise InputError(f"backend {name!r} ({module}:{attribute}) is not a qmagic backend: see qmagic.backends.base")
    return made


def target(name: str) -> Target:
    """Returns the Qiskit target of a backend, or of a device snapshot.

    A device's target has its gates, places and errors; a simulator's has gates, of any number of qubits.

    Raises:
        NotFoundError: There is no such backend or device.
    """
    from qmagic.backends.devices.snapshots import device, is_device_name

    if is_device_name(name):
        return device(name).target
    from qmagic.backends.targets import standard_names, target_of

    full = resolve(name)
    names = standard_names()
    if full in ("statevector", "qsim", "lightning.gpu"):
        names -= {"if_else", "while_loop", "for_loop", "switch_case", "box", "break_loop", "continue_loop"}
    elif full == "stim":
        from qmagic.backends.aer_methods import CLIFFORD

        names = frozenset(name for name in names if name in CLIFFORD or not _is_gate(name))
    elif full.startswith("aer"):
        from qmagic.backends.aer_methods import METHODS, gates_of

        names &= gates_of(METHODS[full])
    return target_of(names, full)


def _is_gate(name: str) -> bool:
    from qmagic.backends.aer_methods import NOT_GATES

    return name not in NOT_GATES
