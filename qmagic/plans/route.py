"""Which backend runs a circuit, and why, in a sentence that a person can check."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from qmagic.backends import registry
from qmagic.backends.memory import limit

if TYPE_CHECKING:
    from qmagic.backends.base import Executable

__all__ = ["Route", "choose"]

#: What the state vector backend takes for an amplitude.
_AMPLITUDE = 32


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A backend's name, and why it was chosen."""

    backend: str
    why: str


def choose(executable: Executable, wanted: str, *, exact: bool) -> Route:
    """Returns the route of a circuit.

    Args:
        executable: The circuit, what it does, and its noise.
        wanted: The backend that was asked for; ``"auto"`` leaves the choice.
        exact: Whether exact expectation values are asked for.

    Raises:
        NotFoundError: There is no such backend.
    """
    if wanted != "auto":
        return Route(registry.resolve(wanted), "asked for")
    program, noise = executable.program, executable.noise
    if noise is not None:
        return Route("aer", f"runs under noise ({noise.name[:60]})")
    if program.obstacle:
        return Route("aer", f"not one final state: {program.obstacle}")
    if _AMPLITUDE << program.width <= limit():
        return Route("statevector", f"one state vector of {program.width} qubits gives every shot")
    from qmagic.backends.aer_methods import is_clifford

    if is_clifford(executable):
        return Route("aer.stabilizer", f"all gates are Clifford, and {program.width} qubits fit no state vector")
    return Route(
        "aer.matrix_product_state",
        f"{program.width} qubits fit no state vector; time and memory grow with the entanglement",
    )
