"""`qmagic.backend(name)` and `qmagic.backends()`."""

from __future__ import annotations

from typing import Any

from qmagic.backends import registry
from qmagic.backends.devices import snapshots
from qmagic.backends.v2.backend_v2 import SimulatorBackend
from qmagic.errors import NotFoundError, nearest

__all__ = ["backend", "backends"]


def backend(name: str = "auto", **options: Any) -> SimulatorBackend:
    """Returns a simulator or a device snapshot as a Qiskit ``BackendV2``.

    Args:
        name: A simulator, such as ``"aer.statevector"``; ``"auto"``, which takes the one that suits each circuit best;
            or a device snapshot, such as ``"fake_sherbrooke"``, simulated with the device's noise.
        options: Defaults for ``run``: ``shots``, ``seed_simulator``, ``memory``, ``noise_model``.

    Raises:
        NotFoundError: There is no such backend or option; names the nearest.

    Example:
        >>> backend = qmagic.backend("fake_manila")
        >>> backend.run(transpile(circuit, backend), shots=1000).result().get_counts()
    """
    if snapshots.is_device_name(name):
        device = snapshots.device(name)
        return SimulatorBackend(device.name, simulator="auto", device=device.name, date=device.date, **options)
    full = _resolve(name)
    return SimulatorBackend(full, simulator=full, **options)


def _resolve(name: str) -> str:
    """Returns a simulator's full name; an error knows the devices, too."""
    try:
        return registry.resolve(name)
    except NotFoundError:
        known = ("auto", *registry.names(), *snapshots.names())
        hint = nearest(name.lower(), known) or f"; there are {', '.join(known)}"
        raise NotFoundError(f"no backend {name!r}{hint}") from None


def backends() -> list[SimulatorBackend]:
    """Returns all backends: the simulators, then the device snapshots that ship with qmagic, the smallest first."""
    return [backend(name) for name in (*registry.names(), *snapshots.names())]
