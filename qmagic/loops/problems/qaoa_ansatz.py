"""The ansatz of the quantum approximate optimization algorithm (Farhi, Goldstone and Gutmann, arXiv:1411.4028).

    |beta, gamma> = product over layers k of exp(i beta_k sum X) exp(-i gamma_k E) |+ ... +>

with the energy E of an Ising problem, whose minimum is sought.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qmagic.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit

    from qmagic.loops.problems.spins import Ising

__all__ = ["ansatz", "ramp"]


def ansatz(ising: Ising, layers: int) -> QuantumCircuit:
    """Returns the circuit. Its parameters, in order: ``β[0] ...``, ``γ[0] ...``, in radians per unit of energy.

    Raises:
        InputError: There is not at least one layer, or nothing depends on the spins.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    if type(layers) is not int or layers < 1:
        raise InputError(f"layers={layers!r}: expected a whole number from 1")
    if not ising.fields and not ising.couplings:
        raise InputError("every state has the same energy: there is nothing to minimise")
    width = len(ising.nodes)
    circuit = QuantumCircuit(width, name="QAOA")
    circuit.h(range(width))
    for beta, gamma in zip(ParameterVector("β", layers), ParameterVector("γ", layers), strict=True):
        for i, weight in ising.fields.items():
            circuit.rz(2.0 * weight * gamma, i)
        for (i, j), weight in ising.couplings.items():
            circuit.rzz(2.0 * weight * gamma, i, j)
        circuit.rx(-2.0 * beta, range(width))
    return circuit


def ramp(ising: Ising, layers: int) -> NDArray[np.float64]:
    """Returns a first point: energy rising, mixing falling along a line, as in a slow change from one to the other.

    Steps of 0.75 (Sack and Serbyn, Quantum 5, 491, 2021), energies in units of what a spin feels from the others, which
    grows as the square root of their number (Basso et al., arXiv:2110.14206); for a 3-regular graph a unit is one
    coupling.
    """
    import numpy as np

    felt = sum(weight**2 for weight in ising.fields.values()) + 2 * sum(w**2 for w in ising.couplings.values())
    unit = math.sqrt(felt / (3 * len(ising.nodes)))
    rising = (np.arange(layers) + 0.5) / layers
    return 0.75 * np.concatenate([1.0 - rising, rising / unit])
