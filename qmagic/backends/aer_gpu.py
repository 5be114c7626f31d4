"""The backend ``aer.gpu``: Aer's state vector on a GPU, where Aer sees one.

It takes a build of Aer for GPUs (``qiskit-aer-gpu``), which lies in the place of ``qiskit-aer``. The state lies in the
GPU's memory: Aer refuses one that does not fit there.
"""

from __future__ import annotations

from qmagic.backends.aer import Aer
from qmagic.backends.aer_devices import devices, sees_gpu
from qmagic.backends.base import Executable, Need
from qmagic.errors import InputError

__all__ = ["AerGpu"]


class AerGpu(Aer):
    """The backend ``aer.gpu``.

    Args:
        name: Its name.
    """

    device = "GPU"

    def __init__(self, name: str = "aer.gpu") -> None:
        super().__init__(name)

    def need(self, executable: Executable, *, exact: bool) -> Need:
        """Returns what ``aer.statevector`` takes; refuses everything where Aer sees no GPU."""
        if not sees_gpu():
            raise InputError(
                f"aer.gpu needs a GPU, and Aer sees none here (its devices: {', '.join(devices())}); it takes an "
                "NVIDIA GPU and a build of Aer for it (qiskit-aer-gpu); use 'auto'"
            )
        return Need(super().need(executable, exact=exact).memory)
