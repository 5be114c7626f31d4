"""What was compiled lately, so that the circuit that was priced is the one that is submitted, and compiled once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["Compiled"]

_MOST = 128


class Compiled:
    """Circuits on devices, by the circuit object that they were made from; for several threads."""

    def __init__(self) -> None:
        # the original is kept beside it: as long as it lives, nothing else has its id
        self._kept: dict[tuple[str, int], tuple[QuantumCircuit, QuantumCircuit]] = {}
        self._lock = threading.Lock()

    def of(
        self, device: str, circuit: QuantumCircuit, compile: Callable[[QuantumCircuit], QuantumCircuit]
    ) -> QuantumCircuit:
        """Returns a circuit on a device, compiled now if it was not lately."""
        key = (device, id(circuit))
        kept = self._kept.get(key)
        if kept is None:
            kept = (circuit, compile(circuit))
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > _MOST:
                    del self._kept[next(iter(self._kept))]
        return kept[1]
