"""What completion offers as values. Everything is in memory: names that never change, variables, and caches that a
background thread fills. Nothing here imports Qiskit or a simulator.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from qmagic import options
from qmagic.client import clouds as _clouds
from qmagic.orders import OPTIMIZERS

__all__ = ["offers", "refresh", "remember"]

_FIXED = {
    "shots": ["1024", "4096", "10000", "100000"],
    "seed": ["0", "1", "7", "42"],
    "precision": ["0.1", "0.01", "0.001"],
    "level": ["0", "1", "2", "3"],
    "optimizer": ["auto", *OPTIMIZERS],
    "mode": ["job", "batch", "session"],
    "gradient": ["auto", "adjoint", "parameter-shift", "finite-difference", "spsa"],
    "maxiter": ["100", "300", "1000"],
    "option": [f"{name}=" for name in options.EXPECTED],
    "amount": ["20 USD", "50 USD", "off"],
    "stub": ["start", "set", "status", "connect", "stop"],
}
_NOISE = ["depolarizing=", "readout=", "t1=", "t2="]
# Circuits that cells take, by module and class: a variable is recognised without importing its SDK.
_CIRCUITS = {("qiskit", "QuantumCircuit"), ("cirq", "Circuit"), ("braket", "Circuit")}
_STALE_AFTER = 5.0  # seconds

_backends: list[str] = ["auto"]
_devices: list[str] = []
_cloud_devices: list[str] = []
_tags: dict[str, None] = {}
_jobs: dict[str, None] = {}  # newest last
_lock = threading.Lock()
_asked = float("-inf")


def offers(kind: str, namespace: Mapping[str, Any]) -> list[str]:
    """Returns the values of a kind, best first; none for a kind that cannot be guessed."""
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "backend":
        refresh()
        return [*_backends, *_cloud_devices]
    if kind == "provider":
        return _clouds.providers()
    if kind == "device":
        return list(_devices)
    if kind == "noise":
        return [*_devices, *_NOISE, *_variables(namespace, {("qiskit_aer", "NoiseModel")})]
    if kind == "circuit":
        return _variables(namespace, _CIRCUITS)
    if kind == "tag":
        return list(_tags)
    if kind == "job":
        refresh()
        return list(reversed(_jobs))
    return []


def remember(job: str, tags: Iterable[str] = ()) -> None:
    """Notes a job that was just seen, for ``%qresult <Tab>``."""
    _jobs.pop(job, None)
    _jobs[job] = None
    _tags.update(dict.fromkeys(tags))


def refresh(after: threading.Thread | None = None) -> None:
    """Starts to bring the caches up to date, unless that was done in the last seconds; returns at once.

    Args:
        after: A thread to wait for before the service is asked.
    """
    global _asked
    with _lock:
        if time.monotonic() - _asked < _STALE_AFTER:
            return
        _asked = time.monotonic()
    threading.Thread(target=_fill, args=(after,), name="qmagic-completion", daemon=True).start()


def _variables(namespace: Mapping[str, Any], classes: set[tuple[str, str]]) -> list[str]:
    """Returns the names of variables of these classes, or of lists of them; newest first."""

    def fits(value: Any) -> bool:
        if isinstance(value, list | tuple) and value:
            value = value[0]
        return any((cls.__module__.partition(".")[0], cls.__name__) in classes for cls in type(value).__mro__)

    return [name for name, value in reversed(list(namespace.items())) if not name.startswith("_") and fits(value)]


def _fill(after: threading.Thread | None) -> None:
    """Reads the names of backends and devices and, where a service runs, its last jobs."""
    # A thread of ours never prints: what is wrong shows where the user asks for it.
    with contextlib.suppress(Exception):
        from qmagic.backends import registry
        from qmagic.backends.devices import snapshots

        _backends[:] = ["auto", *registry.names()]
        _devices[:] = snapshots.names()
    with contextlib.suppress(Exception):
        _cloud_devices[:] = [f"{of.provider}:{one.name}" for of in _clouds.remembered() for one in of.devices]
    with contextlib.suppress(Exception):
        if after is not None:
            after.join()
        _ask_for_jobs()


def _ask_for_jobs() -> None:
    from qmagic import client
    from qmagic.client.connection import connection, running

    if not running():
        return
    try:
        for job in reversed(client.jobs(limit=50)):
            info = job.info()
            remember(info.id, info.tags)
    finally:
        connection().close()  # this thread's own
