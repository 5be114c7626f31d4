"""The backend ``lightning.gpu``: PennyLane's state vector on an NVIDIA GPU (cuQuantum), in double precision.

Its C++ class is used without PennyLane, which takes seconds to import. Every gate goes in as a matrix with controls;
the final state comes back to the host, where all else is as for ``statevector``. The GPU holds 16 bytes an amplitude.
"""

from __future__ import annotations

import functools
import importlib
from importlib import util
from typing import Any

import numpy as np
import qulacs

from qmagic.backends.aer_devices import DRIVERS
from qmagic.backends.base import Executable, Grant, Need
from qmagic.backends.matrices import uncontrolled
from qmagic.backends.memory import limit, refusal
from qmagic.backends.statevector import StateVector
from qmagic.errors import InputError

__all__ = ["LightningGpu", "lightning_sees_gpu"]

#: Bytes for an amplitude on the host: what comes from the GPU, qulacs' copy, and what it hands out.
_BYTES = 48
_MODULE = "pennylane_lightning.lightning_gpu_ops"


@functools.cache
def lightning_sees_gpu() -> bool:
    """Returns whether there is a GPU and the package for it; nothing is imported where there is no driver."""
    if not any(driver.exists() for driver in DRIVERS):
        return False
    try:
        return util.find_spec(_MODULE) is not None and int(_engine(_MODULE).DevPool.getTotalDevices()) > 0
    except (ImportError, RuntimeError):
        return False


class LightningGpu(StateVector):
    """The backend ``lightning.gpu``.

    Args:
        name: Its name.
    """

    module = _MODULE

    def __init__(self, name: str = "lightning.gpu") -> None:
        super().__init__(name)

    def there(self) -> bool:
        """Returns whether it can run here."""
        return lightning_sees_gpu()

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns 48 bytes an amplitude; refuses what ``statevector`` refuses, and everything without a GPU."""
        if not self.there():
            raise InputError(
                "lightning.gpu needs an NVIDIA GPU and pip install 'qmagic[lightning-gpu]', and one of them is missing "
                "here; use 'auto'"
            )
        super().need(executable, exact=exact)
        width, needed = executable.program.width, _BYTES << executable.program.width
        if needed > limit():
            raise refusal("state vectors", width, needed, limit(), (_BYTES, 2), "statevector takes a third less")
        return Need(needed, 1)

    def state(self, executable: Executable, grant: Grant) -> Any:
        """Returns the final state, computed on the GPU; see `StateVector.state`."""
        del grant
        active = executable.program.active
        width = max(1, len(active))
        # its first wire is the highest bit
        wire = {qubit: width - 1 - i for i, qubit in enumerate(active)}
        held = _engine(self.module).StateVectorC128(width)
        for instruction, qubits in executable.program.steps:
            matrix, controls, values = uncontrolled(instruction)
            wires = [wire[qubit] for qubit in qubits]
            on = [bool(values >> i & 1) for i in range(controls)]
            # a matrix's first qubit is Qiskit's lowest bit, and lightning's highest
            held.applyControlledMatrix(
                np.ascontiguousarray(matrix), wires[:controls], on, wires[controls:][::-1], False
            )
        amplitudes = np.empty(1 << width, complex)
        self.copy(held, amplitudes)
        state = qulacs.QuantumState(width)
        state.load(amplitudes)  # type: ignore[call-overload]  # its stubs know lists only
        return state

    def copy(self, held: Any, amplitudes: np.ndarray[Any, np.dtype[np.complex128]]) -> None:
        """Brings a state to the host."""
        held.DeviceToHost(amplitudes, False)


@functools.cache
def _engine(module: str) -> Any:
    return importlib.import_module(module)
